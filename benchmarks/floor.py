"""The floor: Polars reading the deliveries' bytes and writing the published ones, with no logic in between."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.landing.inbox import arrivals
from schemas.feed import Csv, Dump, Feed, JsonLines, Workbook, all_feeds

_BLOCK = 64 << 20


def reading(home: Path) -> float:
    """Seconds to read every delivery of an inbox into columns of text, block by block where the form allows it."""
    began = time.perf_counter()
    for feed in all_feeds().values():
        for file in arrivals(feed, home / "inbox"):
            for block in _read(feed, file):
                del block
    return time.perf_counter() - began


def _read(feed: type[Feed], file: Path) -> Iterator[pl.DataFrame]:
    match feed.arrives:
        case Csv(encoding="utf-8"):
            for content in _blocks(file):
                yield _delimited(content, ",", quote='"')
        case Csv(encoding=encoding):
            for content in _blocks(file):
                yield _delimited(content.decode(encoding, errors="replace").encode(), ",", quote='"')
        case Dump():
            for content in _blocks(file):
                yield _delimited(content, "\t", quote=None)
        case JsonLines():
            yield pl.read_ndjson(file)
        case Workbook():
            yield pl.read_excel(file, has_header=False)


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while content := stream.read(_BLOCK):
            yield content + stream.readline()


def _delimited(content: bytes, separator: str, quote: str | None) -> pl.DataFrame:
    return pl.read_csv(
        io.BytesIO(content), has_header=False, infer_schema=False, separator=separator, quote_char=quote,
        truncate_ragged_lines=True,
    )  # fmt: skip


def writing(home: Path) -> float:
    """Seconds to write every published table again, each file once; reading them back is not counted."""
    seconds, folder = 0.0, home / "floor"
    for file in sorted((home / "supply").rglob("*.parquet")):
        table, copy = pl.read_parquet(file), folder / file.relative_to(home / "supply")
        copy.parent.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        table.write_parquet(copy, compression="zstd")
        seconds += time.perf_counter() - began
    shutil.rmtree(folder, ignore_errors=True)
    return seconds
