"""How a file appears under its name: whole or not at all, whoever else writes or reads it. Knows no format."""

from __future__ import annotations

import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

# A name may be as long as names can be (255 bytes): the one beside it has so many of its letters.
_LETTERS = 40


def put_bytes(content: bytes, file: Path) -> None:
    """Write a file so that it appears under its name only when every byte is on the disk.

    Two may write the same name at once: a worker that was given up for lost, and the one that does its task again.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with aside(file) as partial, partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def aside(file: Path) -> Generator[Path]:
    """A name beside a file's that no other writer uses and no reader looks at; what is written there takes its place.

    Where that fails, as on a full disk, nothing of it stays.
    """
    partial = file.with_name(f".{file.name[:_LETTERS]}.{uuid.uuid4().hex}.part")
    try:
        yield partial
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)
