"""JSON lines to rows of text: one object a line. A line that is no object with the keys is kept as malformed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, cast

import polars as pl

from pipelines.engine.local import in_order
from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import LONGEST_LINE, Rows, malformed, numbered, numbered_through, refuse_file
from pipelines.formats.text import BLOCK, blocks_of, notices_of, split


def read_jsonlines(file: Path, layout: Layout, size: int = BLOCK) -> Iterator[Rows]:
    """Read a JSON lines delivery in blocks of about `size` bytes; the first object's keys are the header.

    Raises Refusal where the first line is no object or its keys differ from the declaration.
    """
    blocks = map(split, blocks_of(file, "utf-8", size))
    first = next(blocks)
    stands = fitted(file, list(_first_object(file, first[0])), layout)
    form = pl.Struct(dict.fromkeys([found for found in stands.values() if found], pl.String))
    read = in_order(chain([first], blocks), lambda lines: _read(lines, form))
    return numbered_through(read, notices_of(file, "utf-8"))


def _read(lines: pl.Series, form: pl.Struct) -> Rows:
    """Lines as rows."""
    rule = (
        pl.when(pl.col("line").str.len_bytes() > LONGEST_LINE)
        .then(pl.lit("line_too_long"))
        .when(pl.col("line").str.contains("\ufffd", literal=True))
        .then(pl.lit("encoding"))
        .when(~pl.col("line").map_elements(_is_object, return_dtype=pl.Boolean))
        .then(pl.lit("not_an_object"))
    )
    judged = numbered(lines).with_columns(rule.alias("rule"))
    good = judged.filter(pl.col("rule").is_null()).select("row", pl.col("line").str.json_decode(form)).unnest("line")
    bad = judged.filter(pl.col("rule").is_not_null())
    return Rows(good, malformed(bad, pl.col("rule"), pl.col("line").str.slice(0, 60), "one JSON object a line"))


def _first_object(file: Path, line: str) -> dict[str, Any]:
    try:
        first: Any = json.loads(line)
    except json.JSONDecodeError:
        first = None
    if not isinstance(first, dict):
        raise refuse_file(file, "not_json", f"'{line[:40]}'", "one JSON object a line", row=1)
    return cast(dict[str, Any], first)


def _is_object(line: str) -> bool:
    """Whether a line parses: the decoder below gives up on a whole column for one bad line."""
    try:
        return isinstance(json.loads(line), dict)
    except json.JSONDecodeError:
        return False
