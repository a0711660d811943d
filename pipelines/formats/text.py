"""Bytes to lines of text, block by block: encodings, byte order marks, line ends. Nothing here splits a line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import polars as pl
import pyarrow  # pyright: ignore[reportMissingTypeStubs]

from pipelines.engine.local import in_order
from pipelines.formats.begins import binary
from pipelines.formats.decoded import Stretch, decoded
from pipelines.formats.decoder import REPLACEMENT_CHARACTER, in_utf8
from pipelines.formats.rows import refuse_file
from pipelines.refusal import Finding, Refusal

_arrow: Any = pyarrow

# Bytes that are decoded at once; a block ends at a line end, which no longer character of either encoding contains.
BLOCK = 16 << 20
# Below this to decode beside is no sooner done.
_WORTH = 4 * BLOCK

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LINE_FEED = 10
MARK = "\ufeff".encode()
_REPLACEMENT = REPLACEMENT_CHARACTER.encode()
_BAD_SHARE = 0.01


def split(content: bytes) -> pl.Series:
    """Whole lines in UTF-8 as text, without their ends: Arrow's own form of it, so that nothing is copied."""
    whole = _arrow.py_buffer(content)
    starts = _starts(content, whole)
    lines = _arrow.LargeStringArray.from_buffers(len(starts) - 1, starts.buffers()[1], whole)
    return pl.Series("line", lines).str.strip_suffix("\n")


def _starts(content: bytes, whole: Any) -> Any:
    """Where each line of a text begins, and the last one ends: an Arrow array of offsets into its buffer."""
    characters = pl.Series(_arrow.Array.from_buffers(_arrow.uint8(), len(content), [None, whole]))
    ends = (characters == _LINE_FEED).arg_true().cast(pl.Int64) + 1
    return cast(Any, pl.concat([pl.Series([0], dtype=pl.Int64), ends.alias("")]).to_arrow())


def _lines_at(file: Path, stretch: Stretch) -> pl.Series:
    """The lines of a stretch as their bytes, with their ends."""
    content = _read(file, stretch)
    whole = _arrow.py_buffer(content)
    starts = _starts(content, whole)
    buffers = [None, starts.buffers()[1], whole]
    return pl.Series("line", _arrow.LargeBinaryArray.from_buffers(_arrow.large_binary(), len(starts) - 1, buffers))


def marks_of(file: Path) -> pl.Series | None:
    """A number for each line of a file, by its bytes; None where its last line has no end.

    Lines that are alike have the same, in one version of Polars.
    """
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 1))
        if stream.read(1) != b"\n":
            return None
    return pl.concat(in_order(_stretches(file, BLOCK), lambda stretch: _lines_at(file, stretch).hash(seed=0)))


def chosen_lines(file: Path, encoding: str, numbers: pl.Series) -> Iterator[tuple[pl.Series, bytes]]:
    """Some lines of a file in UTF-8, block by block, with their numbers; `numbers` ascend, the first line is 0.

    Raises Refusal for a file that is no text, and at the end where one line in a hundred of it has a broken character.
    """
    _refuse_no_text(file, encoding, BLOCK)
    above = broken = 0
    for lines in in_order(_stretches(file, BLOCK), partial(_lines_at, file)):
        here = numbers.filter(numbers.is_between(above, above + lines.len() - 1))
        chosen = b"".join(lines.gather(here - above).to_list())
        text, damage = in_utf8(chosen, encoding)
        broken, above = broken + damage, above + lines.len()
        yield here, text
    if broken > _BAD_SHARE * above:
        raise _other_encoding(file, encoding)


def lines_of(file: Path, encoding: str) -> pl.Series:
    """All lines of a small file, without their ends."""
    return pl.concat([split(content) for content in blocks_of(file, encoding)])


def notices_of(file: Path, encoding: str) -> tuple[Finding, ...]:
    """What is noticed of a file's form without anything being wrong with it."""
    with file.open("rb") as stream:
        if not stream.read(4).startswith("\ufeff".encode(encoding)):
            return ()
    return (Finding(file.name, 0, "", "byte_order_mark", "a byte order mark before the header", "none",
                    "It was left out; ask the department to write without one."),)  # fmt: skip


