"""Which rows of a full file landed before, word for word, so that they are not kept again, or not even read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.disk.landed import ROWS, Batch, batches_in, came_with, put_repeats, read_batch, read_repeats
from pipelines.disk.settled import is_settled
from pipelines.disk.tables import batches, cut_into_batches, put_batch, read_whole
from pipelines.engine.local import in_order
from pipelines.formats.text import marks_of
from schemas.feed import Csv, Exchange, Feed

# Where more than so large a part of a file is new, or its rows came with so many others, all of it is kept.
_MOST_NEW = 1 / 8
_MOST_CAME_WITH = 16


@dataclass(frozen=True)
class Again:
    """The rows of a full file that came with an earlier delivery (row, delivery, came: its number there), and the
    numbers of its `new` rows, ascending."""

    repeats: pl.DataFrame
    new: pl.Series


def before(feed: type[Feed], home: Path, read_by: str) -> Path | None:
    """Where the delivery lies that a full one of a feed is held against; None for none.

    It is the newest that landed, if it was read by the same code and under the same columns. Of an exchange's batches
    every row differs from the last one's in the column that numbers them.
    """
    if feed.delivers != "snapshot" or feed.part is not None or isinstance(feed.source, Exchange):
        return None
    landed = sorted(note.parent for note in (home / "landed" / feed.key).glob("*/delivery.json"))
    there = [each for each in landed if each.suffix != ".part" and not is_settled(each)]
    alike = there and json.loads((there[-1] / "delivery.json").read_text()).get("read_by") == read_by
    return there[-1] if alike and len(came_with(there[-1])) < _MOST_CAME_WITH else None


def lines_again(feed: type[Feed], file: Path, old: Path) -> Again | None:
    """By its lines which rows of a file came with the delivery in the folder `old`; None where it is to be read whole.

    A line is known again by the hash of its bytes (64 bits), where no other line of either file has the same.
    """
    form, bytes_of = feed.arrives, old / f"bytes{feed.arrives.suffix}"
    if not isinstance(form, Csv) or form.lines_in_quotes or feed.dated is not None or not bytes_of.exists():
        return None
    there, here = (marks_of(each) for each in (bytes_of, file))
    if there is None or here is None or there[:1].ne_missing(here[:1]).any():
        return None
    return _again(_numbered(here), _numbered(there), old)


def leave_out(folder: Path, old: Path) -> None:
    """Of the rows that have landed in a folder keep only those whose text no row of the delivery in `old` has.

    A row is known again by its hash, where no other row of either delivery has the same.
    """
    again = _again(_marks(batches_in(folder)), _marks(batches_in(old)), old)
    if again is not None:
        rows = pl.concat(in_order(batches(folder / ROWS), partial(_chosen, numbers=again.new)))
        for file in batches(folder / ROWS):
            file.unlink()
        for number, table in enumerate(cut_into_batches([rows])):
            put_batch(table, folder / ROWS, number)
        put_repeats(again.repeats, folder)


def _numbered(marks: pl.Series) -> pl.DataFrame:
    """The marks of lines with their rows' numbers; the first line is none."""
    return marks.alias("mark").to_frame().with_row_index("row").cast({"row": pl.Int64}).slice(1)


def _marks(rows: Sequence[Batch]) -> pl.DataFrame:
    return pl.concat(in_order(rows, _mark)).rename({"hash": "mark"})


def _mark(batch: Batch) -> pl.DataFrame:
    return read_batch(batch, ["row", "hash"])


def _chosen(file: Path, numbers: pl.Series) -> pl.DataFrame:
    return read_batch(Batch(file), None, numbers)


def _again(here: pl.DataFrame, there: pl.DataFrame, old: Path) -> Again | None:
    """What both have, each row once, by `row` and `mark`; None where too much is new."""
    told = here.select("row", _where(here["mark"], there).alias("came"))
    is_row = pl.col("came").is_not_null() & ~pl.col("came").is_in(_malformed(old).implode())
    same, new = told.filter(is_row), told.filter(~is_row)["row"]
    return Again(_came(same, old), new) if same.height and new.len() <= _MOST_NEW * here.height else None


def _where(marks: pl.Series, there: pl.DataFrame) -> pl.Series:
    """The row there that has each of these marks; null where none has, or where several have it here or there.

    Mostly a file is in the order of the one before it: only what does not stand where it stood is sought.
    """
    twice = pl.concat([_twice(marks), _twice(there["mark"])])
    shared = min(marks.len(), there.height)
    stands = (marks.head(shared) == there["mark"].head(shared)) & ~marks.head(shared).is_in(twice.implode())
    at = stands.arg_true()
    sought = marks.alias("mark").to_frame().with_row_index("at").filter(~_longer(stands, marks.len()))
    among = there.filter(~_longer(stands, there.height), ~pl.col("mark").is_in(twice.implode()))
    found = sought.join(among, on="mark")
    nowhere = pl.Series([None], dtype=pl.Int64).new_from_index(0, marks.len())
    return nowhere.scatter(at, there["row"].gather(at)).scatter(found["at"], found["row"])


def _longer(marked: pl.Series, length: int) -> pl.Series:
    """The same for so many rows, of which the further ones are not marked."""
    return marked.extend_constant(value=False, n=length - marked.len())


def _twice(marks: pl.Series) -> pl.Series:
    """The marks that stand more than once; nothing tells them sooner than to put numbers in order."""
    ordered = marks.sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()


def _malformed(folder: Path) -> pl.Series:
    """The lines of a delivery that are no rows."""
    return read_whole(folder / "malformed.parquet", ["row"])["row"]


def _came(same: pl.DataFrame, old: Path) -> pl.DataFrame:
    """The rows with the delivery that they came with first: the one in `old`, or one that it repeats itself."""
    repeats = read_repeats(old)
    if repeats.is_empty():
        return same.select("row", pl.lit(old.name).alias("delivery"), "came")
    at = pl.Series([None], dtype=pl.UInt32).new_from_index(0, max(_last(same["came"]), _last(repeats["row"])) + 1)
    first = at.scatter(repeats["row"], pl.int_range(repeats.height, dtype=pl.UInt32, eager=True)).gather(same["came"])
    told = repeats.select(pl.col("delivery", "came").gather(first))
    return same.select(
        "row",
        told["delivery"].fill_null(old.name),
        pl.coalesce(told["came"].alias("first"), pl.col("came")).alias("came"),
    )


def _last(numbers: pl.Series) -> int:
    return int(str(numbers.max() or 0))
