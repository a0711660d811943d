"""What an arrived file's bytes hash to, read once: kept as long as the file system says that it is the same file.

hashed/<feed>/<16 digits of its name's sha256>.json   its name, size, times, inode and device when read, and the sha256
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

from schemas.put import put_bytes

# A file that was changed a moment ago may be changed once more without another time: it is read again the next time.
_SETTLED_NS = 2_000_000_000


def sha256_of(file: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def known_sha256(feed: str, file: Path, home: Path) -> str:
    """The same of a feed's arrived file, as it was found before where the file has not been touched since.

    Its time of change tells (ctime): whoever writes moves it, and nobody can set it back as a time of writing can be.
    """
    # A name may be as long as names can be: the note's own must not grow with it.
    name = hashlib.sha256(file.name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    note, before, now = home / "hashed" / feed / f"{name}.json", identity(file), time.time_ns()
    known = _noted(note)
    if known.get("file") == before:
        return known["sha256"]
    sha256 = sha256_of(file)
    if int(before["changed"]) < now - _SETTLED_NS:
        put_bytes(json.dumps({"file": before, "sha256": sha256}).encode(), note)
    return sha256


def _noted(note: Path) -> dict[str, Any]:
    """What was found before; nothing where the note is not there or not whole, as all of it can be found again."""
    try:
        return json.loads(note.read_bytes()) if note.exists() else {}
    except ValueError:
        return {}


def identity(file: Path) -> dict[str, Any]:
    """What changes with any change of a file, or with another in its place."""
    told = file.stat()
    return {
        "name": file.name,
        "size": told.st_size,
        "written": told.st_mtime_ns,
        "changed": told.st_ctime_ns,
        "inode": told.st_ino,
        "device": told.st_dev,
    }
