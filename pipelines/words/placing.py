"""What a feed's rows were placed by, which evidence said otherwise, and why the rest is not placed. Counts only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disk.outcome import Outcome
from pipelines.disk.standard import standard_batches
from pipelines.gather import Gathered

UNPLACED = ("unknown_place", "ambiguous_place", "contradicting_place")


@dataclass(frozen=True)
class Placing:
    """A feed's rows by evidence.

    `by_evidence`: columns evidence, rows; `otherwise`: columns evidence, rows, what contradicts the county that
    the others agree on; `unplaced`: rows by reason. Rows are those of the deliveries in use, superseded ones too.
    """

    placed: int
    by_evidence: pl.DataFrame
    otherwise: pl.DataFrame
    unplaced: dict[str, int]

    @property
    def share(self) -> float:
        """Rows placed, of those placed and not, 0 to 1."""
        rows = self.placed + sum(self.unplaced.values())
        return self.placed / rows if rows else 1.0


def placing(gathered: Gathered, home: Path) -> Placing:
    """Count a feed's rows by what placed them; the feed has a place."""
    rows = [each for outcome in gathered.used for each in standard_batches(outcome, home, ["place_evidence"])]
    evidence = pl.concat(rows)["place_evidence"].drop_nulls()
    parts = pl.col("evidence").str.split("!")
    table = evidence.alias("evidence").to_frame()
    by = table.select(parts.list.first()).group_by("evidence").agg(pl.len().alias("rows"))
    other = table.select(parts.list.slice(1)).explode("evidence").drop_nulls()
    return Placing(
        placed=evidence.len(),
        by_evidence=by.sort("rows", "evidence", descending=[True, False]),
        otherwise=other.group_by("evidence").agg(pl.len().alias("rows")).sort("evidence"),
        unplaced=_unplaced(gathered.used),
    )


def lines(told: Placing) -> list[str]:
    """The same as a table in words, for whoever watches a run."""
    return [
        f"{told.placed:,} rows placed in a county of today ({told.share:.1%}), by",
        *_counted(told.by_evidence.rows()),
        *_under("of these, in dispute because another evidence says otherwise", told.otherwise.rows()),
        *_under("not placed, in quarantine", told.unplaced.items()),
    ]


def _under(head: str, counts: Iterable[tuple[str, int]]) -> list[str]:
    told = _counted(counts)
    return [head, *told] if told else []


def _counted(counts: Iterable[tuple[str, int]]) -> list[str]:
    return [f"  {rows:>9,}  {what}" for what, rows in counts]


def _unplaced(used: Iterable[Outcome]) -> dict[str, int]:
    outcomes = list(used)
    counts = {rule: sum(one.rules.get(f"county/{rule}", 0) for one in outcomes) for rule in UNPLACED}
    return {rule: rows for rule, rows in counts.items() if rows}
