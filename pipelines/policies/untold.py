"""Which counts of verdicts must not be told: the few, and whichever would give one back by the sum or by this rule."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.methods.withhold import LEAST

# The most that two few add up to: sums below that leave a reader who knows the rule too few ways to split them.
_TWO_FEW = 2 * (LEAST - 1)


def untold(counts: Sequence[str]) -> dict[str, pl.Expr]:
    """Whether each of a row's counts, whose sum is known, must not be told: none where none of them is few.

    Else the two smallest that are not nought, with all that are as great as the second; all, where these two are four
    or less together. The rule is the same for each count, so that any split may be the same one the other way round.
    """
    some = pl.concat_list(counts).list.eval(pl.element().filter(pl.element() > 0).sort())
    is_one_few = (some.list.first() < LEAST).fill_null(value=False)
    are_all = some.list.head(2).list.sum() <= _TWO_FEW
    second = some.list.get(1, null_on_oob=True)
    return {name: is_one_few & (are_all | pl.col(name).is_between(1, second)) for name in counts}
