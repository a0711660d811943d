"""The table of products in the two READMEs, from the classes; what else stands there is written by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.shelf import whole
from schemas.contract import described
from schemas.here import REPOSITORY
from schemas.product import Product, all_products

_BEGIN, _END = "<!-- products: written by make contracts -->", "<!-- end of products -->"


def with_table(text: str, table: str) -> str:
    """A text with the table between its marks in place of what stands there.

    Raises ValueError where the marks are missing.
    """
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the marks {_BEGIN} and {_END} are missing; put them where the table of products belongs")
    return f"{before}{_BEGIN}\n{table}{_END}{after}"


def tables() -> dict[str, str]:
    """The table of each README by file name."""
    english = _table(("product", "", "a row", "views", "columns"), _in_english)
    return {"README.md": english, "README.zh.md": _table(("半成品", "", "内容", "分级视图", "列数"), _in_chinese)}


def put_tables(home: Path) -> None:
    """Write the table into both READMEs."""
    for name, table in tables().items():
        file = home / name
        file.write_text(with_table(file.read_text(), table))


def _table(heads: tuple[str, ...], row: Callable[[type[Product]], str]) -> str:
    products = [whole(each) for each in all_products().values()]
    lines = [_line(heads), _line(("---",) * len(heads)), *(_line(_told(each, row(each))) for each in products)]
    return "".join(lines)


def _told(product: type[Product], words: str) -> tuple[str, ...]:
    contract = f"[`{product.key}`](contracts/{product.key}.odcs.yaml)"
    page = f"docs/products/{product.key}.md"
    title = f"[{product.title}]({page})" if (REPOSITORY / page).exists() else product.title
    return contract, title, words, "、".join(product.views()), f"{len(product.fields):,}"


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _in_english(product: type[Product]) -> str:
    return (product.__doc__ or "").strip().split("\n")[0]


def _in_chinese(product: type[Product]) -> str:
    return described(product)
