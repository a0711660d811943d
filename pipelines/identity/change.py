"""What has come and gone between two standings of rows, and which open rows that concerns. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from pipelines.disk.keys import KNOWN, OPEN, Kept, asked_keys, every_key, meeting, several
from pipelines.engine.chosen import in_order
from pipelines.identity.keys import IN_OPEN
from pipelines.identity.likely import WHERE, crossed, each_block, sharing_blocks
from pipelines.identity.meeting import ENTITIES
from pipelines.identity.told import CREDIT_CODE

_ROW = {"mark": pl.UInt64, "told": pl.UInt64, "bears": pl.UInt64, "entity": pl.UInt64, CREDIT_CODE: pl.String}
_KEYS = {"at": pl.UInt32, **dict.fromkeys(("ending", "registration", "whole"), pl.UInt64), **WHERE, "feed": pl.String}
_TWICE = {name: _ROW[name] for name in ("entity", CREDIT_CODE, "bears", "mark")}
_BY_CODE = "organisation_code"


@dataclass(frozen=True)
class Pair:
    """A part of rows as it stood before and as it stands now, of which one may be missing."""

    before: Kept | None
    now: Kept | None

    @property
    def either(self) -> Kept:
        """Where the keys of its rows are."""
        kept = self.now or self.before
        assert kept is not None
        return kept

    @property
    def is_same(self) -> bool:
        """Whether the same rows hold."""
        return self.before is not None and self.now is not None and self.before.lost.equals(self.now.lost)


@dataclass(frozen=True)
class Change:
    """Rows that have `come` and `gone` (mark, told, bears, entity, credit_code; the last three null for open rows), and
    the entities (entity, credit_code) of whose rows the order of days may have changed: those `reordered` of which
    rows bear different names, numbers or counties, and all that are `retold`, of which rows say anything different."""

    come: pl.DataFrame
    gone: pl.DataFrame
    reordered: pl.DataFrame
    retold: pl.DataFrame

    @property
    def entities(self) -> pl.DataFrame:
        """The entities of which other rows than before decide who is led to them."""
        return self._unlike_in("told")

    @property
    def renamed(self) -> pl.DataFrame:
        """Those among them that are other entities also to a row that tells neither address nor day: of which rows bear
        something else, or of which there are more rows or fewer."""
        rows = [each.select("entity", pl.lit(one).alias("rows")) for each, one in ((self.come, 1), (self.gone, -1))]
        counted = pl.concat(rows).drop_nulls().group_by("entity").agg(pl.col("rows").sum())
        return pl.concat([self._unlike_in("bears"), counted.filter(pl.col("rows") != 0).select("entity")]).unique()

    def _unlike_in(self, what: str) -> pl.DataFrame:
        new = self.come.join(self.gone, on=what, how="anti")
        old = self.gone.join(self.come, on=what, how="anti")
        return pl.concat([*(each.select("entity").drop_nulls() for each in (new, old, self.reordered))]).unique()


@dataclass(frozen=True)
class Met:
    """The keys of all rows, before and `now`, of entities that changed, and the endings of those born or gone."""

    rows: pl.DataFrame
    now: pl.DataFrame
    endings: pl.DataFrame
    born: int


def pairs_of(before: Sequence[Kept], now: Sequence[Kept]) -> list[Pair]:
    """The parts of two standings, matched by name."""
    old, new = ({each.name: each for each in some} for some in (before, now))
    return [Pair(old.get(name), new.get(name)) for name in old | new]


def change_between(pairs: Sequence[Pair], ranks: dict[str, int]) -> Change:
    """What has come and gone; `ranks` is the authority of each feed's word on names.

    A row that a newer delivery repeats has done neither: it has the mark that it had.
    """
    several = _of_several_days(pairs, ranks)
    ordered = (_by_day(pair) if ranks[feed_of(pair.either)] in several else [pair] for pair in pairs)
    moved = [pair for some in ordered for pair in some if not pair.is_same]
    both = list(in_order(moved, _come_and_gone))
    here, away = (_of_all([each[place] for each in both]) for place in (0, 1))
    come = _rows_at(moved, here.join(away, on="mark", how="anti"), _ROW)
    gone = _rows_at(moved, away.join(here, on="mark", how="anti"), _ROW)
    newer = come.drop_nulls("bears").join(gone, on="bears", how="semi").select("entity")
    repeated = here.join(away, on="mark", how="semi")
    twice = [pl.DataFrame(schema={"rank": pl.Int32, **_TWICE})]
    for rank, mine in several.items():
        of_rank = [at for at, pair in enumerate(moved) if ranks[feed_of(pair.either)] == rank]
        again = _rows_at(moved, repeated.filter(pl.col("pair").is_in(of_rank)), ENTITIES).drop_nulls()
        twice.append(_told_twice(rank, mine, pl.concat([newer, again]).unique()))
    told = pl.concat(twice)
    return Change(come, gone, reordered=_unlike_in(told, "bears"), retold=_unlike_in(told, "mark"))


def _by_day(pair: Pair) -> list[Pair]:
    """A part that is of another day now as two: where days order words, all its rows go and come again."""
    if pair.before is None or pair.now is None or pair.before.day == pair.now.day:
        return [pair]
    return [Pair(pair.before, None), Pair(None, pair.now)]


def _come_and_gone(pair: Pair) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of a part's rows, as `at` and `mark`, those that hold now and did not before, and those that did and do not."""
    before, now = pair.before, pair.now
    if before is not None and now is not None:
        return _marks(pair, _but(before.lost, now.lost)), _marks(pair, _but(now.lost, before.lost))
    rows = _marks(pair, None)
    held = rows.filter(_held(rows, pair.either))
    return (held, held.clear()) if before is None else (held.clear(), held)


