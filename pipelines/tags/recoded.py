"""Counties that got another code: who names one in a tag or a policy means the same county under its code of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.methods.conditions import Recoded
from pipelines.tags.data import Datum
from schemas.kinds import COUNTY


def recoded(data: Iterable[Datum], mappings: Mappings) -> dict[str, Recoded]:
    """By column of counties: the codes that each recoded one got.

    What was divided or merged is another county, and whether it is meant is not known.
    """
    changes = mappings.changes.filter(pl.col("kind") == "recode").sort("since")
    got = dict(changes.select("from_code", "to_code").iter_rows())
    later = {code: tuple(_later(code, got)) for code in got}
    return {each.column: later for each in data if each.kind.code_list == COUNTY.code_list}


def _later(code: str, got: Mapping[str, str]) -> Iterator[str]:
    seen = {code}
    while (code := got.get(code, "")) and code not in seen:
        seen.add(code)
        yield code
