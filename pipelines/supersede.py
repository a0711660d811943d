"""Which rows of a feed hold now: a newer delivery replaces or adds to those before it, and counts what it replaced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines.disk.keys import several
from pipelines.disk.outcome import Outcome
from pipelines.disk.standard import StandardPart, live_mask, name_of, read_part, standard_parts
from pipelines.engine.chosen import in_order
from pipelines.engine.local import SIZES, Sizes
from pipelines.repeats import DAY, name_since, read_since, repeated
from schemas.feed import Feed

Mask = pl.Series | None
# By part, row and since.
Days = dict[int, pl.DataFrame]
Read = Callable[[Collection[str] | None, pl.Series | None], pl.DataFrame]


@dataclass(frozen=True)
class Rows:
    """The rows of a part of a feed that hold: all, or those that `mask` marks.

    `every` reads the part: all columns or those of the asked that the feed has; all rows, or those of the numbers
    given. Parts of one `name` have the same rows, whichever of them hold, and of whichever `day` they are. `folder` is
    where the result lies that they are of.
    """

    feed: type[Feed]
    every: Read
    mask: Mask = None
    name: str = ""
    day: date | None = None
    folder: Path | None = None

    def read(self, columns: Collection[str] | None) -> pl.DataFrame:
        """All columns of the rows that hold, or those of the asked that the feed has."""
        rows = self.every(columns, None)
        return rows if self.mask is None else rows.filter(self.mask)


@dataclass(frozen=True)
class Current:
    """A feed's rows that hold now, in `parts` from the oldest delivery to the newest, and those superseded in each.

    Each row has its `delivery`, its day `as_of`, and `record`, by which the department knows it.
    """

    feed: type[Feed]
    parts: tuple[Rows, ...]
    height: int
    superseded: dict[str, int]

    @cached_property
    def rows(self) -> pl.DataFrame:
        """All rows, sorted by grain; for who needs one small feed."""
        return pl.concat([part.read(None) for part in self.parts]).sort(list(self.feed.grain))


def current(feed: type[Feed], outcomes: list[Outcome], home: Path, sizes: Sizes = SIZES) -> Current | None:
    """The rows that hold after all accepted deliveries, oldest first; None when none was accepted."""
    accepted = [outcome for outcome in outcomes if outcome.refusal is None]
    if not accepted:
        return None
    used = in_use(feed, accepted)
    parts = [part for outcome in used for part in standard_parts(feed, outcome, home, sizes.part)]
    masks, since = (list(in_order(parts, live_mask)), {}) if len(used) == 1 else _newest(feed, parts, sizes.group)
    held = {used[0].delivery.name: used[0].standard} if len(used) == 1 else _held(parts, masks)
    rows = [_rows(part, mask, since.get(place)) for place, (part, mask) in enumerate(zip(parts, masks, strict=True))]
    return Current(
        feed,
        tuple(rows),
        sum(held.values()),
        {each.delivery.name: each.standard - held.get(each.delivery.name, 0) for each in accepted},
    )


def _rows(part: StandardPart, mask: Mask, since: pl.DataFrame | None) -> Rows:
    if since is None:
        return Rows(part.feed, partial(read_part, part), mask, name_of(part), part.day, part.result.folder)
    every = partial(read_since, part, since)
    return Rows(part.feed, every, mask, name_since(part, since), part.day, part.result.folder)


def in_use(feed: type[Feed], accepted: list[Outcome]) -> list[Outcome]:
    """The deliveries whose rows may hold, oldest first: of a snapshot's parts the last one each, else all."""
    if feed.delivers == "increment":
        return accepted
    last = {outcome.delivery.part: outcome for outcome in accepted}
    return [outcome for outcome in accepted if outcome is last[outcome.delivery.part]]


def _held(parts: list[StandardPart], masks: list[Mask]) -> dict[str, int]:
    """How many rows of each delivery hold."""
    held = {part.use.name: 0 for part in parts}
    for part, mask in zip(parts, masks, strict=True):
        held[part.use.name] += 0 if mask is None else int(mask.sum())
    return held


