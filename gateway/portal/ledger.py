"""The page of the resource ledger: what all counties may see of it, and the signed county's own use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import Query, Response

from gateway.portal.entrance import Signing, rooms
from gateway.portal.page import page, part
from gateway.portal.reading import context
from schemas.ledger import COMMON, COUNTIES, Common, Like, Own

router = rooms()
_LEAST, _LIKES, _OWN = 10, 8, 10
_KINDS = {
    "department": "部门", "feed": "归集数据", "feed column": "归集数据的列",
    "dictionary": "对照表", "list": "代码表",
    "entity": "实体", "entity column": "实体的列", "product": "半成品", "product column": "半成品的列",
    "own": "各县自定的列",
    "family": "标签族", "tag": "标签", "awaited": "待归集的列", "entry": "外部目录数据集", "likeness": "近似重复",
}  # fmt: skip
_RELATIONS = {
    "again": "同一地方重复", "above": "上下级各有一份", "elsewhere": "各地各有一份",
    "key": "主键重合", "values": "取值重合",
    "rule": "同一口径",
}  # fmt: skip


@router.get("/ledger")
def show_ledger(
    who: Signing, q: str = "", least: str = "1", likes: str = "1", columns: Annotated[str, Query(alias="own")] = "1"
) -> Response:
    """Most used, unused, near-duplicates with their evidence, foreign catalogues; of use by county only the own."""
    folder = who.at.settings.ledger
    common = _common(folder)
    if common is None:
        return page("ledger.html", **context(who, "ledger"), common=None)
    words = q.strip()[:50]
    mine = _own(folder, who.who.recipient.county)
    return page(
        "ledger.html", **context(who, "ledger"), common=common, own=mine, kinds=_KINDS, relations=_RELATIONS, q=words,
        columns=part(mine.columns, columns, _OWN, "own"), least=part(common.least, least, _LEAST, "least"),
        likes=part(_likes(common, words), likes, _LIKES, "likes", q=words),
    )  # fmt: skip


def _common(folder: Path) -> Common | None:
    """The common part; None before the ledger was first written."""
    file = folder / COMMON
    return Common.model_validate_json(file.read_bytes()) if file.exists() else None


def _own(folder: Path, county: str) -> Own:
    """A county's own part; an empty one where it has used nothing."""
    file = folder / COUNTIES / f"{county}.json"
    return Own.model_validate_json(file.read_bytes()) if file.exists() else Own(county=county, columns=(), feeds=())


def _likes(common: Common, words: str) -> list[Like]:
    """The near-duplicates that have the words in a title."""
    return [each for each in common.likes if words in f"{each.left} {each.right}"]
