"""Who has downloaded what, from the gateway's log. Reads the log and nothing of the gateway's."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from schemas import here
from schemas.contract import Contract
from schemas.downloads import LOG, SERVED

_BEGINS, _WHOLE_LINE = '{"n":', r'"sha256":"[0-9a-f]{64}"\}$'
_TOLD = pl.Struct(
    {"what": pl.String, "at": pl.String, "county": pl.String, "product": pl.String, "view": pl.String,
     "version": pl.Int64, "file": pl.String, "bytes": pl.Int64, "columns": pl.List(pl.String)}
)  # fmt: skip
_APART = ("what", "at")


def log_of(home: Path) -> Path:
    """Where the gateway over a home keeps its log."""
    return here.state(home) / LOG


def served_lines(log: Path) -> pl.DataFrame:
    """Every record of bytes that went out: county, product, view, version, file, bytes, columns (null: all),
    and `day` in China.

    Empty where there is no log. Half lines, which a killed gateway leaves, count for nothing.
    """
    if not log.exists():
        return pl.DataFrame(schema={field.name: field.dtype for field in _TOLD.fields if field.name not in _APART}
                            | {"day": pl.Date})  # fmt: skip
    line = pl.col("line")
    # One behind a half line has two beginnings; within a text its quotes would be escaped.
    is_whole = line.str.contains(_WHOLE_LINE) & (line.str.count_matches(_BEGINS, literal=True) == 1)
    is_one = line.str.contains(f'"what":"{SERVED}"', literal=True) & is_whole
    told = _lines(log).filter(is_one).select(line.str.json_decode(_TOLD).struct.unnest())
    at = pl.col("at").str.to_datetime(time_zone="UTC").dt.convert_time_zone("Asia/Shanghai")
    return told.filter(pl.col("what") == SERVED).with_columns(at.dt.date().alias("day")).drop(_APART).collect()


def _lines(log: Path) -> pl.LazyFrame:
    """The log's lines, also where one is cut inside a character: `scan_lines` would read none of them."""
    # A character that is no text's: what is whole has it escaped.
    return pl.scan_csv(log, has_header=False, schema={"line": pl.String}, separator="\x01", quote_char=None,
                       encoding="utf8-lossy", truncate_ragged_lines=True, raise_if_empty=False)  # fmt: skip


def downloads(log: Path, product: str) -> pl.DataFrame:
    """What was downloaded of a product: county, view, columns (null: all of the view's), each once.

    Empty where there is no log. Half lines, which a killed gateway leaves, count for nothing.
    """
    is_meant = (pl.col("product") == product) & (pl.col("bytes") > 0)
    told = served_lines(log).filter(is_meant).select("county", "view", "columns").unique()
    return told.sort("county", "view", pl.col("columns").list.join(","), nulls_last=False)


def counties_that_read(columns: tuple[str, ...], contract: Contract, told: pl.DataFrame) -> list[str]:
    """The counties whose downloads touched any of a contract's columns; whoever downloaded, where none is named.

    A column that the contract has not, as one that is to come, nobody has read.
    """
    levels = {each.name: each.level for each in contract.columns if each.name in columns}
    touched = [_touched(name, level) for name, level in levels.items()]
    readers = told.filter(pl.any_horizontal(pl.lit(value=False), *touched)) if columns else told
    return readers["county"].unique().sort().to_list()


def _touched(name: str, level: str) -> pl.Expr:
    everything = pl.col("columns").is_null() & (pl.col("view") >= level)
    return everything | pl.col("columns").list.contains(name).fill_null(value=False)
