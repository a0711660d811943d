"""What every form of arrival is read into. What its columns must be called stands in `layout`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.formats.decoder import REPLACEMENT_CHARACTER
from pipelines.refusal import REASONS, Finding, Refusal

LONGEST_LINE = 1_000_000
# Of a line that is too long and of one with a broken character, in this order.
_FOUND = (
    pl.format("{} bytes", pl.col("line").str.len_bytes()),
    pl.format(
        "a broken character or a zero byte in '{}'",
        pl.col("line").str.extract(f"([^\n{REPLACEMENT_CHARACTER}]{{0,20}}{REPLACEMENT_CHARACTER}.{{0,20}})"),
    ),
)
_EXPECTED = (
    pl.lit(f"at most {LONGEST_LINE:,} bytes in a line"),
    pl.lit("whole characters in the file's encoding"),
)


@dataclass(frozen=True)
class Rows:
    """A delivery as text, or a block of it.

    `good`: column `row` (Int64, data rows from 1) and one text column a source column, absent values null.
    `malformed`: `row`, `raw` (the line) and `reasons` of the lines that are no row of this form.
    """

    good: pl.DataFrame
    malformed: pl.DataFrame
    notices: tuple[Finding, ...] = ()


def no_malformed() -> pl.DataFrame:
    """The empty table of malformed lines."""
    return pl.DataFrame(schema={"row": pl.Int64, "raw": pl.String, "reasons": REASONS})


def numbered(lines: pl.Series) -> pl.DataFrame:
    """Lines beside their numbers in a block: `row` (Int64), counted from 1, and `line`."""
    rows = pl.int_range(1, lines.len() + 1, dtype=pl.Int64, eager=True).alias("row")
    return pl.DataFrame([rows, lines.alias("line")])


def numbered_through(blocks: Iterable[Rows], notices: tuple[Finding, ...]) -> Iterator[Rows]:
    """Blocks of which each is numbered from 1 with the numbers of the whole; the first bears what was noticed of it."""
    above = 0
    for each in blocks:
        on = pl.col("row") + above
        yield Rows(each.good.with_columns(on), each.malformed.with_columns(on), notices)
        above, notices = above + each.good.height + each.malformed.height, ()


def whole(blocks: Iterable[Rows]) -> Rows:
    """The blocks of a small delivery under one another."""
    read = list(blocks)
    return Rows(
        pl.concat([each.good for each in read]),
        pl.concat([each.malformed for each in read]),
        tuple(notice for each in read for notice in each.notices),
    )


def broken(line: pl.Expr) -> Any:
    """Which rule a line of any form breaks: too long, a broken character or a zero byte; to go on with `when`."""
    too_long = pl.when(line.str.len_bytes() > LONGEST_LINE).then(pl.lit("line_too_long"))
    return too_long.when(line.str.contains(REPLACEMENT_CHARACTER, literal=True)).then(pl.lit("encoding"))


def malformed(lines: pl.DataFrame, rule: pl.Expr, found: pl.Expr, expected: str | pl.Expr) -> pl.DataFrame:
    """Lines (`row`, `line`) as malformed rows, each with its one reason; `raw` is the whole line.

    `found` and `expected` are of the rules of the form; of those that any line can break it is told here.
    """
    own = pl.lit(expected) if isinstance(expected, str) else expected
    why = pl.struct(
        pl.lit("").alias("column"), rule.alias("rule"), _of_rule(rule, *_FOUND, found).alias("found"),
        _of_rule(rule, *_EXPECTED, own).alias("expected"),
    )  # fmt: skip
    return lines.select("row", pl.col("line").alias("raw"), pl.concat_list(why).cast(REASONS).alias("reasons"))


def _of_rule(rule: pl.Expr, of_too_long: pl.Expr, of_encoding: pl.Expr, of_others: pl.Expr) -> pl.Expr:
    words = pl.when(rule == "line_too_long").then(of_too_long).when(rule == "encoding").then(of_encoding)
    return words.otherwise(of_others.cast(pl.String))


def refuse_file(file: Path, rule: str, found: str, expected: str, row: int = 0) -> Refusal:
    """A refusal of a file as a whole."""
    return Refusal(Finding(file.name, row, "", rule, found, expected, "Ask the department to deliver it again."))
