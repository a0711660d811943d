"""What a row tells of whose it is: numbers, name and place, in the same columns for every feed. Nothing is matched."""

from __future__ import annotations

import polars as pl

from pipelines.names import Places, comparable_address, parted
from schemas.feed import Feed

_TOLD = {
    "feed": pl.String, "at": pl.UInt32, "rank": pl.Int64, "as_of": pl.Date,
    "credit_code": pl.String, "organisation_code": pl.String, "tax_number": pl.String, "registration_number": pl.String,
    "name": pl.String, "whole": pl.String, "place": pl.String, "short": pl.String, "branch": pl.Boolean,
    "county": pl.String, "address": pl.String, "registered": pl.Date,
}  # fmt: skip


def told(feed: type[Feed], rows: pl.DataFrame, rank: int, known: Places) -> pl.DataFrame:
    """One row a row, `at` its position, `rank` the feed's authority on names; null where a feed does not tell.

    - `credit_code`: written as such, or in front of a tax number
    - `organisation_code`: the nine characters alone
    - `tax_number`: the old one of fifteen characters
    - `registration_number`: the register's old one
    - `name` as written and in the parts of `pipelines.names`; `county`, `address` (comparable), `registered`
    """
    written = [_written(rows, name) for name in ("name", "county", "address", "registered", "as_of")]
    said = rows.select(
        pl.lit(feed.key).alias("feed"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"),
        pl.lit(rank, pl.Int64).alias("rank"),
        *written,
        *_numbers(feed),
    )
    address = comparable_address(said["address"], known).alias("address")
    named = pl.concat([said, parted(said["name"], known)], how="horizontal").with_columns(address)
    return named.select(pl.col(name).cast(dtype) for name, dtype in _TOLD.items())


def nothing_told() -> pl.DataFrame:
    """No rows, in the columns of `told`."""
    return pl.DataFrame(schema=_TOLD)


def _written(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None, _TOLD[name]).alias(name)


def _numbers(feed: type[Feed]) -> list[pl.Expr]:
    """The numbers that the identity is or contains, and the registration number that may stand beside it.

    What an identity of fifteen digits is follows from its kind: by form alone one registration number in
    eleven would pass for a tax number.
    """
    value, kind = pl.col(feed.identity), feed.columns[feed.identity].kind.name
    length = value.str.len_chars()
    contains_code = kind in {"credit_code", "taxpayer_id", "organisation_code", "registration_number"}
    registered = [each.name for each in feed.columns.values() if each.kind.name == "registration_number"]
    number = pl.coalesce(*registered) if registered else pl.lit(None, pl.String)
    return [
        pl.when(contains_code & (length >= 18)).then(value.str.slice(0, 18)).alias("credit_code"),
        pl.when((kind == "organisation_code") & (length == 9)).then(value).alias("organisation_code"),
        pl.when((kind == "taxpayer_id") & (length == 15)).then(value).alias("tax_number"),
        pl.when(number.str.len_chars() < 18).then(number).alias("registration_number"),
    ]
