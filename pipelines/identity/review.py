"""`python -m pipelines.identity.review`: the rows that no rung led to one entity, why, and who each of them may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.command import command
from pipelines.disk.fused import unidentified
from pipelines.identity.told import CONTAIN_CODE
from pipelines.land import deliveries
from schemas import here
from schemas.entity import Entity, all_entities
from schemas.feed import Feed, all_feeds

_COLUMNS = ("feed", "file", "row", "record", "found", "rule", "candidates")


def review_list(entity: type[Entity], home: Path) -> pl.DataFrame:
    """Every row that is not identified: feed, file, row, record, found, rule, candidates; those with candidates first.

    `found` is what the row's identity says, `candidates` the likeliest first: entity_id, name, match.
    """
    told = [_of_feed(feed, entity, home) for feed in entity.feeds()]
    listed = pl.concat([each for each in told if each is not None] or [pl.DataFrame(schema=_COLUMNS)])
    helpless = pl.col("candidates").list.len() == 0
    return listed.sort(helpless, "feed", "rule", "file", "row") if listed.height else listed


def _of_feed(feed: type[Feed], entity: type[Entity], home: Path) -> pl.DataFrame | None:
    file = unidentified(entity, feed.key, home)
    if file is None:
        return None
    files = {each.name: each.file for each in deliveries(feed, home)}
    why = pl.col("reasons").list.first()
    return pl.read_parquet(file).select(
        pl.lit(feed.key).alias("feed"),
        pl.col("delivery").replace_strict(files, default=None, return_dtype=pl.String).alias("file"),
        "row",
        "record",
        why.struct.field("found").alias("found"),
        why.struct.field("rule").alias("rule"),
        "candidates",
    )


def counted(listed: pl.DataFrame) -> pl.DataFrame:
    """How many rows of which feed are on the list and why: feed, rule, rows."""
    return listed.group_by("feed", "rule").agg(pl.len().alias("rows")).sort("feed", "rule")


def in_words(candidates: list[dict[str, str]]) -> str:
    """The candidates in one line."""
    return "; ".join(f"{each['name']} {each['entity_id']} ({each['match']})" for each in candidates)


def _told(listed: pl.DataFrame) -> Iterator[str]:
    """Each row that has candidates, and the correction that would lead it to the first where it is the only one."""
    for each in listed.select(_COLUMNS).filter(pl.col("candidates").list.len() > 0).iter_rows(named=True):
        said = "nothing" if each["found"] is None else each["found"]
        where = f"{each['feed']} {each['file']}, row {each['row']}"
        yield f"{where}: {said} is {each['rule']}: {in_words(each['candidates'])}"
        if each["rule"] == "improbable" and len(each["candidates"]) == 1:
            yield from _correction(all_feeds()[each["feed"]], each["record"], each["found"], each["candidates"][0])


def _correction(feed: type[Feed], record: str, found: str | None, candidate: dict[str, str]) -> Iterator[str]:
    """The row of mappings/corrections.csv that names the candidate; none where the identity is a part of its column."""
    identity = feed.columns[feed.identity]
    kind = identity.kind.name
    new = candidate["entity_id"] if kind in CONTAIN_CODE else candidate["name"] if kind == "name" else None
    if new is None or identity.take is not None:
        return
    cells = [feed.key, record, identity.source, found, new, "<since>", "<known>", "<basis>"]
    yield "  " + pl.DataFrame([cells], orient="row").write_csv(include_header=False).strip()


@command
def main() -> int:
    """Print the review list of every entity below JUBIAN_HOME."""
    home = here.home()
    for entity in all_entities().values():
        listed = review_list(entity, home)
        print(f"{entity.title} {entity.key}: {listed.height:,} rows are not identified")
        for feed, rule, rows in counted(listed).iter_rows():
            print(f"  {feed:<32}{rule:<14}{rows:>8,}")
        print("\n".join(_told(listed)))
    print("A line of commas is a row for mappings/corrections.csv, if it is right: fill in its days and document.")
    print("For the others ask the department for the credit code.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
