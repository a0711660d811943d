"""A supply for benchmarks: one product of many columns in two versions, and a file of one size for each county."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl

from gateway.settings import Settings
from pipelines.compare import ADDED, compare
from pipelines.disk.store import put_parquet
from schemas.contract import Contract, Promise, physical
from schemas.manifest import File, Manifest, View, canonical
from schemas.odcs import Written, contract_path
from schemas.put import put_bytes

COUNTY, PRODUCT = "330110", "wide_tags"
_SEED = 20260630
_CHANGED = 0.01


def wide_supply(folder: Path, rows: int, columns: int, counties: int) -> Settings:
    """Settings of a gateway over what is made: two versions, 1 % of the rows differ; other counties have the first."""
    supply = folder / "supply"
    dice = np.random.default_rng(_SEED)
    before = _tags(dice, rows, columns)
    chosen = dice.random(rows) < _CHANGED
    other = _tags(dice, rows, columns)
    after = before.select(
        pl.when(pl.lit(pl.Series(chosen))).then(other[name]).otherwise(before[name]).alias(name)
        if name != "key" else pl.col(name)
        for name in before.columns
    )  # fmt: skip
    promise = _promise(before.schema)
    previous = _release(supply, promise, before.head(0), before, None)
    _release(supply, promise, before, after, previous)
    for number in range(counties):
        _release_again(supply, f"33{number + 1000:04d}", promise, previous)
    return Settings(supply, folder / "state", f"sqlite:///{folder / 'state' / 'grants.db'}", "", rate=10_000_000)


def _tags(dice: np.random.Generator, rows: int, columns: int) -> pl.DataFrame:
    """A key, then flags, codes, days, counts and amounts in turn, as tags are."""
    made: dict[str, np.ndarray | list[str]] = {"key": [f"91330110{number:010d}" for number in range(rows)]}
    kinds = {
        "flag": lambda: dice.random(rows) < 0.2,
        "code": lambda: dice.integers(0, 40, rows),
        "amount": lambda: np.round(dice.lognormal(10, 2, rows), 2),
        "count": lambda: dice.integers(0, 2_000, rows),
    }
    for number in range(1, columns):
        kind = list(kinds)[number % len(kinds)]
        made[f"{kind}_{number}" if number > 3 else _FIRST[number]] = kinds[kind]()
    return pl.DataFrame(made)


_FIRST = {1: "flag_1", 2: "amount_2", 3: "count_3"}


def _release(
    supply: Path, promise: Written, old: pl.DataFrame, new: pl.DataFrame, previous: Manifest | None
) -> Manifest:
    folder = supply / COUNTY / PRODUCT
    why = new.select("key", pl.lit("source").alias("cause"))
    changes = compare(old, new, ("key",), why)
    files = [put_parquet(table, folder / "L1", stem, folder, {}) for table, stem in
             ((new, "snapshot"), (changes.select(*ADDED, *new.columns), "changes"))]  # fmt: skip
    return _point(supply, COUNTY, promise, previous, files[0], files[1])


def own_snapshot(manifest: Manifest) -> File:
    """The snapshot of a version made here, of which each has one of its own."""
    file = manifest.views["L1"].snapshot
    assert file is not None
    return file


def _release_again(supply: Path, county: str, promise: Written, made: Manifest) -> None:
    """The same file for another county, without another copy of its bytes."""
    file = own_snapshot(made)
    (supply / county / PRODUCT / "L1").mkdir(parents=True)
    os.link(supply / made.county / PRODUCT / file.path, supply / county / PRODUCT / file.path)
    _point(supply, county, promise, None, file, file)


def _promise(schema: pl.Schema) -> Written:
    """A contract of all the columns, with a meaning for each as a real one has."""
    columns = tuple(
        Promise(name=name, title=f"标签 {name}", kind="text", type=physical(dtype), unit=None, code_list=None,
                level="L1", required=True, key=1 if name == "key" else None, meaning="按最近一批数据计算")
        for name, dtype in schema.items()
    )  # fmt: skip
    return Written(
        Contract(
            product=PRODUCT, title="企业标签", description="一千个标签。", version="1.0.0",
            catalogue_code=f"330000/enterprise/{PRODUCT}", entity="enterprise", identifier="key", levels=("L1",),
            row_level=None, may_fall=False, sharing="无条件共享", scheme="DB33/T 2351-2021", needs=(), departments=(),
            every_days=1, fresh_within_days=2, coverage_floor=0.9, lists=(), columns=columns,
        )
    )  # fmt: skip


def _point(
    supply: Path, county: str, promise: Written, previous: Manifest | None, snapshot: File, changes: File
) -> Manifest:
    folder = supply / county / PRODUCT
    manifest = Manifest(
        product=PRODUCT, title="企业标签", county=county, county_name=county,
        version=previous.version + 1 if previous else 1,
        contract_version="1.0.0", contract_sha256=promise.sha256, code_revision="", mappings={},
        as_of="2026-07-01" if previous else "2026-06-30", rows=snapshot.rows, changes={},
        views={"L1": View(level="L1", snapshot=snapshot, changes=changes)}, origin=snapshot, inputs=(), missing=(),
        coverage=(), quarantined={}, disputed={}, previous=None,
    )  # fmt: skip
    put_bytes(promise.content, folder / contract_path(promise.sha256))
    for name in (f"manifests/{manifest.version:06d}.json", "manifest.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(canonical(manifest))
    return manifest
