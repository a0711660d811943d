"""What a county has: each granted product with its release, its contract and a sentence on how it stands."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from gateway.caller import Caller
from gateway.door import Door
from gateway.kept.grants import Grant, grants_of, visible
from gateway.refused import unknown
from gateway.supply.released import products, served, whole
from gateway.supply.standing import stands
from gateway.supply.terms import terms
from schemas.china import day_of
from schemas.contract import Contract
from schemas.manifest import Manifest

# A grant that ends within so many days is worth a sentence.
_SOON_DAYS = 14
_DAY = 86_400
# An ended grant is told of for so long.
_LATELY_DAYS = 180
_WAITING = "已获授权，但本县还没有发布过这个半成品。无需操作，首次发布后会出现在这里；如迟迟没有，请联系省数据局。"
_DAMAGED = (
    "已获授权，但省里服务器上的发布文件受损，暂时读不到。修复后恢复原样，请一小时后再试；如仍未恢复，请联系省数据局。"
)
_BELOW = "授权到 {level}，而这个半成品没有 {level} 及以下的视图，因此读不到数据。请在“申请授权”中申请 {lowest} 视图。"


@dataclass(frozen=True)
class Holding:
    """A grant beside what is released under it; `words` say how it stands and what to do, `mood` how grave that is."""

    grant: Grant
    manifest: Manifest | None
    mood: str
    words: str

    @property
    def title(self) -> str:
        """What the product is called; its key where none of it can be read."""
        return self.manifest.title if self.manifest else self.grant.product


def holdings(at: Door, who: Caller) -> list[Holding]:
    """Every product that a caller may have."""
    supply, county = at.settings.supply, who.recipient.county
    released = products(supply, county)
    manifests = whole(served, supply, county, [each for each in released if each in who.grants])
    without = {each: ("late", _DAMAGED) if each in released else ("waiting", _WAITING) for each in who.grants}
    return [
        _holding(supply, grant, manifests[product]) if product in manifests else Holding(grant, None, *without[product])
        for product, grant in sorted(who.grants.items())
    ]


def _holding(supply: Path, grant: Grant, manifest: Manifest) -> Holding:
    if grant.level < (lowest := min(manifest.views)):
        return Holding(grant, None, "late", _BELOW.format(level=grant.level, lowest=lowest))
    left = (grant.expires - time.time()) / _DAY
    if held := stands(supply, manifest).held:
        return Holding(grant, manifest, "late", held)
    if left < _SOON_DAYS:
        words = f"授权将于 {day_of(grant.expires)} 到期。请在“申请授权”中续期，以免中断。"
        return Holding(grant, manifest, "soon", words)
    return Holding(grant, manifest, "good", f"正常提供，授权至 {day_of(grant.expires)}。")


def ended(at: Door, who: Caller) -> list[Grant]:
    """The grants that have ended lately and have no other in their place, the last first."""
    now = time.time()
    grants = [each for each in grants_of(at.engine, who.recipient.id) if not each.holds(now)]
    lately = [each for each in grants if (each.revoked or each.expires) > now - _LATELY_DAYS * _DAY]
    return [each for each in reversed(lately) if each.product not in who.grants]


def own(at: Door, who: Caller, product: str) -> tuple[Grant, Manifest, Contract]:
    """A granted product with its release and contract; refused where it is not granted or not released."""
    grant = who.grant_for(who.recipient.county, product)
    manifest = served(at.settings.supply, who.recipient.county, product)
    return grant, visible(manifest, grant), terms(at.settings.supply, manifest)


def released_here(at: Door, who: Caller) -> list[Manifest]:
    """All that is released for the caller's county: what can be asked for."""
    supply, county = at.settings.supply, who.recipient.county
    return [*whole(served, supply, county, products(supply, county)).values()]


def titles(at: Door, who: Caller) -> dict[str, str]:
    """What each of these products is called."""
    return {each.product: each.title for each in released_here(at, who)}


def level_of(manifest: Manifest, grant: Grant) -> str:
    """The widest view of a release that a grant opens; refused where it opens none."""
    levels = [each for each in manifest.views if grant.allows(each)]
    if not levels:
        raise unknown(f"A view of {manifest.product}")
    return levels[-1]
