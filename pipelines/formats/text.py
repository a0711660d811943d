"""Bytes to lines of text: encodings, byte order marks, line ends. Nothing here splits a line into columns."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.formats.rows import refuse_file
from pipelines.refusal import Finding, Refusal

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
    header, _, body = text.partition("\n")
    if _REPLACEMENT in header:
        raise _other_encoding(file, content, text, encoding)
    if not text.endswith("\n"):
        rest = text[text.rfind("\n") + 1 :]
        raise refuse_file(file, "truncated", f"the end of the file in the middle of a line ('…{rest[-40:]}')",
                          "a line end after the last row", row=text.count("\n"))  # fmt: skip
    if body.count(_REPLACEMENT) > _BAD_SHARE * (body.count("\n") + 1):
        raise _other_encoding(file, content, text, encoding)
    lines = pl.Series("line", text.removeprefix("\ufeff").split("\n")[:-1])
    return lines.str.strip_suffix("\r"), _byte_order_mark(file, text)


def _refuse_binary(file: Path, content: bytes) -> None:
    for mark, name in _BINARY.items():
        if content.startswith(mark):
            raise refuse_file(file, "not_text", name, "a text file")
    if b"\x00" in content[:65536]:
        raise refuse_file(file, "not_text", "zero bytes", "a text file")


def _other_encoding(file: Path, content: bytes, text: str, encoding: str) -> Refusal:
    """A header with undecodable bytes, or one bad character in a hundred lines, is another encoding, not a slip."""
    other = next((each for each in ("utf-8", "gb18030") if each != encoding and _decodes(content, each)), None)
    found = f"{text.count(_REPLACEMENT)} characters that are not {encoding}"
    row = text[: text.index(_REPLACEMENT)].count("\n")
    return refuse_file(
        file, "encoding", found + (f"; the file reads as {other}" if other else ""), f"text in {encoding}", row=row
    )


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
