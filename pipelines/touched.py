"""Which entities a release must look at where all else stands as it was released, and what they were. Makes no row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.anew import MOST_TOUCHED
from pipelines.disk import fused
from pipelines.disk.notes import Note
from pipelines.objections.raised import identifier_of
from schemas.entity import Entity
from schemas.objection import Objection

_PAIR = ("column", "won_by", "lost_by")


@dataclass(frozen=True)
class Touched:
    """The entities told anew since a release: `before` (identifier, county then) and their `disputes` then."""

    before: pl.DataFrame
    disputes: pl.DataFrame

    def of(self, county: str) -> pl.DataFrame:
        """Those that lay in a county."""
        return self.before.filter(pl.col("county") == county)


def touched(
    entity: type[Entity], note: Note, now: Note, objections: Collection[Objection], home: Path
) -> Touched | None:
    """Those that were told anew since the release of the note; None where these are too many, or are not all.

    An objection that has come or been answered since flags a row of an entity that may not have been told anew.
    """
    before = fused.gone(entity, home, note.steps)
    turned = set(note.open) ^ set(now.open)
    flags = {identifier_of(each) for each in objections if each.id in turned}
    if not flags <= set(before[entity.identifier]):
        return None
    rests = fused.rests_of(entity, home)
    if rests is None or before.height > MOST_TOUCHED * rests.counts["entities"]:
        return None
    columns = [entity.identifier, *_PAIR]
    disputes = fused.table_before(entity, "disputes", note.steps, columns, home)
    return Touched(before, disputes.join(before, on=entity.identifier))


def pairs(disputes: pl.DataFrame) -> dict[str, int]:
    """How many values of each column, winner and loser are in dispute."""
    pair = pl.concat_str(_PAIR, separator="/").alias("pair")
    counted = disputes.group_by(pair).len().sort("pair")
    return {str(name): int(rows) for name, rows in counted.iter_rows()}
