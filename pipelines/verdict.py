"""Whether one county's product may be released: its rows are judged against the contract and the version before."""

from __future__ import annotations

import polars as pl

from schemas.manifest import Manifest
from schemas.product import Product

_FALL = 0.5
_FEW = 20


def verdict(product: type[Product], rows: pl.DataFrame, before: Manifest | None) -> str | None:
    """Why the county's new version must not be released, in words; None when it may."""
    return _empty_required(product, rows) or _repeated_key(product, rows) or _broken_rule(product, rows) or _fall(rows, before)


def _empty_required(product: type[Product], rows: pl.DataFrame) -> str | None:
    names = [name for name, field in product.fields.items() if field.required]
    counts = rows.select(pl.col(names).null_count()).row(0, named=True)
    wrong = {name: count for name, count in counts.items() if count}
    return f"required columns are empty: {_counted(wrong)}" if wrong else None


def _repeated_key(product: type[Product], rows: pl.DataFrame) -> str | None:
    repeated = rows.height - rows[product.identifier].n_unique()
    return f"{repeated} rows repeat a {product.identifier}" if repeated else None


def _broken_rule(product: type[Product], rows: pl.DataFrame) -> str | None:
    broken = {
        f"{name}/{rule.name}": (~rule.holds(pl.col(name)).fill_null(value=True)).sum().alias(f"{name}/{rule.name}")
        for name, field in product.fields.items()
        for rule in field.kind.rules
    }
    counts = rows.select(**broken).row(0, named=True)
    wrong = {name: count for name, count in counts.items() if count}
    return f"rules are broken: {_counted(wrong)}" if wrong else None


def _fall(rows: pl.DataFrame, before: Manifest | None) -> str | None:
    if before is None or before.rows < _FEW or rows.height >= _FALL * before.rows:
        return None
    return f"rows fell from {before.rows} to {rows.height}; check the deliveries, then release with a reason"


def _counted(wrong: dict[str, int]) -> str:
    return ", ".join(f"{name} in {count} rows" for name, count in wrong.items())