def _marks(pair: Pair, places: pl.Series | None) -> pl.DataFrame:
    """Of a part all rows, as `at` and `mark`, or those at some places."""
    where = None if places is None else meeting({"at": places})
    return pl.concat(every_key(pair.either, which, ("at", "mark"), where) for which in (KNOWN, OPEN))


def _but(places: pl.Series, others: pl.Series) -> pl.Series:
    return places.filter(~places.is_in(others.implode()))


def _held(rows: pl.DataFrame, kept: Kept | None) -> pl.Series:
    if kept is None:
        return pl.Series([False]).new_from_index(0, rows.height)
    return ~rows["at"].is_in(kept.lost.implode())


def _of_all(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """What was found of each pair, under one another: `at`, `mark`, and which `pair`. All are held together at once."""
    none = pl.DataFrame(schema={"at": pl.UInt32, "mark": pl.UInt64, "pair": pl.UInt32})
    return pl.concat([none, *(each.with_columns(pl.lit(at, pl.UInt32).alias("pair")) for at, each in enumerate(found))])


def _rows_at(pairs: Sequence[Pair], places: pl.DataFrame, schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows at places (`at`, `pair`); an open row has neither entity nor credit code."""
    by_pair = places.partition_by("pair", as_dict=True)
    asked = ((pairs[int(pair)], some["at"]) for (pair,), some in sorted(by_pair.items()))
    found = in_order(asked, partial(_some_at, columns=list(schema)))
    return pl.concat([pl.DataFrame(schema=schema), *found])


def _some_at(asked: tuple[Pair, pl.Series], columns: list[str]) -> pl.DataFrame:
    pair, places = asked
    at = meeting({"at": places})
    known = every_key(pair.either, KNOWN, columns, at)
    told = every_key(pair.either, OPEN, [name for name in columns if name in IN_OPEN], at)
    return pl.concat([known, told], how="diagonal").select(columns)


def _of_several_days(pairs: Sequence[Pair], ranks: dict[str, int]) -> dict[int, list[Pair]]:
    """The parts by rank, of those ranks whose rows are of more than one day, before or now.

    Where all rows of such words are of one day, none has become newer than another.
    """
    by_rank: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_rank.setdefault(ranks[feed_of(pair.either)], []).append(pair)
    return {rank: mine for rank, mine in sorted(by_rank.items()) if _has_several_days(mine)}


def _has_several_days(pairs: Sequence[Pair]) -> bool:
    sides = ([pair.before for pair in pairs], [pair.now for pair in pairs])
    return any(len({kept.day for kept in side if kept is not None}) > 1 for side in sides)


def _told_twice(rank: int, pairs: Sequence[Pair], again: pl.DataFrame) -> pl.DataFrame:
    """What rows of one rank say of the entities delivered again (rank, entity, credit_code, bears, mark): of those that
    say different things the newer one goes first."""
    told = _rows_about([pair.now for pair in pairs if pair.now is not None], again)
    several = told.filter(pl.col("entity").is_duplicated())
    return several.select(pl.lit(rank, pl.Int32).alias("rank"), *_TWICE)


def _unlike_in(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    """The entities of which rows of one rank say different things."""
    distinct = rows.unique(["rank", "entity", what])
    several = pl.struct("rank", "entity").is_duplicated()
    return distinct.filter(several).select("entity", CREDIT_CODE).unique()


def _rows_about(parts: Sequence[Kept], entities: pl.DataFrame) -> pl.DataFrame:
    mine = meeting({"entity": entities["entity"]})
    told = in_order(several(parts) if entities.height else (), lambda kept: asked_keys(kept, KNOWN, list(_TWICE), mine))
    return pl.concat([pl.DataFrame(schema=_TWICE), *(each.select(list(_TWICE)) for each in told)])


def feed_of(kept: Kept) -> str:
    """The feed of a part."""
    return kept.name.split("/")[0]


def met_by(pairs: Sequence[Pair], entities: pl.DataFrame) -> Met:
    """Whom the changed entities could and can meet."""
    found = list(in_order(pairs if entities.height else (), partial(_rows_of, entities=entities)))
    nothing = pl.DataFrame(schema=_KEYS)
    rows, before, now = (
        pl.concat([nothing, *(each[place].select(nothing.columns) for each in found)]) for place in (0, 1, 2)
    )
    old, new = (each.select("entity", "ending").unique() for each in (before, now))
    moved = pl.concat([old.join(new, on="entity", how="anti"), new.join(old, on="entity", how="anti")])
    return Met(rows, now, moved.select("ending").unique(), new.height - old.height)


def _rows_of(pair: Pair, entities: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    columns = [name for name in _KEYS if name != "feed"]
    found = every_key(pair.either, KNOWN, columns, meeting({"entity": entities["entity"]}))
    rows = found.with_columns(pl.lit(feed_of(pair.either)).alias("feed"))
    return rows, rows.filter(_held(rows, pair.before)), rows.filter(_held(rows, pair.now))


def concerned(decided: pl.DataFrame, met: Met, renamed: pl.DataFrame) -> pl.DataFrame:
    """Those of the open rows, with their keys and what was decided of them, that share a key with changed entities.

    One led by its organisation code hangs on which entities there are; one that tells neither address nor day, on the
    `renamed` ones alone.
    """
    by_code = decided.filter(pl.col("match") == _BY_CODE).join(met.endings, on="ending", how="semi")
    others = decided.filter(pl.col("match").ne_missing(_BY_CODE))
    called = met.rows.join(renamed, on="entity", how="semi")
    some = (_sharing(others.filter("seated"), met.rows), _sharing(others.filter(~pl.col("seated")), called))
    return pl.concat([by_code, *some]).unique("told")


def _sharing(left: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Those of the open rows that share a key with rows of entities; one that the last rung saw, a block too."""
    keyed = (("ending", "ending"), ("registration", "registration"), ("tax", "registration"), ("whole", "whole"),
             ("short", "short"))  # fmt: skip
    shares = pl.any_horizontal(
        pl.col(mine).is_in(rows[theirs].drop_nulls().unique().implode()) for mine, theirs in keyed
    )
    blocked = sharing_blocks(left.filter("weighed"), each_block(crossed(rows)))
    return pl.concat([left.filter(shares), blocked])
