"""How a page is made: templates that escape all they are told, and headers that let nothing of another host in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.drawing.charts import percent
from schemas.china import day_of

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# Only as many pages as a number of six digits has: what is longer is none.
_MOST_DIGITS = 6

One = TypeVar("One")


@dataclass(frozen=True)
class Part(Generic[One]):
    """One page of a long list; its address has the page under `name` and `rest` besides."""

    items: Sequence[One]
    page: int
    pages: int
    total: int
    name: str
    rest: str

    def address(self, page: int) -> str:
        """The query of another page."""
        return f"?{self.rest}{'&' if self.rest else ''}{self.name}={page}"


def part(items: Sequence[One], page: str, size: int, name: str = "page", **rest: str) -> Part[One]:
    """A page of so many items; what is no page is the first, what is beyond the last."""
    pages = max(1, -(-len(items) // size))
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= _MOST_DIGITS else 1
    at = min(max(1, number), pages)
    query = urlencode({key: value for key, value in rest.items() if value})
    return Part(items[(at - 1) * size : at * size], at, pages, len(items), name, query)


def page(name: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as an answer."""
    return HTMLResponse(_TEMPLATES.get_template(name).render(context), status, GUARDS)


_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?)")


# By how a contract writes them, in Polars' words or in those of SQL.
_TYPES = {
    "STRING": "文本", "VARCHAR": "文本", "BOOLEAN": "是／否", "DATE": "日期", "INT": "整数", "BIGINT": "整数",
    "FLOAT": "浮点数", "DOUBLE": "浮点数", "DECIMAL": "小数",
}  # fmt: skip


def _in_chinese(dtype: str) -> str:
    """What a column's type is called; a type that has no name here as it is written."""
    return next((title for name, title in _TYPES.items() if dtype.upper().startswith(name)), dtype)


_TEMPLATES = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters |= {
    "day": day_of,
    "as_day": date.fromisoformat,
    "thousands": lambda number: f"{number:,}",
    "percent": partial(percent, decimals=2),
    "in_chinese": _in_chinese,
    "by_moments": lambda text: _MOMENT.split(str(text)),
}
