"""Objections as the supply reads them: which there are, which wait for an answer, which rows they flag. Asks nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from pipelines.compare import Flag
from pipelines.dictionary import Mappings
from pipelines.shelf import whole
from schemas.manifest import Objected, canonical
from schemas.mendable import Mendable
from schemas.objection import Objection
from schemas.product import OBJECTED, Product, all_products

CAUSE = "objection"
FLAG = Flag(OBJECTED.name, CAUSE)


class ObjectionError(Mendable):
    """A file of objections that cannot be relied on; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Answer:
    """What was answered to an objection, when it was known, and what it rests on."""

    verdict: str
    known: date
    basis: str


def read_objections(file: Path, known: date = date.max) -> tuple[Objection, ...]:
    """All objections that had been raised by a day, in the order in which they were; none where there is no file.

    A last line without its end is what a killed gateway left: nobody was told that it had been taken in.
    Raises ObjectionError for any other line that is none.
    """
    if not file.exists():
        return ()
    told = [_read(file, at, line) for at, line in enumerate(file.read_bytes().splitlines(keepends=True), 1)]
    return tuple(each for each in told if each is not None and each.raised <= known.isoformat())


def _read(file: Path, at: int, line: bytes) -> Objection | None:
    try:
        return Objection(**json.loads(line))
    except (ValueError, TypeError, ValidationError) as error:
        if not line.endswith(b"\n") or line.strip() == b"" or _is_cut(line):
            return None
        raise ObjectionError(
            f"{file} line {at}: found {line[:60].decode(errors='replace')!r}, expected an objection ({error}). "
            "Restore the file from its backup; the gateway only ever appends to it."
        ) from None


def _is_cut(line: bytes) -> bool:
    """Whether a line is the beginning of one that a killed gateway did not finish."""
    return line.startswith(b'{"id":') and not line.rstrip().endswith(b"}")


def answers(mappings: Mappings) -> dict[str, Answer]:
    """The answer to each objection that has one."""
    rows = mappings.answers.select("objection", "verdict", "known", "basis").iter_rows()
    return {objection: Answer(verdict, known, basis) for objection, verdict, known, basis in rows}


def open_ones(objections: Iterable[Objection], mappings: Mappings) -> tuple[Objection, ...]:
    """The objections that nobody has answered."""
    answered = answers(mappings)
    return tuple(each for each in objections if each.id not in answered)


def fingerprint(objections: Iterable[Objection]) -> str:
    """The sha256 over all objections, as a release rests on them."""
    digest = hashlib.sha256()
    for each in objections:
        digest.update(canonical(each))
    return digest.hexdigest()


def made_of(product: type[Product], column: str) -> frozenset[str]:
    """What a product's column is made of, such as `enterprise.revenue`; nothing for a column that it has not."""
    return frozenset(whole(product).origins(column))


def touches(product: type[Product], objection: Objection) -> bool:
    """Whether an objection is about a column that the product has, under whichever name.

    A row made by province names no entity, so that only an objection to itself is about it.
    """
    raised_on = all_products().get(objection.product)
    if raised_on is None or product.key == raised_on.key:
        return raised_on is not None and objection.column in whole(product).fields
    if product.is_made_by_province() or raised_on.is_made_by_province():
        return False
    about = made_of(raised_on, objection.column) - {f"{raised_on.entity}.{raised_on.identifier}"}
    return raised_on.entity == product.entity and any(about & made_of(product, name) for name in whole(product).fields)


def flagged(product: type[Product], rows: pl.DataFrame, waiting: Iterable[Objection]) -> pl.DataFrame:
    """The product's rows, of all counties, with `objected` true where an objection of the row's county waits.

    An objection to another product of the entity flags all rows of what it is about.
    """
    told = [each for each in waiting if touches(product, each)]
    own = [each.key for each in told if each.product == product.key]
    counties = [each.county for each in told if each.product == product.key]
    others = [(each.county, identifier_of(each)) for each in told if each.product != product.key]
    marks = [
        _is_among(rows, {"county": counties, **{name: [key.get(name) for key in own] for name in product.grain}}),
        _is_among(rows, {"county": [each for each, _ in others], product.identifier: [each for _, each in others]}),
    ]
    return rows.with_columns((marks[0] | marks[1]).alias(OBJECTED.name))


def identifier_of(objection: Objection) -> str | None:
    """The entity that an objection is about."""
    return objection.key.get(all_products()[objection.product].identifier)


def _is_among(rows: pl.DataFrame, told: Mapping[str, Sequence[str | None]]) -> pl.Series:
    """True for each row whose columns have, as text, one of the combinations that stand beside one another."""
    known = pl.DataFrame(told, schema=dict.fromkeys(told, pl.String))
    meant = known.select(pl.struct(list(told)).alias("meant"))["meant"].implode()
    return rows.select(pl.struct(pl.col(list(told)).cast(pl.String)).is_in(meant).alias("is_among")).to_series()


def objected(objection: Objection, due: date, answered: dict[str, Answer]) -> Objected:
    """An objection as a manifest tells of it: without its values and whom to ask, which a view may not show."""
    answer = answered.get(objection.id)
    return Objected(
        id=objection.id,
        product=objection.product,
        key=objection.key,
        column=objection.column,
        level=objection.level,
        raised=objection.raised,
        due=None if answer else due.isoformat(),
        state=answer.verdict if answer else "open",
        answered=answer.known.isoformat() if answer else None,
        answer=answer.basis if answer else None,
    )
