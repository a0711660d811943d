"""The rows that may be led to touched entities, read out of their parts and told anew. Touches none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.fused_grounds import FusedGrounds
from pipelines.disk.keys import KNOWN, OPEN, Kept, asked_keys, meeting, read_keys, several
from pipelines.engine.chosen import in_order
from pipelines.fusing.anew import MOST_TOUCHED, fuse_anew
from pipelines.fusing.reidentify import Reidentified
from pipelines.fusing.turning import turning
from pipelines.identify import Decided, Identified, parted
from pipelines.identity.told import ids, source_of
from pipelines.supersede import Rows
from schemas.entity import Entity
from schemas.feed import Feed


def tell_anew(
    entity: type[Entity], rows: list[Rows], again: Reidentified, kept: FusedGrounds, now: FusedGrounds,
    mappings: Mappings, home: Path,
) -> dict[str, int] | None:  # fmt: skip
    """Tell the entities anew that rows touch, or whose days have come; None where these are too many, or not known."""
    if again.touched is None or again.since != kept.decisions:
        return None
    turned = turning(entity, home, date.fromisoformat(kept.on), date.fromisoformat(now.on))
    touched = pl.concat([turned, again.touched.to_frame("entity_id")]).unique()
    if touched.height > MOST_TOUCHED * kept.counts["entities"]:
        return None
    identified, unidentified = dict[str, list[pl.DataFrame]](), dict[str, list[pl.DataFrame]]()
    sources = zip(range(len(rows)), rows, _numbers(again, touched), strict=True)
    for feed, told in in_order(sources, lambda source: _of_numbers(source, again.decided)):
        identified.setdefault(feed.key, []).append(told.rows)
        unidentified.setdefault(feed.key, []).append(told.unidentified)
    here = {
        key: rows.join(touched, on="entity_id", how="semi", maintain_order="left")
        for key, rows in _joined(identified).items()
    }
    return fuse_anew(entity, here, _joined(unidentified), touched, kept, now, mappings, home)


def _joined(parts: dict[str, list[pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    return {key: pl.concat(some) for key, some in parts.items()}


def _of_numbers(source: tuple[int, Rows, pl.Series], decided: Decided) -> tuple[type[Feed], Identified]:
    """Of a part the rows of some numbers, parted into those that are led to an entity and those that are to nobody."""
    number, each, numbers = source
    return each.feed, parted(number, each.feed, each.every(None, numbers), decided)


def _numbers(again: Reidentified, touched: pl.DataFrame) -> list[pl.Series]:
    """The row numbers of each part's rows that may be led to touched entities, or are led to nobody."""
    parts, taken = again.decisions.parts, again.decided.taken
    codes = touched["entity_id"].hash(seed=0).alias("entity")
    known = in_order(several(parts), lambda some: _rows_by_part(some, codes))
    others = pl.concat([pl.DataFrame(schema={"id": pl.UInt64, "entity_id": pl.String}),
                        *(each.select("id", "entity_id") for each in taken.values())])  # fmt: skip
    elsewhere = others.join(touched, on="entity_id", how="anti").select("id", source_of())
    away = {number: each for (number,), each in elsewhere.partition_by("source", as_dict=True).items()}
    none = elsewhere.head(0)
    return [
        pl.concat([rows, _left(number, parts[number], away.get(number, none))]).sort()
        for number, rows in enumerate(chain.from_iterable(known))
    ]


def _rows_by_part(parts: Sequence[Kept], codes: pl.Series) -> list[pl.Series]:
    """Of each part the row numbers of some entities' rows."""
    found = asked_keys(parts, KNOWN, ["row"], meeting({"entity": codes})).partition_by("part", as_dict=True)
    return [found[(part,)]["row"] if (part,) in found else pl.Series(dtype=pl.UInt32) for part in range(len(parts))]


def _left(number: int, keys: Kept, elsewhere: pl.DataFrame) -> pl.Series:
    """The row numbers of a part's open rows but for those that are led elsewhere."""
    return read_keys(keys, OPEN, ["row"]).select("row", ids(number)).join(elsewhere, on="id", how="anti")["row"]
