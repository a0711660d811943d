"""Since which step each county's rows are made: of what was told anew alone, where they can differ by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipelines.disk.product_grounds import UNKNOWN, ProductGrounds
from pipelines.publishing.making import Making
from pipelines.releasing.county import Published
from pipelines.releasing.touched import touched
from pipelines.shelf import stands_alone


@dataclass(frozen=True)
class Part:
    """Counties by code with their names, and the making of their rows."""

    making: Making
    wanted: dict[str, str]


def of_touched(making: Making, before: ProductGrounds, now: ProductGrounds, wanted: dict[str, str]) -> list[Part]:
    """By the steps that lay there when counties' versions were true the making of what was told anew since, the latest
    last; of all their entities where rows may differ otherwise, or where that is not known."""
    since = {code: before.behind.get(code, before.steps) for code in wanted}
    return [
        Part(
            _since(making, replace(before, steps=steps), now),
            {code: name for code, name in wanted.items() if since[code] == steps},
        )
        for steps in sorted(set(since.values()))
    ]


def _since(making: Making, before: ProductGrounds, now: ProductGrounds) -> Making:
    """The same, of the entities alone that were told anew since then; as it is where rows may differ otherwise."""
    if before.steps == UNKNOWN or not stands_alone(making.product) or not before.differs_by_steps(now):
        return making
    found = touched(making.entity, before, now, making.objections, making.home)
    return making if found is None else replace(making, after=before.steps, touched=found)


def stale_since(published: Iterable[Published], parts: Iterable[Part]) -> dict[str, int]:
    """The counties that are stale, with how many steps lay there when their versions were true."""
    late = {each.county for each in published if each.is_stale}
    told = {code: UNKNOWN if each.making.after is None else each.making.after for each in parts for code in each.wanted}
    return {code: told[code] for code in sorted(late)}
