"""How a department would write a value: a county's word in a feed's own text, or nothing where that is unsure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names
from pipelines.rules import held
from pipelines.translate import meanings, read_value
from schemas.feed import Column, Feed
from schemas.kinds import Kind, narrowed
from schemas.product import Field
from schemas.said import DAYS, EMPTY, WORDS, YES_OR_NO, day, meant

_YES_OR_NO = "BOOLEAN"
_FIRST_OF_EXCEL = date(1899, 12, 30)


def as_written(
    right: str, field: Field, column: Column, feed: type[Feed], mappings: Mappings, on: date
) -> tuple[str, ...]:  # fmt: skip
    """The texts by which the feed's column says what `right` says of a product's column, on a day.

    None where the product's column is computed or of another kind, or the text cannot be read, or says that a cell is
    empty which must not be; several where several codes of the department mean it.
    """
    if column.take or column.named or column.unit_in or len(field.of) > 1:
        return ()
    if right in EMPTY:
        return ("",) if column.optional else ()
    if column.kind.code_list is not None:
        return _as_codes(right, column, meanings(feed, mappings, on)[column.name], mappings)
    return _as_text(right, field.kind, column.kind) if field.kind.name == column.kind.name else ()


def _as_codes(right: str, column: Column, means: dict[str, str], mappings: Mappings) -> tuple[str, ...]:
    """The department's codes, from the standard's code or its name."""
    names = code_names(mappings, str(column.kind.code_list))
    said = pl.any_horizontal(pl.col("code") == narrowed(pl.lit(right)), pl.col("name") == right)
    codes = set(names.filter(said)["code"])
    return tuple(sorted(code for code, standard in means.items() if standard in codes))


def _as_text(right: str, kind: Kind, source: Kind) -> tuple[str, ...]:
    """The first way of writing that the department's kind reads as the value that is meant, and lets in."""
    tried = pl.DataFrame({"text": [right, *_others(right, source)]})
    read = tried.select("text", _value(_by_a_person(kind)).alias("value"), _value(source).alias("said"))
    value = read["value"].drop_nulls()
    is_let_in = [held(rule, "said") for rule in source.rules]
    fitting = read.filter(pl.col("said") == value[0], *is_let_in)["text"] if len(value) else value
    return tuple(fitting[:1])


def _by_a_person(kind: Kind) -> Kind:
    """How a county writes a product's kind: yes and no in words too."""
    return YES_OR_NO if kind.dtype == pl.Boolean() else kind


def _value(kind: Kind) -> pl.Expr:
    return read_value(kind, kind.tidy(pl.col("text")))


def _others(right: str, source: Kind) -> list[str]:
    """Other ways of writing yes or no, a day or month, or an amount in the department's unit."""
    if source.dtype == pl.Boolean():
        said = meant(right, _YES_OR_NO)
        return [word for word in WORDS if said is not None and meant(word, _YES_OR_NO) == said]
    if source.dtype == pl.Date():
        days = [told for form in DAYS if (told := day(right, form)) is not None]
        return [*(days[0].strftime(form) for form in DAYS), str((days[0] - _FIRST_OF_EXCEL).days)] if days else []
    amount = _amount(right) if source.size != 1 else None
    return [] if amount is None else [f"{(amount / source.size).normalize():f}"]


def _amount(text: str) -> Decimal | None:
    return pl.Series([text]).str.replace_all(",", "").cast(pl.Decimal(24, 6), strict=False)[0]
