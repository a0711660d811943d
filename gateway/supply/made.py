"""Files that the gateway makes of released ones and keeps, known by what they are made of. Makes none itself."""

from __future__ import annotations

import hashlib
import os
import time
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gateway.supply.released import view_of
from schemas.manifest import File, Manifest
from schemas.put import put_bytes


class Lying(NamedTuple):
    """A file, and where it lies."""

    path: Path
    file: File


def made_of(manifest: Manifest, level: str) -> str:
    """What a version's view is made of, as one hash: all before it, by the chain of manifests, and its own changes.

    By its changes alone a version of another supply is taken for it: those of no rows have the same bytes everywhere.
    """
    identity = f"{manifest.previous}\n{view_of(manifest, level).changes.sha256}"
    return hashlib.sha256(identity.encode()).hexdigest()


def kept(folder: Path, name: str, below: Path) -> Lying | None:
    """The file of a name that was made before, its path told relative to `below`; None where there is none any more."""
    files = sorted(folder.glob(f"{name}-*.parquet"))
    try:
        return _asked_for(files[0], below) if files else None
    except FileNotFoundError:
        return None


def _asked_for(file: Path, below: Path) -> Lying:
    os.utime(file)
    return Lying(file, _file(file, below))


def asked_within(file: Path, seconds: float) -> bool:
    """Whether a file was made or asked for since so many seconds ago."""
    try:
        last_use = file.stat().st_mtime
    except FileNotFoundError:
        return False
    return last_use > time.time() - seconds


def keep(content: bytes, folder: Path, name: str, below: Path) -> Lying:
    """Keep bytes under a name and their own hash, whole or not at all."""
    file = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
    put_bytes(content, file)
    return Lying(file, _file(file, below))


@lru_cache(maxsize=1 << 12)
def _file(file: Path, below: Path) -> File:
    """A made file as a manifest would tell of it, read once: it never changes under its name."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    rows = pl.scan_parquet(file).select(pl.len()).collect().item()
    return File(path=file.relative_to(below).as_posix(), sha256=sha256, size=file.stat().st_size, rows=rows)
