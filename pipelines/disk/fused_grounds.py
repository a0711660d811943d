"""A fused entity's grounds, noted where its tables lie: a filled folder takes its name with its note in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pipelines.disk.buckets import NOWHERE
from pipelines.disk.folders import take_name, take_place
from pipelines.disk.fused import folder_of, layers
from pipelines.disk.hashed import sha256_of
from pipelines.engine.local import in_order
from schemas.entity import Entity


@dataclass(frozen=True)
class FusedGrounds:
    """What fused tables rest on: `grounds` by name, the day that counts as today, and how many buckets there are.

    `counts` are rows; `mark` stands for the bytes of every layer up to this one; `decisions` is what was decided of
    rows without a credit code.
    """

    grounds: dict[str, str]
    on: str
    buckets: int
    counts: dict[str, int]
    mark: str = ""
    decisions: str = ""

    def agrees_with(self, other: FusedGrounds) -> bool:
        """Whether what is fused on the one is what would be on the other: all but what came of it is the same."""
        return (self.grounds, self.on, self.buckets) == (other.grounds, other.on, other.buckets)


def settle(
    entity: type[Entity], partial: Path, counties: dict[str, list[str]], grounds: FusedGrounds, home: Path
) -> None:
    """Write which counties lie where and the grounds; then the filled folder takes the last one's place."""
    _note(partial, counties, grounds, "")
    take_place(partial, folder_of(entity, home))


def settle_step(
    entity: type[Entity], partial: Path, counties: dict[str, list[str]], grounds: FusedGrounds, home: Path
) -> None:
    """The same of a step, which is from then on what lies on top."""
    below = fused_grounds(entity, home)
    assert below is not None
    _note(partial, counties, grounds, below.mark)
    take_name(partial, partial.with_suffix(""))


def _note(partial: Path, counties: dict[str, list[str]], grounds: FusedGrounds, below: str) -> None:
    ordered = dict(sorted(counties.items(), key=lambda each: (each[0] == NOWHERE, each[0])))
    (partial / "buckets.json").write_text(json.dumps(ordered, indent=1) + "\n")
    told = asdict(grounds) | {"mark": _mark(partial, below)}
    (partial / "rests.json").write_text(json.dumps(told))


def _mark(folder: Path, below: str) -> str:
    mark, files = hashlib.sha256(below.encode()), sorted(folder.rglob("*.parquet"))
    for file, sha256 in zip(files, in_order(files, sha256_of), strict=True):
        mark.update(file.relative_to(folder).as_posix().encode())
        mark.update(bytes.fromhex(sha256))
    return mark.hexdigest()[:16]


def fused_grounds(entity: type[Entity], home: Path) -> FusedGrounds | None:
    """The grounds of the fused tables as they lie there; None before anything is fused."""
    return _grounds_in(layers(entity, home)[-1])


def _grounds_in(layer: Path) -> FusedGrounds | None:
    note = layer / "rests.json"
    if not note.exists():
        return None
    told = json.loads(note.read_text())
    return FusedGrounds(**told) if told.keys() == {field.name for field in fields(FusedGrounds)} else None


def mark_of_whole(entity: type[Entity], home: Path) -> str:
    """What stands for the bytes of what was fused whole, below all steps; empty before anything is fused."""
    grounds = _grounds_in(folder_of(entity, home))
    return grounds.mark if grounds else ""
