"""What a delivery looks like: counts, fills, medians, words and lists of its landed rows. Nothing is judged here."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import polars as pl

from pipelines.disk.deliveries import Delivery
from pipelines.door.panel import Lists, lists, read_panel
from pipelines.translate import coded_columns, source_value
from schemas.feed import Column, Feed
from schemas.kinds import ADDRESS, NAME, TEXT, narrowed

# Shares and medians of fewer rows say nothing.
FEWEST_ROWS = 20
# A column with more texts than this is no vocabulary: credit codes, towns of the whole province.
MOST_WORDS = 300
# By what free texts of one kind differ: nearly every address has a number, nearly every scope lists, and no name does.
MARKS = {"a digit": r"[0-9０-９]", "a list": "[、，；,;]"}
Marks = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Profile:
    """One delivery in numbers.

    `content` names the rows whatever their order; `repeated` are rows whose grain another one has. `filled` is
    the share of rows by source column; `middle` and `amounts` the median and the number of amounts other than
    zero, by standard column; `words` the rows by text of the source columns that hold a vocabulary; `lists` a
    panel's days. `seen` are the contents of all accepted deliveries before this one, `known` all their words;
    `marks` are the cells of a source column of free text that have each of `MARKS`. `usual_filled`, `usual_middle` and
    `usual_marks` are the fills, medians and shares with a mark of the last of them that had rows enough to have any.
    """

    delivery: str
    rows: int
    content: str
    repeated: int
    filled: dict[str, float]
    middle: dict[str, float]
    amounts: dict[str, int]
    words: dict[str, dict[str, int]]
    lists: Lists
    seen: dict[str, str]
    known: dict[str, list[str]]
    cells: dict[str, int] = field(default_factory=dict[str, int])
    hashes: tuple[int, int] = (0, 0)
    usual_filled: dict[str, float] = field(default_factory=dict[str, float])
    usual_middle: dict[str, float] = field(default_factory=dict[str, float])
    marks: Marks = field(default_factory=dict[str, dict[str, int]])
    usual_marks: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])


@dataclass(frozen=True)
class Tally:
    """What the texts of one batch of a delivery's landed rows add to its profile.

    `hashes` are the sums of the rows' hashes and of their squares; `words` leaves out a column that has too many;
    `panel` are the columns of a panel; `codes` are all codes that are written: batch, column, code, rows.
    """

    rows: int
    hashes: tuple[int, int]
    filled: dict[str, int]
    marks: Marks
    words: dict[str, dict[str, int] | None]
    panel: pl.DataFrame | None
    codes: pl.DataFrame


@dataclass(frozen=True)
class Values:
    """What the values of some rows add to it: a row's grain as a UInt64 each, a column's amounts as Float64."""

    grains: pl.Series
    amounts: dict[str, pl.Series]


def tally(feed: type[Feed], rows: pl.DataFrame, codes: pl.DataFrame) -> Tally:
    """The tally of a batch's landed rows and of the codes in them."""
    return Tally(
        rows=rows.height,
        hashes=_hashes(rows),
        filled={name: _filled(feed, rows, name) for name in feed.headers()},
        marks={mark: _marked(feed, rows, form) for mark, form in MARKS.items()},
        words=_words(feed, rows, codes),
        panel=None if feed.panel is None else read_panel(feed, feed.panel, rows),
        codes=codes,
    )


def values(feed: type[Feed], rows: pl.DataFrame, translated: pl.DataFrame) -> Values:
    """The grains and amounts of landed rows, by what they were translated to."""
    return Values(_grains(feed, rows, translated), amounts(feed, translated))


def amounts(feed: type[Feed], standard: pl.DataFrame) -> dict[str, pl.Series]:
    """The amounts of rows in the standard's unit, but for those that are zero, by column."""
    return {column.name: _amounts(column, standard) for column in measured(feed)}


def profile(
    feed: type[Feed], delivery: Delivery, tallies: list[Tally], told: list[Values], before: Profile | None
) -> Profile:
    """The profile of a delivery's well-formed rows, with what the accepted ones before it have shown.

    Of rows that no other row of the delivery shares a grain with the grain may be left out.
    """
    rows = sum(each.rows for each in tallies)
    grains = pl.concat([each.grains for each in told])
    sums = {name: pl.concat([each.amounts[name] for each in told]) for name in told[0].amounts}
    seen = Profile(
        delivery=delivery.name,
        rows=rows,
        content=_content(tallies),
        repeated=grains.len() - grains.n_unique(),
        filled={name: round(sum(each.filled[name] for each in tallies) / max(rows, 1), 4) for name in feed.headers()},
        middle={name: float(str(each.median())) for name, each in sums.items() if each.len()},
        amounts={name: each.len() for name, each in sums.items()},
        words=_vocabulary(tallies),
        lists=_lists(feed, tallies),
        seen={},
        known={},
        cells={name: sum(each.filled[name] for each in tallies) for name in feed.headers()},
        hashes=_sums(tallies),
        marks={mark: _summed([each.marks[mark] for each in tallies]) for mark in MARKS},
    )
    return after(seen, before)


