"""What a row tells of whose it is: numbers, name and place, in the same columns for every feed. Nothing is matched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.disk.keys import Kept
from pipelines.identity.names import Places, comparable_address, parted
from pipelines.supersede import Rows
from schemas.feed import Feed

CREDIT_CODE = "credit_code"
NUMBERS = ("credit_code", "organisation_code", "tax_number", "registration_number")
_WRITTEN = ("name", "county", "address", "registered", "as_of")
_ALWAYS = ("name", "as_of")
_TOLD = {
    "id": pl.UInt64, "rank": pl.Int64, "as_of": pl.Date, **dict.fromkeys(NUMBERS, pl.String),
    "name": pl.String, "whole": pl.String, "place": pl.String, "short": pl.String, "branch": pl.Boolean,
    "county": pl.String, "address": pl.String, "registered": pl.Date,
}  # fmt: skip
# What else may be asked of a row.
_ELSE = {**_TOLD, "row": pl.Int64, "hash": pl.UInt64, "town": pl.String, "place_evidence": pl.String,
         "since": pl.Date}  # fmt: skip
# The kinds of an identity that may be, or begin with, a credit code.
CONTAIN_CODE = {"credit_code", "taxpayer_id", "organisation_code", "registration_number"}
# A row's id is the number of its source and the row's in its delivery.
_ROW_BITS = 32


@dataclass(frozen=True)
class Source:
    """Some rows of a feed, numbered among all; `rank` is the feed's authority on names, 1 being the highest.

    `keys` is where the rows' keys are kept.
    """

    number: int
    rows: Rows
    rank: int
    known: Places
    keys: Kept

    @property
    def feed(self) -> type[Feed]:
        """Whose rows they are."""
        return self.rows.feed


def keys_of(sources: Sequence[Source]) -> list[Kept]:
    """Where the keys of each lie."""
    return [source.keys for source in sources]


def ids(number: int) -> pl.Expr:
    """The ids of a source's rows, which have their `row` number."""
    return (pl.col("row").cast(pl.UInt64) + (number << _ROW_BITS)).alias("id")


def source_of() -> pl.Expr:
    """The number of the source that an id belongs to."""
    return (pl.col("id") // 2**_ROW_BITS).alias("source")


def row_of() -> pl.Expr:
    """The `row` number that an id was made of."""
    return (pl.col("id") % 2**_ROW_BITS).cast(pl.Int64).alias("row")


def numbered(source: Source, also: Collection[str] = ()) -> pl.DataFrame:
    """Each row's `id` and numbers, and what it says of `also`; null where the feed does not tell.

    - `credit_code`: written as such, or in front of a tax number
    - `organisation_code`: the nine characters alone
    - `tax_number`: the old one of fifteen characters
    - `registration_number`: the register's old one
    """
    return _numbered(source, source.rows.read(_columns(source, also)), also)


def numbered_in(source: Source, read: pl.DataFrame, also: Collection[str]) -> pl.DataFrame:
    """The same of rows of the source that were read already, whether they hold or not, with their `row` number."""
    return _numbered(source, read, ("row", *also))


def few_numbered(source: Source, rows: pl.Series, also: Collection[str] = ()) -> pl.DataFrame:
    """The same of the rows of these numbers."""
    return _numbered(source, source.rows.every(_columns(source, also), rows), also)


def _columns(source: Source, also: Collection[str]) -> set[str]:
    return {"row", *number_columns(source.feed), *also}


def _numbered(source: Source, read: pl.DataFrame, also: Collection[str]) -> pl.DataFrame:
    written = (pl.col(name) if name in read.columns else pl.lit(None, _ELSE[name]).alias(name) for name in also)
    return read.select(ids(source.number), *numbers(source.feed), *written)


def numbers_of(source: Source, asked: pl.DataFrame) -> pl.DataFrame:
    """The id and numbers of the rows of these ids; the other sources' ids are not minded."""
    here = _here(source, asked)
    return nothing_told().select("id", *NUMBERS) if here.is_empty() else few_numbered(source, here)


def told_of(source: Source, asked: pl.DataFrame) -> pl.DataFrame:
    """What the rows of these ids tell."""
    here = _here(source, asked)
    return nothing_told() if here.is_empty() else told(source, few_numbered(source, here, _WRITTEN))


def _here(source: Source, asked: pl.DataFrame) -> pl.Series:
    """The row numbers of the ids that are the source's."""
    return asked.filter(source_of() == source.number).select(row_of()).to_series()


def every_row(source: Source) -> pl.DataFrame:
    """What all rows tell."""
    return told(source, numbered(source, _WRITTEN))


def rows_of(source: Source, rows: pl.Series, telling: Collection[str]) -> pl.DataFrame:
    """What the rows of these numbers tell, of place and day as far as asked."""
    if rows.is_empty():
        return nothing_told()
    met = few_numbered(source, rows, [name for name in _WRITTEN if name in telling or name in _ALWAYS])
    return told(
        source, met.with_columns(pl.lit(None, _TOLD[name]).alias(name) for name in _WRITTEN if name not in met.columns)
    )


def told(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    """Numbered rows with the name in the parts of `identity.names`, the address comparable, and the feed's rank."""
    address = comparable_address(rows["address"], source.known).alias("address")
    named = pl.concat([rows.with_columns(address), parted(rows["name"], source.known)], how="horizontal")
    ranked = named.with_columns(pl.lit(source.rank, pl.Int64).alias("rank"))
    return ranked.select(pl.col(name).cast(dtype) for name, dtype in _TOLD.items())


def nothing_told() -> pl.DataFrame:
    """No rows, in the columns of `told`."""
    return pl.DataFrame(schema=_TOLD)


def numbers(feed: type[Feed]) -> list[pl.Expr]:
    """The numbers that the identity is or contains, and the registration number that may stand beside it.

    What an identity of fifteen digits is follows from its kind: by form alone one registration number in
    eleven would pass for a tax number.
    """
    value, kind = pl.col(feed.identity), feed.columns[feed.identity].kind.name
    length = value.str.len_chars()
    registered = _registration_numbers(feed)
    number = pl.coalesce(*registered) if registered else None
    return [
        _where(kind in CONTAIN_CODE, length >= 18, value.str.slice(0, 18), "credit_code"),
        _where(kind == "organisation_code", length == 9, value, "organisation_code"),
        _where(kind == "taxpayer_id", length == 15, value, "tax_number"),
        pl.lit(None, pl.String).alias("registration_number") if number is None
        else pl.when(number.str.len_chars() < 18).then(number).alias("registration_number"),
    ]  # fmt: skip


def _where(may: bool, holds: pl.Expr, value: pl.Expr, name: str) -> pl.Expr:  # noqa: FBT001
    """The value where the condition holds, if the identity's kind may be of this sort at all."""
    return (pl.when(holds).then(value) if may else pl.lit(None, pl.String)).alias(name)


def _registration_numbers(feed: type[Feed]) -> list[str]:
    return [each.name for each in feed.columns.values() if each.kind.name == "registration_number"]


def number_columns(feed: type[Feed]) -> list[str]:
    """The columns that `numbers` reads."""
    return [feed.identity, *_registration_numbers(feed)]
