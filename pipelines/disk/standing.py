"""How a delivery's standard rows lie on disk: in batches, with what is known of each once all are seen beside them.

standard/<feed>/<delivery>/standard.parquet/00000.parquet   the rows, in the batches that they landed in
                           superseded.parquet               row, superseded: those that another row of it replaced
                           since.parquet                    row, since: of a full file that another one came before
                           left.parquet                     delivery, row: what it does not repeat of those it stands on

A full file that stands on earlier ones has only what is new in it in batches of its own: the other rows lie where they
came with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.disk.outcome import Outcome, read_outcome
from pipelines.disk.tables import batches
from schemas.feed import Feed

SUPERSEDED, SINCE, LEFT = "superseded", "since", "left"


@dataclass(frozen=True)
class Part:
    """A run of the standard rows of a delivery in use, in row order: those of `file` from `start` on.

    `outcome` is that of the delivery that the rows came with: an earlier one than that in `use`, where this repeats it.
    """

    feed: type[Feed]
    use: Outcome
    outcome: Outcome
    file: Path
    start: int
    rows: int

    @property
    def is_earlier(self) -> bool:
        """Whether the rows came with another delivery than that in use."""
        return self.outcome.delivery.name != self.use.delivery.name

    @property
    def day(self) -> date:
        """The day that its rows are of: that of the delivery that says them now."""
        return date.fromisoformat(self.use.delivery.as_of)


def folder_of(outcome: Outcome, home: Path) -> Path:
    """Where a delivery's standard rows are kept."""
    return home / "standard" / outcome.delivery.feed / outcome.delivery.name


def name_of(part: Part) -> str:
    """A part's name: of equal names the rows are equal."""
    delivery = part.outcome.delivery
    return f"{delivery.feed}/{delivery.name}/{part.outcome.stamp[:16]}/{part.file.stem}-{part.start}-{part.rows}"


def stood_on(outcome: Outcome, home: Path) -> list[Outcome]:
    """The deliveries whose rows one repeats, oldest first. Raises ValueError where one is no longer what it was."""
    folder = folder_of(outcome, home).parent
    stood = [(name, stamp, read_outcome(folder / name)) for name, stamp in outcome.stands_on]
    for name, stamp, there in stood:
        if there is None or there.stamp != stamp:
            raise ValueError(
                f"{outcome.delivery.feed}: {outcome.delivery.name} repeats rows of {name}, which has been done again "
                f"since; run `make run`, or materialize standard/{outcome.delivery.feed}."
            )
    return [there for _, _, there in stood if there is not None]


def standard_parts(feed: type[Feed], outcome: Outcome, home: Path, rows: int) -> list[Part]:
    """An accepted delivery's standard rows in parts of at most `rows` rows, those that it repeats first."""
    return [
        Part(feed, outcome, each, file, start, rows)
        for each in (*stood_on(outcome, home), outcome)
        for file in batches(folder_of(each, home) / "standard.parquet")
        for start in range(0, max(pl.scan_parquet(file).select(pl.len()).collect().item(), 1), rows)
    ]


def standard_files(outcome: Outcome, home: Path) -> list[Path]:
    """All files of standard rows behind an accepted delivery, also those that it does not repeat."""
    return [
        file
        for each in (*stood_on(outcome, home), outcome)
        for file in batches(folder_of(each, home) / "standard.parquet")
    ]


def repeats(part: Part) -> pl.Series | None:
    """Which of a part's rows the delivery in use repeats; None where they are its own."""
    if not part.is_earlier:
        return None
    left = read_beside(_folder(part), LEFT).filter(pl.col("delivery") == part.outcome.delivery.name)["row"]
    return ~read_part(part, ["row"])["row"].is_in(left.implode())


def read_held(part: Part, columns: Collection[str]) -> pl.DataFrame:
    """Some columns of a part's rows that the delivery in use says."""
    rows, mask = read_part(part, columns), repeats(part)
    return rows if mask is None else rows.filter(mask)


def _folder(part: Part) -> Path:
    """That of the delivery in use."""
    return part.file.parent.parent.with_name(part.use.delivery.name)


