"""What is wrong in a policy: where, what was found, what was expected, what to do. Judges nothing."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.mendable import Mendable


@dataclass(frozen=True)
class Fault:
    """One thing wrong: `clause` is the clause's name in its document, `at` the place in the file."""

    file: str
    policy: str
    clause: str
    at: str
    found: str
    expected: str
    todo: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, f"policy {self.policy}", self.clause, self.at) if part)
        return f"{where}: found {self.found}; expected {self.expected}. {self.todo}"


class PolicyError(Mendable):
    """Policies that cannot be matched; the message has a line for each fault."""


@dataclass
class Wrong(Exception):
    """What is wrong at one place of a condition, before it is known in which policy."""

    at: str
    found: str
    expected: str
    todo: str
