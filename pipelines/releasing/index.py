"""A product's index: each county's line, and what its version was last found to agree with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from pipelines.releasing.county import Basis, Published
from pipelines.releasing.served import folder_of, served_manifest
from schemas.manifest import (
    MANIFEST_RULE,
    Index,
    IndexLine,
    Manifest,
    NoManifest,
    ReleaseGrounds,
    canonical,
    fingerprint,
    index_file,
    read_index,
)
from schemas.product import Product
from schemas.put import put_bytes


def index_of(product: type[Product], supply: Path) -> Index | None:
    """The index that is served now, or None before the first release."""
    return read_index(index_file(supply, product.key))


def ended(product: type[Product], today: Collection[str], supply: Path) -> dict[str, str]:
    """The counties that are none of `today` and of which rows are served, by code with their names."""
    index = index_of(product, supply)
    lines = index.counties if index else ()
    return {each.county: each.county_name for each in lines if each.rows and each.county not in today}


def agree(product: type[Product], counties: Iterable[str], stamp: str, supply: Path) -> bool:
    """Whether the versions of all these counties were last found to agree with the grounds that a stamp names."""
    index = index_of(product, supply)
    lines = {each.county: each for each in index.counties} if index else {}
    found = {code for code, line in lines.items() if line.rests == stamp and line.held is None}
    return all(code in found and _is_served(lines[code], product, supply) for code in counties)


def _is_served(line: IndexLine, product: type[Product], supply: Path) -> bool:
    """Whether a county is served the version of its line, whole."""
    try:
        manifest = served_manifest(supply, line.county, product.key)
    except NoManifest:
        return False
    return manifest is not None and fingerprint(manifest) == line.manifest_sha256


def stamp_of(grounds: ReleaseGrounds) -> str:
    """The short name of grounds in an index: equal stamps, equal grounds."""
    return fingerprint(grounds)[:16]


def last_agreed(index: Index | None, before: Manifest | None) -> ReleaseGrounds | None:
    """What the standing version was last found to agree with: the index knows, unless it was not written any more."""
    if before is None:
        return None
    line = _line(index, before.county)
    if index and line and line.manifest_sha256 == fingerprint(before) and line.rests in index.rests:
        return index.rests[line.rests]
    return ReleaseGrounds(code_revision=before.code_revision, mappings=before.mappings, inputs=before.inputs)


def last_served(index: Index | None, supply: Path, county: str, product: str) -> Manifest | None:
    """The manifest that is served now; None before the first release, and where the product's folder is moved away.

    Raises NoManifest for one that is damaged, and where the index still tells of a version whose pointer is gone.
    """
    before, line = served_manifest(supply, county, product), _line(index, county)
    folder = folder_of(supply, county, product)
    if before is None and line is not None and line.version and folder.exists():
        raise NoManifest(folder / "manifest.json", "no file")
    return before


def _line(index: Index | None, county: str) -> IndexLine | None:
    return next((each for each in index.counties if each.county == county), None) if index else None


def write_index(
    product: type[Product], published: list[Published], basis: Basis, supply: Path, old: Index | None
) -> None:
    """Every county's line; those that a partial release leaves alone keep theirs, and what they rest on."""
    told = {each.county for each in published}
    known = (old.rests if old else {}) | {stamp_of(grounds): grounds for grounds in _grounds(published, basis, old)}
    others = [each for each in (old.counties if old else ()) if each.county not in told]
    lines = [*others, *(_kept(each, old) or _new_line(each, basis, old) for each in published)]
    used = sorted({each.rests for each in lines} - {""})
    index = Index(
        product=product.key,
        title=product.title,
        as_of=basis.as_of,
        inputs=basis.inputs,
        missing=basis.missing,
        counties=tuple(sorted(lines, key=lambda each: each.county)),
        rests={name: known[name] for name in used},
    )
    file = index_file(supply, product.key)
    if not file.exists() or file.read_bytes() != canonical(index):
        put_bytes(canonical(index), file)


def _grounds(published: list[Published], basis: Basis, old: Index | None) -> list[ReleaseGrounds]:
    return [grounds for each in published if (grounds := _agrees_with(each, basis, old)) is not None]


def _agrees_with(published: Published, basis: Basis, old: Index | None) -> ReleaseGrounds | None:
    """What a county's version agrees with after a release: a held one with what it did before."""
    return basis.grounds if published.held is None else last_agreed(old, published.manifest)


def _kept(published: Published, old: Index | None) -> IndexLine | None:
    """The line before of a county whose manifest is lost: nothing else tells any more which version that is."""
    held, line = published.held, _line(old, published.county)
    if held is None or line is None or MANIFEST_RULE not in {each.rule for each in held.broken}:
        return None
    return line.model_copy(update={"held": held.words, "broken": held.broken})


def _new_line(published: Published, basis: Basis, old: Index | None) -> IndexLine:
    """A county's line in the index; version 0 where nothing has ever been released."""
    manifest, grounds = published.manifest, _agrees_with(published, basis, old)
    return IndexLine(
        county=published.county,
        county_name=published.name,
        version=manifest.version if manifest else 0,
        manifest_sha256=fingerprint(manifest) if manifest else "",
        rows=manifest.rows if manifest else 0,
        held=published.held.words if published.held else None,
        broken=published.held.broken if published.held else (),
        rests=stamp_of(grounds) if grounds else "",
    )
