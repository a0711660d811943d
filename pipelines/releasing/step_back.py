"""Whether a release would take what is served back to an earlier day, and how that is admitted. Refuses nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from pipelines.dictionary import Mappings
from pipelines.meaning.admissions import admitted
from schemas.admission import EARLIER_RULE
from schemas.manifest import Input


class StepBack(NamedTuple):
    """The later day of which what is served is, and the command that lets the earlier one take its place."""

    served_day: str
    admission: str


def still_read(inputs: Iterable[Input], feeds: Collection[str]) -> list[Input]:
    """Of the deliveries that a release rests on those of feeds that the product still rests on."""
    return [each for each in inputs if each.feed in feeds]


def step_back(product: str, as_of: str, served: Iterable[Input], mappings: Mappings) -> StepBack | None:
    """Asked of the deliveries that what is served rests on; None where `as_of` is no earlier, or admitted."""
    served_day = max((each.as_of for each in served), default="")
    subject = f"{served_day}/{as_of}"
    if as_of >= served_day or EARLIER_RULE in admitted(mappings, product, subject):
        return None
    return StepBack(served_day, f"make admit SCOPE={product} SUBJECT={subject} RULE={EARLIER_RULE} BY=… REASON=…")
