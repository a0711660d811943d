"""How tests ask: a few rows of a few columns in, some tags out."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipelines.dictionary import current
from pipelines.tags.apply import Reference, tags
from pipelines.tags.catalogue import Catalogue, catalogue, whole
from schemas.tag import all_families

ON = date(2026, 7, 1)
# More than half of all tags are the industries', on which no other family rests.
OF_INDUSTRY = {"industry", "industry_class"}
INDUSTRIES = catalogue(tuple(each for each in all_families() if each.key in OF_INDUSTRY), current())
OTHERS = catalogue(tuple(each for each in all_families() if each.key not in OF_INDUSTRY), current())


def framed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows with the columns that any of them names, typed as the catalogue's data are."""
    columns = dict.fromkeys(name for row in rows for name in row)
    data = whole().data
    schema = {name: data[name].kind.dtype for name in columns}
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=schema)


def tagged(*rows: dict[str, Any], medians: pl.DataFrame | None = None, of: Catalogue = OTHERS) -> pl.DataFrame:
    """The tags of the rows, by default all but the industries'."""
    return tags(framed(list(rows)), of, Reference(ON, medians))
