"""Translation, by row: a department's words become the standard's. What cannot be read gets a reason, not a null."""

from __future__ import annotations

from datetime import date
from functools import reduce
from itertools import groupby

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names, translation
from pipelines.places.located import located
from pipelines.refusal import REASONS, reason
from schemas.feed import Column, Feed, Place
from schemas.kinds import Kind, narrowed, trimmed
from schemas.standard import PLACED

Meanings = dict[str, dict[str, str]]


def translate(feed: type[Feed], rows: pl.DataFrame, mappings: Mappings, on: date) -> pl.DataFrame:
    """Translate landed rows of a feed as the mappings hold on a day.

    Takes `row`, `hash` and the source columns as text; gives `row`, `hash`, the standard columns in
    their types, `county`, `town`, `place_evidence` of each place that the feed has, `repairs` (list of the
    columns whose identifier was mended) and `reasons` (list of structs column, rule, found, expected).
    """
    return understood(feed, rows, texts_of(feed, rows), mappings, on)


def texts_of(feed: type[Feed], rows: pl.DataFrame) -> pl.DataFrame:
    """`row`, `hash` and under each standard column's name the tidied text that it is read from."""
    return rows.select("row", "hash", *(_text(feed, each).alias(each.name) for each in feed.columns.values()))


def understood(feed: type[Feed], rows: pl.DataFrame, texts: pl.DataFrame, mappings: Mappings, on: date) -> pl.DataFrame:
    """The same as `translate`, of rows whose texts have been read already."""
    columns = list(feed.columns.values())
    held = meanings(feed, mappings, on)
    standard = texts.select("row", "hash", *(_value(column, held).alias(column.name) for column in columns))
    standard = standard.with_columns(_repairs(rows, columns, standard), _said(columns, texts, standard, held))
    for front, place in feed.places().items():
        standard = _with_place(feed, place, front, rows, standard, mappings, on)
    return standard


def _text(feed: type[Feed], column: Column) -> pl.Expr:
    """The tidied text that is meant, null where the department writes that there is none."""
    if column.constant is not None:
        return pl.lit(column.constant)
    tidied = column.kind.tidy(pl.col(column.source))
    # Not by `when`, which would tidy every text twice: once to ask, once to take it.
    present = reduce(lambda text, nothing: text.replace(nothing, None), feed.nulls, tidied)
    # Text from which nothing can be taken stays whole, so that it fails to be read and is not lost.
    meant = present if column.take is None else pl.coalesce(present.str.extract(column.take, 1), present)
    if column.unit_in is not None:
        return pl.concat_str(meant, narrowed(pl.col(column.unit_in)).fill_null(""), separator=" ")
    return meant if column.named is None else _with_name(meant, present, column.named)


def _with_name(meant: pl.Expr, whole: pl.Expr, source: str) -> pl.Expr:
    """A code and its name as the one word that they are together; a code that is part of another has no name here."""
    named = pl.concat_str(meant, narrowed(pl.col(source)).fill_null(""), separator=" ")
    return pl.when(meant == whole).then(named).otherwise(meant)


def _value(column: Column, held: Meanings) -> pl.Expr:
    text = pl.col(column.name)
    if column.kind.code_list is not None:
        return text.replace_strict(held[column.name], default=None, return_dtype=pl.String)
    return read_value(column.kind, text)


def read_value(kind: Kind, text: pl.Expr) -> pl.Expr:
    """A value in the standard's unit and type, null where the text is not of this kind."""
    value = kind.read(text)
    scaled = value if kind.size == 1 else value * pl.lit(kind.size)
    return (scaled if kind.read_as is None else scaled.cast(kind.read_as, strict=False)).cast(kind.dtype, strict=False)


def meanings(feed: type[Feed], mappings: Mappings, on: date) -> Meanings:
    """What each code of each coded column means on a day."""
    coded = (column for column in feed.columns.values() if column.kind.code_list is not None)
    return {column.name: _meanings(column.kind, mappings, on) for column in coded}


def _meanings(kind: Kind, mappings: Mappings, on: date) -> dict[str, str]:
    """By the dictionary, or itself where the feed writes the standard's own codes."""
    code_list = str(kind.code_list)
    if kind.source is None:
        return {code: code for code in code_names(mappings, code_list)["code"]}
    held = translation(mappings, code_list, kind.source, on)
    return dict(zip(held["code"], held["standard"], strict=True))


def _unread(column: Column, held: Meanings) -> pl.Expr:
    """The reason why there is text but no value."""
    rule = "unmapped" if column.kind.code_list else "unreadable"
    text = pl.col(column.name)
    why = reason(column.name, rule, text, column.kind.expected, whole=rule == "unmapped")
    if column.named is not None:
        names = names_of_codes(held[column.name])
        code = text.str.extract(r"^(\S*) ", 1)
        other = pl.concat_str(pl.lit("the name that goes with it: "), code.replace_strict(names, default=None))
        differs = reason(column.name, "contradicting_name", text, "").struct.with_fields(other.alias("expected"))
        why = pl.when(code.is_in(list(names))).then(differs).otherwise(why)
    return why


