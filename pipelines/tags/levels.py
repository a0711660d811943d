"""Code lists with levels: what lies above each code, so that a code that is too coarse to tell is known as such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names
from pipelines.methods.conditions import Above
from pipelines.tags.data import Datum


def above(data: Iterable[Datum], mappings: Mappings) -> dict[str, Above]:
    """By column of a list with levels: the codes above each code, nearest first."""
    listed = {each.column: each.kind.code_list for each in data if each.kind.code_list is not None}
    by_list = {code_list: _above_each(code_names(mappings, code_list)) for code_list in {*listed.values()}}
    return {column: by_list[code_list] for column, code_list in listed.items() if by_list[code_list]}


def _above_each(listed: pl.DataFrame) -> Above:
    parents = dict(listed.filter(pl.col("parent").is_in(listed["code"].implode())).select("code", "parent").iter_rows())
    return {code: tuple(_climbed(code, parents)) for code in parents}


def _climbed(code: str, parents: Mapping[str, str]) -> Iterator[str]:
    while code in parents:
        code = parents[code]
        yield code
