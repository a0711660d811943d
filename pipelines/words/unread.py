"""Sources of dictionaries in whose codes no feed writes, as a slip of the pen makes one. Refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.csv_file import FIRST_ROW
from schemas.feed import all_feeds


def unread(mappings: Mappings) -> Iterator[str]:
    """A line for each such source: its file, the first line that names it, and the sources in which feeds write."""
    read = _written_by_feeds()
    rows = mappings.codes.with_columns(line=pl.int_range(pl.len()).over("list") + FIRST_ROW)
    told = rows.group_by("list", "source", maintain_order=True).agg(pl.col("line").first(), pl.len().alias("rows"))
    for code_list, source, line, count in told.join(read, on=["list", "source"], how="anti").iter_rows():
        others = "、".join(read.filter(pl.col("list") == code_list)["source"]) or "none of its sources"
        at = f"mappings/codes/{code_list}.csv line {line}, column source"
        yield f"{at}: found '{source}' ({count:,} of the file's rows); feeds write in {others}"


def _written_by_feeds() -> pl.DataFrame:
    """The sources in which feeds write the codes of a list: columns list, source."""
    kinds = [column.kind for feed in all_feeds().values() for column in feed.columns.values()]
    told = sorted({(kind.code_list, kind.source) for kind in kinds if kind.code_list and kind.source})
    return pl.DataFrame(told, schema={"list": pl.String, "source": pl.String}, orient="row")
