"""What a policy is: for whom, on which condition, what it gives and how, in dated versions. None stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.condition import All, Condition


@dataclass(frozen=True)
class Version:
    """A policy from a day on, until the next version: object (对象), condition (条件), content (内容), method (方式).

    `source` is the document, `clause` the place in it. A version that repeals has neither object nor condition.
    """

    since: date
    source: str
    clause: str
    aimed_at: Condition | None
    condition: Condition | None
    content: str
    method: str

    @property
    def asks(self) -> Condition | None:
        """Object and condition together; nothing where the policy is repealed."""
        parts = tuple(part for part in (self.aimed_at, self.condition) if part is not None)
        return All(parts) if parts else None


@dataclass(frozen=True)
class Policy:
    """One benefit or duty with its versions, oldest first. `example` says that, and how, it is made up."""

    key: str
    title: str
    issued_by: str
    versions: tuple[Version, ...]
    example: str = ""
