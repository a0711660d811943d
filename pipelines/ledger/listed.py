"""What foreign catalogues list: one entry a data set, its office and its division recognised. Compares nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.standard import standard_batches
from pipelines.gather import Gathered
from pipelines.ledger.titled import titled
from pipelines.meaning.codes import translation
from schemas.feed import Listing

OFFICES, OFFICE_WORDS = "office", "office_word"
# 市司法局(市行政复议局) is one office; what stands in brackets only says more.
_BESIDES = r"[（(].*?(?:[)）]|$)"
_APART = r"[,，、;；]\s*"
# 社团名称,业务主管单位,住所 lists columns; with fewer or longer parts it is a sentence.
_FEWEST_FIELDS, _USUAL = 3, 9

ENTRY = {
    "entry": pl.String, "feed": pl.String, "catalogue": pl.String, "title": pl.String, "core": pl.String,
    "numbers": pl.String, "office_name": pl.String, "office": pl.String, "system": pl.String,
    "division": pl.String, "town_name": pl.String, "given_back": pl.Boolean,
    "fields": pl.List(pl.String), "size": pl.Int64, "updated": pl.Date, "listings": pl.UInt32, "sizes": pl.UInt32,
}  # fmt: skip


def entries(gathered: Iterable[Gathered], home: Path, mappings: Mappings, on: date) -> pl.DataFrame:
    """Every data set that a feed with `lists` tells of, one row each, as `ENTRY` says, sorted by `entry`.

    `division` is a county's six digits, a city's four, or 33; `office` a code of mappings/lists/office.csv, null
    where its name holds no word that is known; `core` and `numbers` as `pipelines.ledger.titled` tells them.
    `listings` counts how often the catalogue lists it, `sizes` how many sizes it then claims; `fields` are the
    columns that its summary names, null where it names none.
    """
    told = [_entries(each, each.feed.lists, home, mappings, on) for each in gathered if each.feed.lists and each.used]
    return pl.concat([pl.DataFrame(schema=ENTRY), *told]).sort("entry")


def _entries(gathered: Gathered, lists: Listing, home: Path, mappings: Mappings, on: date) -> pl.DataFrame:
    rows = _once_each(gathered, lists, home).with_columns(pl.lit(gathered.feed.key).alias("feed"))
    cut = titled(rows, mappings)
    words = translation(mappings, OFFICES, OFFICE_WORDS, on)
    return cut.with_columns(
        pl.concat_str(*(pl.col(name).fill_null("") for name in gathered.feed.grain), separator=";").alias("entry"),
        office(pl.col("office_name"), words).fill_null(office(pl.col("before"), words)).alias("office"),
        pl.col("before").alias("system"),
        _fields(pl.col("summary")).alias("fields"),
    ).select(pl.col(name).cast(dtype) for name, dtype in ENTRY.items())


def _once_each(gathered: Gathered, lists: Listing, home: Path) -> pl.DataFrame:
    """The rows that hold under the ledger's own names, each with how often and with how many sizes it is listed."""
    rows = pl.concat([each for outcome in gathered.used for each in standard_batches(outcome, home)])
    grain = list(gathered.feed.grain)
    size = pl.col(lists.size)
    counted = rows.with_columns(
        pl.len().over(grain).alias("listings"), size.n_unique().over(grain).alias("sizes"), size.alias("size")
    ).filter(pl.col("superseded").is_null())
    named = {lists.portal: "catalogue", lists.title: "title", lists.office: "office_name", lists.district: "district",
             lists.summary: "summary", lists.updated: "updated"}  # fmt: skip
    return counted.with_columns(pl.col(own).alias(name) for own, name in named.items())


def office(name: pl.Expr, words: pl.DataFrame) -> pl.Expr:
    """The office that a department's name means: by the first word in it that the dictionary knows, the longest."""
    ordered = words.sort(pl.col("code").str.len_chars(), "code", descending=[True, False])
    known = "|".join(map(re.escape, ordered["code"]))
    return name.str.replace_all(_BESIDES, "").str.extract(f"({known})", 1).replace_strict(
        ordered["code"], ordered["standard"], default=None
    )  # fmt: skip


def _fields(summary: pl.Expr) -> pl.Expr:
    """The columns that a summary lists; null where it is prose."""
    parts = summary.str.strip_chars(" ,，、;；。.").str.replace_all(_APART, ",").str.split(",")
    short = parts.list.eval(pl.element().str.strip_chars()).list.unique().list.sort()
    is_list = (short.list.len() >= _FEWEST_FIELDS) & (
        short.list.eval(pl.element().str.len_chars()).list.median() <= _USUAL
    )
    return pl.when(is_list).then(short)
