"""Bytes to lines of text: encodings, byte order marks, line ends. Nothing here splits a line into columns."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.formats.rows import refuse_file
from pipelines.refusal import Finding

_BINARY = {b"PK\x03\x04": "a zip archive or workbook", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF",
           b"\xd0\xcf\x11\xe0": "an old Office file"}  # fmt: skip
_REPLACEMENT = "\ufffd"
_BAD_SHARE = 0.01


def lines_of(file: Path, encoding: str) -> tuple[pl.Series, tuple[Finding, ...]]:
    """The file's lines without their ends, and what was noticed on the way.

    Raises Refusal for a file that is empty, no text, in another encoding, or cut off before its last line end.
    """
    content = file.read_bytes()
    if not content.strip():
        raise refuse_file(file, "empty_file", f"{len(content)} bytes without a character", "a header and rows")
    _refuse_binary(file, content)
    text = content.decode(encoding, errors="replace")
    _refuse_encoding(file, content, text, encoding)
    notices = _byte_order_mark(file, text)
    lines = pl.Series("line", text.removeprefix("\ufeff").split("\n"))
    if lines[-1] != "":
        cut = str(lines[-1])[-40:]
        raise refuse_file(file, "truncated", f"the end of the file in the middle of a line ('…{cut}')",
                          "a line end after the last row", row=len(lines) - 1)  # fmt: skip
    return lines[:-1].str.strip_suffix("\r"), notices


def _refuse_binary(file: Path, content: bytes) -> None:
    for mark, name in _BINARY.items():
        if content.startswith(mark):
            raise refuse_file(file, "not_text", name, "a text file")
    if b"\x00" in content[:65536]:
        raise refuse_file(file, "not_text", "zero bytes", "a text file")


def _refuse_encoding(file: Path, content: bytes, text: str, encoding: str) -> None:
    """A header with undecodable bytes, or one bad line in a hundred, is another encoding, not a slip."""
    header_end = text.find("\n")
    bad = text.count(_REPLACEMENT)
    if _REPLACEMENT in text[:header_end] or bad > _BAD_SHARE * (text.count("\n") + 1):
        other = next((each for each in ("utf-8", "gb18030", "utf-16") if each != encoding and _decodes(content, each)), None)
        found = f"{bad} characters that are not {encoding}" + (f"; the file reads as {other}" if other else "")
        row = text[: text.index(_REPLACEMENT)].count("\n")
        raise refuse_file(file, "encoding", found, f"text in {encoding}", row=row)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _byte_order_mark(file: Path, text: str) -> tuple[Finding, ...]:
    if not text.startswith("\ufeff"):
        return ()
    return (Finding(file.name, 0, "", "byte_order_mark", "a byte order mark before the header", "none",
                    "It was left out; ask the department to write without one."),)  # fmt: skip
