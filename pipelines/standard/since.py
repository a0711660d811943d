"""Since which day a row of a full file stands as it is: the first of an unbroken run of files that have it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import polars as pl

from pipelines.disk.outcome import read_outcome
from pipelines.disk.standard import (
    DAYS,
    SINCE,
    StandardFile,
    has_beside,
    left_of,
    read_beside,
    read_standard,
    standard_files,
)
from pipelines.engine.chosen import in_order
from pipelines.grounds import read_grounds
from pipelines.standard.batch import Arrival


def since(arrival: Arrival, rows: pl.DataFrame) -> pl.DataFrame:
    """The day of each of the rows of a full file, by their hash: row, since."""
    days = _days(arrival, _files_before(arrival), rows["hash"])
    found = rows.select("row", "hash").join(days, on="hash", how="left", maintain_order="left")
    return found.select("row", pl.coalesce("day", pl.lit(arrival.day)).alias(SINCE))


def since_another_day(arrival: Arrival, files: Sequence[StandardFile]) -> list[pl.Series]:
    """Of each file of a delivery's earlier result the rows whose day is another, as another one comes before now."""
    if arrival.feed.delivers != "snapshot" or read_grounds(arrival.folder).before == arrival.grounds.before:
        return [pl.Series("row", dtype=pl.Int64) for _ in files]
    before = _files_before(arrival)
    unsure = list(in_order(files, partial(_unsure, before)))
    days = _days(arrival, before, pl.concat(each["hash"] for each in unsure))
    is_another = pl.coalesce("day", pl.lit(arrival.day)) != pl.col(SINCE)
    return [each.join(days, on="hash", how="left").filter(is_another)["row"] for each in unsure]


def _files_before(arrival: Arrival) -> list[StandardFile]:
    """The files of standard rows of the accepted delivery before, if there is one whose rows are not freed."""
    if arrival.before is None or has_beside(arrival.before, DAYS):
        return []
    before = read_outcome(arrival.before)
    return [] if before is None else standard_files(before, arrival.home)


def _unsure(before: Sequence[StandardFile], file: StandardFile) -> pl.DataFrame:
    """A file's rows of which the delivery before may say another day: row, hash and since.

    Where both stand on the same file, a row that stands in both does so since the same day.
    """
    both = next((each for each in before if each.path == file.path), None)
    return read_standard(file, ["row", "hash", SINCE], None if both is None else left_of(both))


def _days(arrival: Arrival, before: Sequence[StandardFile], hashes: pl.Series) -> pl.DataFrame:
    """The first `day` of each of these hashes in the delivery before, as its rows lie or as they were freed."""
    none = pl.DataFrame(schema={"hash": pl.UInt64, SINCE: pl.Date})
    found = pl.concat([none, *_freed_before(arrival), *in_order(before, partial(_days_in, hashes.implode()))])
    return found.group_by("hash").agg(pl.col(SINCE).min().alias("day"))


def _freed_before(arrival: Arrival) -> Iterator[pl.DataFrame]:
    if arrival.before is not None and has_beside(arrival.before, DAYS):
        yield read_beside(arrival.before, DAYS)


def _days_in(hashes: pl.Series, file: StandardFile) -> pl.DataFrame:
    return read_standard(file, ["hash", SINCE]).filter(pl.col("hash").is_in(hashes))
