"""The mappings as a run knows them: all that is known now or, with JUBIAN_KNOWN, what was known on that day."""

from __future__ import annotations

from datetime import date

from assets.home import known
from pipelines import dictionary


def load() -> dictionary.Mappings:
    """The mappings of this run. Raises MappingError where JUBIAN_KNOWN is no day."""
    told = known()
    return dictionary.load(known=_day(told) if told else None)


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise dictionary.MappingError(f"KNOWN={told}: expected a day such as 2026-06-30.") from None
