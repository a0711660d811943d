"""A delivery after an edit to the mappings: what the edit touches is done again, all else stands as it lies.

Which landed rows are touched is told elsewhere. Writes batches, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.disk.landed import now_through, read_batch
from pipelines.disk.outcome import Outcome
from pipelines.disk.standard import (
    SINCE,
    SUPERSEDED,
    Result,
    StandardFile,
    keep_earlier,
    kept_left,
    kept_result,
    of_grains,
    read_standard,
    standard_files,
    take_over_rows,
    told_left,
)
from pipelines.disk.tables import BATCH, batches, cut_into_batches, linked, read_batches
from pipelines.engine.chosen import in_order
from pipelines.grounds import read_grounds
from pipelines.replay import looked_at, may_only_wait, touched
from pipelines.standard.batch import CODES, Arrival, Done, do_rows, keep_quarantined, keep_standard, kept_quarantined
from pipelines.standard.quarantined import ROW, as_landed, source_columns
from pipelines.standard.since import since_another_day
from pipelines.standard.stood import MOST_STOOD_ON, Stood, by_reason
from schemas.feed import Feed

# Where so large a part of a delivery of several batches is touched, all of it is done; and where more rows than a batch
# has stand since another day, which are held in memory.
_MOST = 1 / 2
_NO_ROWS = pl.Series("row", dtype=pl.Int64)


@dataclass(frozen=True)
class Replayed:
    """What was done of a delivery, and what stands of its earlier result."""

    did: list[Done]
    stood: Stood


@dataclass(frozen=True)
class _Moved:
    """Of a file of the earlier result the rows that do not stand as they lie there: row, superseded, repairs; and those
    among them that are `carried` over, whole, under their numbers in the delivery."""

    rows: pl.DataFrame
    carried: pl.DataFrame


def replayed(arrival: Arrival, before: Outcome, folder: Path) -> Replayed | None:
    """Do again what the mappings touch of a delivery whose earlier result, by the same code, lies in its folder.

    Into `folder` are written, in batches of their own, what is done again, and as they are the rows that are held
    against these, of the same grain, and those that stand since another day. None where all has to be done.
    """
    if not _may_stand(arrival, before):
        return None
    (again, where), files = _touched(arrival), standard_files(before, arrival.home)
    late = since_another_day(arrival, files)
    if again.len() > max(arrival.delivery.rows * _MOST, BATCH) or sum(map(len, late)) > BATCH:
        return None
    done = _do(arrival, again, where, folder)
    moved = _moved(arrival, files, again, late, folder)
    done += _carry(arrival, moved, len(done), folder)
    stood = _stood(arrival, before, files, moved, is_same=not done)
    (take_over_rows if stood.written else keep_earlier)(Result(before, arrival.folder), folder)
    return Replayed([*done, *_stay_quarantined(arrival, again, len(done), folder)], stood)


def _may_stand(arrival: Arrival, before: Outcome) -> bool:
    """Whether what the earlier result stands on is still there, and not too much."""
    kept = (kept_result(arrival.folder.with_name(name), written) for name, written in before.stands_on)
    return len(before.stands_on) < MOST_STOOD_ON and all(kept)


@dataclass(frozen=True)
class _Where:
    """Where the rows to do again are: how they are `sought`, batch by batch in some columns, and `read` by number."""

    sought: Callable[[Arrival, Sequence[str] | None], list[Callable[[], pl.DataFrame]]]
    read: Callable[[Arrival, pl.Series], Iterator[pl.DataFrame]]


def _sought_landed(arrival: Arrival, columns: Sequence[str] | None) -> list[Callable[[], pl.DataFrame]]:
    return [partial(read_batch, each, columns and ["row", *columns]) for each in arrival.landed]


def _read_landed(arrival: Arrival, numbers: pl.Series) -> Iterator[pl.DataFrame]:
    return in_order(arrival.landed, partial(read_batch, numbers=numbers))


def _sought_waiting(arrival: Arrival, columns: Sequence[str] | None) -> list[Callable[[], pl.DataFrame]]:
    return [partial(as_landed, file, columns or ()) for file in _quarantine(arrival)]


def _read_waiting(arrival: Arrival, numbers: pl.Series) -> Iterator[pl.DataFrame]:
    """Of what landed the rows' hashes alone are read."""
    hashes = pl.concat(in_order(arrival.landed, partial(read_batch, columns=["row", "hash"], numbers=numbers)))
    texts = source_columns(pl.read_parquet(arrival.landed[0].file, n_rows=0))
    for file in _quarantine(arrival):
        rows = as_landed(file, texts).join(hashes, on="row", maintain_order="left")
        yield rows.select("row", "hash", *texts)


_LANDED, _WAITING = _Where(_sought_landed, _read_landed), _Where(_sought_waiting, _read_waiting)


def _touched(arrival: Arrival) -> tuple[pl.Series, _Where]:
    """The numbers of the landed rows that are to be done again, and where these are."""
    codes, before = pl.read_parquet(arrival.folder / CODES), read_grounds(arrival.folder)
    columns = looked_at(arrival.feed, codes, before, arrival.grounds)
    where = _WAITING if may_only_wait(arrival.feed, codes, before, arrival.grounds) else _LANDED
    marks = partial(touched, arrival.feed, codes=codes, before=before, after=arrival.grounds, home=arrival.home)
    sought = [] if columns == [] else where.sought(arrival, columns)
    numbers = in_order(sought, lambda read: (rows := read()).filter(marks(rows))["row"])
    return pl.concat([_NO_ROWS, *numbers]), where


