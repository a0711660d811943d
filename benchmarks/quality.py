"""`python -m benchmarks.quality`: how many rows identification leads to the right enterprise, by the demo's truth."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from demo.__main__ import main as write_province
from demo.feeds import DESCRIBING
from pipelines.dictionary import current
from pipelines.disk.deliveries import deliveries
from pipelines.disk.fused import folder_of
from pipelines.disk.layers import bucket_rows, layers_of
from pipelines.disk.tables import read_whole
from pipelines.fusing.assemble import fuse_entity
from pipelines.land import land
from pipelines.landing.inbox import arrivals
from pipelines.standard.standardise import standardise
from schemas.entity import Entity, all_entities

# What identification owes: precision and recall over all feeds, and over those that bear names only.
ALL, NAMES_ONLY = "all feeds", "science_technology_list"
REGISTER, DIRTY = "market_regulation_enterprise", "rows with a defect, no register"
OWED = {ALL: (0.999, 0.98), NAMES_ONLY: (0.995, 0.95)}
RIGHT, WRONG = "right", "wrong"


def main() -> int:
    """Make a province, identify its rows and print what became of them; gives 1 where less came out than is owed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description="How right identification is.")
    parser.add_argument("--enterprises", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20260630)
    parser.add_argument("--base", help="folder of a real register's CSV files, instead of made enterprises")
    asked = parser.parse_args()
    province = ["--base", asked.base] if asked.base else ["--enterprises", str(asked.enterprises)]
    with tempfile.TemporaryDirectory(prefix="jubian-quality-") as folder:
        deliver_and_standardise(Path(folder), [*province, "--seed", str(asked.seed), "--feeds", *DESCRIBING])
        rows = judged(Path(folder))
    by_feed = scores(rows)
    _tell(rows, by_feed)
    short = [name for name, owed in OWED.items() if any(map(float.__lt__, by_feed[name][-2:], owed))]
    print(f"\nLess than owed: {', '.join(short)}" if short else "\nAll that is owed, and more.")
    return 1 if short else 0


def deliver_and_standardise(home: Path, province: list[str]) -> None:
    """Make a demo's first day below `home`, as `python -m demo` is asked, and its rows standard."""
    write_province(["--out", str(home), *province])
    for feed in all_entities()["enterprise"].feeds():
        for file in arrivals(feed, home / "inbox"):
            land(feed, file, home)
        for delivery in deliveries(feed, home):
            standardise(feed, delivery, current(), home)


def judged(home: Path) -> pl.DataFrame:
    """Identify what stands below a demo's home.

    Gives every row of the truth: feed, credit_code, defects, match, and `fate`: right, wrong, why it is on
    the review list, `quarantined`, or null where a later row superseded it.
    """
    entity = all_entities()["enterprise"]
    fuse_entity(entity, current(), home)
    told = pl.col("feed").is_in([feed.key for feed in entity.feeds()])
    rows = pl.read_parquet(home / "truth" / "rows.parquet").filter(told)
    return _fates(rows, _found(entity, home), _set_aside(entity, home))


def _fates(truth: pl.DataFrame, found: pl.DataFrame, aside: pl.DataFrame) -> pl.DataFrame:
    key = ["feed", "file", "row"]
    rows = truth.join(found, on=key, how="left").join(aside, on=key, how="left", suffix="_aside")
    verdict = pl.when(pl.col("entity_id") == pl.col("credit_code")).then(pl.lit(RIGHT)).otherwise(pl.lit(WRONG))
    fate = pl.coalesce(pl.when(pl.col("entity_id").is_not_null()).then(verdict), "why", "aside")
    return rows.select("feed", "credit_code", "defects", "match", fate.alias("fate")).sort(
        "feed", "credit_code", "fate"
    )


def _found(entity: type[Entity], home: Path) -> pl.DataFrame:
    """What identification says of each row that reached it, of the feeds that were delivered."""
    folder, lying = folder_of(entity, home), layers_of(entity, home)
    parts: list[pl.DataFrame] = []
    for feed in entity.feeds():
        files = {each.name: each.file for each in deliveries(feed, home)}
        if not files:
            continue
        place = (pl.lit(feed.key).alias("feed"), pl.col("delivery").replace_strict(files).alias("file"), "row")
        taken = bucket_rows(lying, feed, lying.bucket_names())
        review = pl.read_parquet(folder / "unidentified" / f"{feed.key}.parquet")
        why = pl.col("reasons").list.first().struct.field("rule")
        parts += [
            taken.select(*place, "entity_id", "match", pl.lit(None, pl.String).alias("why")),
            review.select(*place, pl.lit(None, pl.String).alias("entity_id"), "match", why.alias("why")),
        ]
    return pl.concat(parts)


