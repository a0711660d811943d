"""What a product's codes are called, by the column of names that it has beside them. Opens no dictionary."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gateway.supply.folded import columns
from schemas.contract import Contract, Promise
from schemas.manifest import Manifest

_ENDINGS, _OWN = ("_name", "_title"), "name"


def beside(contract: Contract, column: str, level: str) -> Promise | None:
    """The column that a view of a level has of the names of another's codes: industry_name of industry.

    None where it has none, or the column is not in the view. Beside scope_code, scope_name is none of scope's.
    """
    shown = {each.name: each for each in contract.up_to(level)}
    if column not in shown or f"{column}_code" in shown:
        return None
    return next((shown[name] for end in _ENDINGS if (name := column.removesuffix("_code") + end) in shown), None)


def called(contract: Contract, key: str, level: str) -> Promise | None:
    """The column that says what a part of a row's key is called; of the row's own code that is the row's own name."""
    own = (each for each in contract.up_to(level) if each.name == _OWN and key.split("_")[-1] == "code")
    return beside(contract, key, level) or next(own, None)


def codes(supply: Path, manifest: Manifest, column: str, names: Promise | None, level: str) -> pl.DataFrame:
    """The codes of a column in a version's view, each once with what it is called and its rows, in their order."""
    table = columns(supply, manifest, level, [column, *([names.name] if names else [])])
    name = pl.col(names.name) if names else pl.lit(None, pl.String)
    pairs = table.select(pl.col(column).cast(pl.String).alias("code"), name.alias("name"))
    return pairs.drop_nulls("code").group_by("code", "name").agg(pl.len().alias("rows")).sort("code", "name")
