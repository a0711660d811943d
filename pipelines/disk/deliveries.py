"""What has landed: each delivery of a feed, where it lies, and its rows as text. Nothing lands here.

landed/<feed>/<delivery>/delivery.json   what it is, beside its bytes and rows
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disk.landed import Batch, batches_in, read_batch
from pipelines.disk.named import place_by_name
from pipelines.disk.tables import read_whole
from schemas.feed import Feed


@dataclass(frozen=True)
class Delivery:
    """One arrival of a feed, immutable, known by the sha256 of its bytes; `rows` counts malformed ones too.

    `departures` say how its columns differ from those declared, where an alias or an operator let them; `part`
    is what its file's name says of the part of the feed that it is. `held_against` is the delivery of which it does not
    bring again what it repeats; `read_by` names the code by which its rows were read, and what was admitted. `earlier`
    is how many deliveries of the same part and day had landed before it, `after` how many of the feed had.
    """

    feed: str
    file: str
    sha256: str
    as_of: str
    size: int
    rows: int
    malformed: int
    notices: tuple[str, ...]
    departures: tuple[str, ...] = ()
    part: str = ""
    held_against: str = ""
    read_by: str = ""
    earlier: int = 0
    after: int = 0

    @property
    def name(self) -> str:
        """The folder that holds it: its day and the first twelve digits of its sha256."""
        return f"{self.as_of}-{self.sha256[:12]}"


def deliveries(feed: type[Feed], home: Path) -> list[Delivery]:
    """Every landed delivery of a feed, oldest day first, of one day by the names of their files."""
    return sorted(map(read_delivery, _landed(feed, home, "*")), key=order)


def landed_before(feed: type[Feed], home: Path) -> int:
    """How many deliveries of a feed have landed."""
    return len(_landed(feed, home, "*"))


def of_one_day(feed: type[Feed], as_of: str, part: str, home: Path) -> list[Delivery]:
    """The landed deliveries of one part and day, in the order of their files' names, of one name as they landed."""
    landed = map(read_delivery, _landed(feed, home, f"{as_of}-*"))
    same = (each for each in landed if each.part == part)
    return sorted(same, key=order)


def order(delivery: Delivery) -> tuple[str, tuple[str, str], int, str]:
    """By what deliveries of a feed are put in order: what comes later holds over what came before."""
    return delivery.as_of, place_by_name(delivery.file), delivery.earlier, delivery.sha256


def _landed(feed: type[Feed], home: Path, name: str) -> list[Path]:
    """The folders of its deliveries of such a name; one that is being filled is none."""
    notes = (home / "landed" / feed.key).glob(f"{name}/delivery.json")
    return [note.parent for note in notes if note.parent.suffix != ".part"]


def read_delivery(folder: Path) -> Delivery:
    """The delivery whose folder it is."""
    told = json.loads((folder / "delivery.json").read_text())
    return delivery_of(told)


def delivery_of(told: dict[str, Any]) -> Delivery:
    """A delivery from the plain values that it was kept as."""
    lists: dict[str, Any] = {name: tuple(told[name]) for name in ("notices", "departures")}
    return Delivery(**told | lists)


def landed_folder(delivery: Delivery, home: Path) -> Path:
    """Where a delivery lies."""
    return home / "landed" / delivery.feed / delivery.name


def landed_rows(delivery: Delivery, home: Path) -> pl.DataFrame:
    """The well-formed rows of a small delivery: `row`, `hash` and the source columns as text."""
    return pl.concat([read_batch(each) for each in landed_batches(delivery, home)]).sort("row")


def landed_batches(delivery: Delivery, home: Path) -> list[Batch]:
    """The same in batches."""
    return batches_in(landed_folder(delivery, home))


def malformed_rows(delivery: Delivery, home: Path) -> pl.DataFrame:
    """The malformed lines of a delivery with their reasons."""
    return read_whole(landed_folder(delivery, home) / "malformed.parquet")
