"""How what was decided of open rows is kept between runs, whole or not at all. Decides nothing.

identity/<entity>/kept.json                          what it rests on, the parts of rows, and the three files below
                  decisions-<name>.parquet           what was decided, by what open rows tell
                  lost-<name>.parquet                which rows of which part did not hold
                  odd-<name>.parquet                 blocks of the entities that several rows tell
                  keys/<form>/<feed>/…               see pipelines/disk/keys.py
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disk.keys import Kept, forget
from pipelines.disk.tables import put_settled
from pipelines.engine.local import in_order
from schemas.entity import Entity
from schemas.put import put_bytes

_NOTE, _KEYS = "kept.json", "keys"
_TABLES = ("decisions", "lost", "odd")


@dataclass(frozen=True)
class Decisions:
    """What was decided of open rows when these `parts` stood, with so many `entities` in all, and the blocks of the
    `odd` ones; `stamp` is the short name of the grounds."""

    stamp: str
    parts: tuple[Kept, ...]
    entities: int
    table: pl.DataFrame
    odd: pl.DataFrame

    @cached_property
    def name(self) -> str:
        """Equal names, equal rows that stand, and equal decisions."""
        digest = hashlib.sha256(self.stamp.encode())
        for part in self.parts:
            digest.update(f"{part.name} {part.day}".encode())
            digest.update(part.lost.cast(pl.String).str.join(",").item().encode())
        return digest.hexdigest()[:16]


def folder_of(entity: type[Entity], home: Path) -> Path:
    """Where decisions on an entity's rows are kept."""
    return home / "identity" / entity.key


def keys_in(folder: Path, form: str) -> Path:
    """Where the keys of rows are kept beside decisions; in one form, named for what it rests on."""
    return folder / _KEYS / form


def keep(decisions: Decisions, folder: Path) -> None:
    """Keep decisions in place of those before; what these rested on alone is freed."""
    name = decisions.name
    tables = zip(_TABLES, (decisions.table, _lost(decisions.parts), decisions.odd), strict=True)
    deque(in_order(tables, lambda told: put_settled(told[1], folder / _file(told[0], name))), maxlen=0)
    parts = [(part.name, part.day.isoformat() if part.day else None) for part in decisions.parts]
    note = {"ground": decisions.stamp, "entities": decisions.entities, "parts": parts, "name": name}
    put_bytes(json.dumps(note, ensure_ascii=False, indent=1).encode(), folder / _NOTE)
    for file in {*folder.glob("*.parquet")} - {folder / _file(table, name) for table in _TABLES}:
        file.unlink()
    forget(folder / _KEYS, decisions.parts)


def _lost(parts: Sequence[Kept]) -> pl.DataFrame:
    """Which rows of which part do not hold."""
    each = [part.lost.alias("at").to_frame().select(pl.lit(part.name).alias("part"), "at") for part in parts]
    return pl.concat([pl.DataFrame(schema={"part": pl.String, "at": pl.UInt32}), *each])


def last(folder: Path, stamp: str, keys: Path) -> Decisions | None:
    """The decisions that were kept, if their grounds are those of the stamp; with the keys of their rows."""
    note = folder / _NOTE
    told: dict[str, Any] = json.loads(note.read_bytes()) if note.exists() else {}
    if told.get("ground") != stamp:
        return None
    lost = pl.read_parquet(folder / _file("lost", told["name"]))
    parts = _parts(told["parts"], lost, keys)
    table, odd = (pl.read_parquet(folder / _file(table, told["name"])) for table in ("decisions", "odd"))
    return Decisions(stamp, parts, told["entities"], table, odd)


def _parts(named: Sequence[tuple[str, str | None]], lost: pl.DataFrame, folder: Path) -> tuple[Kept, ...]:
    places = {part: rows["at"] for (part,), rows in lost.partition_by("part", as_dict=True).items()}
    none = pl.Series("at", dtype=pl.UInt32)
    return tuple(
        Kept(folder, name, places.get(name, none), date.fromisoformat(day) if day else None) for name, day in named
    )


def _file(table: str, name: str) -> str:
    return f"{table}-{name}.parquet"
