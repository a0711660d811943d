"""What few report is withheld, and what would give it by subtraction; each case worked by hand."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.methods.withhold import BESIDE, FEW, withheld

NOWHERE = {
    "one that is told nowhere is had by subtraction": ([(1, 1), (9, 9), (4, 4)], [FEW, None, BESIDE]),
    "three that are told nowhere are many, and need nobody": ([(3, 3), (9, 9), (4, 4)], [None, None, None]),
    "they cover one that is few": ([(5, 5), (1, 1), (4, 4)], [None, FEW, None]),
    "of nobody there is no cell that could cover": ([(0, 0), (1, 1), (4, 4)], [None, FEW, BESIDE]),
    "who report nought cover nobody who tells": ([(5, 0), (1, 1), (4, 4)], [None, FEW, BESIDE]),
}

# Cells of one county: units and telling of each, and what must not be told.
CASES = {
    "three and more are told": ([(3, 3), (5, 4)], [None, None]),
    "two are few, and so are three of whom two report nought": ([(2, 2), (3, 1)], [FEW, FEW]),
    "all at nought tell nothing of one another": ([(3, 0), (4, 4)], [None, None]),
    "one few among others takes the smallest with it": ([(1, 1), (9, 9), (4, 4)], [FEW, None, BESIDE]),
    "two few of one each are two together": ([(1, 1), (1, 1), (6, 6)], [FEW, FEW, BESIDE]),
    "two few of three together need nobody": ([(1, 1), (2, 2), (6, 6)], [FEW, FEW, None]),
    "two few of whom one each tells are two together, however many report nought": (
        [(5, 1), (6, 1), (9, 9)], [FEW, FEW, BESIDE]),
    "two at nought do not cover one who tells": ([(2, 0), (1, 1), (7, 5)], [FEW, FEW, BESIDE]),
    "two few of whom three tell need nobody": ([(5, 1), (6, 2), (9, 9)], [FEW, FEW, None]),
    "two few of three who all report nought need nobody": ([(2, 0), (1, 0), (6, 6)], [FEW, FEW, None]),
    "nobody reports": ([(0, 0), (3, 3)], [None, None]),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), CASES.values(), ids=CASES)
def test_what_must_not_be_told(cells: list[tuple[int, int]], expected: list[str | None]) -> None:
    table = pl.DataFrame(cells, schema=["units", "telling"], orient="row").with_columns(
        county=pl.lit("330110"), code=pl.int_range(pl.len())
    )
    beside = table.with_columns(county=pl.lit("330113"), units=pl.lit(9, pl.Int64), telling=pl.lit(9, pl.Int64))
    assert withheld(pl.concat([table, beside]), ["county"], ["code"]).to_list() == [*expected, *([None] * len(cells))]


@pytest.mark.parametrize(("cells", "expected"), NOWHERE.values(), ids=NOWHERE)
def test_what_is_told_nowhere_is_a_cell_too(cells: list[tuple[int, int]], expected: list[str | None]) -> None:
    """The first of the cells has no code: those without a town or industry, who are in the county's sum alone."""
    table = pl.DataFrame(cells, schema=["units", "telling"], orient="row")
    told = table.with_columns(code=pl.Series([None, "1", "2"]), county=pl.lit("330110"))
    assert withheld(told, ["county"], ["code"]).to_list() == expected
