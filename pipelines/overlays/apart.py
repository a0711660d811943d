"""Which counties are released apart from the others, under contracts of their own, and which are held by a wish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipelines.overlays.edition import Edition, edition
from pipelines.overlays.read import Wishes, wishes
from pipelines.promises.steps import Grown, numbers
from pipelines.tags.catalogue import CatalogueError
from schemas.contract import CodeList, Contract
from schemas.manifest import OVERLAY_RULE, PIN_RULE, Broken, Cause, Held
from schemas.overlay import Overlay
from schemas.product import Product

# The family of what a release rests on by which an edited overlay is told as the cause of a change.
OVERLAY: Cause = "overlay"


@dataclass
class Apart:
    """Counties that are not released with the others: by code their editions, and why those are held that are."""

    editions: dict[str, Edition] = field(default_factory=dict[str, Edition])
    held: dict[str, Held] = field(default_factory=dict[str, Held])

    def has(self, county: str) -> bool:
        """Whether a county is released apart, or held."""
        return county in self.editions or county in self.held


def apart(
    core: type[Product], standing: Mapping[str, Contract], lists: Mapping[str, CodeList], has_grown: Grown, on: date
) -> Apart:
    """What overlays make of a product, whole, for the counties that have one; `standing` are their contracts by county.

    `on` is the newest as-of day: what is wished since a later one does not hold yet. A county that once had an overlay
    stays apart: its contract has numbers of its own.
    """
    told, found = wishes(), Apart()
    once = {county for county, contract in standing.items() if contract.core is not None}
    for county in sorted({*told, *once}):
        wish, stands = told.get(county, Wishes(county)), standing.get(county)
        overlay = wish.overlay(core.key, on)
        if faults := wish.wrong(core.key):
            found.held[county] = held_by_overlay("; ".join(faults))
        elif overlay is not None and (why := _pinned(overlay, core, stands)):
            found.held[county] = why
        elif county in once or (overlay is not None and not overlay.is_pin_alone):
            _make(found, core, county, overlay, stands, lists, has_grown)
    return found


def _make(
    found: Apart, core: type[Product], county: str, overlay: Overlay | None, stands: Contract | None,
    lists: Mapping[str, CodeList], has_grown: Grown,
) -> None:  # fmt: skip
    try:
        found.editions[county] = edition(core, county, overlay, stands, lists, has_grown)
    except CatalogueError as error:
        found.held[county] = held_by_overlay(f"mappings/overlays/{county}.yaml: {error}")


def held_by_overlay(why: str) -> Held:
    """A county that is held because of what its overlay wishes."""
    return Held(words=f"overlay: {why}", broken=(Broken(rule=OVERLAY_RULE),))


def _pinned(overlay: Overlay, core: type[Product], stands: Contract | None) -> Held | None:
    """Why a county that keeps to a major version gets no new one; None where the core is of that major version."""
    newest = numbers(core.version)[0]
    if overlay.major is None or overlay.major == newest:
        return None
    here = numbers(stands.core or stands.version)[0] if stands else None
    file = f"mappings/overlays/{overlay.county}.yaml, {overlay.product}.major"
    if here == overlay.major:
        words = (
            f"overlay: kept to major version {overlay.major} by the county; the core is {core.version}. "
            f"Its data stay as they are until {file} is {newest} or taken out."
        )
        return Held(words=words, broken=(Broken(rule=PIN_RULE, found=overlay.major, expected=newest),))
    served = f"{stands.version} of core {stands.core or stands.version}" if stands else "nothing"
    return held_by_overlay(
        f"{file}: found {overlay.major}; expected {newest}, for {served} is served here and an older line "
        "cannot be taken up again. Write it so, or take it out."
    )
