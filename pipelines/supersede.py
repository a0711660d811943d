"""Which rows of a feed hold now: a newer delivery replaces or adds to those before it, and counts what it replaced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.outcome import Outcome
from pipelines.standing import standard_rows
from schemas.feed import Feed


@dataclass(frozen=True)
class Current:
    """A feed's rows that hold now, and the rows superseded in each delivery.

    Each row has its `delivery`, its day `as_of`, and `record`, by which the department knows it.
    """

    rows: pl.DataFrame
    superseded: dict[str, int]


def current(feed: type[Feed], outcomes: list[Outcome], home: Path) -> Current | None:
    """The rows that hold after all accepted deliveries, oldest first; None when none was accepted."""
    accepted = [outcome for outcome in outcomes if outcome.refusal is None]
    if not accepted:
        return None
    stacked = pl.concat([_standard(feed, outcome, home) for outcome in in_use(feed, accepted)])
    rows = stacked.unique(list(feed.grain), keep="last", maintain_order=True).sort(list(feed.grain))
    held = dict(rows.group_by("delivery").len().iter_rows())
    return Current(rows, {each.delivery.name: each.standard - held.get(each.delivery.name, 0) for each in accepted})


def in_use(feed: type[Feed], accepted: list[Outcome]) -> list[Outcome]:
    """The deliveries whose rows may hold, oldest first: of a snapshot's parts the last one each, else all."""
    if feed.delivers == "increment":
        return accepted
    last = {outcome.delivery.part: outcome for outcome in accepted}
    return [outcome for outcome in accepted if outcome is last[outcome.delivery.part]]


def _standard(feed: type[Feed], outcome: Outcome, home: Path) -> pl.DataFrame:
    holding = standard_rows(outcome, home).filter(pl.col("superseded").is_null()).drop("superseded")
    return holding.with_columns(
        pl.lit(outcome.delivery.name).alias("delivery"),
        pl.lit(outcome.delivery.as_of).str.to_date("%Y-%m-%d").alias("as_of"),
        pl.concat_str([pl.col(name).cast(pl.String) for name in feed.grain], separator=";").alias("record"),
    )
