"""What a file is by its first bytes, whatever it is called. What follows them is not looked at."""

from __future__ import annotations

from pathlib import Path

_BINARY = {b"PK\x03\x04": "a zip archive or workbook", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF",
           b"\xd0\xcf\x11\xe0": "an old Office file (.xls), or a workbook with a password"}  # fmt: skip
_LOOKED_AT = 512


def binary(content: bytes) -> str | None:
    """What bytes begin that are no text, in words; None where that is not known."""
    return next((name for mark, name in _BINARY.items() if content.startswith(mark)), None)


def no_workbook(file: Path) -> str | None:
    """What a file is that is no workbook, in words; None where it begins as one or as nothing that is known."""
    with file.open("rb") as stream:
        content = stream.read(_LOOKED_AT)
    if content.startswith(b"PK"):
        return None
    return binary(content) or (None if b"\x00" in content else "text, by its first bytes")
