"""A version's contract as the portal reads it: the one place that knows how a published contract is written."""

from __future__ import annotations

from pathlib import Path

from gateway.supply.described import contract, contract_file
from schemas.contract import Contract
from schemas.manifest import Manifest


def terms(supply: Path, manifest: Manifest) -> Contract:
    """The contract that a version was released under."""
    return Contract.model_validate(contract(contract_file(supply, manifest)))
