"""What may be freed, said before it is: a subject, its files, and what must be on the disk first. Decides nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.disk.store import settle
from schemas.put import put_bytes


@dataclass(frozen=True)
class Free:
    """Files and folders that may go, told as `words`; the record `note` is written before any of them goes, where they
    are known to readers.

    `first` keeps what is still needed of them, if that has not been done, before the record says that they are gone.
    """

    room: str
    words: str
    paths: tuple[Path, ...]
    note: Path | None = None
    content: bytes = b""
    first: Callable[[], None] | None = None

    @property
    def files(self) -> list[Path]:
        """Every file in it."""
        below = (each for path in self.paths for each in (path.rglob("*") if path.is_dir() else [path]))
        return sorted(each for each in below if not each.is_dir())

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(file.stat().st_size for file in self.files)


def keep(some: Collection[Free]) -> None:
    """Keep what is still needed, of all before any is freed, as it may lie with another."""
    for one in some:
        if one.first is not None:
            one.first()


def record(some: Collection[Free]) -> None:
    """Write down that it is freed, before any file goes: readers know of it first."""
    for one in some:
        if one.note is not None and (not one.note.exists() or one.note.read_bytes() != one.content):
            put_bytes(one.content, one.note)
            settle(one.note.parent)


def remove(some: Collection[Free]) -> None:
    """Free what is written down as freed; killed in between, the next time finishes.

    What a killed run has left within a folder that goes has gone with it.
    """
    for path in (path for one in some for path in one.paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def told(one: Free) -> str:
    """One line for a person."""
    return f"  {one.words}: {len(one.files):,} files, {one.size:,} bytes"


def in_sum(some: Iterable[Free]) -> str:
    """Files and bytes of several."""
    each = [(len(one.files), one.size) for one in some]
    return f"{sum(files for files, _ in each):,} files, {sum(size for _, size in each):,} bytes"
