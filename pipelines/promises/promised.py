"""Whether a product may be released under its contract, beside those its counties stand under. Publishes nothing."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from pipelines.promises.downloads import counties_that_read, downloads
from pipelines.promises.steps import Difference, Grown, differences, is_too_small, least_version, numbers
from schemas.contract import Contract
from schemas.manifest import CONTRACT_RULE, Broken, Held, Manifest, NoManifest, read_manifest
from schemas.odcs import NotOurs, contract_path, read


class Lost(Exception):
    """A contract that a version was released under and that cannot be read; the message says which and what to do."""

    @property
    def held(self) -> Held:
        """The same as what holds a county back."""
        return Held(words=str(self), broken=(Broken(rule=CONTRACT_RULE),))


def contract_behind(manifest: Manifest, folder: Path) -> Contract:
    """The contract that a version was released under. Raises Lost where its file is gone, or another."""
    file = folder / contract_path(manifest.contract_sha256)
    advice = "restore it from a copy; if there is none, move the product's folder away and release it anew"
    if not file.exists():
        raise Lost(f"{file}: the contract of version {manifest.version} is missing; {advice}")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != manifest.contract_sha256:
        raise Lost(f"{file}: is not the contract of version {manifest.version}; {advice}")
    try:
        return _read(content)
    except NotOurs as error:
        raise Lost(f"{file}: {error}; {advice}") from error


# Ninety counties stand under the same few contracts.
@lru_cache(maxsize=256)
def _read(content: bytes) -> Contract:
    return read(content)


def contracts_by_county(product: str, supply: Path) -> dict[str, Contract]:
    """The contract under which each county's version stands; what is lost of one holds that county alone."""
    folders = [pointer.parent for pointer in sorted(supply.glob(f"*/{product}/manifest.json"))]
    return {folder.parent.name: each for folder in folders if (each := _standing(folder)) is not None}


def _standing(folder: Path) -> Contract | None:
    try:
        return contract_behind(read_manifest(folder / "manifest.json"), folder)
    except (Lost, NoManifest):
        return None


def too_small(contract: Contract, standing: list[Contract], log: Path, has_grown: Grown) -> str | None:
    """Why the contract's version must not be released beside those that stand, in words; None where it may be.

    Names every difference, the least version, and the counties whose downloads touched the columns concerned.
    """
    broken = [before for before in standing if is_too_small(before, contract, has_grown)]
    if not broken:
        return None
    before = max(broken, key=lambda each: numbers(least_version(each, contract, has_grown)))
    told = downloads(log, contract.product)
    asked = _asked(before, contract, has_grown)
    told_of = [(each, counties_that_read(each.columns, before, told)) for each in asked]
    readers = [f"  {each.words}: downloaded by {', '.join(counties)}" for each, counties in told_of if counties]
    nobody = "nobody has downloaded what it concerns" if log.exists() else f"there is no log of downloads at {log}"
    return "\n".join([refusal_words(before, contract, has_grown), "Who reads it:", *(readers or [f"  {nobody}"]),
                      "The last release stays served."])  # fmt: skip


def refusal_words(before: Contract, contract: Contract, has_grown: Grown) -> str:
    """Why a contract's version is too small a step after another's: every difference, and the least version."""
    least = least_version(before, contract, has_grown)
    head = (
        f"{contract.title} ({contract.product}): version {contract.version} of its contract is too small a step after "
        f"{before.version}; the least is {least}."
    )
    lines = [f"  {each.step.name.lower()}: {each.words}" for each in _asked(before, contract, has_grown)]
    advice = f'If it is meant, write version = "{least}" in its class and run `make contracts`; else take it back.'
    return "\n".join([head, *lines, advice])


def _asked(before: Contract, contract: Contract, has_grown: Grown) -> list[Difference]:
    """The differences that ask for a version."""
    return [each for each in differences(before, contract, has_grown) if not each.comes_by_itself]
