"""What every form of arrival is read into, and the checks of a header that all forms share."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.refusal import REASONS, Finding, Refusal

LONGEST_LINE = 1_000_000


@dataclass(frozen=True)
class Rows:
    """A delivery as text.

    `good`: column `row` (Int64, data rows from 1) and one text column a source column, absent values null.
    `malformed`: `row`, `raw` (the line) and `reasons` of the lines that are no row of this form.
    """

    good: pl.DataFrame
    malformed: pl.DataFrame
    notices: tuple[Finding, ...] = ()


def no_malformed() -> pl.DataFrame:
    """The empty table of malformed lines."""
    return pl.DataFrame(schema={"row": pl.Int64, "raw": pl.String, "reasons": REASONS})


def malformed(lines: pl.DataFrame, rule: pl.Expr, found: pl.Expr, expected: str) -> pl.DataFrame:
    """Lines (`row`, `line`) as malformed rows, each with its one reason; raw text is cut to 2,000 characters."""
    why = pl.struct(
        pl.lit("").alias("column"), rule.alias("rule"), found.cast(pl.String).alias("found"),
        pl.lit(expected).alias("expected"),
    )  # fmt: skip
    return lines.select(
        "row", pl.col("line").str.slice(0, 2000).alias("raw"), pl.concat_list(why).cast(REASONS).alias("reasons")
    )


def check_header(file: Path, found: list[str], expected: tuple[str, ...]) -> None:
    """Raise Refusal unless the header has each expected column once and no other; the order is free."""
    twice = [name for name, count in Counter(found).items() if count > 1]
    if twice:
        raise Refusal(_header(file, twice[0], "duplicate_column", "the column twice", "every column once"))
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    if missing and extra:
        raise Refusal(_renamed(file, missing[0], extra))
    if missing:
        raise Refusal(_header(file, missing[0], "missing_column", "no such column", f"columns {', '.join(expected)}"))
    if extra:
        wanted = f"columns {', '.join(expected)}"
        raise Refusal(_header(file, extra[0], "extra_column", "a column that is not declared", wanted))


def _renamed(file: Path, missing: str, extra: list[str]) -> Finding:
    alike = difflib.get_close_matches(missing, extra, n=1, cutoff=0.0)[0]
    return _header(file, missing, "renamed_column", f"'{alike}' where it should stand", f"the column '{missing}'")


def _header(file: Path, column: str, rule: str, found: str, expected: str) -> Finding:
    todo = "Ask the department, or change the declaration in schemas/feeds/ if the change is meant."
    return Finding(file.name, 0, column, rule, found, expected, todo)


def refuse_file(file: Path, rule: str, found: str, expected: str, row: int = 0) -> Refusal:
    """A refusal of a file as a whole."""
    return Refusal(Finding(file.name, row, "", rule, found, expected, "Ask the department to deliver it again."))
