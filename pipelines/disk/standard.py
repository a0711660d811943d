"""How a delivery's standard rows lie on disk: in batches, with what is known of each once all are seen beside them.

standard/<feed>/<delivery>/standard.parquet/00000.parquet   the rows, in the batches that they landed in
                           superseded.parquet               row, superseded: those that another row of it replaced
                           since.parquet                    row, since: of a full file that another one came before
                           left.parquet                     delivery, written, row: of the results that it stands on,
                                                            those rows that do not stand in it as they did there
                           earlier/<written>/               the same of the results of it that it stands on itself
                           ended.parquet                    record, since: of a full file, who is said to have ended
                           days.parquet                     hash, since: in place of all but the last, of a delivery
                                                            whose rows are freed and that a kept one is held against

A result that stands on earlier ones has only what is new in it in batches of its own: the other rows lie where they
came with, or as they were before an edit to the mappings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.disk.outcome import Outcome, read_outcome
from pipelines.disk.store import settle
from pipelines.disk.tables import batches, linked, put_settled
from schemas.feed import Feed

SUPERSEDED, SINCE, LEFT, EARLIER, DAYS, ENDED = "superseded", "since", "left", "earlier", "days", "ended"
# What of a result is about its own rows.
_OWN, _OUTCOME = ("standard.parquet", f"{SUPERSEDED}.parquet", f"{SINCE}.parquet"), "outcome.json"


class NotKept(Exception):
    """A result that another one stands on has been done again since; the message says what to run."""


@dataclass(frozen=True)
class Result:
    """What became of a delivery, and the folder that its own rows lie in."""

    outcome: Outcome
    folder: Path

    @property
    def name(self) -> str:
        """The delivery's."""
        return self.outcome.delivery.name

    @property
    def files(self) -> list[Path]:
        """Its own rows' batches."""
        return batches(self.folder / "standard.parquet")


@dataclass(frozen=True)
class StandardFile:
    """A file of standard rows of one `result`, as far as they stand in that in `use`: itself, or one that stands on
    it."""

    use: Result
    result: Result
    path: Path

    @property
    def is_earlier(self) -> bool:
        """Whether the rows are of another result than that in use."""
        return self.result.folder != self.use.folder

    @property
    def is_repeated(self) -> bool:
        """Whether they came with another delivery than that in use."""
        return self.result.name != self.use.name


@dataclass(frozen=True)
class StandardPart(StandardFile):
    """A run of these rows in their order: those of the file from `start` on."""

    feed: type[Feed]
    start: int
    rows: int

    @property
    def day(self) -> date:
        """The day that its rows are of: that of the delivery that says them now."""
        return date.fromisoformat(self.use.outcome.delivery.as_of)


def folder_of(outcome: Outcome, home: Path) -> Path:
    """Where what became of a delivery is kept."""
    return home / "standard" / outcome.delivery.feed / outcome.delivery.name


def name_of(part: StandardPart) -> str:
    """A part's name: of equal names the rows are equal."""
    outcome = part.result.outcome
    return f"{part.feed.key}/{part.result.name}/{outcome.written}/{part.path.stem}-{part.start}-{part.rows}"


def results(outcome: Outcome, home: Path) -> list[Result]:
    """All results whose rows may stand in one, oldest first, itself last.

    Raises NotKept where one that it stands on is no longer kept.
    """
    return [*earlier_results(outcome, home), Result(outcome, folder_of(outcome, home))]


def earlier_results(outcome: Outcome, home: Path) -> list[Result]:
    """The results that one stands on, oldest first. Raises NotKept where one is no longer kept."""
    there = [(name, kept_result(folder_of(outcome, home).with_name(name), written))
             for name, written in outcome.stands_on]  # fmt: skip
    for name, result in there:
        if result is None:
            raise NotKept(
                f"{outcome.delivery.feed}: rows of {outcome.delivery.name} lie with {name}, which has been done again "
                f"since; run `make run`, or materialize standard/{outcome.delivery.feed}."
            )
    return [result for _, result in there if result is not None]


def kept_result(folder: Path, written: str) -> Result | None:
    """The result of the delivery in a folder whose rows were written under a stamp, if they are kept."""
    for each in (folder, folder / EARLIER / written):
        outcome = read_outcome(each) if (each / "standard.parquet").exists() else None
        if outcome is not None and outcome.written == written:
            return Result(outcome, each)
    return None


