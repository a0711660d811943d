"""A county's edition of a product: the core with its overlay put on, class, contract and rows. Publishes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from pipelines.cut import Tables, as_declared
from pipelines.overlays.own import Columns, columns, meant_by, values
from pipelines.overlays.read import wishes
from pipelines.promises.row_levels import row_levels
from pipelines.promises.steps import Grown, least_version, numbers
from pipelines.shelf import whole
from pipelines.tags.wording import digits
from schemas.contract import CodeList, Contract, contract_of
from schemas.kinds import Reading, Rule
from schemas.overlay import Overlay, Tighter
from schemas.product import OBJECTED, Field, Product, edited


@dataclass(frozen=True)
class Edition:
    """One county's own promise: `product` is the class that it makes of the core's.

    `own` are the columns that it adds, None where it adds none; `fingerprint` is the overlay's, None where the county
    has none any more and only its contract is its own.
    """

    county: str
    core: type[Product]
    product: type[Product]
    contract: Contract
    own: Columns | None
    fingerprint: str | None

    def rows(self, core: pl.DataFrame, tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
        """The county's rows: the core's, finished, with its own columns and without those that it omits."""
        beside = core
        if self.own is not None:
            key = self.core.identifier
            beside = core.join(values(self.own, tables, province), on=key, how="left", maintain_order="left")
        return self.narrowed(beside)

    def narrowed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Finished rows in the county's own columns, without those that it omits."""
        return as_declared(self.product, rows.select(name for name in self.product.fields if name != OBJECTED.name))


def edition(
    core: type[Product], county: str, overlay: Overlay | None, standing: Contract | None,
    lists: Mapping[str, CodeList], has_grown: Grown,
) -> Edition:  # fmt: skip
    """The edition that an overlay makes of the core, as the next version of the contract that stands in the county.

    Without an overlay it is the core under the county's own numbers, for a county that had one. Columns that were
    served keep their places.
    """
    own = columns(overlay, core) if overlay is not None and overlay.adds else None
    order = [each.name for each in standing.columns] if standing else []
    product = _class(core, overlay, own, order)
    before = _taken_over(standing, core, overlay) if standing and overlay else standing
    contract = _contract(product, core, own, before, lists, has_grown)
    return Edition(county, core, product, contract, own, overlay.fingerprint if overlay else None)


def class_for(product: type[Product], county: str, on: date) -> type[Product]:
    """A product as a county receives it on a day: with its overlay, where one holds that can be relied on.

    `on` is the as-of day of a release.
    """
    core, told = whole(product), wishes().get(county)
    overlay = told.overlay(product.key, on) if told and not told.wrong(product.key) else None
    if overlay is None:
        return core
    return _class(core, overlay, columns(overlay, core) if overlay.adds else None, [])


def _class(core: type[Product], overlay: Overlay | None, own: Columns | None, order: list[str]) -> type[Product]:
    changed: dict[str, Field | None] = {}
    if overlay is not None:
        changed |= {name: None for name in overlay.omits if name in core.fields}
        changed |= {each.column: _tightened(core.fields[each.column], each) for each in overlay.tightens}
    changed |= {key: replace(field) for key, field in (own.fields if own else {}).items()}
    floor = (overlay.coverage_floor if overlay else None) or core.coverage_floor
    return edited(core, changed, floor, order)


def _tightened(field: Field, tighter: Tighter) -> Field:
    """The column with more rules; those of its kind stay."""
    rules = (*field.kind.rules, *_bounds(tighter, field.unit or ""))
    return replace(field, required=field.required or tighter.never_empty, kind=replace(field.kind, rules=rules))


def _bounds(tighter: Tighter, unit: str) -> list[Rule]:
    low, high, rules = tighter.at_least, tighter.at_most, list[Rule]()
    if low is not None:
        rules.append(Rule("at_least", f"{digits(low)}{unit} or more", _not_below(low)))
    if high is not None:
        rules.append(Rule("at_most", f"{digits(high)}{unit} or less", _not_above(high)))
    return rules


def _not_below(bound: float) -> Reading:
    return lambda value: value.cast(pl.Float64) >= bound


def _not_above(bound: float) -> Reading:
    return lambda value: value.cast(pl.Float64) <= bound


def _taken_over(standing: Contract, core: type[Product], overlay: Overlay) -> Contract:
    """The contract that stands, but with the core's meaning for what the core has taken over as it was served.

    By a spent line both are known to be one rule: since another day, or in other words, it is no other promise.
    """
    served = {each.key: meant_by(each, overlay.since) for each in overlay.spent}
    columns = tuple(
        each.model_copy(update={"meaning": core.fields[each.name].meaning})
        if each.own and each.meaning == served.get(each.name) else each
        for each in standing.columns
    )  # fmt: skip
    return standing.model_copy(update={"columns": columns})


def _contract(
    product: type[Product], core: type[Product], own: Columns | None, standing: Contract | None,
    lists: Mapping[str, CodeList], has_grown: Grown,
) -> Contract:  # fmt: skip
    """The edition's contract; its version is reckoned: the least after what stands, never before the core's."""
    drafted = contract_of(product, lists, row_levels(product))
    marked = tuple(each.model_copy(update={"own": True}) if own and each.name in own.fields else each
                   for each in drafted.columns)  # fmt: skip
    draft = drafted.model_copy(update={"columns": marked, "core": core.version})
    least = draft.version if standing is None else least_version(standing, draft, has_grown)
    return draft.model_copy(update={"version": max(draft.version, least, key=numbers)})