def tally_after(profile: Profile, codes: pl.DataFrame, gone: Tally, come: Tally) -> Tally:
    """The tally of all rows of a delivery, by that of another one and of the rows that have `gone` of it and `come`.

    A column that had too many words before is not looked at again.
    """
    less = gone.codes.with_columns(-pl.col("rows").cast(pl.Int64))
    united = pl.concat([each.with_columns(pl.col("rows").cast(pl.Int64)) for each in (codes, less, come.codes)])
    counted = united.group_by("column", "code").agg(pl.col("rows").sum()).filter(pl.col("rows") > 0)
    return Tally(
        rows=profile.rows - gone.rows + come.rows,
        hashes=(
            profile.hashes[0] - gone.hashes[0] + come.hashes[0],
            profile.hashes[1] - gone.hashes[1] + come.hashes[1],
        ),
        filled=_cells_after(profile.cells, gone.filled, come.filled),
        marks={mark: _cells_after(profile.marks[mark], gone.marks[mark], these) for mark, these in come.marks.items()},
        words={
            name: _words_after(profile.words.get(name), gone.words[name], more) for name, more in come.words.items()
        },
        panel=None,
        codes=counted.sort("column", "code").with_columns(pl.col("rows").cast(pl.UInt32)),
    )


def _cells_after(told: dict[str, int], gone: dict[str, int], come: dict[str, int]) -> dict[str, int]:
    return {name: told[name] - gone[name] + more for name, more in come.items()}


def _words_after(
    words: dict[str, int] | None, gone: dict[str, int] | None, come: dict[str, int] | None
) -> dict[str, int] | None:
    """The words of a column with their rows; None where they are many."""
    if words is None or gone is None or come is None:
        return None
    counted = Counter(words)
    counted.subtract(gone)
    counted.update(come)
    return {word: rows for word, rows in counted.items() if rows}


def after(profile: Profile, before: Profile | None) -> Profile:
    """The same delivery behind another one: its rows have not changed, what came before it has."""
    if before is None:
        return replace(profile, seen={}, known={}, usual_filled={}, usual_middle={}, usual_marks={})
    seen = before.seen | {before.content: before.delivery}
    filled = before.filled if before.rows >= FEWEST_ROWS else before.usual_filled
    return replace(
        profile, seen=seen, known=_known(before), usual_filled=filled, usual_middle=_middles(before),
        usual_marks={mark: before.usual_marks.get(mark, {}) | shares(before, mark, FEWEST_ROWS) for mark in MARKS},
    )  # fmt: skip


def _middles(before: Profile) -> dict[str, float]:
    """Of each column the median of the last delivery that had amounts enough in it."""
    enough = {name: middle for name, middle in before.middle.items() if before.amounts[name] >= FEWEST_ROWS}
    return before.usual_middle | enough


def shares(profile: Profile, mark: str, fewest: int) -> dict[str, float]:
    """Of each free text that so many rows have the share with a mark; none of a profile that was kept without."""
    counted = profile.marks.get(mark, {})
    return {name: rows / profile.cells[name] for name, rows in counted.items() if profile.cells[name] >= fewest}


def _hashes(rows: pl.DataFrame) -> tuple[int, int]:
    hashes = pl.col("hash")
    one, two = rows.select(hashes.sum().alias("one"), (hashes * hashes).sum().alias("two")).row(0)
    return one, two


def _content(tallies: list[Tally]) -> str:
    """Equal for the same rows in any order: their number, the sum of their hashes and that of the squares."""
    one, two = _sums(tallies)
    return f"{sum(each.rows for each in tallies)}-{one:016x}-{two:016x}"


def _sums(tallies: list[Tally]) -> tuple[int, int]:
    one, two = (sum(each.hashes[which] for each in tallies) % 2**64 for which in (0, 1))
    return one, two


