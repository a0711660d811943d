"""What a supply holds for a county, read as a subscriber without a gateway reads it. For tests."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.dictionary import current
from pipelines.meaning.counties import today_counties
from pipelines.promises.promised import contract_behind
from pipelines.releasing.fold import rows_of, write_snapshot
from schemas.admission import FALL_RULE
from schemas.manifest import Broken, IndexLine, Manifest, canonical, index_file, read_index

# How many counties each product is released for.
EVERY_COUNTY = today_counties(current()).height


def manifest_of(folder: Path, version: int | None = None) -> Manifest:
    """The manifest that is served of a county's product, or that of a version."""
    name = "manifest.json" if version is None else f"manifests/{version:06d}.json"
    return Manifest.model_validate_json((folder / name).read_bytes())


def line_of(home: Path, product: str, county: str) -> IndexLine:
    """What a product's index says of a county."""
    index = read_index(index_file(home / "supply", product))
    assert index is not None
    return next(each for each in index.counties if each.county == county)


def rows(folder: Path, manifest: Manifest, level: str) -> pl.DataFrame:
    """The rows of a version's view, whichever snapshot it stands on."""
    return rows_of(folder, manifest, level, contract_behind(manifest, folder).grain)


def everywhere(home: Path, product: str) -> pl.DataFrame:
    """What all counties are served of a product in its widest view."""
    folders = [pointer.parent for pointer in sorted((home / "supply").glob(f"*/{product}/manifest.json"))]
    return pl.concat([rows(folder, manifest_of(folder), "L3") for folder in folders], how="diagonal")


def snapshot(folder: Path, manifest: Manifest, level: str) -> Path:
    """A file with the snapshot of a view, written if the version has none of its own."""
    file = manifest.views[level].snapshot
    key = contract_behind(manifest, folder).grain
    return folder / (file or write_snapshot(folder, manifest, level, key)).path


def bytes_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but locks, by its path there."""
    found = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != ".lock")
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}


def hold(supply: Path, product: str, county: str) -> None:
    """Let the index tell of a county as a release does of which the rows fell from 1,000 to 490."""
    file = index_file(supply, product)
    index = read_index(file)
    assert index is not None
    fell = {"held": "rows fell from 1000 to 490", "broken": (Broken(rule=FALL_RULE, found=490, expected=1000),)}
    lines = tuple(each.model_copy(update=fell if each.county == county else {}) for each in index.counties)
    file.write_bytes(canonical(index.model_copy(update={"counties": lines})))
