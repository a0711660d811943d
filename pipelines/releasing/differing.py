"""How counties differ from what they are served, view by view, and the cause of each difference."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.compare import Causes, Difference, Key, below, changes, difference
from pipelines.objections.raised import CAUSE as OBJECTION
from pipelines.objections.raised import FLAG
from pipelines.releasing.causes import TRACED, are_same, causes
from pipelines.releasing.county import Basis
from pipelines.releasing.fold import AT
from pipelines.releasing.found import Found, Origins
from pipelines.releasing.served import Served
from pipelines.releasing.together import apart, key_of, together
from pipelines.revision import code_revision
from schemas.manifest import CAUSES, OF_ITS_FEEDS, REFUSED, ReleaseGrounds
from schemas.product import Product


def changes_of(found: list[Found], basis: Basis, was: Origins) -> list[dict[str, pl.DataFrame]]:
    """The changes of each county's views against its version before, which was last found to agree with the same."""
    product, served = found[0].product, found[0].served
    new = together([each.county.rows for each in found])
    old, key = together([each.old for each in found]), key_of(found, product.grain)
    if served.manifest is None or served.last is None:
        told = _by_view(product, difference(new.head(0), new, key), "source")
    elif served.opens_a_line(basis):
        told = _by_view(product, difference(new.head(0), new, key), "contract")
    elif new.equals(old):
        told = _by_view(product, difference(old.head(0), old.head(0), key), "source")
        told |= _opening(product, served, new, key)
    else:
        differs = difference(old, new, key)
        told = _by_view(product, differs, _causes(found, basis, was, differs))
        told |= _opening(product, served, new, key)
    by_view = {view: apart(rows, len(found)) for view, rows in told.items()}
    return [{view: rows[at] for view, rows in by_view.items()} for at in range(len(found))]


def is_unchanged(found: Found, basis: Basis, changes: dict[str, pl.DataFrame]) -> bool:
    """Whether nothing is to be told: no other promise, no other objection, no changed row in any view."""
    before = found.served.manifest
    if before is None:
        return False
    is_told_anew = found.served.is_promised_anew(basis) or before.objections != found.county.objections
    return not is_told_anew and not any(map(len, changes.values()))


def _by_view(product: type[Product], found: Difference, causes: Causes) -> dict[str, pl.DataFrame]:
    """The changes of each view; what changed only above it is no change of it."""
    level = product.row_level
    return {
        view: changes(found if level is None else below(found, level, view), (*columns, AT), causes, FLAG)
        for view, columns in product.views().items()
    }


def _opening(product: type[Product], served: Served, new: pl.DataFrame, key: Key) -> dict[str, pl.DataFrame]:
    """All rows of the views that the version before had not, as new; the other views go on from it."""
    comes = [view for view in product.views() if not served.has(view)]
    told = _by_view(product, difference(new.head(0), new, key), "contract") if comes else {}
    return {view: told[view] for view in comes}


def _causes(found: list[Found], basis: Basis, was: Origins, differs: Difference) -> pl.DataFrame:
    """The cause of whatever has changed of each entity since the version before."""
    served, key = found[0].served, key_of(found, [found[0].product.identifier])
    assert served.manifest is not None and served.last is not None
    *beside, identifier = key
    changed = differs.changed.select(key).unique()
    old = _as_compared(_traced((was()[each.county.code] for each in found), changed), basis.compared(), identifier)
    now = _traced((each.county.origin for each in found), changed)
    gone = changed.join(now, on=key, how="anti")
    if not gone.is_empty():
        elsewhere = basis.traced(gone.select(identifier).unique()).select(identifier, *TRACED)
        now = pl.concat([now, gone.join(elsewhere, on=identifier).select(now.columns)])
    decided = _decided(basis, served, served.last)
    is_settled = decided == "source" or are_same(served.last.inputs, basis.inputs)
    return causes(old, now, identifier, decided, None if is_settled else basis.fresh(served.last.inputs), beside)


def _traced(origins: Iterable[pl.DataFrame], changed: pl.DataFrame) -> pl.DataFrame:
    """What the changed entities rest on, by each county's origin."""
    return together(origins).select(*changed.columns, *TRACED).join(changed, on=changed.columns, how="semi")


def _as_compared(old: pl.DataFrame, compared: pl.DataFrame, identifier: str) -> pl.DataFrame:
    """What entities rested on when their county was last compared, which may have kept its version then."""
    if compared.is_empty():
        return old
    rows = pl.coalesce("compared", "source_rows").alias("source_rows")
    known = compared.select(identifier, pl.col("source_rows").alias("compared"))
    return old.join(known, on=identifier, how="left").with_columns(rows).drop("compared")


def _decided(basis: Basis, served: Served, last: ReleaseGrounds) -> str:
    """What changed besides the rows since the version before: families of mappings, code, contract.

    Objections are told row by row. Deliveries that were refused since are rows of a product that tells of them.
    """
    refused = basis.mappings.get(REFUSED)
    if last.mappings.get(REFUSED, refused) != refused:
        return "source"
    told = [name for name in basis.mappings if name in CAUSES and name != OBJECTION]
    families = [name for name in told if _is_other(name, basis, last)]
    families += ["code"] * (last.code_revision != code_revision())
    families += ["contract"] * served.is_promised_anew(basis)
    return "+".join(families) or "source"


def _is_other(family: str, basis: Basis, last: ReleaseGrounds) -> bool:
    """Whether a family of mappings is another: in what the feeds of the product read of it, where that is told."""
    read = family + OF_ITS_FEEDS
    name = read if read in basis.mappings and read in last.mappings else family
    return last.mappings.get(name) != basis.mappings[name]
