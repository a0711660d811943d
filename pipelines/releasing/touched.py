"""Which entities a release must look at where all else stands as it was released, and what they were. Makes no row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.cut import by_county
from pipelines.disk.fused_grounds import fused_grounds
from pipelines.disk.layers import among, every_bucket, gone, layers_before, layers_of
from pipelines.disk.product_grounds import ProductGrounds
from pipelines.fusing.anew import MOST_TOUCHED
from pipelines.objections.raised import identifier_of
from schemas.entity import Entity
from schemas.objection import Objection
from schemas.product import all_products

PAIR = ("column", "won_by", "lost_by")


@dataclass(frozen=True)
class Touched:
    """The entities told anew since a release: `before` (identifier, county then) and their `disputes` then."""

    before: pl.DataFrame
    disputes: pl.DataFrame

    @cached_property
    def lying(self) -> dict[str, pl.DataFrame]:
        """By county, those that lay in it."""
        return by_county(self.before.drop_nulls("county"))

    @cached_property
    def disputing(self) -> dict[str, pl.DataFrame]:
        """By county, the disputes of those that lay in it."""
        return by_county(self.disputes.drop_nulls("county"))


def touched(
    entity: type[Entity], last: ProductGrounds, now: ProductGrounds, objections: Collection[Objection], home: Path
) -> Touched | None:
    """Those that were told anew since a last release; None where these are too many, or are not all.

    An objection that has come or been answered since flags a row of an entity that may not have been told anew; one to
    a product that is gone flags none.
    """
    before = gone(layers_of(entity, home, last.steps))
    turned = set(last.open) ^ set(now.open)
    standing = (each for each in objections if each.product in all_products())
    flags = {identifier_of(each) for each in standing if each.id in turned}
    if not flags <= set(before[entity.identifier]):
        return None
    grounds = fused_grounds(entity, home)
    if grounds is None or before.height > MOST_TOUCHED * grounds.counts["entities"]:
        return None
    key = entity.identifier
    then = layers_before(entity, home, last.steps)
    disputes = every_bucket(then, "disputes", [key, *PAIR], among(before.select(key)))
    return Touched(before, disputes.join(before, on=key))


def pairs(disputes: pl.DataFrame, whose: str) -> dict[Any, dict[str, int]]:
    """Of each county, as a column says `whose` they are: how many values of each column, winner and loser differ."""
    pair = pl.concat_str(PAIR, separator="/").alias("pair")
    told: dict[Any, dict[str, int]] = {}
    for each, name, rows in disputes.group_by(whose, pair).len().sort(whose, "pair").iter_rows():
        told.setdefault(each, {})[name] = rows
    return told
