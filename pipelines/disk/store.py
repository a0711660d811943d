"""How published files reach the disk: content-named, whole and durable, or not at all. Knows no product."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl

from schemas.alone import alone
from schemas.manifest import File
from schemas.put import aside, put_bytes
from schemas.snapshot import parquet


def put_parquet(table: pl.DataFrame, folder: Path, stem: str, below: Path, titles: dict[str, str]) -> File:
    """Write a table as `<stem>-<sha256>.parquet` in `folder`, its path told relative to `below`.

    The same table gives the same bytes and so the same name; a file that is there whole is not written again.
    """
    return put_encoded(parquet(table, titles), table.height, folder, stem, below)


def put_encoded(content: bytes, rows: int, folder: Path, stem: str, below: Path) -> File:
    """The same of a table of so many rows that is encoded already."""
    sha256 = hashlib.sha256(content).hexdigest()
    file = folder / f"{stem}-{sha256[:16]}.parquet"
    if not file.exists() or file.read_bytes() != content:
        put_bytes(content, file)
    return File(path=file.relative_to(below).as_posix(), sha256=sha256, size=len(content), rows=rows)


def rewrite(content: bytes, file: Path) -> None:
    """Put other content into a file that is there, in one step and under its mode: a killed writer leaves the old."""
    with aside(file) as whole:
        put_bytes(content, whole)
        shutil.copymode(file, whole)
    settle(file.parent)


def settle(path: Path) -> None:
    """Make the names in a folder durable, or the bytes of a file that another library has written."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def only_one(folder: Path) -> AbstractContextManager[None]:
    """Hold a folder's lock: a second release waits for the first; a killed one frees it."""
    return alone(folder / ".lock")
