"""A county's enterprises for benchmarks: every column that tags may rest on, made from a seed. Nothing is measured."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.dictionary import current
from pipelines.meaning.codes import code_names
from pipelines.methods.conditions import Above
from pipelines.tags.catalogue import Catalogue
from pipelines.tags.data import Datum
from schemas.condition import Condition, Ends, Holds, OneOf, atoms

ON = date(2026, 7, 1)
_COUNTY = "330110"
_ROLL = 0.05


def enterprises(catalogue: Catalogue, rows: int, seed: int, unknown: float) -> pl.DataFrame:
    """So many rows with every column; of each but key and county a share is unknown.

    Amounts are lognormal and in four rows of ten zero, days lie within fifteen years, codes and words are drawn from
    those that the catalogue asks for; of a list with levels, those below which it asks for none.
    """
    dice, words = np.random.default_rng(seed), _words(catalogue)
    made = {name: _column(datum, words.get(name, []), rows, dice) for name, datum in catalogue.data.items()}
    frame = pl.DataFrame(made)
    hidden = [pl.when(pl.lit(pl.Series(dice.random(rows) >= unknown))).then(pl.col(name)).alias(name)
              for name in frame.columns]  # fmt: skip
    keys = [pl.format("91330110{}", pl.int_range(rows).cast(pl.String).str.zfill(10)).alias("credit_code"),
            pl.lit(_COUNTY).alias("county")]  # fmt: skip
    return frame.with_columns(hidden).with_columns(keys)


def _words(catalogue: Catalogue) -> dict[str, list[str]]:
    """The words that the catalogue asks of each column."""
    asked: dict[str, dict[str, None]] = {}
    for tag in catalogue.tags.values():
        for atom in atoms(tag.rule) if isinstance(tag.rule, Condition) else ():
            words = atom.words if isinstance(atom, OneOf | Ends) else (atom.word,) if isinstance(atom, Holds) else ()
            asked.setdefault(atom.name, {}).update(dict.fromkeys(words))
    return {name: _finest(list(words), catalogue.above.get(name, {})) for name, words in asked.items()}


def _finest(words: list[str], above: Above) -> list[str]:
    coarse = {code for word in words for code in above.get(word, ())}
    return [word for word in words if word not in coarse]


def _column(datum: Datum, words: list[str], rows: int, dice: np.random.Generator) -> pl.Series:
    if datum.kind.name == "flag":
        return pl.Series(dice.random(rows) < _ROLL)
    if datum.kind.dtype == pl.Date():
        start = np.datetime64(ON + timedelta(days=1000))
        return pl.Series(start - dice.integers(0, 5_500, rows).astype("timedelta64[D]"))
    if datum.kind.dtype.is_numeric():
        return _numbers(datum, rows, dice)
    if datum.kind.code_list == "gbt4754_2017":
        listed = code_names(current(), "gbt4754_2017")
        level = 1 if datum.column == "industry_section" else 4
        return pl.Series(dice.choice(listed.filter(pl.col("level") == level)["code"].to_numpy(), rows))
    return pl.Series(dice.choice(np.array(words or ["某值"]), rows))


def _numbers(datum: Datum, rows: int, dice: np.random.Generator) -> pl.Series:
    scale = {"元": 14.0, "千瓦时": 11.0}.get(datum.unit or "", 1.5)
    drawn = dice.lognormal(scale, 2, rows) * (dice.random(rows) >= 0.4)
    return pl.Series(drawn.round() if datum.kind.name == "count" else drawn.round(2)).cast(datum.kind.dtype)
