"""What tables and columns are called: titles, units and meanings from the contract a version was released under."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

from gateway.refused import unknown
from gateway.supply.mirror import here
from gateway.supply.released import Line, released
from schemas.contract import Contract
from schemas.manifest import Manifest
from schemas.odcs import contract_path, read

Comments = tuple[tuple[str, str], ...]
# After a release all counties ask at once for the same contract; the first of them reads it and the others wait. Its
# file is brought before: what has to come out of a store must not keep those waiting whose contract is here.
_READING = threading.Lock()


def contract_file(supply: Path, manifest: Manifest) -> Path:
    """Where the contract was published that a version was released under."""
    return supply / manifest.county / manifest.product / contract_path(manifest.contract_sha256)


@lru_cache(maxsize=1024)
def contract(file: Path) -> Contract:
    """A published contract; it never changes under its name. Refused where it is not there."""
    content = _content(file)
    with _READING:
        return _read(content)


def _content(file: Path) -> bytes:
    if not here(file).exists():
        raise unknown(f"The contract {file.stem}")
    return file.read_bytes()


# Ninety counties are released under the same contract.
@lru_cache(maxsize=256)
def _read(content: bytes) -> Contract:
    return read(content)


def described(supply: Path, line: Line, level: str) -> tuple[str, str]:
    """A table's title and description: 企业镜像（余杭区，L2 视图）."""
    manifest = released(supply, line.county, line.product, line.latest.version)
    title = f"{manifest.title}（{manifest.county_name}，{level} 视图）"
    return title, f"{title}，契约 {manifest.contract_version}，数据时点 {manifest.as_of}"


@lru_cache(maxsize=1024)
def comments(file: Path) -> Comments:
    """Each column's name, and title, unit and meaning as one line, from a contract."""
    content = _content(file)
    with _READING:
        return _comments(content)


@lru_cache(maxsize=256)
def _comments(content: bytes) -> Comments:
    pairs: list[tuple[str, str]] = []
    for column in _read(content).columns:
        unit = f"（{column.unit}）" if column.unit else ""
        meaning = f"：{column.meaning}" if column.meaning else ""
        own = "〔本县自定〕" if column.own else ""
        pairs.append((column.name, f"{column.title}{unit}{own}{meaning}"))
    return tuple(pairs)
