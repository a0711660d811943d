"""How a delivery or a row is refused, or said to differ: what was found where, what was expected, what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import polars as pl

from schemas.mendable import Mendable


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a delivery; `row` counts data rows from 1, 0 is the header or the file as a whole."""

    file: str
    row: int
    column: str
    rule: str
    found: str
    expected: str
    todo: str

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        column = f", column {self.column}" if self.column else ""
        return f"{where}{column}: found {self.found}; expected {self.expected}. {self.todo} [{self.rule}]"

    def as_dict(self) -> dict[str, str | int]:
        """The finding as plain values, for JSON."""
        return asdict(self)


class Refusal(Mendable):
    """A whole delivery that cannot be taken in. Its bytes are kept; the message says what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


# A row's reasons: one struct for each thing wrong with it.
REASON = pl.Struct({"column": pl.String, "rule": pl.String, "found": pl.String, "expected": pl.String})
REASONS = pl.List(REASON)


# Of a longer finding a person is shown its beginning.
MOST_SHOWN = 80


def reason(column: str, rule: str, found: pl.Expr, expected: str, *, whole: bool = False) -> pl.Expr:
    """One reason as a struct expression; long findings are cut, unless the `whole` is needed to act on it."""
    text = found.cast(pl.String)
    return pl.struct(
        pl.lit(column).alias("column"),
        pl.lit(rule).alias("rule"),
        (text if whole else text.str.slice(0, MOST_SHOWN)).alias("found"),
        pl.lit(expected).alias("expected"),
    )


Verdict = Literal["benign", "translate", "stop"]


@dataclass(frozen=True)
class Sign:
    """One way in which a delivery differs from its declaration or from the last accepted one; `count` is plotted."""

    rule: str
    verdict: Verdict
    column: str
    found: str
    expected: str
    count: int = 1
    todo: str = ""
