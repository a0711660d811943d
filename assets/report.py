"""What a person reads after a run: released, missing, refused, held, failed, and what to do next. Runs nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assets.home import inbox, why_missing
from assets.partitions import county_names
from assets.shipping import stays
from pipelines.releasing.where import store_url
from schemas.here import home, known
from schemas.manifest import (
    MANIFEST_RULE,
    Index,
    IndexLine,
    Manifest,
    NoManifest,
    index_file,
    read_index,
    read_manifest,
)
from schemas.product import Product, offered_products

Versions = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Supply:
    """A folder of published products, read through its indexes and manifests alone."""

    folder: Path

    def index(self, product: str) -> Index | None:
        """What is served of a product; None before its first release."""
        return read_index(index_file(self.folder, product))

    def manifest(self, product: str, county: str) -> Manifest:
        """The manifest that is served to a county."""
        return read_manifest(self.folder / county / product / "manifest.json")

    def days(self) -> dict[str, str]:
        """The day as of which each product is served."""
        return {key: index.as_of for key in offered_products() if (index := self.index(key))}

    def versions(self) -> Versions:
        """The version that is served, by product and county."""
        indexes = [index for product in offered_products() if (index := self.index(product))]
        return {(index.product, each.county): each.version for index in indexes for each in index.counties}


def held_counties(supply: Supply) -> list[IndexLine]:
    """The counties whose last verdict was bad."""
    indexes = [index for product in offered_products() if (index := supply.index(product))]
    return [each for index in indexes for each in index.counties if each.held]


def product_lines(product: type[Product], supply: Supply, before: Versions, *, came_through: bool) -> Iterator[str]:
    """The lines on one product, whose step came through or did not."""
    index = supply.index(product.key)
    title = f"{product.title} {product.key}"
    if index is None or not came_through:
        yield f"{title}: NOT RELEASED; {stays(product, index)}"
        return
    yield from _released(title, index, supply, before)
    for absence in index.missing:
        yield f"  without {absence.title} ({absence.feed}): {why_missing(absence.feed, absence.reason)}"
    for each in index.counties:
        if each.held:
            yield f"  HELD {each.county_name} {each.county}: {each.held}; {_served(each)}"


def _served(line: IndexLine) -> str:
    """What a county that is held is served: of one whose manifest is lost nothing can be read."""
    if MANIFEST_RULE in {each.rule for each in line.broken}:
        return "nothing is served until then"
    return f"version {line.version} stays served" if line.version else "nothing is served yet"


def _released(title: str, index: Index, supply: Supply, before: Versions) -> Iterator[str]:
    new = [each for each in index.counties if before.get((index.product, each.county), 0) != each.version]
    if not new:
        yield f"{title}: Nothing has changed; nothing was published. Served as of {index.as_of}."
        return
    rows = sum(each.rows for each in index.counties)
    numbers = sorted({each.version for each in new})
    spoken = f"version {numbers[0]}" if len(numbers) == 1 else f"versions {numbers[0]} to {numbers[-1]}"
    yield f"{title}: released {_of_all(new, index)}, {spoken}, {rows:,} rows in all, as of {index.as_of}"
    yield f"  changes: {_changes([supply.manifest(index.product, each.county) for each in new])}"


def _of_all(new: list[IndexLine], index: Index) -> str:
    """How many of today's counties have a new version; one that has ended stands in the index, and is none of them."""
    today = county_names()
    ended = sum(each.county not in today for each in new)
    counties = f"{len(new) - ended} of {sum(each.county in today for each in index.counties)} counties"
    return f"{counties} and {ended} that ended" if ended else counties


def _changes(manifests: list[Manifest]) -> str:
    """Rows by change and cause."""
    counts: dict[str, int] = {}
    for manifest in manifests:
        for change, causes in manifest.changes.items():
            for cause, rows in causes.items():
                counts[f"{change} by {cause}"] = counts.get(f"{change} by {cause}", 0) + rows
    return ", ".join(f"{rows:,} {words}" for words, rows in sorted(counts.items())) or _without_rows(manifests)


def _without_rows(manifests: list[Manifest]) -> str:
    """Why there are versions that change no row: a county's first one may have none, any other tells another promise
    or of objections."""
    later = [each for each in manifests if each.previous is not None]
    why = ["a county's first version"] if len(later) < len(manifests) else []
    if later:
        objected = " or what is said of objections" if any(each.objections for each in later) else ""
        why.append(f"a new contract{objected}")
    return f"none in rows, {' and '.join(why)}"


def what_next(supply: Supply) -> Iterator[str]:
    """Where it all is, and the commands that show it."""
    yield f"Published below {supply.folder}"
    if (url := store_url()) is not None:
        yield f"Counties are served from {url}; what is not there yet: make ship"
    yield f"Quarantined rows, each with its reasons: {home() / 'standard'}/<feed>/<delivery>/quarantine.parquet"
    feeds = _settings()
    yield f"See it: make ui{feeds} (lineage, freshness, checks)"
    yield f"One county's products: make shelf{feeds} COUNTY=330110"
    if feeds:
        yield f"Whatever else you type for it, such as make admit, is given{feeds} too"
    if (largest := _largest(supply)) is not None:
        folder = supply.folder / largest.county / largest.product
        yield f"Read {largest.county_name}: {_reading(largest, folder)}"


def _largest(supply: Supply) -> Manifest | None:
    """What is served with the most rows, of all that a disk has not damaged."""
    indexes = [index for product in offered_products() if (index := supply.index(product))]
    served = [(index.product, each) for index in indexes for each in index.counties if each.rows]
    for product, line in sorted(served, key=lambda each: -each[1].rows):
        with suppress(FileNotFoundError, NoManifest):
            return supply.manifest(product, line.county)
    return None


def _reading(manifest: Manifest, folder: Path) -> str:
    """How a person looks at the widest view of a version, which may stand on an earlier snapshot."""
    snapshot = list(manifest.views.values())[-1].snapshot
    if snapshot is None:
        return f"make snapshot{_settings()} COUNTY={manifest.county} (writes it whole and says where it lies)"
    python = f"import duckdb; duckdb.read_parquet('{folder / snapshot.path}').limit(5).show()"
    return f'{_short(Path(sys.executable))} -c "{python}"'


def _settings() -> str:
    """What a make command must be given to work on this home: FEEDS and KNOWN as the run had them."""
    own = (home().parent.parent if known() else home()) / "inbox"
    return ("" if inbox() == own else f" FEEDS={inbox()}") + (f" KNOWN={known()}" if known() else "")


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
