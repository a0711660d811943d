"""Counties whose newest version is to be read again: not read since it was published, or not whole. Reads none."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from pipelines.releasing.index import index_of
from schemas.here import home, supply
from schemas.product import Product
from schemas.put import put_bytes


def doubted(product: type[Product]) -> set[str]:
    """The codes of a product's counties that a run before has left in doubt, all where its note is not whole."""
    note = _note(product)
    try:
        return set(json.loads(note.read_bytes())) if note.exists() else set()
    except ValueError:
        index = index_of(product, supply())
        return {each.county for each in index.counties} if index else set()


def doubt(product: type[Product], counties: Collection[str]) -> None:
    """Leave these in doubt, and no others."""
    if counties:
        put_bytes(json.dumps(sorted(counties)).encode(), _note(product))
    else:
        _note(product).unlink(missing_ok=True)


def _note(product: type[Product]) -> Path:
    return home() / "doubted" / f"{product.key}.json"
