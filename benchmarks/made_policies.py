"""Policies made from a seed for benchmarks, as files would say them: nothing real, and nothing is measured."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from pipelines.dictionary import current
from pipelines.policies.read import vocabulary
from pipelines.tags.catalogue import Catalogue
from schemas.measure import RATIO

_SIGNS = ("at_least", "more_than", "at_most", "less_than")
_FLAGS, _NUMBERS = 300, 80


def made_policies(catalogue: Catalogue, frame: pl.DataFrame, count: int, seed: int) -> dict[Path, Any]:
    """So many documents over tags and columns of a frame that are known in all rows: each a tree of 4 to 10 questions.

    Bounds are deciles of what the frame holds.
    """
    dice = np.random.default_rng(seed)
    asks = _Questions(catalogue, frame, dice)
    return {Path(f"mappings/policies/made_{number:03}.yaml"): _document(number, asks, dice) for number in range(count)}


class _Questions:
    """What policies may ask: flags, bounds on numbers, words of columns, drawn once so that policies share them."""

    def __init__(self, catalogue: Catalogue, frame: pl.DataFrame, dice: np.random.Generator) -> None:
        whole = [name for name in frame.columns if frame[name].null_count() == 0]
        tags = [catalogue.tags[name] for name in whole if name in catalogue.tags]
        self._flags = _some([tag.key for tag in tags if tag.kind.name == "flag"], _FLAGS, dice)
        numbers = [name for name in whole if frame.schema[name].is_numeric()]
        self._numbers = _some(numbers, _NUMBERS, dice)
        self._bounds = {name: frame[name].cast(pl.Float64) for name in self._numbers}
        known = vocabulary(catalogue, current())
        words = known.words
        asked = [name for name in whole if name in catalogue.data and name in words]
        # A code above others is named with all that lie below it or not at all.
        self._words = {name: sorted(words[name] - catalogue.coarse(name)) for name in asked}
        self._rolls = known.rolls
        self._catalogue, self._dice = catalogue, dice

    def one(self) -> dict[str, Any]:
        """One question, as a file says it."""
        return (self._flag, self._flag, self._bound, self._bound, self._word)[self._dice.integers(5)]()

    def _flag(self) -> dict[str, Any]:
        return {"tag": str(self._dice.choice(self._flags))}

    def _bound(self) -> dict[str, Any]:
        name = str(self._dice.choice(self._numbers))
        value = self._bounds[name].quantile(float(self._dice.integers(1, 10)) / 10) or 0.0
        form = "tag" if name in self._catalogue.tags else "column"
        subject = (self._catalogue.tags if form == "tag" else self._catalogue.data)[name]
        unit = subject.unit or ("%" if subject.kind is RATIO else None)
        shown = round(value * 100, 4) if unit == "%" and not subject.unit else round(value, 4)
        return {form: name, str(self._dice.choice(_SIGNS)): f"{shown:.4f}{unit}" if unit else shown}

    def _word(self) -> dict[str, Any]:
        name = str(self._dice.choice(sorted(self._words)))
        word = str(self._dice.choice(self._words[name]))
        return {"column": name, "holds": word} if name in self._rolls else {"column": name, "one_of": [word]}


def _some(names: list[str], count: int, dice: np.random.Generator) -> list[str]:
    return [str(name) for name in dice.choice(sorted(names), min(count, len(names)), replace=False)]


def _document(number: int, asks: _Questions, dice: np.random.Generator) -> dict[str, Any]:
    alternatives = [asks.one() for _ in range(dice.integers(2, 5))]
    more = [asks.one() for _ in range(dice.integers(0, 3))]
    version = {
        "since": date(2026, 1, 1), "source": f"编造〔2026〕{number}号", "clause": f"第{number + 1}条",
        "object": {"all": [asks.one() for _ in range(dice.integers(1, 3))]},
        "condition": {"all": [{"any": alternatives}, {"not": asks.one()}, *more]},
        "content": "编造", "method": "编造",
    }  # fmt: skip
    return {"title": f"编造政策{number}", "issued_by": "编造", "example": "编造", "versions": [version]}
