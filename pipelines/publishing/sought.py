"""What a release of a product of an entity rests on: what it asks of the fused files is sought once, when asked."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.disk.layers import among, every_bucket, layers_before, layers_of
from pipelines.gather import Gathered
from pipelines.publishing.basis import basis_of
from pipelines.publishing.making import Making
from pipelines.releasing.causes import TRACED, Inputs, fresh
from pipelines.releasing.county import Basis
from schemas.odcs import Written


def entity_basis(promise: Written, making: Making, gathered: list[Gathered]) -> Basis:
    """What a release rests on whose rows are those of a making."""
    told = _traced(making), _fresh(making), _compared(making)
    return basis_of(making.product, promise, making.mappings, making.objections, gathered, *told)


def _traced(making: Making) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What is known of some entities wherever they lie: sought for those that have left a county."""
    read, entity = list[pl.DataFrame](), making.entity

    def traced(some: pl.DataFrame) -> pl.DataFrame:
        if not read:
            columns = [entity.identifier, *TRACED]
            read.append(every_bucket(layers_of(entity, making.home, making.after), "values", columns))
        return read[0].join(some, on=entity.identifier, how="semi")

    return traced


def _fresh(making: Making) -> Callable[[Inputs], pl.DataFrame]:
    """What is new since other inputs, each sought once: most counties' versions rest on the same."""
    found: dict[Inputs, pl.DataFrame] = {}

    def since(inputs: Inputs) -> pl.DataFrame:
        if inputs not in found:
            found[inputs] = fresh(making.product, making.home, inputs, making.after)
        return found[inputs]

    return since


def _compared(making: Making) -> Callable[[], pl.DataFrame]:
    """How many rows stood behind touched entities when their counties were last compared."""
    read, entity, found = list[pl.DataFrame](), making.entity, making.touched

    def then() -> pl.DataFrame:
        if found is None or making.after is None:
            return pl.DataFrame()
        if not read:
            then, keep = layers_before(entity, making.home, making.after), among(found.before.select(entity.identifier))
            read.append(every_bucket(then, "values", [entity.identifier, "source_rows"], keep))
        return read[0]

    return then