def blocks_of(file: Path, encoding: str, size: int = BLOCK) -> Iterator[bytes]:
    """The file's lines in UTF-8, in blocks of about `size` bytes, every line closed by a line feed.

    A broken character or a zero byte is U+FFFD. Raises Refusal for a file that is empty, no text or in another
    encoding, and at its end where it is cut off before its last line end or one line in a hundred has a broken
    character.
    """
    _refuse_no_text(file, encoding, size)
    lines = broken = 0
    for number, (text, damage) in enumerate(_texts(file, encoding, size)):
        if number == 0:
            text = text.removeprefix(MARK)
            if _REPLACEMENT in text[: text.find(b"\n") + 1 or None]:
                raise _other_encoding(file, encoding)
        lines += text.count(b"\n")
        _refuse_cut_off(file, text, lines + 1)
        broken += damage
        yield text
    if broken > _BAD_SHARE * lines:
        raise _other_encoding(file, encoding)


def _texts(file: Path, encoding: str, size: int) -> Iterator[tuple[bytes, int]]:
    """The file's lines in UTF-8, in blocks, and how many characters of each are broken."""
    if encoding == "utf-8" or file.stat().st_size < _WORTH:
        return (in_utf8(_read(file, stretch), encoding) for stretch in _stretches(file, size))
    return decoded(file, encoding, _stretches(file, size))


def _stretches(file: Path, size: int) -> Iterator[Stretch]:
    """Where blocks of about `size` bytes begin, each with a line, and how long they are; none of an empty file."""
    with file.open("rb") as stream:
        whole, start = file.stat().st_size, 0
        while start < whole:
            stream.seek(start + size)
            stream.readline()
            end = min(stream.tell(), whole)
            yield start, end - start
            start = end


def _read(file: Path, stretch: Stretch) -> bytes:
    start, length = stretch
    with file.open("rb") as stream:
        stream.seek(start)
        return stream.read(length)


def _refuse_no_text(file: Path, encoding: str, size: int) -> None:
    """Judge a file by its first block."""
    content = _read(file, next(_stretches(file, size), (0, 0)))
    for mark, name in _MARKS.items():
        if content.startswith(mark) and name != encoding:
            raise refuse_file(file, "encoding", f"{name}, by its byte order mark", f"text in {encoding}")
    if not content.strip():
        raise refuse_file(file, "empty_file", f"{len(content)} bytes without a character", "a header and rows")
    if (name := binary(content)) is not None:
        raise refuse_file(file, "not_text", name, "a text file")
    if b"\x00" in content[:65536]:
        raise refuse_file(file, "not_text", "zero bytes", "a text file")


def _refuse_cut_off(file: Path, text: bytes, line: int) -> None:
    """Only a file's last block can end without a line end."""
    if text.endswith(b"\n"):
        return
    rest = text[text.rfind(b"\n") + 1 :].decode()
    found = f"the end of the file in the middle of a line ('…{rest[-40:]}'), line {line} of the file"
    raise refuse_file(file, "truncated", found, "a line end after the last row")


def _other_encoding(file: Path, encoding: str) -> Refusal:
    """A header with undecodable bytes, or one bad character in a hundred lines, is another encoding, not a slip."""
    other = next((each for each in ("utf-8", "gb18030") if each != encoding and _decodes(file, each)), None)
    broken, line = _broken(file, encoding)
    found = f"{broken} characters that are not {encoding}, the first in line {line}"
    return refuse_file(
        file, "encoding", found + (f"; the file reads as {other}" if other else ""), f"text in {encoding}"
    )


def _broken(file: Path, encoding: str) -> tuple[int, int]:
    """How many characters of a file are broken, and the line of the first; rows a form alone can count."""
    broken, lines, first = 0, 0, 0
    for text, damage in _texts(file, encoding, BLOCK):
        if not first and _REPLACEMENT in text:
            first = lines + text[: text.index(_REPLACEMENT)].count(b"\n") + 1
        broken, lines = broken + damage, lines + text.count(b"\n")
    return broken, first


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for stretch in _stretches(file, BLOCK):
            decoder.decode(_read(file, stretch))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
