"""How what was decided of open rows is kept between runs, whole or not at all. Decides nothing.

identity/<entity>/kept.json                          what it rests on, the parts of rows, and the two files below
                  decisions-<name>.parquet           what was decided, by what open rows tell
                  lost-<name>.parquet                which rows of which part did not hold
                  keys/<form>/<feed>/…               see pipelines/disk/keys.py
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disk.keys import Kept, forget
from pipelines.disk.store import put_bytes
from pipelines.disk.tables import put_whole
from schemas.entity import Entity

_NOTE, _KEYS = "kept.json", "keys"


@dataclass(frozen=True)
class Decisions:
    """What was decided of open rows when these `parts` stood, on this `ground`, with so many `entities` in all."""

    ground: str
    parts: tuple[Kept, ...]
    entities: int
    table: pl.DataFrame

    @property
    def name(self) -> str:
        """Equal names, equal rows that stand, and equal decisions."""
        digest = hashlib.sha256(self.ground.encode())
        for part in self.parts:
            digest.update(part.name.encode())
            digest.update(part.lost.to_numpy().tobytes())
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
    lost = [part.lost.alias("at").to_frame().select(pl.lit(part.name).alias("part"), "at") for part in decisions.parts]
    put_whole(pl.concat([pl.DataFrame(schema={"part": pl.String, "at": pl.UInt32}), *lost]), folder / _lost(name))
    put_whole(decisions.table, folder / _table(name))
    parts = [part.name for part in decisions.parts]
    note = {"ground": decisions.ground, "entities": decisions.entities, "parts": parts, "name": name}
    put_bytes(json.dumps(note, ensure_ascii=False, indent=1).encode(), folder / _NOTE)
    for file in {*folder.glob("*.parquet")} - {folder / _lost(name), folder / _table(name)}:
        file.unlink()
    forget(folder / _KEYS, decisions.parts)


def last(folder: Path, ground: str, keys: Path) -> Decisions | None:
    """The decisions that were kept, if they rest on this ground; with the keys of their rows."""
    note = folder / _NOTE
    told: dict[str, Any] = json.loads(note.read_bytes()) if note.exists() else {}
    if told.get("ground") != ground:
        return None
    lost = pl.read_parquet(folder / _lost(told["name"]))
    parts = _parts(told["parts"], lost, keys)
    return Decisions(ground, parts, told["entities"], pl.read_parquet(folder / _table(told["name"])))


def _parts(names: Sequence[str], lost: pl.DataFrame, folder: Path) -> tuple[Kept, ...]:
    places = {part: rows["at"] for (part,), rows in lost.partition_by("part", as_dict=True).items()}
    none = pl.Series("at", dtype=pl.UInt32)
    return tuple(Kept(folder, name, places.get(name, none)) for name in names)


def _table(name: str) -> str:
    return f"decisions-{name}.parquet"


def _lost(name: str) -> str:
    return f"lost-{name}.parquet"
