"""Whether a release leaves nothing out unsaid: every county of today, every delivery in use. Judges no row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.dictionary import Mappings, current
from pipelines.gather import behind, outcomes_of
from pipelines.meaning.counties import today_counties
from schemas.behind import feeds_behind
from schemas.feed import Feed
from schemas.manifest import Index, IndexLine, NoManifest, fingerprint, index_file, read_index, read_manifest
from schemas.product import Product


def incomplete(product: type[Product], home: Path, mappings: Mappings | None = None) -> list[str]:
    """What a product's index below `home/supply` leaves out, in words; an empty list when nothing is.

    Each of today's counties must have a line that says which version is served, with its manifest's rows, or why there
    is none, and none that has ended may be served with rows. The index is of its newest input's day. Each feed's
    deliveries in use must be among the inputs, and a feed without any must be named as missing.
    """
    file = index_file(home / "supply", product.key)
    index = read_index(file)
    if index is None:
        todo = "run `make run`, or name the products that are released here: PRODUCTS="
        return [f"{product.key}: nothing is released, {file} is missing; {todo}"]
    counties, day = _counties(index, home / "supply", mappings or current()), _day(index, file)
    faults = [*counties, *day, *_feeds(product, index, home)]
    return [f"{product.key}: {fault}" for fault in faults]


def _day(index: Index, file: Path) -> Iterator[str]:
    """The index is of the newest day among the deliveries that it names."""
    newest = max((each.as_of for each in index.inputs), default=index.as_of)
    if index.as_of != newest:
        yield f"the index is of {index.as_of}, and the newest delivery that it names of {newest}; {_anew(file)}"


def _anew(file: Path) -> str:
    return f"remove {file}, and `make run` writes it anew"


def _counties(index: Index, supply: Path, mappings: Mappings) -> Iterator[str]:
    lines = {each.county: each for each in index.counties}
    today = dict(today_counties(mappings).select("code", "name").sort("code").iter_rows())
    for code, name in today.items():
        if code not in lines:
            yield f"{name} {code} is not in the index; release it: `make run`"
        else:
            yield from _line(lines[code], index.product, supply)
    for each in lines.values():
        if each.rows and each.county not in today:
            yield f"{each.county_name} {each.county} has ended and is served with rows, which lie in others; `make run`"


def _line(line: IndexLine, product: str, supply: Path) -> Iterator[str]:
    """A county's line says which version is served, or why there is none."""
    named = f"{line.county_name} {line.county}"
    pointer = supply / line.county / product / "manifest.json"
    if line.version == 0:
        if line.held is None:
            yield f"{named} has no version, and the index does not say why"
    elif not pointer.exists():
        yield f"{named} has version {line.version} in the index, but {pointer} is missing"
    else:
        yield from _beside(line, pointer, index_file(supply, product))


def _beside(line: IndexLine, pointer: Path, file: Path) -> Iterator[str]:
    """What a county's line says otherwise than its manifest; of one that is not whole `verify` tells."""
    named = f"{line.county_name} {line.county}"
    try:
        manifest = read_manifest(pointer)
    except NoManifest:
        return
    if fingerprint(manifest) != line.manifest_sha256:
        yield f"{named} is served another manifest than the index names; run `make run`, which writes the index anew"
    elif (manifest.version, manifest.rows) != (line.version, line.rows):
        told = f"version {line.version} with {line.rows} rows in the index"
        yield f"{named} has {told}, and {manifest.version} with {manifest.rows} in its manifest; {_anew(file)}"


def _feeds(product: type[Product], index: Index, home: Path) -> Iterator[str]:
    missing = {each.feed for each in index.missing}
    for feed in feeds_behind(product):
        if feed.key not in missing and not any(each.feed == feed.key for each in index.inputs):
            yield f"{feed.title} ({feed.key}) is named neither as an input nor as missing"
        else:
            yield from _deliveries(feed, index, home)


def _deliveries(feed: type[Feed], index: Index, home: Path) -> Iterator[str]:
    rested_on = {each.sha256 for each in index.inputs}
    for one in behind(feed, outcomes_of(feed, home)):
        if one.delivery.sha256 not in rested_on:
            told = f"{one.delivery.file} of {feed.title} ({feed.key})"
            yield f"{told} is in use, but no release rests on it; run `make run`"
