"""A delivery's grounds: what its result rests on besides its bytes, kept beside it for a later run to compare."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.correct import edits
from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import Delivery
from pipelines.meaning.admissions import admitted
from pipelines.meaning.counties import place_tables
from pipelines.revision import code_revision
from pipelines.translate import Meanings, meanings
from schemas.feed import Feed
from schemas.put import put_bytes

EDIT = ("column", "key", "old", "new")


@dataclass(frozen=True)
class DeliveryGrounds:
    """The code's revision, what each code means, the edits that hold, the places, and what was admitted.

    `place` is the fingerprint of the place tables, empty for a feed without any; `before` the stamp of the
    accepted delivery before this one; `stands` the delivery that holds of those of the same day.
    """

    code: str
    meanings: Meanings
    edits: list[list[str]]
    place: str
    admitted: list[str]
    before: str
    stands: str

    @property
    def stamp(self) -> str:
        """The grounds' short name: equal stamps, equal results."""
        return hashlib.sha256(_written(self)).hexdigest()[:16]

    def edits_table(self) -> pl.DataFrame:
        """The edits as a table."""
        return pl.DataFrame(self.edits, schema=dict.fromkeys(EDIT, pl.String), orient="row")


def grounds_of(
    feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path, before: str, stands: str
) -> DeliveryGrounds:
    """The grounds of a delivery under the mappings as they are now; the places are kept for a later comparison."""
    on = date.fromisoformat(delivery.as_of)
    return DeliveryGrounds(
        code=code_revision(),
        meanings=meanings(feed, mappings, on),
        edits=[list(row) for row in edits(feed, mappings, on).select(EDIT).rows()],
        place=_keep_places(mappings, home) if feed.places() else "",
        admitted=sorted(admitted(mappings, feed.key, delivery.sha256)),
        before=before,
        stands=stands,
    )


def _written(grounds: DeliveryGrounds) -> bytes:
    return json.dumps(asdict(grounds), ensure_ascii=False, sort_keys=True).encode()


def write_grounds(grounds: DeliveryGrounds, folder: Path) -> None:
    """Keep the grounds in a delivery's folder."""
    (folder / "grounds.json").write_bytes(_written(grounds))


def read_grounds(folder: Path) -> DeliveryGrounds:
    """The grounds that a delivery's folder holds."""
    return DeliveryGrounds(**json.loads((folder / "grounds.json").read_bytes()))


def _keep_places(mappings: Mappings, home: Path) -> str:
    """Keep the place tables below `home/places/`, named by their fingerprint; gives that name."""
    name = mappings.fingerprints["place"][:16]
    if not are_kept(name, home):
        tables = {table: rows.to_dict(as_series=False) for table, rows in place_tables(mappings).items()}
        put_bytes(json.dumps(tables, ensure_ascii=False).encode(), _places(name, home))
    return name


def are_kept(name: str, home: Path) -> bool:
    """Whether the place tables of a name are kept; a home that was restored without them knows today's alone."""
    return _places(name, home).exists()


def kept_places(name: str, home: Path) -> dict[str, pl.DataFrame]:
    """The place tables that were kept under a name, as text."""
    told = json.loads(_places(name, home).read_bytes())
    return {table: pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)) for table, columns in told.items()}


def _places(name: str, home: Path) -> Path:
    return home / "places" / f"{name}.json"
