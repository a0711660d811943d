"""What a release holds beside its rows: the views' columns, the counties' order, sha256 and size of each file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from schemas.product import OBJECTED, all_products

# Nobody objects to a bench's rows: the peers leave that flag out.
LEVELS = {
    level: [name for name in columns if name != OBJECTED.name]
    for level, columns in all_products()["enterprise_mirror"].views().items()
}


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
