"""The picture of a product on its page, as far as the caller may read it; or a sentence on what is lacking."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from fastapi import Request, Response

from gateway.door import Door
from gateway.drawing.drawn import NotDrawn, described, edition, svg
from gateway.drawing.picture import Picture, picture_of
from gateway.kept.grants import Grant
from gateway.portal.entrance import Signing, rooms
from gateway.portal.holdings import level_of, own
from gateway.portal.page import GUARDS
from gateway.refused import Refused, forbidden, unknown
from schemas.contract import Contract
from schemas.manifest import Manifest

router = rooms()
_LOG = logging.getLogger(__name__)
_NAMED = 3


@dataclass(frozen=True)
class Sight:
    """What stands on the page: an image with its words, or a sentence why there is none; `asks` for a grant."""

    address: str
    words: str
    sentence: str
    asks: str


def sight(at: Door, grant: Grant, manifest: Manifest, promised: Contract) -> Sight | None:
    """The picture of a release as a grant allows it; None where nobody has drawn the product."""
    picture = picture_of(manifest.product)
    if picture is None:
        return None
    if absent := [name for name in picture.columns if name not in {each.name for each in promised.columns}]:
        return Sight("", "", f"本县的契约中没有{_together(absent)}，因此没有这张图。", "")
    level = level_of(manifest, grant)
    if above := _above(picture, promised, level):
        most = max(above.values())
        sentence = f"这张图要用到{_together(above)}，属于 {most} 视图；贵单位的授权到 {grant.level}，因此不显示。"
        return Sight("", "", sentence, most)
    try:
        drawing = described(at.settings, manifest, level, picture)
    except NotDrawn as why:
        _LOG.error("The picture of %s %s was not drawn: %s", manifest.county, manifest.product, why)
        return Sight("", "", "这张图暂时画不出来；数据可以照常下载。", "")
    if drawing is None:
        return Sight("", "", "本版没有可以画成图的数据。", "")
    # With the drawing's own edition in it, an address never means two pictures.
    address = f"/portal/products/{manifest.product}/picture.svg?of={edition(manifest, level, picture)}"
    return Sight(address, drawing.words, "", "")


def _above(picture: Picture, promised: Contract, level: str) -> dict[str, str]:
    """The columns of a picture that a view lacks: their titles and levels, as the picture names them."""
    columns = {each.name: each for each in promised.columns}
    return {columns[name].title: columns[name].level for name in picture.columns if columns[name].level > level}


def _together(names: Collection[str]) -> str:
    """A few names, and how many there are."""
    first = "、".join(f"“{each}”" for each in list(names)[:_NAMED])
    return f"{first}等 {len(names)} 列" if len(names) > _NAMED else first


@router.get("/products/{product}/picture.svg")
def show_picture(who: Signing, product: str, request: Request) -> Response:
    """The picture; asked for again with its mark, it is not sent again."""
    grant, manifest, promised = own(who.at, who.who, product)
    picture, level = picture_of(product), level_of(manifest, grant)
    if picture is None or not {each.name for each in promised.columns}.issuperset(picture.columns):
        raise unknown(f"A picture of {product}")
    if _above(picture, promised, level):
        raise forbidden(f"The picture of {product} shows columns above {grant.level}.")
    mark = f'"{edition(manifest, level, picture)}"'
    kept = GUARDS | {"Cache-Control": "private, no-cache", "ETag": mark}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=kept)
    try:
        drawn = svg(who.at.settings, manifest, level, picture)
    except NotDrawn as why:
        _LOG.error("The picture of %s %s was not drawn: %s", manifest.county, product, why)
        raise Refused(503, "TEMPORARILY_UNAVAILABLE", "The picture cannot be drawn just now.") from why
    if drawn is None:
        raise unknown(f"A picture of {product}")
    who.at.audit.write("picture", recipient=who.who.recipient.id, grant=grant.id, county=manifest.county,
                       product=product, view=level, version=manifest.version, bytes=len(drawn),
                       columns=list(picture.columns))  # fmt: skip
    return Response(drawn, media_type="image/svg+xml", headers=kept)
