"""What a county is served so far: its manifest, the contract behind it, the versions that its rows lie in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.promises.promised import contract_behind
from pipelines.promises.steps import is_promised_anew, opens_a_line
from pipelines.releasing.county import Basis
from pipelines.releasing.fold import chain, require_files
from schemas.contract import Contract
from schemas.manifest import Manifest, ReleaseGrounds, read_manifest
from schemas.snapshot import ORIGIN, parts


def folder_of(supply: Path, county: str, product: str) -> Path:
    """Where one county's product is published."""
    return supply / county / product


def served_manifest(supply: Path, county: str, product: str) -> Manifest | None:
    """The manifest that is served now, or None before the first release."""
    pointer = folder_of(supply, county, product) / "manifest.json"
    return read_manifest(pointer) if pointer.exists() else None


@dataclass(frozen=True)
class Served:
    """What a county is served so far: its manifest and the contract behind it, None before the first release.

    `last` is what the version was last found to agree with.
    """

    manifest: Manifest | None
    contract: Contract | None
    folder: Path
    last: ReleaseGrounds | None

    @cached_property
    def chain(self) -> list[Manifest]:
        """The versions that its rows are read from; none before the first release."""
        return [] if self.manifest is None else chain(self.folder, self.manifest)

    @cached_property
    def origin_columns(self) -> list[str]:
        """The columns of its origin, of which an entity that gains an attribute has one more; none before the first."""
        return list(pl.read_parquet_schema(self.folder / parts(self.chain, ORIGIN)[0].path)) if self.chain else []

    def has(self, level: str) -> bool:
        """Whether it has rows of a view, or of the origin."""
        return self.manifest is not None and self.contract is not None and level in (*self.manifest.views, ORIGIN)

    def is_promised_anew(self, basis: Basis) -> bool:
        """Whether the release promises something else than what stands."""
        return self.contract is not None and is_promised_anew(self.contract, basis.promise.contract)

    def opens_a_line(self, basis: Basis) -> bool:
        """Whether the release opens a version line, which has nothing before it: every row is an insert."""
        return self.contract is not None and opens_a_line(self.contract, basis.promise.contract)


def require_whole(served: Served) -> None:
    """Raises NoManifest or NoFile where what a county's last rows and their origin are read from is lost or cut short.

    Told before any are read, as many counties' are read at once.
    """
    if served.manifest is None:
        return
    for level in (list(served.manifest.views)[-1], ORIGIN):
        require_files(served.folder, served.chain, level)


def promised(before: Manifest | None, folder: Path, basis: Basis) -> Contract | None:
    """The contract that a county stands under; most often it is the one that is released."""
    if before is not None and before.contract_sha256 == basis.promise.sha256:
        return basis.promise.contract
    return None if before is None else contract_behind(before, folder)
