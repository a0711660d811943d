"""GB18030 to UTF-8 in two processes, for peers whose reader knows no GB18030. A line is never parted."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

_BLOCK = 1 << 24


def decoded(file: Path, folder: Path) -> list[Path]:
    """The file's two halves as UTF-8 below `folder`, each under the header; bytes that are none become U+FFFD."""
    with file.open("rb") as stream:
        header = stream.readline()
        stream.seek(max(file.stat().st_size // 2, stream.tell()))
        stream.readline()
        middle = stream.tell()
    parts = [(len(header), middle), (middle, file.stat().st_size)]
    copies = [folder / f"{file.stem}-{number}.csv" for number in (1, 2)]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.starmap(_decode, [(file, header, *part, copy) for part, copy in zip(parts, copies, strict=True)])
    return copies


def _decode(file: Path, header: bytes, start: int, end: int, copy: Path) -> None:
    with file.open("rb") as source, copy.open("wb") as target:
        target.write(_utf8(header))
        source.seek(start)
        while start < end:
            block = source.read(min(_BLOCK, end - start)) + (source.readline() if start + _BLOCK < end else b"")
            target.write(_utf8(block))
            start = source.tell()


def _utf8(text: bytes) -> bytes:
    return text.decode("gb18030", errors="replace").replace("\r\n", "\n").encode()
