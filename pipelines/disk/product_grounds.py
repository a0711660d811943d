"""The grounds of a product's last release, noted beside what was fused, so that a later run knows what can differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disk import fused
from schemas.entity import Entity
from schemas.put import put_bytes

# Instead of a number of steps: none lead from there to what is fused now.
UNKNOWN = -1


@dataclass(frozen=True)
class ProductGrounds:
    """What a release's rows come from: stamps of its grounds (`rests`), contract, code and lists, and where it went.

    `state` are the fused files, `whole` the mark of what was fused whole and `steps` how many lay on it, as of the day
    `on`; `today` is the day that counted as today, where rows tell of it, and `open` names the objections that waited.
    `behind` are the counties that kept their version though disputes or origins of their entities are others now, with
    how many steps lay there when that version was true, UNKNOWN where no steps lead there.
    """

    rests: str
    promise: str
    code: str
    lists: str
    supply: str
    state: str
    whole: str
    steps: int
    on: str
    today: str
    open: tuple[str, ...]
    behind: dict[str, int] = field(default_factory=dict[str, int])

    def differs_by_steps(self, now: ProductGrounds) -> bool:
        """Whether what was told anew of entities since, and objections, are all by which rows can differ now."""
        same = ("promise", "code", "lists", "supply", "whole")
        is_alike = all(getattr(self, name) == getattr(now, name) for name in same)
        # Steps tell the entities anew that have turned since `on`: of a today that lay before it some are not there.
        return is_alike and self.steps <= now.steps and self.today in (now.today, self.on)


def _file(entity: type[Entity], product: str, home: Path) -> Path:
    return fused.folder_of(entity, home) / "released" / f"{product}.json"


def read_product_grounds(entity: type[Entity], product: str, home: Path) -> ProductGrounds | None:
    """The grounds of the last release of all counties; None where there are none of this form."""
    file = _file(entity, product, home)
    told: Any = json.loads(file.read_bytes()) if file.exists() else {}
    if set(told) != {field.name for field in fields(ProductGrounds)}:
        return None
    told["open"] = tuple(told["open"])
    return ProductGrounds(**told)


def write_product_grounds(grounds: ProductGrounds, entity: type[Entity], product: str, home: Path) -> None:
    """Keep a release's grounds in place of the last one's."""
    put_bytes(json.dumps(asdict(grounds), ensure_ascii=False, indent=1).encode(), _file(entity, product, home))


def fingerprint_of(tables: Mapping[str, pl.DataFrame]) -> str:
    """A short name of small tables: equal names, equal rows."""
    digest = hashlib.sha256()
    for name, table in sorted(tables.items()):
        digest.update(name.encode())
        digest.update(table.write_json().encode())
    return digest.hexdigest()[:16]
