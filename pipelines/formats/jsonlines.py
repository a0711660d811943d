"""JSON lines to rows of text: one object a line. A line that is no object with the keys is kept as malformed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import polars as pl

from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import LONGEST_LINE, Rows, malformed, refuse_file
from pipelines.formats.text import lines_of


def read_jsonlines(file: Path, layout: Layout) -> Rows:
    """Read a JSON lines delivery; the first object's keys are the header.

    Raises Refusal where the first line is no object or its keys differ from the declaration.
    """
    lines, notices = lines_of(file, "utf-8")
    stands = fitted(file, list(_first_object(file, lines[0])), layout)
    body = pl.DataFrame({"line": lines}).with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    rule = (
        pl.when(pl.col("line").str.len_bytes() > LONGEST_LINE)
        .then(pl.lit("line_too_long"))
        .when(pl.col("line").str.contains("\ufffd", literal=True))
        .then(pl.lit("encoding"))
        .when(~pl.col("line").map_elements(_is_object, return_dtype=pl.Boolean))
        .then(pl.lit("not_an_object"))
    )
    judged = body.with_columns(rule.alias("rule"))
    form = pl.Struct(dict.fromkeys([found for found in stands.values() if found], pl.String))
    good = judged.filter(pl.col("rule").is_null()).select("row", pl.col("line").str.json_decode(form)).unnest("line")
    bad = judged.filter(pl.col("rule").is_not_null())
    found = pl.col("line").str.slice(0, 60)
    return Rows(good, malformed(bad, pl.col("rule"), found, "one JSON object a line"), notices)


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