def _set_aside(entity: type[Entity], home: Path) -> pl.DataFrame:
    """The rows that never reach identification."""
    parts: list[pl.DataFrame] = []
    for feed in entity.feeds():
        for each in deliveries(feed, home):
            rows = read_whole(home / "standard" / feed.key / each.name / "quarantine.parquet", ["row"])
            told = (pl.lit(feed.key).alias("feed"), pl.lit(each.file).alias("file"), "row")
            parts.append(rows.unique().select(*told, pl.lit("quarantined").alias("aside")))
    return pl.concat(parts)


def scores(rows: pl.DataFrame) -> dict[str, tuple[int, int, int, float, float]]:
    """By feed, over dirty rows and over all: rows that reached identification, right, wrong, precision, recall."""
    reached = rows.filter(pl.col("fate").is_not_null() & (pl.col("fate") != "quarantined"))
    by_feed = {feed: part for (feed,), part in reached.partition_by("feed", as_dict=True).items()}
    dirty = reached.filter(pl.col("defects").list.len() > 0, pl.col("feed") != REGISTER)
    told = {str(name): _score(part) for name, part in sorted(by_feed.items())}
    return told | {DIRTY: _score(dirty), ALL: _score(reached)}


def _score(rows: pl.DataFrame) -> tuple[int, int, int, float, float]:
    right, wrong = (int((rows["fate"] == fate).sum()) for fate in (RIGHT, WRONG))
    return rows.height, right, wrong, right / max(right + wrong, 1), right / max(rows.height, 1)


def _tell(rows: pl.DataFrame, by_feed: dict[str, tuple[int, int, int, float, float]]) -> None:
    told = rows.with_columns(pl.col("fate").fill_null("superseded"))
    print(f"\n{'feed':<34}{'rows':>9}{'right':>9}{'wrong':>7}{'precision':>11}{'recall':>9}")
    for name, (height, right, wrong, precision, recall) in by_feed.items():
        print(f"{name:<34}{height:>9,}{right:>9,}{wrong:>7,}{precision:>11.5f}{recall:>9.5f}")
    aside = told.filter(pl.col("fate").is_in(["quarantined", "superseded"])).group_by("fate").len().sort("fate")
    print(" and ".join(f"{count:,} {fate}" for fate, count in aside.iter_rows()) + " rows never reach identification")
    reached = told.filter(~pl.col("fate").is_in(["quarantined", "superseded"]))
    rung = pl.coalesce(pl.col("match").str.extract(r"^(\S+)"), pl.lit("none"))
    _confusion("rung", reached.with_columns(rung.alias("rung")))
    defects = pl.when(pl.col("defects").list.len() > 0).then("defects").otherwise(pl.lit(["no defect"]))
    _confusion("defect", reached.with_columns(defects.alias("defect")).explode("defect"))
    names_only = reached.filter(pl.col("feed") == NAMES_ONLY)
    print(f"\n{NAMES_ONLY} alone")
    _confusion("defect", names_only.with_columns(defects.alias("defect")).explode("defect"))


def _confusion(by: str, rows: pl.DataFrame) -> None:
    """What became of the rows, counted by rung or defect."""
    fates = [RIGHT, WRONG, *sorted(set(rows["fate"].unique()) - {RIGHT, WRONG})]
    counts = rows.group_by(by).agg(
        pl.len().alias("rows"), *((pl.col("fate") == each).sum().alias(each) for each in fates)
    )
    _table([by, "rows", *fates], counts.sort("rows", by, descending=[True, False]).iter_rows())


def _table(heads: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    print("\n" + f"{heads[0]:<34}" + "".join(f"{head:>14}" for head in heads[1:]))
    for row in rows:
        print(f"{row[0]:<34}" + "".join(f"{count:>14,}" for count in row[1:]))


if __name__ == "__main__":
    raise SystemExit(main())