def keep_earlier(earlier: Result, folder: Path) -> None:
    """Let an earlier result, with those that it stands on itself, stand in the folder of the next one too."""
    _link(earlier.folder, (*_OWN, _OUTCOME), folder / EARLIER / earlier.outcome.written)
    _link(earlier.folder, (EARLIER,), folder)


def take_over_rows(earlier: Result, folder: Path) -> None:
    """Let an earlier result's rows be those of the next one, of which none is another."""
    _link(earlier.folder, (*_OWN, f"{LEFT}.parquet", EARLIER), folder)


def _link(source: Path, names: Collection[str], target: Path) -> None:
    for file in (file for name in names for file in (source / name, *(source / name).rglob("*")) if file.is_file()):
        linked(file, target / file.relative_to(source))


def standard_files(outcome: Outcome, home: Path) -> list[StandardFile]:
    """All files of standard rows behind an accepted delivery, those that it does not have itself first."""
    return files_with(Result(outcome, folder_of(outcome, home)), home)


def files_with(use: Result, home: Path) -> list[StandardFile]:
    """The same of a result wherever its own rows lie, be it not settled yet."""
    return [
        StandardFile(use, result, file)
        for result in (*earlier_results(use.outcome, home), use)
        for file in result.files
    ]


def standard_paths(outcome: Outcome, home: Path) -> list[Path]:
    """The same alone; in them are also rows that do not stand any more."""
    return [each.path for each in standard_files(outcome, home)]


def standard_parts(feed: type[Feed], outcome: Outcome, home: Path, rows: int) -> list[StandardPart]:
    """An accepted delivery's standard rows in parts of at most `rows` rows, in the same order."""
    return [
        StandardPart(each.use, each.result, each.path, feed, start, rows)
        for each in standard_files(outcome, home)
        for start in range(0, max(pl.scan_parquet(each.path).select(pl.len()).collect().item(), 1), rows)
    ]


def live_mask(part: StandardPart) -> pl.Series | None:
    """Which of a part's rows stand in the delivery in use; None where they are its own."""
    if not part.is_earlier:
        return None
    return ~read_part(part, ["row"])["row"].is_in(left_of(part).implode())


def left_of(file: StandardFile) -> pl.Series:
    """The numbers of the result's rows that do not stand in the one in use."""
    return _left_of(file).collect()["row"] if file.is_earlier else pl.Series("row", dtype=pl.Int64)


def _left_of(file: StandardFile) -> pl.LazyFrame:
    its = (pl.col("delivery") == file.result.name) & (pl.col("written") == file.result.outcome.written)
    return _beside(file.use.folder, LEFT).filter(its).select("row")


def told_left(result: Result, numbers: pl.Series) -> pl.DataFrame:
    """Rows of a result that do not stand in one that stands on it, as that keeps them: delivery, written, row."""
    its = (pl.lit(result.name).alias("delivery"), pl.lit(result.outcome.written).alias("written"))
    return pl.select(*its, numbers.cast(pl.Int64).alias("row"))


def kept_left(folder: Path) -> Iterator[pl.DataFrame]:
    """The rows that do not stand in the result in a folder, if it stands on any other."""
    if has_beside(folder, LEFT):
        yield read_beside(folder, LEFT)


def read_part(
    part: StandardPart, columns: Collection[str] | None = None, numbers: pl.Series | None = None
) -> pl.DataFrame:
    """A part's rows that no later row of its result replaced: all columns, or those of `columns` that there are.

    Of all rows those with the `numbers` in their delivery, where such are given. Each row has `since`, the day since
    which it stands so, the `delivery` that it came with, its day `as_of`, and `record`, by which the department knows
    it.
    """
    rows = _of_numbers(part.path, numbers)
    if numbers is None:
        rows = rows.slice(part.start, part.rows)
    if part.result.outcome.duplicates:
        rows = rows.join(_beside(part.result.folder, SUPERSEDED), on="row", how="anti", maintain_order="left")
    if columns is None or SINCE in columns:
        rows = _with_since(rows, part)
    known = rows.with_columns(
        pl.lit(part.result.name).alias("delivery"),
        pl.lit(part.day).alias("as_of"),
        record(part.feed),
    )
    if columns is None:
        return known.collect()
    here = known.collect_schema().names()
    return known.select(name for name in here if name in columns).collect()


def record(feed: type[Feed]) -> pl.Expr:
    """By what the department knows a row: the values of the feed's grain."""
    return pl.concat_str([pl.col(name).cast(pl.String) for name in feed.grain], separator=";").alias("record")


