"""The chain without Dagster: land, standardise and fuse what is in an inbox. For tests of what comes after."""

from __future__ import annotations

from pathlib import Path

from pipelines.dictionary import Mappings, current
from pipelines.disk.deliveries import deliveries
from pipelines.engine.local import SIZES, Sizes
from pipelines.fusing.assemble import fuse_entity
from pipelines.land import land
from pipelines.landing.inbox import arrivals
from pipelines.standard.standardise import Outcome, standardise
from schemas.entity import all_entities
from schemas.feed import all_feeds


def standardised(inbox: Path, home: Path, mappings: Mappings | None = None) -> dict[str, list[Outcome]]:
    """Land and standardise every feed; the outcomes by feed."""
    known = mappings or current()
    told: dict[str, list[Outcome]] = {}
    for feed in all_feeds().values():
        for file in arrivals(feed, inbox):
            land(feed, file, home)
        told[feed.key] = [standardise(feed, delivery, known, home) for delivery in deliveries(feed, home)]
    return told


def fused(inbox: Path, home: Path, mappings: Mappings | None = None, sizes: Sizes = SIZES) -> dict[str, int]:
    """The same, then fuse the enterprises; the counts."""
    known = mappings or current()
    standardised(inbox, home, known)
    return fuse_entity(all_entities()["enterprise"], known, home, sizes)