def names_of_codes(held: dict[str, str]) -> dict[str, str]:
    """The names that a dictionary of codes with names has for each code, joined."""
    pairs = sorted(word.partition(" ")[::2] for word in held if " " in word)
    return {code: "、".join(name for _, name in group) for code, group in groupby(pairs, key=lambda pair: pair[0])}


def _said(columns: list[Column], texts: pl.DataFrame, standard: pl.DataFrame, held: Meanings) -> pl.Series:
    """Why there is text but no value, all reasons of each row as one list."""
    lacks = [(texts[each.name].is_not_null() & standard[each.name].is_null()).alias(each.name) for each in columns]
    has_one = pl.DataFrame(lacks).select(pl.any_horizontal(pl.all()).alias("any")).to_series()
    marks = [mark.filter(has_one).alias(f"{mark.name} is unread") for mark in lacks]
    lacking = texts.filter(has_one).with_columns(marks)
    told = [pl.when(f"{each.name} is unread").then(_unread(each, held)).alias(each.name) for each in columns]
    return sparse(texts["row"], lacking.select("row", reasons=pl.concat_list(told).list.drop_nulls().cast(REASONS)))


def sparse(rows: pl.Series, told: pl.DataFrame) -> pl.Series:
    """A column of lists that few rows have: `told` is `row` and the lists; all other rows have an empty one."""
    name, dtype = told.columns[1], told.dtypes[1]
    joined = rows.to_frame("row").join(told, on="row", how="left", maintain_order="left")
    return joined.select(pl.col(name).fill_null(pl.lit([], dtype=dtype))).to_series()


def _repairs(rows: pl.DataFrame, columns: list[Column], standard: pl.DataFrame) -> pl.Series:
    """The columns whose identifier reads differently from what the department wrote; hyphens are no slip."""
    mended = [column for column in columns if column.kind.repairs and column.take is None]
    plain = [trimmed(pl.col(each.source)).str.replace_all("-", "").alias(f"{each.name} as written") for each in mended]
    both = standard.select("row", *(each.name for each in mended)).hstack(rows.select(plain))
    differs = {each.name: pl.col(each.name) != pl.col(f"{each.name} as written") for each in mended}
    some = both.filter(pl.any_horizontal(pl.lit(value=False), *differs.values()))
    names = [pl.when(each).then(pl.lit(name)).alias(name) for name, each in differs.items()]
    nothing = pl.lit(None, pl.String).alias("nothing")
    return sparse(standard["row"], some.select("row", repairs=pl.concat_list(nothing, *names).list.drop_nulls()))


def _with_place(
    feed: type[Feed], place: Place, front: str, rows: pl.DataFrame, standard: pl.DataFrame, mappings: Mappings, on: date
) -> pl.DataFrame:
    """The standard rows with one place more, and why it is not known, under names that begin so."""
    found = located(feed, place, rows, standard, mappings, on)
    column = pl.concat_str(pl.lit(front), pl.element().struct.field("column"))
    why = pl.col("place_reasons").list.eval(pl.element().struct.with_fields(column.alias("column")))
    told = found.select(pl.col(PLACED).name.prefix(front), why.cast(REASONS) if front else "place_reasons")
    joined = pl.concat([standard, told], how="horizontal")
    has = (pl.col("reasons").list.len() > 0) | (pl.col("place_reasons").list.len() > 0)
    reasons = joined.filter(has).select("row", reasons=pl.concat_list("reasons", "place_reasons"))
    return joined.with_columns(sparse(joined["row"], reasons)).drop("place_reasons")


def coded_columns(feed: type[Feed]) -> list[Column]:
    """The columns of a feed that a dictionary translates."""
    return [column for column in feed.columns.values() if column.kind.code_list and column.constant is None]


def source_value(feed: type[Feed], column: Column) -> pl.Expr:
    """A column's value read from the landed text; a code as the department wrote it."""
    text = _text(feed, column)
    return text if column.kind.code_list is not None else read_value(column.kind, text)


def count_codes(feed: type[Feed], texts: pl.DataFrame) -> pl.DataFrame:
    """How many rows write each code, by the texts read: column, code (null where none is written), rows."""
    counted = [
        texts.group_by(pl.col(column.name).alias("code")).len("rows").sort("code")
        .select(pl.lit(column.name).alias("column"), "code", "rows")
        for column in coded_columns(feed)
    ]  # fmt: skip
    nothing = pl.DataFrame(schema={"column": pl.String, "code": pl.String, "rows": pl.UInt32})
    return pl.concat([nothing, *(each.cast(nothing.schema) for each in counted)])


def coded_texts(feed: type[Feed], rows: pl.DataFrame) -> pl.DataFrame:
    """Of `texts_of` the columns that a dictionary translates."""
    return rows.select("row", *(_text(feed, each).alias(each.name) for each in coded_columns(feed)))


def code_sources(feed: type[Feed], column: Column) -> list[str]:
    """The source columns that a code is read from."""
    return _text(feed, column).meta.root_names()


def source_codes(feed: type[Feed], rows: pl.DataFrame, column: Column) -> pl.Series:
    """The codes as the department wrote them, tidied: the left side of the dictionary."""
    return rows.select(_text(feed, column).alias(column.name)).to_series()
