"""Which versions of a county's product are kept, and which files no kept one names. Frees nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from pipelines.promises.versions import label, versions
from pipelines.retention.freeing import Free
from pipelines.retention.pins import pinned, pins_of
from schemas.manifest import Manifest, NoManifest, NoRecord, canonical, index_file, read_index
from schemas.pins import Pin
from schemas.product import Product
from schemas.retention import FREED, Freed, read_freed
from schemas.snapshot import files

ROOM = "supply"
# Files of versions, and what a writer that was killed has left of one.
_FORMS = ("*.parquet", ".*.part")


def folders_of(product: type[Product], supply: Path) -> list[Path]:
    """Where the product is published, county by county. Raises NoManifest where a disk has lost what is served."""
    _refuse_lost(product, supply)
    return sorted(pointer.parent for pointer in supply.glob(f"*/{product.key}/manifest.json"))


def _refuse_lost(product: type[Product], supply: Path) -> None:
    """Of a county whose pointer is gone the index still tells: what it is served would seem to be nobody's."""
    index = read_index(index_file(supply, product.key))
    for line in index.counties if index else ():
        pointer = supply / line.county / product.key / "manifest.json"
        if line.version and not pointer.exists():
            raise NoManifest(pointer, "no file")


def old_versions(product: type[Product], supply: Path, pins: tuple[Pin, ...], today: str) -> Iterator[Free]:
    """What may be freed of a product below `supply`, as of a day, a county each."""
    for folder in folders_of(product, supply):
        _, chain = versions(folder)
        freed = _freed(product, chain, _recorded(folder, chain), pins, today)
        named = {folder / path for manifest in chain for path in paths_of(manifest, freed)}
        lying = {file for part in _parts(folder) for form in _FORMS for file in part.glob(form)}
        if spare := tuple(sorted(lying - named)):
            once = {folder / file.path for manifest in chain for file in files(manifest)}
            gone = "files that no version names" if once.isdisjoint(spare) else _gone(chain, freed)
            words = f"{label(folder)}: {gone}{_held(product, chain, freed, pins, today)}"
            yield Free(ROOM, words, spare, folder / FREED, canonical(freed))


def kept_manifests(product: type[Product], supply: Path, pins: tuple[Pin, ...], today: str) -> Iterator[Manifest]:
    """The manifests of every version of which a file is kept."""
    for folder in folders_of(product, supply):
        _, chain = versions(folder)
        freed = _freed(product, chain, _recorded(folder, chain), pins, today)
        yield from (manifest for manifest in chain if manifest.version >= freed.oldest)


def paths_of(manifest: Manifest, freed: Freed) -> Iterator[str]:
    """The files of a version that are kept."""
    return (file.path for file in files(manifest) if freed.has_file(manifest, file.path))


def _recorded(folder: Path, chain: list[Manifest]) -> Freed:
    """What went before. Raises NoRecord where it tells that what is served has gone."""
    freed, served = read_freed(folder), chain[-1].version
    if not freed.has_snapshot(served):
        raise NoRecord(folder / FREED, f"version {served}, which is served, told to be freed")
    return freed


def _freed(
    product: type[Product], chain: list[Manifest], before: Freed, pins: tuple[Pin, ...], today: str
) -> Freed:  # fmt: skip
    """What is not kept once the policy has been followed; what went before stays gone, whatever the policy says now."""
    last = chain[-1]
    wanted = _by_policy(product, chain, today) | pinned(pins, last.county, last.product)
    wanted |= {manifest.base for manifest in chain if manifest.version in wanted and manifest.base is not None}
    kept = sorted(version for version in wanted if before.has_snapshot(version) and version <= last.version)
    behind = (manifest.version for manifest in chain if manifest.version > kept[0])
    return Freed(oldest=kept[0], bare=tuple(version for version in behind if version not in kept))


def _by_policy(product: type[Product], chain: list[Manifest], today: str) -> set[int]:
    """The versions that the policy keeps: the newest, and those that stood of late."""
    since = product.keep.since(today)
    stood = {manifest.version for manifest, after in pairwise(chain) if after.as_of > since}
    return stood | {manifest.version for manifest in chain[-max(1, product.keep.newest) :]}


def _parts(folder: Path) -> list[Path]:
    """The folders with files of versions: one a view, and the origins'."""
    return sorted(part for part in folder.iterdir() if part.is_dir() and part.name not in ("manifests", "contracts"))


def _gone(chain: list[Manifest], freed: Freed) -> str:
    """What of a county's versions is not kept, in words."""
    before = f"versions before {freed.oldest} of {chain[-1].version}" if freed.oldest > 1 else ""
    bare = f"the tables of {_run(freed.bare)} of {chain[-1].version}, whose changes are kept" if freed.bare else ""
    return "; ".join(filter(None, (before, bare)))


def _held(product: type[Product], chain: list[Manifest], freed: Freed, pins: tuple[Pin, ...], today: str) -> str:
    """Which versions are kept for grants alone, in words; nothing where none is."""
    mine, kept = pins_of(pins, chain[-1].county, product.key), _by_policy(product, chain, today)
    held = [each for each in mine if each.version not in kept and freed.has_snapshot(each.version)]
    told = [f"version {each.version}, which grant {each.grant} pins until {each.until}" for each in held]
    return f"; kept beyond the policy: {', '.join(told)}" if told else ""


def _run(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
