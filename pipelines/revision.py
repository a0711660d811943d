"""What decided a result besides the deliveries: the code's revision, as a hash of what it says."""

from __future__ import annotations

import hashlib
from functools import cache

from schemas.here import REPOSITORY

_DECIDES = ("schemas", "pipelines")


@cache
def code_revision() -> str:
    """The first 16 digits of the sha256 over every source file of schemas/ and pipelines/, by path."""
    digest = hashlib.sha256()
    files = sorted(
        file for room in _DECIDES for suffix in ("*.py", "*.sql") for file in (REPOSITORY / room).rglob(suffix)
    )
    for file in files:
        digest.update(file.relative_to(REPOSITORY).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
