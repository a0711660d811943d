"""Which rows a full file repeats word for word of the one before it: they are not translated again. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from pipelines.correct import correct
from pipelines.dictionary import Mappings
from pipelines.disk.landed import now_through, read_batch
from pipelines.disk.outcome import Outcome, read_outcome
from pipelines.disk.settled import is_settled
from pipelines.disk.standard import StandardFile, kept_left, of_grains, read_holding, standard_files, told_left
from pipelines.disk.tables import batches
from pipelines.door.profile import Values, amounts, measured
from pipelines.engine.chosen import in_order
from pipelines.grounds import read_grounds
from pipelines.meaning.counties import place_tables
from pipelines.standard.batch import Arrival, corrected_numbers
from pipelines.standard.quarantined import ROW
from pipelines.standard.stood import MOST_STOOD_ON, Stood
from pipelines.translate import source_value
from schemas.feed import Feed

# So many rows in quarantine, with their text, are held in memory at most.
_MOST_HELD = 1_000_000
# Where more of a file is new, it costs less to do it whole, batch by batch.
_MOST_NEW = 1 / 4


@dataclass(frozen=True)
class Repeated:
    """What a full file repeats: the standard rows that have `stood`, what it has in `quarantine` (row, raw, reasons,
    raw_form), and the `values` of both. `new` are all its other rows as they landed."""

    stood: Stood
    quarantine: pl.DataFrame
    values: list[Values]
    new: pl.DataFrame


@dataclass(frozen=True)
class _Compared:
    """The rows of the delivery before that hold, file by file: `row`, and `now`, where the new file repeats it."""

    files: list[StandardFile]
    held: list[pl.DataFrame]

    def without(self, numbers: pl.Series) -> _Compared:
        """The same, but that the rows of these numbers in the new file are not taken for repeated."""
        now = pl.col("now")
        others = pl.when(~now.is_in(numbers.implode())).then(now)
        return _Compared(self.files, [each.with_columns(others.alias("now")) for each in self.held])

    @property
    def numbers(self) -> pl.Series:
        """The numbers of the rows that are repeated."""
        return pl.concat(each["now"].drop_nulls() for each in self.held)


def repeated(arrival: Arrival) -> Repeated | None:
    """What a full file repeats of the accepted one before it; None where it has to be done whole.

    Of its rows that landed before those are repeated that hold of the delivery before, where no correction is about
    them and no other row has their grain: what is decided between rows is decided among the new ones.
    """
    before = _before(arrival)
    if before is None:
        return None
    mended = corrected_numbers(arrival)
    compared = _compared(arrival, before).without(mended)
    quarantine = _quarantine(arrival, before).filter(~pl.col("row").is_in(mended.implode()))
    others = _others(arrival, compared.numbers)
    if others.len() > _MOST_NEW * arrival.delivery.rows + quarantine.height:
        return None
    told = _rows_of(arrival, others, _told_by(arrival))
    compared = compared.without(_doubled(compared, _grains(arrival, told)))
    new = _others(arrival, pl.concat([compared.numbers, quarantine["row"]]))
    kept = list(in_order(zip(compared.files, compared.held, strict=True), partial(_values, arrival.feed)))
    beside = told.join(quarantine, on="row", how="semi")
    values = [*(values for values, _ in kept), _values_of_texts(arrival.feed, beside)]
    repaired = sum(repaired for _, repaired in kept)
    stood = Stood(compared.numbers.len(), repaired, {}, _stands_on(before), _left(arrival, compared))
    return Repeated(stood, quarantine, values, _rows_of(arrival, new))


def _before(arrival: Arrival) -> Outcome | None:
    """The accepted delivery before, if all that its rows were translated by says the same of the new ones."""
    if arrival.before is None or not _may_repeat(arrival):
        return None
    before = read_outcome(arrival.before)
    assert before is not None
    stands_on = _stands_on(before)
    is_freed = any(is_settled(arrival.landed_as(name)) for name, _ in stands_on)
    is_there = len(stands_on) <= MOST_STOOD_ON and before.quarantined <= _MOST_HELD and not is_freed
    return before if is_there and _has_the_same_grounds(arrival, before) else None


def _may_repeat(arrival: Arrival) -> bool:
    """Whether rows landed before, of a feed whose rows are known by what neither a dictionary nor a map tells."""
    feed = arrival.feed
    told = [feed.columns.get(name) for name in feed.grain]
    plain = all(column is not None and column.source and column.kind.code_list is None for column in told)
    return plain and arrival.repeats.exists()


def _stands_on(before: Outcome) -> tuple[tuple[str, str], ...]:
    return (*before.stands_on, (before.delivery.name, before.written))


def _has_the_same_grounds(arrival: Arrival, before: Outcome) -> bool:
    assert arrival.before is not None
    old, new = read_grounds(arrival.before), arrival.grounds
    same = all(getattr(old, name) == getattr(new, name) for name in ("code", "meanings", "edits", "place"))
    return same and not (arrival.feed.places() and _has_moved(arrival.mappings, before, arrival))


def _has_moved(mappings: Mappings, before: Outcome, arrival: Arrival) -> bool:
    """Whether anything about places holds since a day after that of the delivery before, up to the new one's."""
    between = (pl.col("since") > before.delivery.as_of) & (pl.col("since") <= arrival.delivery.as_of)
    return any(table.filter(between).height for table in place_tables(mappings).values() if "since" in table.columns)


