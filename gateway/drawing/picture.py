"""The picture of a product, found by the product's key: what it is drawn from, and its drawing. Grants nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import polars as pl

from gateway.drawing import charts
from gateway.drawing.charts import Drawn

_DRESS = Path(charts.__file__)
_PICTURES = Path(__file__).parent.parent / "pictures"
Draw = Callable[[pl.DataFrame, Mapping[str, str]], Drawn | None]


@dataclass(frozen=True)
class Picture:
    """How a product is drawn: from these columns alone, by this function; `edition` stands for how it is drawn."""

    columns: tuple[str, ...]
    draw: Draw
    edition: str

    def drawn(self, rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
        """The picture of a county's rows; None where there is nothing to draw. `called` has each column's title."""
        return self.draw(rows.select(self.columns), {name: called[name] for name in self.columns})


@cache
def picture_of(product: str) -> Picture | None:
    """The picture that a file of the product's name draws; None where there is no such file."""
    file = _PICTURES / f"{product}.py"
    if not product.isidentifier() or product.startswith("_") or not file.exists():
        return None
    module = import_module(f"gateway.pictures.{product}")
    edition = hashlib.sha256(file.read_bytes() + _DRESS.read_bytes()).hexdigest()[:16]
    return Picture(module.COLUMNS, getattr(module, product), edition)
