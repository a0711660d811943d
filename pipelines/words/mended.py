"""What became of the corrections of a feed in the deliveries in use, and which of them mend nothing. Mends nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.outcome import Outcome
from pipelines.gather import Gathered
from pipelines.grounds import EDIT
from pipelines.mapping_files.csv_file import FIRST_ROW

_FATES = ("applied", "spent", "absent")
_WHY = {"absent": "no row has this key", "spent": "the row does not say `old`, or no longer"}


def by_fate(outcomes: Iterable[Outcome]) -> dict[str, list[tuple[str, ...]]]:
    """The corrections by what became of them in any delivery: applied, else spent, else absent."""
    met: dict[tuple[str, ...], set[str]] = {}
    for *edit, fate in (each for outcome in outcomes for each in outcome.corrections):
        met.setdefault(tuple(edit), set()).add(fate)
    best = {edit: next(fate for fate in _FATES if fate in fates) for edit, fates in met.items()}
    return {fate: sorted(edit for edit, told in best.items() if told == fate) for fate in _FATES}


def idle(gathered: Gathered, mappings: Mappings) -> Iterator[str]:
    """A line for each correction that mends nothing: where it stands, what it says and why."""
    told = by_fate(gathered.used)
    edits = [[*edit, why] for fate, why in _WHY.items() for edit in told[fate]]
    found = pl.DataFrame(edits, schema=dict.fromkeys((*EDIT, "why"), pl.String), orient="row")
    rows = mappings.corrections.with_row_index("line", FIRST_ROW).filter(pl.col("feed") == gathered.feed.key)
    idled = rows.join(found, on=EDIT, how="left", maintain_order="left").with_columns(
        pl.coalesce(_too_late(gathered), "why").alias("why")
    )
    lines = idled.drop_nulls("why").select("line", "key", "column", "old", "why")
    for line, key, column, old, why in lines.iter_rows():
        yield f"mappings/corrections.csv line {line}, {gathered.feed.key}, key {key}, {column} '{old}': {why}"


def _too_late(gathered: Gathered) -> pl.Expr:
    """Why a correction reaches no delivery in use, though a row may say `old`; null for one that reaches some."""
    newest = date.fromisoformat(max(each.delivery.as_of for each in gathered.used))
    why = pl.format("it holds since {}, the newest delivery in use is of {}", pl.col("since"), pl.lit(newest))
    return pl.when(pl.col("since") > newest).then(why)