def _compared(arrival: Arrival, before: Outcome) -> _Compared:
    files = standard_files(before, arrival.home)
    return _Compared(files, list(in_order(files, partial(_held, arrival))))


def _held(arrival: Arrival, file: StandardFile) -> pl.DataFrame:
    rows = read_holding(file, ["row"])
    now = now_through(arrival.repeats, arrival.landed_as(file.result.name), rows["row"])
    return rows.with_columns(now.alias("now"))


def _quarantine(arrival: Arrival, before: Outcome) -> pl.DataFrame:
    """The rows in quarantine of the delivery before that the new file repeats, under their numbers in it."""
    assert arrival.before is not None
    held = pl.scan_parquet(batches(arrival.before / "quarantine.parquet")).filter(pl.col("raw_form") == ROW).collect()
    now = now_through(arrival.repeats, arrival.landed_as(before.delivery.name), held["row"])
    return held.with_columns(now.alias("row")).drop_nulls("row").sort("row")


def _others(arrival: Arrival, numbers: pl.Series) -> pl.Series:
    """The numbers of all landed rows but these."""
    own = [read_batch(each, ["row"]) for each in arrival.landed if each.repeats is None]
    rows = pl.concat([pl.read_parquet(arrival.repeats, columns=["row"]), *own])["row"]
    marks = pl.Series([False]).new_from_index(0, int(str(rows.max() or 0)) + 1)
    return marks.scatter(rows, values=True).scatter(numbers, values=False).arg_true().cast(pl.Int64).alias("row")


def _rows_of(arrival: Arrival, numbers: pl.Series, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The landed rows of some numbers, all columns or some."""
    return pl.concat(in_order(arrival.landed, lambda batch: read_batch(batch, columns, numbers))).sort("row")


def _told_by(arrival: Arrival) -> list[str] | None:
    """The source columns that tell a row's grain and amounts; all, where a correction may say otherwise."""
    if arrival.grounds.edits:
        return None
    feed = arrival.feed
    read = [*(feed.columns[name] for name in feed.grain), *measured(feed)]
    return list(dict.fromkeys(["row", *(name for each in read for name in (each.source, each.unit_in) if name)]))


def _grains(arrival: Arrival, rows: pl.DataFrame) -> pl.DataFrame:
    """What landed rows are known by, as they were written and as a correction has them."""
    feed = arrival.feed
    grain = [source_value(feed, feed.columns[name]).alias(name) for name in feed.grain]
    mended = correct(feed, rows, arrival.grounds.edits_table())
    return pl.concat([rows.select(grain), mended.select(grain)]).unique()


def _doubled(compared: _Compared, grains: pl.DataFrame) -> pl.Series:
    """The numbers of the repeated rows that have one of the grains."""
    pairs = zip(compared.files, compared.held, strict=True)
    return pl.concat(in_order(pairs, partial(_having, grains=grains))).drop_nulls()


def _having(pair: tuple[StandardFile, pl.DataFrame], grains: pl.DataFrame) -> pl.Series:
    file, held = pair
    return held.filter(pl.col("row").is_in(of_grains(file, grains).implode()))["now"]


def _values(feed: type[Feed], pair: tuple[StandardFile, pl.DataFrame]) -> tuple[Values, int]:
    """What the repeated rows of a file add to a profile, which needs no grain of theirs, and how many were mended."""
    file, held = pair
    read = read_holding(file, [*(column.name for column in measured(feed)), "repairs"])
    rows = read.filter(held["now"].is_not_null())
    return Values(pl.Series(dtype=pl.UInt64), amounts(feed, rows)), rows.filter(pl.col("repairs").list.len() > 0).height


def _values_of_texts(feed: type[Feed], rows: pl.DataFrame) -> Values:
    """The same of landed rows, with their grains."""
    names = dict.fromkeys([*feed.grain, *(column.name for column in measured(feed))])
    values = rows.select(source_value(feed, feed.columns[name]).alias(name) for name in names)
    return Values(values.select(pl.struct(feed.grain).hash(seed=0)).to_series(), amounts(feed, values))


def _left(arrival: Arrival, compared: _Compared) -> pl.DataFrame:
    """What the delivery does not repeat, with what the one before does not repeat itself."""
    assert arrival.before is not None
    pairs = zip(compared.files, compared.held, strict=True)
    gone = (told_left(file.result, held.filter(pl.col("now").is_null())["row"]) for file, held in pairs)
    return pl.concat([*kept_left(arrival.before), *gone]).sort(pl.all())