def _do(arrival: Arrival, again: pl.Series, where: _Where, folder: Path) -> list[Done]:
    if again.is_empty():
        return []
    tables = enumerate(cut_into_batches(where.read(arrival, again)))
    return list(in_order(tables, lambda numbered: do_rows(arrival, *numbered, folder)))


def _quarantine(arrival: Arrival) -> list[Path]:
    return batches(arrival.folder / "quarantine.parquet")


def _moved(
    arrival: Arrival, files: Sequence[StandardFile], again: pl.Series, late: Sequence[pl.Series], folder: Path
) -> list[_Moved]:
    """Of each file the rows that do not stand."""
    goes = list(in_order(zip(files, late, strict=True), partial(_goes, arrival, again)))
    done = read_batches(folder / "standard.parquet", arrival.feed.grain)
    grains = pl.concat([*done, *(each.select(arrival.feed.grain) for each in goes)]).unique()
    return list(in_order(zip(files, goes, strict=True), partial(_moved_in, arrival, grains)))


def _goes(arrival: Arrival, again: pl.Series, late: tuple[StandardFile, pl.Series]) -> pl.DataFrame:
    """A file's rows that are done `again`, or stand since another day: row, repairs, superseded and the grain."""
    file, others = late
    rows = _came_as(arrival, file, again) if file.is_repeated else again
    read = read_standard(file, ["row", SUPERSEDED, "repairs", *arrival.feed.grain], pl.concat([rows, others]))
    return read.with_columns(pl.col("row").is_in(rows.implode()).alias("again"))


def _came_as(arrival: Arrival, file: StandardFile, numbers: pl.Series) -> pl.Series:
    """Those rows of another delivery's file, by their numbers there, that have one of the numbers here."""
    rows = pl.read_parquet(file.path, columns=["row"])["row"]
    return rows.filter(_now(arrival, file, rows).is_in(numbers.implode()).fill_null(value=False))


def _now(arrival: Arrival, file: StandardFile, rows: pl.Series) -> pl.Series:
    """What rows of another delivery's file are numbered here."""
    return now_through(arrival.repeats, arrival.landed_as(file.result.name), rows)


def _moved_in(arrival: Arrival, grains: pl.DataFrame, goes: tuple[StandardFile, pl.DataFrame]) -> _Moved:
    file, rows = goes
    again = rows.filter("again")
    alike = _alike(file, grains) if grains.height else _NO_ROWS
    carried = read_standard(file, None, alike.filter(~alike.is_in(again["row"].implode())))
    told = ["row", SUPERSEDED, "repairs"]
    return _Moved(pl.concat([again.select(told), carried.select(told)]), _as_numbered_now(arrival, file, carried))


def _as_numbered_now(arrival: Arrival, file: StandardFile, rows: pl.DataFrame) -> pl.DataFrame:
    if not file.is_repeated:
        return rows
    return rows.with_columns(_now(arrival, file, rows["row"]).alias("row"))


def _alike(file: StandardFile, grains: pl.DataFrame) -> pl.Series:
    """The numbers of a file's standing rows that have one of the grains; which of them stand is asked of few."""
    there = of_grains(file, grains)
    return read_standard(file, ["row"], there)["row"] if there.len() else _NO_ROWS


def _carry(arrival: Arrival, moved: Sequence[_Moved], first: int, folder: Path) -> list[Done]:
    """Write the rows that are carried over as the batches from the `first` on."""
    rows = pl.concat(each.carried for each in moved).drop(SUPERSEDED, SINCE)
    if rows.is_empty():
        return []
    tables = enumerate(cut_into_batches([rows]), first)
    return [keep_standard(arrival.feed, number, table, folder) for number, table in tables]


def _stay_quarantined(arrival: Arrival, again: pl.Series, first: int, folder: Path) -> list[Done]:
    """Write what stays in quarantine as the batches from the `first` on."""
    numbered = enumerate(_quarantine(arrival), first)
    return list(in_order(numbered, lambda told: _stays_quarantined(arrival.feed, again, folder, *told)))


def _stays_quarantined(feed: type[Feed], again: pl.Series, folder: Path, number: int, file: Path) -> Done:
    rows = pl.read_parquet(file)
    stays = rows.filter(pl.col("raw_form") == ROW, ~pl.col("row").is_in(again.implode()))
    if 0 < stays.height < rows.height:
        return keep_quarantined(feed, number, stays, folder)
    if stays.height:
        linked(file, folder / "quarantine.parquet" / f"{number:05d}.parquet")
    return kept_quarantined(feed, stays)


def _stood(
    arrival: Arrival, before: Outcome, files: Sequence[StandardFile], moved: Sequence[_Moved], *, is_same: bool
) -> Stood:
    goes = pl.concat(each.rows for each in moved)
    held = goes.filter(pl.col(SUPERSEDED).is_null())
    left = [told_left(file.result, each.rows["row"]) for file, each in zip(files, moved, strict=True)]
    own = (before.delivery.name, before.written)
    return Stood(
        rows=before.standard - held.height,
        repaired=before.repaired - held.filter(pl.col("repairs").list.len() > 0).height,
        replaced=dict(Counter(before.replaced) - Counter(by_reason(goes))),
        stands_on=before.stands_on if is_same else (*before.stands_on, own),
        left=pl.concat([*kept_left(arrival.folder), *left]).sort(pl.all()),
        written=before.written if is_same else "",
    )
