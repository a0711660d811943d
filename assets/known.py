"""Mappings and objections as a run knows them: all that is known now or, with JUBIAN_KNOWN, was known that day."""

from __future__ import annotations

from datetime import date

from pipelines import dictionary
from pipelines.objections import raised as objections
from schemas.here import home, known
from schemas.objection import Objection, objections_file


def load() -> dictionary.Mappings:
    """The mappings of this run. Raises MappingError where JUBIAN_KNOWN is no day."""
    day = known()
    return dictionary.load(known=_day(day) if day else None)


def raised() -> tuple[Objection, ...]:
    """The objections of this run: all that have been raised or, with JUBIAN_KNOWN, those raised by that day."""
    day = known()
    return objections.read_objections(objections_file(home()), _day(day) if day else date.max)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise dictionary.MappingError(f"KNOWN={text}: expected a day such as 2026-06-30.") from None
