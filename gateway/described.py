"""What tables and columns are called: titles, units and meanings from the contract a version was released under."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from gateway.released import Line, released
from schemas.manifest import Manifest


def contract_file(supply: Path, manifest: Manifest) -> Path:
    """Where the contract was published that a version was released under."""
    return supply / manifest.county / manifest.product / "contracts" / f"{manifest.contract_sha256[:16]}.json"


@lru_cache(maxsize=1024)
def contract(file: Path) -> dict[str, Any]:
    """A published contract; it never changes under its name."""
    return json.loads(file.read_bytes())


def described(supply: Path, line: Line, level: str) -> tuple[str, str]:
    """A table's title and description: 企业镜像（余杭区，L2 视图）."""
    manifest = released(supply, line.county, line.product, line.latest.version)
    title = f"{manifest.title}（{manifest.county_name}，{level} 视图）"
    return title, f"{title}，契约 {manifest.contract_version}，数据时点 {manifest.as_of}"


def comments(file: Path) -> dict[str, str]:
    """Each column's title, unit and meaning as one line, from a contract."""
    told: dict[str, str] = {}
    for column in contract(file)["columns"]:
        unit = f"（{column['unit']}）" if column.get("unit") else ""
        meaning = f"：{column['meaning']}" if column.get("meaning") else ""
        told[column["name"]] = f"{column['title']}{unit}{meaning}"
    return told
