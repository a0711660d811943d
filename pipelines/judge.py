"""Judgement, by row: pandera checks the standard's rules; rows part into standard and quarantine with reasons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from pipelines.refusal import REASON, REASONS
from pipelines.rules import Asked, all_held, failures, schema_of
from schemas.feed import Column, Feed
from schemas.standard import placed_columns

if TYPE_CHECKING:
    from pipelines.rules import pa

_MISSING = "missing"
# Beside the columns of any feed.
_JUDGED = "reasons by rule"


@dataclass(frozen=True)
class Judged:
    """Rows in two parts: `standard` without reasons, `quarantine` with at least one each."""

    standard: pl.DataFrame
    quarantine: pl.DataFrame


def judge(feed: type[Feed], translated: pl.DataFrame) -> Judged:
    """Split translated rows by the feed's pandera schema and the reasons that translation gave."""
    failures = _failures(feed, translated)
    is_bad = translated.select(
        (pl.col("reasons").list.len() > 0) | pl.col("row").is_in(failures["row"].implode())
    ).to_series()
    told = translated.filter(is_bad).join(failures, on="row", how="left", maintain_order="left")
    judged = pl.col(_JUDGED).fill_null(pl.lit([], dtype=REASONS))
    quarantine = told.with_columns(pl.concat_list("reasons", judged).alias("reasons")).drop(_JUDGED)
    return Judged(translated.filter(~is_bad).drop("reasons"), quarantine)


@cache
def schema(feed: type[Feed]) -> pa.DataFrameSchema:
    """The pandera schema of a feed's standard rows, made from its declaration."""
    columns = {column.name: _asked(column) for column in feed.columns.values()}
    placed = {name: Asked((), pl.String(), optional=True) for name in placed_columns(feed)}
    return schema_of(columns | placed)


def _asked(column: Column) -> Asked:
    rules = all_held((*column.kind.rules, *column.rules), column.name)
    return Asked(rules, column.kind.dtype, optional=column.optional)


def _failures(feed: type[Feed], translated: pl.DataFrame) -> pl.DataFrame:
    """For each failing row: `row` and the list of its reasons."""
    cases = failures(schema(feed), translated)
    return pl.DataFrame(schema={"row": pl.Int64, _JUDGED: REASONS}) if cases is None else _told(feed, translated, cases)


def _told(feed: type[Feed], translated: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    _refuse_schema_faults(feed, cases)
    expected = _expectations(feed)
    rule = pl.col("check").replace("not_nullable", _MISSING)
    key = pl.concat_str("column", rule, separator="/")
    found = pl.when(rule != _MISSING).then(pl.col("failure_case").cast(pl.String).str.slice(0, 80))
    why = pl.struct(
        "column", rule.alias("rule"), found.alias("found"),
        key.replace_strict(expected, default=None, return_dtype=pl.String).alias("expected"),
    ).cast(REASON)  # fmt: skip
    rows = translated["row"].gather(cases["index"].cast(pl.Int64))
    judged = _without_echo(cases.select(rows.alias("row"), why.alias("why")), translated)
    return judged.group_by("row", maintain_order=True).agg(pl.col("why").alias(_JUDGED))


def _without_echo(judged: pl.DataFrame, translated: pl.DataFrame) -> pl.DataFrame:
    """The same without what is called missing because translation could not read it, and has said so."""
    column, rule = (pl.col("why").struct.field(name) for name in ("column", "rule"))
    unread = translated.select("row", "reasons").filter(pl.col("reasons").list.len() > 0).explode("reasons")
    said = unread.select("row", pl.col("reasons").struct.field("column"), rule=pl.lit(_MISSING))
    told = judged.with_columns(column.alias("column"), rule.alias("rule"))
    return told.join(said.unique(), on=["row", "column", "rule"], how="anti", maintain_order="left").drop(
        "column", "rule"
    )


def _refuse_schema_faults(feed: type[Feed], cases: pl.DataFrame) -> None:
    """A failure without a row is a fault of ours: the translation gave another type than declared."""
    faults = cases.filter(pl.col("index").is_null())
    if faults.height:
        raise TypeError(f"{feed.key}: translation does not fit its own schema: {faults.rows()[0]}")


def _expectations(feed: type[Feed]) -> dict[str, str]:
    """What each rule of each column expects, by `column/rule`."""
    ruled = [
        (f"{column.name}/{rule.name}", rule.expected)
        for column in feed.columns.values()
        for rule in (*column.kind.rules, *column.rules)
    ]
    missing = [(f"{column.name}/{_MISSING}", column.kind.expected) for column in feed.columns.values()]
    return dict(ruled + missing)
