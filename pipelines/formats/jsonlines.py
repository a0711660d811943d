"""JSON lines to rows of text: one object a line. A line that is no object of the keys and scalars is malformed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, cast

import polars as pl

from pipelines.engine.local import in_order
from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import Rows, broken, malformed, numbered, numbered_through, refuse_file
from pipelines.formats.text import BLOCK, blocks_of, notices_of, split

# An object is a tuple of its pairs, so that a key that stands twice shows, an array a list; fractions are exact.
_decoded_in_pairs = json.JSONDecoder(object_pairs_hook=tuple, parse_float=Decimal).decode
# So many digits of any fraction are read as they are written; the decoder goes through doubles.
_MOST_EXACT = 15
_MOST_DIGITS = 38
_TOO_GREAT = 10**_MOST_DIGITS
_FAULT = pl.Struct({"rule": pl.String, "found": pl.String, "expected": pl.String})
_OBJECTS = "one JSON object a line"
_SCALARS = "a text, number, true, false or null"
_AND = "', '"
# A value as most are written: a text without escapes by number, a number within bounds, true, false or null.
_TEXT = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt])*"'
_NUMBER = r"-?(?:(?:0|[1-9][0-9]{0,17})|(?:0|[1-9][0-9]{0,10})\.[0-9]{1,4}|(?:0|[1-9][0-9]{0,2})\.[0-9]{1,12})"
_SPACE = r"[ \t\r]*"


@dataclass(frozen=True)
class _Keys:
    """The keys that a line may have, those of the first line in front, and those that it must have."""

    all: tuple[str, ...]
    known: frozenset[str]
    required: frozenset[str]

    @cached_property
    def as_most(self) -> str:
        """The form of a line as nearly all are: the keys in their order, a plain value each."""
        value = f"(?:{_TEXT}|{_NUMBER}|true|false|null)"
        first, *others = ((name, f'"{re.escape(name)}"{_SPACE}:{_SPACE}{value}{_SPACE}') for name in self.all)
        more = (f"(?:,{_SPACE}{pair}){'' if name in self.required else '?'}" for name, pair in others)
        return f"^{_SPACE}\\{{{_SPACE}{first[1]}{''.join(more)}\\}}{_SPACE}$"


def read_jsonlines(file: Path, layout: Layout, size: int = BLOCK) -> Iterator[Rows]:
    """Read a JSON lines delivery in blocks of about `size` bytes; the first object's keys are the header.

    Keys of columns that may be empty or absent may be left out of any line, of the first as well.

    Raises Refusal where the first line is no object or its keys differ from the declaration.
    """
    blocks = map(split, blocks_of(file, "utf-8", size))
    first = next(blocks)
    keys = _keys(file, [_shown(name) for name, _ in _first_object(file, first[0])], layout)
    read = in_order(chain([first], blocks), lambda lines: _read(lines, keys))
    return numbered_through(read, notices_of(file, "utf-8"))


def _keys(file: Path, header: list[str], layout: Layout) -> _Keys:
    may_lack = {*layout.may_lack, *layout.may_be_empty}
    stands = fitted(file, header, replace(layout, may_lack=tuple(may_lack)))
    left_out = [name for name, found in stands.items() if found is None and name in may_lack]
    required = frozenset(found for name, found in stands.items() if found is not None and name not in may_lack)
    return _Keys((*header, *left_out), frozenset((*header, *left_out)), required)


def _read(lines: pl.Series, keys: _Keys) -> Rows:
    """Lines as rows."""
    line, is_row = pl.col("line"), pl.lit(_rows_among(lines, keys))
    judged = numbered(lines).with_columns(broken(line).when(~is_row).then(pl.lit("no_row")).alias("rule"))
    form = pl.Struct(dict.fromkeys(keys.all, pl.String))
    good = judged.filter(pl.col("rule").is_null()).select("row", line.str.json_decode(form)).unnest("line")
    return Rows(good, _malformed(judged.filter(pl.col("rule").is_not_null()), keys))


def _malformed(lines: pl.DataFrame, keys: _Keys) -> pl.DataFrame:
    """Bad lines with their reasons; of those that are no row it is told why."""
    why = pl.col("line").map_elements(lambda text: _fault(text, keys), return_dtype=_FAULT)
    told = lines.with_columns(pl.when(pl.col("rule") == "no_row").then(why).alias("why"))
    rule, found, expected = (pl.col("why").struct.field(field.name) for field in _FAULT.fields)
    return malformed(told, pl.coalesce(rule, "rule"), found, expected)


def _rows_among(lines: pl.Series, keys: _Keys) -> pl.Series:
    """Whether the decoder above can take each line: it gives up on a whole column for one that it cannot.

    Only lines that are not as nearly all are looked at one by one.
    """
    are = lines.str.contains(keys.as_most)
    others = (~are).arg_true()
    told = lines.gather(others).map_elements(lambda text: _fault(text, keys) is None, return_dtype=pl.Boolean)
    return are.scatter(others, told)


def _fault(line: str, keys: _Keys) -> dict[str, str] | None:
    """Which rule a line breaks, what it has and what was expected; None where it is a row."""
    pairs = _pairs(line)
    if pairs is None:
        return {"rule": "not_an_object", "found": line[:60], "expected": _OBJECTS}
    if other := _other_keys([name for name, _ in pairs], keys):
        return {"rule": "keys", "found": other, "expected": f"the keys {', '.join(keys.all)}, each once"}
    odd = (f"{what} in the key '{name}'" for name, value in pairs if (what := _odd(value)))
    return next(({"rule": "value", "found": found, "expected": _SCALARS} for found in odd), None)


def _pairs(line: str) -> tuple[tuple[str, Any], ...] | None:
    """An object's keys and values in the order of the line; None where it is none."""
    try:
        told: Any = _decoded_in_pairs(line)
    except (ValueError, RecursionError):
        return None
    return cast(tuple[tuple[str, Any], ...], told) if isinstance(told, tuple) else None


