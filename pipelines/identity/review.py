"""`python -m pipelines.identity.review`: the rows that no rung led to one entity, why, and who each of them may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.command import command
from pipelines.correct import key_sources, row_key
from pipelines.disk.deliveries import deliveries
from pipelines.disk.landed import batches_in, read_batch
from pipelines.disk.layers import layers_of, unidentified
from pipelines.disk.settled import is_settled
from pipelines.identity.probable import IMPROBABLE, THRESHOLD
from pipelines.identity.told import CONTAIN_CODE
from schemas import here
from schemas.entity import Entity, all_entities
from schemas.feed import Feed, all_feeds

_COLUMNS = ("feed", "file", "delivery", "row", "record", "found", "rule", "candidates")
# What a candidate lacks that is told with how probable it is.
_NEEDED = {IMPROBABLE: f"; it takes {THRESHOLD}, and all others together no more than {1 - THRESHOLD:.2f}"}
_WRITTEN = {"row": pl.Int64, "key": pl.String, "old": pl.String}


def review_list(entity: type[Entity], home: Path) -> pl.DataFrame:
    """Every row that is not identified: feed, file, row, record, found, rule, candidates; those with candidates first.

    `found` is what the row's identity says, `candidates` the likeliest first: entity_id, name, match.
    """
    return _listed(entity, home).drop("delivery")


def _listed(entity: type[Entity], home: Path) -> pl.DataFrame:
    """The same with the `delivery` that each row came with."""
    told = [_of_feed(feed, entity, home) for feed in entity.feeds()]
    listed = pl.concat([each for each in told if each is not None] or [pl.DataFrame(schema=_COLUMNS)])
    helpless = pl.col("candidates").list.len() == 0
    return listed.sort(helpless, "feed", "rule", "file", "row") if listed.height else listed


def _of_feed(feed: type[Feed], entity: type[Entity], home: Path) -> pl.DataFrame | None:
    file = unidentified(layers_of(entity, home), feed.key)
    if file is None:
        return None
    files = {each.name: each.file for each in deliveries(feed, home)}
    why = pl.col("reasons").list.first()
    return pl.read_parquet(file).select(
        pl.lit(feed.key).alias("feed"),
        pl.col("delivery").replace_strict(files, default=None, return_dtype=pl.String).alias("file"),
        "delivery",
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


def _told(listed: pl.DataFrame, home: Path) -> Iterator[str]:
    """Each row that has candidates, and the correction that would lead it to the first where it is the only one."""
    is_sole = (pl.col("rule") == "improbable") & (pl.col("candidates").list.len() == 1)
    written = _written(listed.filter(is_sole), home)
    for each in listed.select(_COLUMNS).filter(pl.col("candidates").list.len() > 0).iter_rows(named=True):
        said = "a row without an identifier" if each["found"] is None else each["found"]
        where = f"{each['feed']} {each['file']}, row {each['row']}"
        yield f"{where}: {said} is {each['rule']}: {in_words(each['candidates'])}{_NEEDED.get(each['rule'], '')}"
        here = (each["feed"], each["delivery"], each["row"])
        if here in written:
            yield from _correction(all_feeds()[each["feed"]], *written[here], each["candidates"][0])


def _written(listed: pl.DataFrame, home: Path) -> dict[tuple[str, str, int], tuple[str, str | None]]:
    """By feed, delivery and row the texts by which a correction knows a row: its key, and what its identity landed as.

    A row is left out whose delivery has been freed: nobody knows how it was written.
    """
    told: dict[tuple[str, str, int], tuple[str, str | None]] = {}
    for (feed, delivery), mine in listed.partition_by("feed", "delivery", as_dict=True).items():
        rows = _landed(all_feeds()[str(feed)], str(delivery), mine["row"], home)
        told |= {(str(feed), str(delivery), row): (key, old) for row, key, old in rows.iter_rows()}
    return told


def _landed(feed: type[Feed], delivery: str, numbers: pl.Series, home: Path) -> pl.DataFrame:
    """Some rows of a delivery as they landed: row, key, old."""
    folder, source = home / "landed" / feed.key / delivery, feed.columns[feed.identity].source
    columns = list(dict.fromkeys(["row", *key_sources(feed), source]))
    batches = [] if is_settled(folder) else batches_in(folder)
    read = [read_batch(batch, columns, numbers).select("row", row_key(feed), old=source) for batch in batches]
    return pl.concat([pl.DataFrame(schema=_WRITTEN), *read])


def _correction(feed: type[Feed], key: str, old: str | None, candidate: dict[str, str]) -> Iterator[str]:
    """The row of mappings/corrections.csv that names the candidate; none where the identity is a part of its column."""
    identity = feed.columns[feed.identity]
    kind = identity.kind.name
    new = candidate["entity_id"] if kind in CONTAIN_CODE else candidate["name"] if kind == "name" else None
    if new is None or identity.take is not None:
        return
    cells = [feed.key, key, identity.source, old, new, "<since>", "<known>", "<basis>"]
    yield "  " + pl.DataFrame([cells], orient="row").write_csv(include_header=False).strip()


@command
def main() -> int:
    """Print the review list of every entity below JUBIAN_HOME."""
    home = here.home()
    for entity in all_entities().values():
        listed = _listed(entity, home)
        print(f"{entity.title} {entity.key}: {listed.height:,} rows are not identified")
        for feed, rule, rows in counted(listed).iter_rows():
            print(f"  {feed:<32}{rule:<14}{rows:>8,}")
        print("\n".join(_told(listed, home)))
    print("A line of commas is a row for mappings/corrections.csv, if it is right: fill in its days and document.")
    print("For the others ask the department for the credit code.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
