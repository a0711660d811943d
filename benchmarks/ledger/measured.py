"""Precision and recall from the judged pairs, each weighted by how many pairs it was drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import current
from pipelines.disk.deliveries import deliveries
from pipelines.gather import gather
from pipelines.land import land
from pipelines.landing.inbox import arrivals
from pipelines.ledger.listed import entries
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds

JUDGED = Path(__file__).parent / "judged.csv"
# Pairs that shared too little to be scored, and pairs that were never brought together.
_NOT_SCORED = ("blocked", "apart")


@dataclass(frozen=True)
class Measured:
    """How right pairs of at least a score are: `told` pairs; shares of 0 to 1.

    `recall` is of the near-duplicates among scored pairs, `recall_of_blocked` of those among all that share a telling
    pair of characters: it rests on the few such pairs that were judged and is rough.
    """

    threshold: float
    told: int
    precision: float
    recall: float
    recall_of_blocked: float

    def __str__(self) -> str:
        return (
            f"score {self.threshold:.2f} and above: {self.told:,} pairs, precision {self.precision:.3f}, recall "
            f"{self.recall:.3f} of scored pairs ({self.recall_of_blocked:.2f} of all blocked pairs, roughly)"
        )


def judged() -> pl.DataFrame:
    """The judged pairs: stratum, of (pairs in it), left, right, alike, reason; and `weight`, pairs that each is for."""
    told = pl.read_csv(JUDGED, schema_overrides={"stratum": pl.String})
    return told.with_columns((pl.col("of") / pl.len().over("stratum")).alias("weight"))


def measured(found: pl.DataFrame, threshold: float) -> Measured:
    """What the judged pairs say of those found (`pipelines.ledger.alike.PAIR`) that score at least a threshold."""
    pairs = judged().join(found.select("left", "right", "score"), on=["left", "right"], how="left")
    is_told = (pl.col("score") >= threshold).fill_null(value=False)
    is_scored = ~pl.col("stratum").is_in(_NOT_SCORED)
    right = _weight(pairs, is_told & pl.col("alike"))
    return Measured(
        threshold, found.filter(pl.col("score") >= threshold).height, right / _weight(pairs, is_told),
        right / _weight(pairs, is_scored & pl.col("alike")),
        right / _weight(pairs, (pl.col("stratum") != "apart") & pl.col("alike")),
    )  # fmt: skip


def _weight(pairs: pl.DataFrame, which: pl.Expr) -> float:
    return float(pairs.filter(which)["weight"].sum())


def listed_by(feeds: Path, home: Path) -> pl.DataFrame:
    """What the catalogues in a folder of feeds list, landed and standardised below `home`."""
    mappings = current()
    told = [feed for feed in all_feeds().values() if feed.lists and (feeds / feed.key).is_dir()]
    for feed in told:
        for file in arrivals(feed, feeds):
            land(feed, file, home)
        for delivery in deliveries(feed, home):
            standardise(feed, delivery, mappings, home)
    return entries([gather(feed, home) for feed in told], home, mappings, date.max)
