"""What a delivery looks like: counts, fills, medians, words and lists of its landed rows. Nothing is judged here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from pipelines.land import Delivery
from pipelines.panel import Lists, lists
from pipelines.translate import source_value
from schemas.feed import Column, Feed
from schemas.kinds import narrowed

# A column with more texts than this is no vocabulary: credit codes, towns of the whole province.
MOST_WORDS = 300


@dataclass(frozen=True)
class Profile:
    """One delivery in numbers.

    `content` names the rows whatever their order; `repeated` are rows whose grain another one has. `filled` is
    the share of rows by source column; `middle` and `amounts` the median and the number of amounts other than
    zero, by standard column; `words` the rows by text of the source columns that hold a vocabulary; `lists` a
    panel's days. `seen` are the contents of all accepted deliveries before this one, `known` all their words.
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


def profile(feed: type[Feed], delivery: Delivery, rows: pl.DataFrame, before: Profile | None) -> Profile:
    """The profile of a delivery's well-formed rows, with what the accepted ones before it have shown."""
    amounts = {column.name: _amounts(feed, column, rows) for column in _measured(feed)}
    told = Profile(
        delivery=delivery.name,
        rows=rows.height,
        content=_content(rows),
        repeated=rows.height - _grains(feed, rows),
        filled={name: _filled(feed, rows, name) for name in feed.headers()},
        middle={name: float(str(values.median())) for name, values in amounts.items() if values.len()},
        amounts={name: values.len() for name, values in amounts.items()},
        words=_words(feed, rows),
        lists=_lists(feed, rows),
        seen={},
        known={},
    )
    return after(told, before)


def after(told: Profile, before: Profile | None) -> Profile:
    """The same delivery behind another one: its rows have not changed, what came before it has."""
    seen = (before.seen | {before.content: before.delivery}) if before else {}
    return replace(told, seen=seen, known=_known(before))


def _content(rows: pl.DataFrame) -> str:
    """Equal for the same rows in any order: their number, the sum of their hashes and that of the squares."""
    hashes = pl.col("hash")
    one, two = rows.select(hashes.sum().alias("one"), (hashes * hashes).sum().alias("two")).row(0)
    return f"{rows.height}-{one:016x}-{two:016x}"


def _grains(feed: type[Feed], rows: pl.DataFrame) -> int:
    """How many different grains the rows have, as far as the feed's own columns tell."""
    keys = [source_value(feed, feed.columns[name]).alias(name) for name in feed.grain if name in feed.columns]
    return rows.select(keys).unique().height


def _filled(feed: type[Feed], rows: pl.DataFrame, name: str) -> float:
    text = pl.col(name).str.strip_chars()
    share = rows.select((text.is_not_null() & ~text.is_in(feed.nulls)).mean()).item()
    return round(float(share or 0), 4)


def _measured(feed: type[Feed]) -> list[Column]:
    return [column for column in feed.columns.values() if column.source and column.kind.unit is not None]


def _amounts(feed: type[Feed], column: Column, rows: pl.DataFrame) -> pl.Series:
    """A column's amounts in the standard's unit, but for those that are zero."""
    values = rows.select(source_value(feed, column).cast(pl.Float64).alias("value")).drop_nulls()
    return values.filter(pl.col("value") != 0)["value"]


def _words(feed: type[Feed], rows: pl.DataFrame) -> dict[str, dict[str, int]]:
    """The codes, members of panels, divisions' names and cities that are written, where they are few."""
    place = (feed.place.name, feed.place.city) if feed.place else ()
    member = feed.panel.member if feed.panel else None
    texts = {source: narrowed(pl.col(source)) for source in place if source}
    texts |= {
        column.source: source_value(feed, column)
        for column in feed.columns.values()
        if column.source and (column.kind.code_list or column.name == member)
    }
    told = {name: _counted(rows, text) for name, text in sorted(texts.items())}
    return {name: words for name, words in told.items() if len(words) <= MOST_WORDS}


def _counted(rows: pl.DataFrame, text: pl.Expr) -> dict[str, int]:
    texts = rows.select(text.alias("text")).drop_nulls()
    return dict(texts.group_by("text").len().sort("text").iter_rows())


def _known(before: Profile | None) -> dict[str, list[str]]:
    """Every word that a column has held in the accepted deliveries."""
    if before is None:
        return {}
    names = before.known.keys() | before.words.keys()
    return {name: sorted({*before.known.get(name, []), *before.words.get(name, {})}) for name in sorted(names)}


def _lists(feed: type[Feed], rows: pl.DataFrame) -> Lists:
    if feed.panel is None:
        return []
    return lists(feed, feed.panel, rows).with_columns(pl.col("day").cast(pl.String)).to_dicts()


def write_profile(told: Profile, folder: Path) -> None:
    """Keep a profile in a delivery's folder."""
    (folder / "profile.json").write_text(json.dumps(asdict(told), ensure_ascii=False))


def read_profile(folder: Path) -> Profile:
    """The profile that a delivery's folder holds."""
    return Profile(**json.loads((folder / "profile.json").read_text()))
