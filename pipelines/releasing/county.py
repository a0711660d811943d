"""What a release takes and gives: what it rests on, a county's part, and what became of it. Reads nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.releasing.causes import Inputs
from pipelines.revision import code_revision
from schemas.manifest import Absence, Coverage, Held, Input, Manifest, Objected, ReleaseGrounds
from schemas.odcs import Written


@dataclass(frozen=True)
class Basis:
    """What a release rests on, the same for all counties of a run.

    `promise` is the contract that it is released under. `traced` gives of some entities those that still are,
    wherever they lie: identifier, source_hash and source_rows. `compared` gives identifier and `source_rows` of those
    told anew since their counties were last compared, as they were then. `fresh` gives the entities behind which stands
    a row that other inputs had not brought. `admitted` are the counties of which an operator has admitted that their
    rows fall.
    """

    promise: Written
    as_of: str
    mappings: dict[str, str]
    inputs: tuple[Input, ...]
    missing: tuple[Absence, ...]
    coverage: tuple[Coverage, ...]
    quarantined: dict[str, int]
    traced: Callable[[pl.DataFrame], pl.DataFrame]
    compared: Callable[[], pl.DataFrame]
    fresh: Callable[[Inputs], pl.DataFrame]
    admitted: frozenset[str]

    @property
    def grounds(self) -> ReleaseGrounds:
        """Code, mappings and deliveries behind it."""
        return ReleaseGrounds(code_revision=code_revision(), mappings=self.mappings, inputs=self.inputs)


@dataclass(frozen=True)
class County:
    """One county's part of a product: rows as declared, and `origin` (identifier, source numbers, hash, rows).

    `fault` says why the rows must not be released, `objections` what the county holds to be wrong in them. Where
    `among` (the identifier) is given, rows and origin are those of these entities alone, beside which all else that
    the county's version has is true as it stands; `disputes_before` are then those of these entities as they were.
    """

    code: str
    name: str
    rows: pl.DataFrame
    origin: pl.DataFrame
    disputed: dict[str, int]
    fault: Held | None = None
    objections: tuple[Objected, ...] = ()
    among: pl.DataFrame | None = None
    disputes_before: pl.DataFrame | None = None

    def is_left_alone(self, before: Manifest) -> bool:
        """Whether nothing of the county's version may have changed."""
        return self.among is not None and self.among.is_empty() and before.objections == self.objections


@dataclass(frozen=True)
class Published:
    """What became of one county: the standing manifest, whether it is new, and why it was held if it was.

    It `is_stale` where it is unchanged though it would tell other disputes or origins now.
    """

    county: str
    name: str
    manifest: Manifest | None
    is_new: bool
    held: Held | None = None
    is_stale: bool = False