def read_part(part: Part, columns: Collection[str] | None = None, numbers: pl.Series | None = None) -> pl.DataFrame:
    """A part's rows that no later row of the delivery replaced: all columns, or those of `columns` that there are.

    Of all rows those with the `numbers` in their delivery, where such are given. Each row has `since`, the day since
    which it stands so, the `delivery` that it came with, its day `as_of`, and `record`, by which the department knows
    it.
    """
    folder = part.file.parent.parent
    rows = _scanned(part, numbers)
    if part.outcome.duplicates:
        rows = rows.join(_beside(folder, SUPERSEDED), on="row", how="anti", maintain_order="left")
    if columns is None or SINCE in columns:
        rows = _with_since(rows, part.outcome, part.file)
    known = rows.with_columns(
        pl.lit(part.outcome.delivery.name).alias("delivery"),
        pl.lit(part.day).alias("as_of"),
        pl.concat_str([pl.col(name).cast(pl.String) for name in part.feed.grain], separator=";").alias("record"),
    )
    if columns is None:
        return known.collect()
    here = known.collect_schema().names()
    return known.select(name for name in here if name in columns).collect()


def _scanned(part: Part, numbers: pl.Series | None) -> pl.LazyFrame:
    """A part as it is read; of a few rows no other's text is unpacked."""
    if numbers is None:
        return pl.scan_parquet(part.file).slice(part.start, part.rows)
    return pl.scan_parquet(part.file, parallel="prefiltered").filter(pl.col("row").is_in(numbers.implode()))


def standard_batches(outcome: Outcome, home: Path, columns: Collection[str] | None = None) -> Iterator[pl.DataFrame]:
    """All standard rows batch by batch, each with `superseded` (null where the row holds) and `since` (Date).

    Of their other columns all, or those asked for. What a delivery repeats comes first.
    """
    wanted = pl.all() if columns is None else pl.col([*columns, SUPERSEDED, SINCE])
    for each in (*stood_on(outcome, home), outcome):
        replaced = read_beside(folder_of(each, home), SUPERSEDED).lazy()
        for file in batches(folder_of(each, home) / "standard.parquet"):
            rows = pl.scan_parquet(file).join(replaced, on="row", how="left", maintain_order="left")
            if each is not outcome:
                rows = _repeated_of(rows, each, folder_of(outcome, home))
            yield _with_since(rows, each, file).select(wanted).collect()


def _repeated_of(rows: pl.LazyFrame, earlier: Outcome, folder: Path) -> pl.LazyFrame:
    """Of an earlier delivery's rows those that the one in the folder repeats, which are none that were replaced."""
    left = _beside(folder, LEFT).filter(pl.col("delivery") == earlier.delivery.name)
    return rows.filter(pl.col(SUPERSEDED).is_null()).join(left, on="row", how="anti", maintain_order="left")


def _with_since(rows: pl.LazyFrame, outcome: Outcome, file: Path) -> pl.LazyFrame:
    """The day since which each row of a delivery's file stands so: that of the delivery where none was kept beside.

    Of what was kept only the part about the file's rows is read: a delivery has many files.
    """
    folder = file.parent.parent
    if not has_beside(folder, SINCE):
        return rows.with_columns(pl.lit(date.fromisoformat(outcome.delivery.as_of)).alias(SINCE))
    row = pl.col("row")
    first, last = pl.scan_parquet(file).select(row.min(), row.max().alias("last")).collect().row(0)
    return rows.join(
        _beside(folder, SINCE).filter(row.is_between(first, last)), on="row", how="left", maintain_order="left"
    )


def standard_rows(outcome: Outcome, home: Path) -> pl.DataFrame:
    """The same of a small delivery, under one another."""
    return pl.concat(list(standard_batches(outcome, home)))


def keep_beside(table: pl.DataFrame, folder: Path, name: str) -> None:
    """Keep what is known of rows: `row` and one column of the name given."""
    table.select("row", name).write_parquet(folder / f"{name}.parquet", compression="zstd")


def has_beside(folder: Path, name: str) -> bool:
    """Whether anything was kept under a name."""
    return (folder / f"{name}.parquet").exists()


def read_beside(folder: Path, name: str) -> pl.DataFrame:
    """What was kept under a name."""
    return pl.read_parquet(folder / f"{name}.parquet")


def _beside(folder: Path, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(folder / f"{name}.parquet")
