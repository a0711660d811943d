"""Whether a county's product may be released: its rows are judged by the contract and beside the version before."""

from __future__ import annotations

import polars as pl

from schemas.admission import FALL_RULE
from schemas.manifest import BEYOND_RULE, MISSING_RULE, REPEATED_RULE, Broken, Held, Manifest
from schemas.product import Product

FALL = 0.5
_FEW = 20


def verdicts(product: type[Product], table: pl.DataFrame) -> dict[str, Held]:
    """Why counties must not be released, by county; those that may are not in it."""
    rules = {each.meta.output_name(): each for each in (*_missing(product), *_broken(product), *_beyond(product))}
    # Of all counties at once first: mostly no rule is broken, and each of these passes costs half as much.
    broken = [name for name, rows in table.select(rules.values()).row(0, named=True).items() if rows]
    counts = table.group_by("county").agg(*(rules[name] for name in broken), _repeated(product)).sort("county")
    told = {row.pop("county"): _broken_rules(row) for row in counts.iter_rows(named=True)}
    return {county: Held(words=_in_words(broken), broken=broken) for county, broken in told.items() if broken}


def _broken_rules(counts: dict[str, int]) -> tuple[Broken, ...]:
    told = ((*name.split("/"), rows) for name, rows in counts.items() if rows)
    return tuple(Broken(rule=rule, of=of, found=rows) for of, rule, rows in told)


def _in_words(broken: tuple[Broken, ...]) -> str:
    return ", ".join(f"{each.of}/{each.rule}: {each.found} rows" for each in broken)


def _missing(product: type[Product]) -> list[pl.Expr]:
    names = [name for name, field in product.fields.items() if field.required]
    return [pl.col(name).null_count().alias(f"{name}/{MISSING_RULE}") for name in names]


def _broken(product: type[Product]) -> list[pl.Expr]:
    return [
        (~rule.holds(pl.col(name)).fill_null(value=True)).sum().alias(f"{name}/{rule.name}")
        for name, field in product.fields.items()
        for rule in field.kind.rules
    ]


def _repeated(product: type[Product]) -> pl.Expr:
    grain = pl.struct(product.grain)
    return (pl.len() - grain.n_unique()).alias(f"{'+'.join(product.grain)}/{REPEATED_RULE}")


def _beyond(product: type[Product]) -> list[pl.Expr]:
    """Rows whose level no view has: nobody would ever receive them."""
    if product.row_level is None:
        return []
    level = pl.col(product.row_level)
    return [(level.is_null() | ~level.is_in(product.levels)).sum().alias(f"{product.row_level}/{BEYOND_RULE}")]


def fall(product: type[Product], release: str, rows: int, before: Manifest | None) -> Held | None:
    """Why a county must not be released when it suddenly has less than half of its rows; None when it has not.

    `release` is the county and the day that an admission has to name.
    """
    if before is None or before.rows < _FEW or rows >= FALL * before.rows:
        return None
    advice = (
        "look for a delivery that is cut short; if the fall is meant: "
        f"make admit SCOPE={product.key} SUBJECT={release} RULE={FALL_RULE} BY=… REASON=…"
    )
    words = f"rows fell from {before.rows} to {rows}; {advice}"
    return Held(words=words, broken=(Broken(rule=FALL_RULE, found=rows, expected=before.rows),))
