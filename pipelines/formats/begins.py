"""What a file is by its first bytes, whatever it is called. What follows them is not looked at."""

from __future__ import annotations

from pathlib import Path

_BINARY = {b"PK\x03\x04": "a zip archive or workbook", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF",
           b"\xd0\xcf\x11\xe0": "an old Office file (.xls), or a workbook with a password"}  # fmt: skip
# As a zip archive begins, and one that holds nothing.
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
_LOOKED_AT = 512


def binary(content: bytes) -> str | None:
    """What bytes begin that are no text, in words; None where that is not known."""
    return next((name for mark, name in _BINARY.items() if content.startswith(mark)), None)


def no_workbook(file: Path) -> str | None:
    """What a file is that is no workbook, in words; None where it begins as one, or as another archive."""
    with file.open("rb") as stream:
        content = stream.read(_LOOKED_AT)
    if content.startswith(_ARCHIVES):
        return None
    text = "no text" if b"\x00" in content else "text"
    return binary(content) or f"{text}, by its first bytes"
