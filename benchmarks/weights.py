"""`python -m benchmarks.weights`: how often each level of `pipelines.identity.probable` is met, by the demo's truth."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import cast

import duckdb
import polars as pl

from benchmarks.quality import deliver_and_standardise
from pipelines.dictionary import current
from pipelines.gather import gather, newest
from pipelines.identify import LADDER, PROBABLE, climb, sources_of
from pipelines.identity.probable import COMPARED, COMPARISONS, Level, records, rest
from pipelines.identity.register import register
from pipelines.identity.told import CREDIT_CODE, Source, every_row, ids
from schemas.entity import all_entities


def main() -> int:
    """Make a province, climb all rungs but the last, and compare what is left with every record."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weights", description="What Splink's weights rest on.")
    parser.add_argument("--enterprises", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20250630)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jubian-weights-") as folder:
        home = Path(folder)
        deliver_and_standardise(home, ["--enterprises", str(asked.enterprises), "--seed", str(asked.seed)])
        left, right = _both_sides(home)
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB"}) as connection:
        connection.register("told", cast(object, left.to_arrow()))
        connection.register("known", cast(object, right.to_arrow()))
        print(f"{left.height:,} rows are left, {right.height:,} records are known")
        for name, (column, levels) in COMPARISONS.items():
            _tell(name, connection.sql(_counted(column, levels)).fetchall())
    return 0


def _both_sides(home: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rest with the enterprise that each row is in truth, and the records with theirs."""
    gathered = [gather(feed, home) for feed in all_entities()["enterprise"].feeds()]
    rows = [part for each in gathered if each.current is not None for part in each.current.parts]
    sources = sources_of(rows, current(), newest(gathered), home / "keys")
    said = pl.concat([every_row(source) for source in sources])
    known = register(said)
    ladder = {name: rung for name, rung in LADDER.items() if name != PROBABLE}
    left = rest(climb(said.filter(pl.col(CREDIT_CODE).is_null()), known, ladder).left)
    truth = pl.read_parquet(home / "truth" / "rows.parquet").select("feed", "row", entity_id="credit_code")
    owner = pl.concat([_rows(source) for source in sources]).join(truth, on=["feed", "row"], how="left")
    right = records(known)
    return left.join(owner.select("id", "entity_id"), on="id"), right


def _rows(source: Source) -> pl.DataFrame:
    """Which row of which feed an id is."""
    return source.rows.read(["row"]).select(ids(source.number), "row", pl.lit(source.feed.key).alias("feed"))


def _counted(column: str, levels: tuple[Level, ...]) -> str:
    """For each level, how many pairs of one enterprise and of two are so, of those where both tell something."""
    sides = ", ".join(f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in COMPARED)
    tests = " ".join(f"WHEN {level.sql} THEN {place}" for place, level in enumerate(levels) if level.sql != "ELSE")
    return f"""
        WITH pairs AS (SELECT l.entity_id = r.entity_id AS one, {sides} FROM told AS l CROSS JOIN known AS r),
        met AS (
            SELECT one, CASE {tests} ELSE {len(levels) - 1} END AS place FROM pairs
            WHERE {column}_l IS NOT NULL AND {column}_r IS NOT NULL
        )
        SELECT place, count(*) FILTER (one), count(*) FILTER (NOT one) FROM met GROUP BY place ORDER BY place
    """


def _tell(name: str, counts: list[tuple[int, int, int]]) -> None:
    ones, twos = sum(one for _, one, _ in counts), sum(two for _, _, two in counts)
    print(f"\n{name}: {ones:,} pairs of one enterprise, {twos:,} of two")
    for place, one, two in counts:
        level = COMPARISONS[name][1][place]
        print(f"  {level.name:<22} m {one / max(ones, 1):.3f} (declared {level.m:g})"
              f"   u {two / max(twos, 1):.2e} (declared {level.u:g})")  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
