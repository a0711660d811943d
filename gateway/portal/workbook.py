"""A county's rows as a workbook, for people who have Excel or WPS and nothing else; metered as any bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import polars as pl
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]
from fastapi import Response
from polars import selectors

from gateway.portal.entrance import Signing, rooms
from gateway.portal.holdings import level_of, own
from gateway.portal.page import GUARDS
from gateway.refused import Refused, unknown
from gateway.supply.folded import snapshot
from schemas.contract import Contract
from schemas.downloads import SERVED, Served

router = rooms()
# So many take ten seconds and 400 MB to be made.
_MOST_CELLS = 1_000_000
_MAKING = threading.Lock()
# A workbook holds no more rows below its header, and no longer text in a cell; the rest would be lost without a word.
_MOST_ROWS, _LONGEST = 1_048_575, 32_767
# What a department wrote is text, also where it begins like a formula or an address.
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def fits(rows: int, promised: Contract, level: str) -> bool:
    """Whether so many rows of a view are few enough to be had as a workbook."""
    columns = [each for each in promised.columns if each.level <= level]
    return rows <= _MOST_ROWS and rows * len(columns) <= _MOST_CELLS


@router.get("/products/{product}/workbook.xlsx")
def send_workbook(who: Signing, product: str) -> Response:
    """The rows of the widest view that is granted, each column under its title and name."""
    grant, manifest, promised = own(who.at, who.who, product)
    level = level_of(manifest, grant)
    whole = snapshot(who.at.settings, manifest, level)
    if not fits(whole.file.rows, promised, level):
        raise unknown(f"A workbook of {product}")
    served = Served(recipient=who.who.recipient.id, grant=grant.id, county=manifest.county, product=product, view=level,
                    version=manifest.version, file="workbook.xlsx", bytes=0, columns=None)  # fmt: skip
    who.at.audit.write("allowed", **served.model_dump())
    content = _alone(lambda: _workbook(_rows(product, whole.path), promised))
    who.at.audit.write(SERVED, **served.model_copy(update={"bytes": len(content)}).model_dump())
    name = quote(f"{manifest.title}-{manifest.county_name}-第{manifest.version}版.xlsx")
    headers = GUARDS | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=_MEDIA, headers=headers)


def _alone(make: Callable[[], bytes]) -> bytes:
    """A workbook while no other is made: whoever waited would hold a thread that answers everybody."""
    if not _MAKING.acquire(blocking=False):
        message = "Another workbook is being made just now. Wait half a minute and ask again."
        raise Refused(429, "RESOURCE_EXHAUSTED", message, {"Retry-After": "30"})
    try:
        return make()
    finally:
        _MAKING.release()


def _rows(product: str, whole: Path) -> pl.DataFrame:
    rows = pl.read_parquet(whole)
    texts = rows.select(pl.col(pl.String))
    if not texts.filter(pl.any_horizontal(pl.all().str.len_chars() > _LONGEST)).is_empty():
        raise unknown(f"A workbook of {product}, of which a cell is longer than {_LONGEST:,} characters,")
    return rows


def _workbook(rows: pl.DataFrame, promised: Contract) -> bytes:
    titles = {each.name: f"{each.title}（{each.name}）" for each in promised.columns}
    content = BytesIO()
    with cast(Any, xlsxwriter).Workbook(content, {**_PLAIN, "in_memory": True}) as book:
        # Numbers as they are: by Polars' own formats a year has a comma, and a small quotient is 0.000.
        rows.rename(titles, strict=False).write_excel(
            book, worksheet=promised.product, freeze_panes=(1, 0),
            column_formats={selectors.integer(): "0", selectors.float(): "General"},
        )  # fmt: skip
    return content.getvalue()