def _other_keys(names: list[str], keys: _Keys) -> str | None:
    """Which of a line's keys no column has, which are missing and which stand twice; None where none is."""
    strange = sorted(_shown(name) for name in {*names} - keys.known)
    missing = sorted(keys.required.difference(names))
    twice = sorted(_shown(name) for name, count in Counter(names).items() if count > 1)
    parts = (("not declared", strange), ("missing", missing), ("twice", twice))
    return "; ".join(f"{what}: the key '{_AND.join(these)}'" for what, these in parts if these) or None


def _odd(value: object) -> str | None:
    """What a value is that a column of text cannot hold; None for any other."""
    match value:
        case str() if "\x00" in value:
            return "a zero byte (U+0000)"
        case str():
            return None if value.isascii() or is_whole(value) else "half a character (a lone surrogate)"
        case tuple() | list():
            return "an object" if isinstance(value, tuple) else "an array"
        case float():
            return "NaN, Infinity or a number beyond all bounds"
        case Decimal():
            return _inexact(value)
        case int():
            return None if abs(value) < _TOO_GREAT else f"a number of more than {_MOST_DIGITS} digits"
        case _:
            return None


def _inexact(value: Decimal) -> str | None:
    """What a fraction is that cannot be read as it was written, nor an exponent's number written out."""
    _, digits, exponent = value.normalize().as_tuple()
    many = len(digits) + max(int(exponent), 0) > _MOST_EXACT
    return f"a fraction, or a number with an exponent, of more than {_MOST_EXACT} digits" if many else None


def _shown(name: str) -> str:
    """A key as it can be written: half a character becomes a question mark."""
    return name.encode(errors="replace").decode()


def is_whole(text: str) -> bool:
    """Whether a text has no half characters, which cannot be written."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _first_object(file: Path, line: str) -> tuple[tuple[str, Any], ...]:
    first = _pairs(line)
    if first is None:
        raise refuse_file(file, "not_json", f"'{line[:40]}'", _OBJECTS, row=1)
    return first
