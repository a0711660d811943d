"""What a release holds beside its rows: the views' columns, the counties' order, sha256 and size of each file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from demo.feeds import DESCRIBING
from schemas.feed import all_feeds
from schemas.product import OBJECTED, all_products

_MIRROR = all_products()["enterprise_mirror"]
_OTHERS = all_feeds().keys() - {*DESCRIBING}


def _is_made(name: str) -> bool:
    """Whether the peers make a column: not what other feeds than the five tell, nor the flag of objections."""
    return name != OBJECTED.name and not {each.split(".")[0] for each in _MIRROR.origins(name)} & _OTHERS


LEVELS = {level: [name for name in columns if _is_made(name)] for level, columns in _MIRROR.views().items()}


def counties_of(rows: Iterable[tuple[str]]) -> list[str]:
    """The counties of today in the order of their codes."""
    return sorted(code for (code,) in rows)


def manifest(out: Path) -> None:
    """Write `manifest.json`: path, sha256 and size of every file below `supply/`."""
    files = sorted((out / "supply").rglob("*.parquet"))
    told = [
        {"path": str(file.relative_to(out)), "sha256": _sha256_of(file), "size": file.stat().st_size} for file in files
    ]
    (out / "manifest.json").write_text(json.dumps(told, indent=1))


def _sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
