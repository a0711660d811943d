"""Whether a peer published what we did: rows and columns of the widest view, disputes, quarantine by reason."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from benchmarks.peers.publish import LEVELS

_KEY = ["county", "credit_code"]
_DISPUTE = ["credit_code", "column", "won_by", "value", "won_record", "lost_by", "lost_value", "lost_record"]


def differences(home: Path, out: Path) -> list[str]:
    """What differs between our release below `home` and a peer's below `out`, a line each; none when all is equal."""
    ours = published(home / "supply", "*/enterprise_mirror/L3/snapshot-*.parquet").select(LEVELS["L3"])
    theirs = published(out / "supply", "*/L3/snapshot*.parquet")
    fused = sorted((home / "fused" / "enterprise" / "disputes").glob("*.parquet"))
    return [
        *_unlike("published", ours, theirs, _KEY),
        *_unlike("disputes", _disputes(fused), _disputes([out / "disputes.parquet"]), _DISPUTE),
        *_miscounted(_rules_of_ours(home), _rules_of_theirs(out)),
    ]


def published(supply: Path, pattern: str) -> pl.DataFrame:
    """Every county's rows of the widest view under one another."""
    files = sorted(supply.glob(pattern))
    return pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in files]).sort(_KEY)


def _disputes(files: list[Path]) -> pl.DataFrame:
    return pl.read_parquet(files, columns=_DISPUTE).sort(_DISPUTE)


def _unlike(name: str, ours: pl.DataFrame, theirs: pl.DataFrame, key: list[str]) -> list[str]:
    if ours.columns != theirs.columns:
        return [f"{name}: columns {sorted(set(ours.columns) ^ set(theirs.columns)) or 'in another order'}"]
    theirs = theirs.cast(ours.schema)  # pyright: ignore[reportArgumentType]
    if ours.height == theirs.height and ours.select(key).equals(theirs.select(key)):
        wrong = ours.select((pl.col(c).ne_missing(pl.lit(theirs[c]))).sum().alias(c) for c in ours.columns)
        return [f"{name}: {rows} rows differ in {c}" for c, rows in wrong.row(0, named=True).items() if rows]
    lacking, extra = (one.join(other, on=key, how="anti", nulls_equal=True)
                      for one, other in ((ours, theirs), (theirs, ours)))  # fmt: skip
    return [f"{name}: {lacking.height} rows are missing and {extra.height} are extra, such as "
            f"{[*lacking.select(key).head(2).rows(), *extra.select(key).head(2).rows()]}"]  # fmt: skip


def _rules_of_ours(home: Path) -> dict[str, int]:
    told = [json.loads(file.read_text()) for file in sorted(home.glob("standard/*/*/outcome.json"))]
    return {f"{each['delivery']['feed']}:{rule}": rows for each in told for rule, rows in each["rules"].items()}


def _rules_of_theirs(out: Path) -> dict[str, int]:
    counted = pl.read_parquet(out / "quarantine.parquet").group_by("feed", "rule").len()
    return {f"{feed}:{rule}": rows for feed, rule, rows in counted.iter_rows()}


def _miscounted(ours: dict[str, int], theirs: dict[str, int]) -> list[str]:
    return [
        f"quarantine: {rule} is {ours.get(rule, 0)} rows with us and {theirs.get(rule, 0)} with them"
        for rule in sorted(ours.keys() | theirs.keys())
        if ours.get(rule, 0) != theirs.get(rule, 0)
    ]
