"""Whether a column of a delivery holds what its header says: swapped columns and other forms are no row's own fault."""

from __future__ import annotations

import polars as pl

from pipelines.disk.landed import Batch, read_batch
from pipelines.refusal import MOST_SHOWN, Sign
from pipelines.translate import Meanings
from schemas.feed import Column, Feed

# A slip befalls a few rows in a hundred; what befalls more than half of them was done to the column.
_SHARE = 0.5
_ASK = "Ask the department what it wrote there."


def failures(feed: type[Feed], quarantine: pl.DataFrame) -> pl.DataFrame:
    """Of quarantined rows with their `reasons`: column, rows that fail in it, found and rule of the first, its row."""
    told = quarantine.select("row", "reasons").explode("reasons").unnest("reasons")
    mine = told.filter(pl.col("column").is_in(list(feed.columns)))
    return mine.group_by("column").agg(
        pl.col("row").n_unique().alias("rows"), pl.col("found", "rule").first(), pl.col("row").min().alias("first")
    )


def foreign_columns(
    feed: type[Feed], failed: list[pl.DataFrame], landed: list[Batch], rows: int, held: Meanings
) -> list[Sign]:
    """A stop for each column in which more than half of a delivery's rows fail, the worst one first.

    `failed` are the failures of its batches, `landed` the batches with all its `rows`, `held` what codes mean: a code
    column of which it says nothing fits no other's text.
    """
    united = pl.concat(failed).sort("first").group_by("column", maintain_order=True)
    failing = (
        united.agg(pl.col("rows").sum(), pl.col("found", "rule", "first").first())
        .filter(pl.col("rows") > _SHARE * rows).sort("rows", "column", descending=[True, False])
    )  # fmt: skip
    return [_sign(feed, each, landed, rows, held) for each in failing.to_dicts()]


def _sign(feed: type[Feed], failed: dict[str, object], landed: list[Batch], rows: int, held: Meanings) -> Sign:
    column, count = feed.columns[str(failed["column"])], int(str(failed["rows"]))
    shown = str(failed["found"])[:MOST_SHOWN]
    found = f"'{shown}' in row {failed['first']} and {count / rows:.0%} of {rows} rows that do not fit"
    swapped = _swapped(feed, landed, column, held)
    advice = swapped or (_unmapped(column) if failed["rule"] == "unmapped" else _ASK)
    return Sign("foreign_column", "stop", column.source, found, column.kind.expected, count, advice)


def _swapped(feed: type[Feed], landed: list[Batch], column: Column, held: Meanings) -> str | None:
    """Name the source column whose content would fit, if there is one, by the first batch of the rows."""
    rows = read_batch(landed[0])
    others = [name for name in feed.headers() if name != column.source]
    fits = [(_fit(rows, name, column, held), name) for name in others]
    best = max(fits, default=(0.0, ""))
    if best[0] <= _SHARE:
        return None
    return f"Column '{best[1]}' fits it for {best[0]:.0%} of the rows: the two look swapped. Ask the department."


def _unmapped(column: Column) -> str:
    """Where the codes of a column that has no meaning for most of them are told."""
    kind = column.kind
    if kind.source is None:
        return f"mappings/lists/{kind.code_list}.csv does not have them: add those that the standard has. {_ASK}"
    lacks = f"mappings/codes/{kind.code_list}.csv has no row of {kind.source} for them that holds on the delivery's day"
    return f"{lacks}: append one for each, its `since` no later. {_ASK}"


def _fit(rows: pl.DataFrame, source: str, column: Column, held: Meanings) -> float:
    """The share of rows in which another column's text would be a good value of this column."""
    tidied = column.kind.tidy(pl.col(source))
    text = tidied if column.take is None else tidied.str.extract(column.take, 1)
    value = column.kind.read(text)
    good = text.is_in(list(held.get(column.name, ()))) if column.kind.code_list else value.is_not_null()
    for rule in column.kind.rules:
        good = good & rule.holds(value)
    return float(rows.select(good.fill_null(value=False).mean()).item() or 0.0)