def _newest(feed: type[Feed], parts: list[StandardPart], group: int) -> tuple[list[Mask], Days]:
    """For each part which rows are the last of their grain, and by part those that stand so since an earlier day.

    Mostly the oldest delivery is by far the largest: its rows are held, some parts at a time, against those of the
    later ones, where these are few. Else all are compared in groups by the grain's hash.
    """
    oldest = [part for part in parts if part.use is parts[0].use]
    later = parts[len(oldest) :]
    if _standard(later) > group:
        return _newest_in_groups(feed, parts, group)
    read = list(in_order(enumerate(later, len(oldest)), partial(_grains, feed)))
    stacked = pl.concat([rows for _, rows in read])
    again = stacked.select(feed.grain).unique()
    before = list(in_order(several(list(enumerate(oldest))), partial(_not_among, feed, again)))
    last = stacked.unique(feed.grain, keep="last").select("part", "at")
    masks: list[Mask] = [
        *chain.from_iterable(held for held, _ in before),
        *_masks(last, [height for height, _ in read], len(oldest)),
    ]
    return masks, _by_part(repeated(feed, pl.concat([*(lost for _, lost in before), stacked])))


def _by_part(since: pl.DataFrame) -> Days:
    parts = since.sort("part", "row").partition_by("part", as_dict=True, include_key=False)
    return {part: rows for (part,), rows in parts.items()}


def _standard(parts: list[StandardPart]) -> int:
    return sum(part.use.outcome.standard for part in {id(each.use): each for each in parts}.values())


def _not_among(
    feed: type[Feed], grains: pl.DataFrame, parts: Sequence[tuple[int, StandardPart]]
) -> tuple[list[pl.Series], pl.DataFrame]:
    """Of each part's rows, which stand and have none of these grains; and those that have one, as `_grains` tells."""
    read = [_grains(feed, numbered) for numbered in parts]
    rows = pl.concat([each for _, each in read])
    lost = rows.join(grains, on=feed.grain, how="semi", nulls_equal=True, maintain_order="left")
    masks = _masks(lost, [height for height, _ in read], parts[0][0])
    return [_both(~mask, live_mask(part)) for mask, (_, part) in zip(masks, parts, strict=True)], lost


def _both(one: pl.Series, other: Mask) -> pl.Series:
    return one if other is None else one & other


def _newest_in_groups(feed: type[Feed], parts: list[StandardPart], group: int) -> tuple[list[Mask], Days]:
    groups = -(-_standard(parts) // group)
    last, again, heights = list[pl.DataFrame](), list[pl.DataFrame](), list[int]()
    for number in range(groups):

        def grains(numbered: tuple[int, StandardPart], number: int = number) -> tuple[int, pl.DataFrame]:
            height, rows = _grains(feed, numbered)
            return height, rows.filter(pl.struct(feed.grain).hash(seed=0) % groups == number)

        read = list(in_order(enumerate(parts), grains))
        heights = [height for height, _ in read]
        stacked = pl.concat([rows for _, rows in read])
        last.append(stacked.unique(feed.grain, keep="last").select("part", "at"))
        again.append(repeated(feed, stacked))
    return [*_masks(pl.concat(last), heights)], _by_part(pl.concat(again))


def _grains(feed: type[Feed], numbered: tuple[int, StandardPart]) -> tuple[int, pl.DataFrame]:
    """How many rows a part has, and of those that stand the grain, `row`, `hash` and `day@`, with the part's and each
    one's place: `part`, `at`."""
    place, part = numbered
    rows, mask = read_part(part, [*feed.grain, "row", "hash"]), live_mask(part)
    here = pl.lit(place, pl.UInt32).alias("part"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("at")
    told = rows.select(*feed.grain, "row", "hash", pl.lit(part.day).alias(DAY), *here)
    return rows.height, told if mask is None else told.filter(mask)


def _masks(marked: pl.DataFrame, heights: list[int], first: int = 0) -> list[pl.Series]:
    """A mask a part, the number of the first one given, from the places of the rows that are marked."""
    places = {part: rows["at"] for (part,), rows in marked.partition_by("part", as_dict=True).items()}
    none = pl.Series(dtype=pl.UInt32)
    return [
        pl.Series([False]).new_from_index(0, height).scatter(places.get(part, none), values=True)
        for part, height in enumerate(heights, first)
    ]