def standard_batches(outcome: Outcome, home: Path, columns: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
    """All standard rows batch by batch, what lies with earlier results first: all columns, or those asked for.

    `superseded` (null where the row holds) and `since` (Date) are among them.
    """
    return (read_standard(each, columns) for each in standard_files(outcome, home))


def read_standard(
    file: StandardFile, columns: Collection[str] | None = None, numbers: pl.Series | None = None
) -> pl.DataFrame:
    """The same of the rows of one file that stand in the delivery in use, or of those among them of some numbers.

    Of another delivery none stands that was replaced there: these are its own in that which repeats them.
    """
    rows = _live(file, _of_numbers(file.path, numbers))
    if columns is None or SINCE in columns:
        rows = _with_since(rows, file)
    return rows.select(pl.all() if columns is None else pl.col(list(columns))).collect()


def read_holding(file: StandardFile, columns: Collection[str], numbers: pl.Series | None = None) -> pl.DataFrame:
    """Some columns of those of its rows that hold, or of those among them of some numbers."""
    rows = read_standard(file, [*columns, SUPERSEDED], numbers)
    return rows.filter(pl.col(SUPERSEDED).is_null()).select(columns)


def of_grains(file: StandardFile, grains: pl.DataFrame) -> pl.Series:
    """The numbers of a file's rows that have one of the grains (columns of these names), whether they stand or not."""
    rows = pl.scan_parquet(file.path).select("row", *grains.columns)
    return rows.join(grains.lazy(), on=grains.columns, how="semi", nulls_equal=True).collect()["row"]


def _live(file: StandardFile, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Of a file's rows those that stand in the delivery in use, with `superseded`."""
    replaced = _beside(file.result.folder, SUPERSEDED)
    told = rows.join(replaced, on="row", how="left", maintain_order="left")
    if file.is_earlier:
        told = told.join(_left_of(file), on="row", how="anti", maintain_order="left")
    return told.filter(pl.col(SUPERSEDED).is_null()) if file.is_repeated else told


def _of_numbers(file: Path, numbers: pl.Series | None) -> pl.LazyFrame:
    """A file as it is read; of a few rows no other's text is unpacked."""
    if numbers is None:
        return pl.scan_parquet(file)
    return pl.scan_parquet(file, parallel="prefiltered").filter(pl.col("row").is_in(numbers.implode()))


def _with_since(rows: pl.LazyFrame, file: StandardFile) -> pl.LazyFrame:
    """The day since which each row of a file stands so: that of the delivery where none was kept beside.

    Of what was kept only the part about the file's rows is read: a delivery has many files.
    """
    folder = file.result.folder
    if not has_beside(folder, SINCE):
        return rows.with_columns(pl.lit(date.fromisoformat(file.result.outcome.delivery.as_of)).alias(SINCE))
    row = pl.col("row")
    first, last = pl.scan_parquet(file.path).select(row.min(), row.max().alias("last")).collect().row(0)
    return rows.join(
        _beside(folder, SINCE).filter(row.is_between(first, last)), on="row", how="left", maintain_order="left"
    )


def keep_beside(table: pl.DataFrame, folder: Path, name: str) -> None:
    """Keep what is known of rows: `row` and one column of the name given."""
    table.select("row", name).write_parquet(folder / f"{name}.parquet", compression="zstd")


def keep_days(outcome: Outcome, home: Path) -> None:
    """Keep of rows that are to be freed since when each stands so, wherever it lies: what the next is held against.

    It is on the disk before any of them goes.
    """
    folder = folder_of(outcome, home)
    if not has_beside(folder, DAYS):
        days = (read_standard(each, ["hash", SINCE]) for each in standard_files(outcome, home))
        put_settled(pl.concat(days), folder / f"{DAYS}.parquet")
        settle(folder)


def tells_days(folder: Path) -> bool:
    """Whether the rows of the result in a folder are there, or what was kept of them."""
    return (folder / "standard.parquet").exists() or has_beside(folder, DAYS)


def has_beside(folder: Path, name: str) -> bool:
    """Whether anything was kept under a name."""
    return (folder / f"{name}.parquet").exists()


def read_beside(folder: Path, name: str) -> pl.DataFrame:
    """What was kept under a name."""
    return pl.read_parquet(folder / f"{name}.parquet")


def _beside(folder: Path, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(folder / f"{name}.parquet")
