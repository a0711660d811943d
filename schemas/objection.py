"""What an objection is: a county's word that a cell is wrong; the gateway writes it, the supply reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import Field

from schemas import here
from schemas.manifest import Record, fingerprint

# One line an objection, in the order in which they were raised; lines are only ever appended.
FILE = "objections.jsonl"

Verdict = Literal["accepted", "declined", "withdrawn"]
VERDICTS: tuple[Verdict, ...] = ("accepted", "declined", "withdrawn")

# The most characters of what a person writes.
LONGEST = {"right": 200, "why": 1000, "contact": 100}


def _is_empty(told: dict[str, str]) -> bool:
    return not told


def objections_file(home: Path) -> Path:
    """Where the gateway of a home writes what counties object to: JUBIAN_OBJECTIONS, or among what it keeps."""
    return here.named("JUBIAN_OBJECTIONS", here.state(home) / FILE)


class Objection(Record):
    """What a county holds to be wrong, and right.

    - `key`: the grain columns of the row as text, `names` what the row calls those that are codes
    - `column`: in the product's words; `level`: the cell's
    - `found`: the value of version `version` as text, None where the cell was empty; `right`: what it should be
    - `raised`: the day in China, yyyy-mm-dd
    """

    id: str
    county: str
    product: str
    version: int
    key: dict[str, str]
    column: str
    level: str
    found: str | None
    right: str
    why: str
    contact: str
    raised: str
    names: dict[str, str] = Field({}, exclude_if=_is_empty)

    @property
    def in_words(self) -> list[str]:
        """The key for a person, part by part: a code behind what it is called."""
        return [f"{self.names[name]}（{value}）" if name in self.names else value for name, value in self.key.items()]


def named(objection: Objection, number: int) -> Objection:
    """The objection under its name: the county and what the objection says, told apart by a number of the gateway's."""
    told = fingerprint(objection.model_copy(update={"id": str(number)}))
    return objection.model_copy(update={"id": f"{objection.county}-{told[:10]}"})


def line(objection: Objection) -> bytes:
    """An objection as it is appended to the file."""
    return (json.dumps(objection.model_dump(), ensure_ascii=False, separators=(",", ":")) + "\n").encode()