def _grains(feed: type[Feed], rows: pl.DataFrame, translated: pl.DataFrame) -> pl.Series:
    """Each row's grain, as far as the feed's own columns tell; a code as the department wrote it."""
    columns = [feed.columns[name] for name in feed.grain if name in feed.columns]
    keys = [
        rows.select(source_value(feed, column).alias(column.name)).to_series()
        if column.kind.code_list
        else translated[column.name]
        for column in columns
    ]
    return pl.DataFrame(keys).select(pl.struct(pl.all()).hash(seed=0)).to_series() if keys else rows["hash"].head(0)


def _filled(feed: type[Feed], rows: pl.DataFrame, name: str) -> int:
    """How many rows have a text that is not one of the words for none; null is neither in nor out, and not counted."""
    return rows.select(_is_filled(feed, name).sum()).item()


def _is_filled(feed: type[Feed], name: str) -> pl.Expr:
    return ~pl.col(name).str.strip_chars().is_in(feed.nulls)


def _marked(feed: type[Feed], rows: pl.DataFrame, form: str) -> dict[str, int]:
    """How many filled cells of names, addresses and other texts of no form have a mark, by source column."""
    free = {column.source for column in feed.columns.values() if column.kind in (NAME, ADDRESS, TEXT)}
    names = [name for name in feed.headers() if name in free]
    counts = rows.select(_has_mark(feed, name, form).sum() for name in names)
    return {name: counts[name].item() for name in counts.columns}


def _has_mark(feed: type[Feed], name: str, form: str) -> pl.Expr:
    """Whether a cell is filled and has a mark. To trim each text costs as much again as to look for marks in it: it is
    done where a word for none has one."""
    has_mark = pl.col(name).str.contains(form)
    return has_mark & _is_filled(feed, name) if any(re.search(form, word) for word in feed.nulls) else has_mark


def _summed(cells: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(each[name] for each in cells) for name in cells[0]}


def measured(feed: type[Feed]) -> list[Column]:
    """The columns of amounts."""
    return [column for column in feed.columns.values() if column.source and column.kind.unit is not None]


def _amounts(column: Column, translated: pl.DataFrame) -> pl.Series:
    told = translated[column.name].cast(pl.Float64).alias(column.name)
    return told.filter(told != 0)


def _words(feed: type[Feed], rows: pl.DataFrame, codes: pl.DataFrame) -> dict[str, dict[str, int] | None]:
    """The codes, members of panels, divisions' names and cities that are written, None where they are many."""
    place = (feed.place.name, feed.place.city) if feed.place else ()
    member = feed.panel.member if feed.panel else None
    texts = {source: narrowed(pl.col(source)) for source in place if source}
    texts |= {
        column.source: source_value(feed, column)
        for column in feed.columns.values()
        if column.source and column.name == member and not column.kind.code_list
    }
    counted = {name: _counted(rows, text) for name, text in texts.items()}
    for column in coded_columns(feed):
        mine = codes.filter(pl.col("column") == column.name).select(pl.col("code").alias("text"), "rows")
        counted[column.source] = mine.drop_nulls()
    return {name: dict(words.sort("text").iter_rows()) if words.height <= MOST_WORDS else None
            for name, words in sorted(counted.items())}  # fmt: skip


def _counted(rows: pl.DataFrame, text: pl.Expr) -> pl.DataFrame:
    return rows.select(text.alias("text")).drop_nulls().group_by("text").len("rows")


def _vocabulary(tallies: list[Tally]) -> dict[str, dict[str, int]]:
    """The words of all batches with their rows, of the columns that have few."""
    told: dict[str, dict[str, int]] = {}
    for name in tallies[0].words:
        words: Counter[str] = Counter()
        for each in tallies:
            words.update(each.words[name] or {})
        if len(words) <= MOST_WORDS and all(each.words[name] is not None for each in tallies):
            told[name] = dict(sorted(words.items()))
    return told


def _known(before: Profile) -> dict[str, list[str]]:
    """Every word that a column has held in the accepted deliveries."""
    names = before.known.keys() | before.words.keys()
    return {name: sorted({*before.known.get(name, []), *before.words.get(name, {})}) for name in sorted(names)}


def _lists(feed: type[Feed], tallies: list[Tally]) -> Lists:
    read = [each.panel for each in tallies if each.panel is not None]
    if feed.panel is None or not read:
        return []
    return lists(feed.panel, pl.concat(read)).with_columns(pl.col("day").cast(pl.String)).to_dicts()


def write_profile(profile: Profile, folder: Path) -> None:
    """Keep a profile in a delivery's folder."""
    (folder / "profile.json").write_text(json.dumps(asdict(profile), ensure_ascii=False))


def read_profile(folder: Path) -> Profile:
    """The profile that a delivery's folder holds."""
    return Profile(**json.loads((folder / "profile.json").read_text()))
