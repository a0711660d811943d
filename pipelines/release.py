"""Release, by county: files, changes and manifest appear together by one replaced pointer, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain as chain_of
from pathlib import Path
from typing import TypeVar

from pipelines.disk.store import only_one, settle
from pipelines.engine.chosen import in_groups
from pipelines.packed import packed
from pipelines.promises.promised import Lost
from pipelines.promises.verdict import fall
from pipelines.releasing.county import Basis, County, Published
from pipelines.releasing.differing import changes_of, is_unchanged
from pipelines.releasing.found import Found, found_beside, origins_before, sets_alike
from pipelines.releasing.index import agree, index_of, last_agreed, last_served, stamp_of, write_index
from pipelines.releasing.manifests import manifests_of, stale_counties
from pipelines.releasing.served import Served, folder_of, promised, require_whole, served_manifest
from schemas.manifest import Held, Index, Manifest, NoManifest, canonical, manifest_file
from schemas.odcs import Written, contract_path
from schemas.product import Product
from schemas.put import put_bytes
from schemas.snapshot import files

Share = TypeVar("Share")

# At most so many counties are compared at once, of so many cells between them; a few such sets side by side.
_TOGETHER, _CELLS = 30, 1_000_000


def release(
    product: type[Product], shares: Iterable[Share], counties: Callable[[Share], Iterable[County]], basis: Basis,
    supply: Path, tell: Callable[[Published], None],
) -> list[Published]:  # fmt: skip
    """Publish each county's product below `supply/<county>/<product>/`, then the index over all of them.

    A share is some of the counties, all whole or all of touched entities; these are made where their files are
    written, taken as they come and not kept, and their pointers are moved here. One whose verdict is bad keeps its
    version; one that has not changed publishes nothing. `tell` is called after each county. Killed at any moment, every
    county serves its old or its new version whole.
    """
    with only_one(supply):
        index = index_of(product, supply)
        published: list[Published] = []
        made = in_groups(
            shares, lambda share: _sets(counties(share)), lambda some: _prepared(product, some, basis, supply, index)
        )
        # Closed before the lock is let go: where telling or pointing fails, others would still lay manifests down.
        with closing(made) as prepared:
            for each in chain_of.from_iterable(prepared):
                if each.is_new and each.manifest is not None:
                    _point(each.manifest, folder_of(supply, each.county, product.key))
                published.append(each)
                tell(each)
        write_index(product, published, basis, supply, index)
    return published


def unchanged_everywhere(
    product: type[Product], counties: dict[str, str], basis: Basis, supply: Path, tell: Callable[[Published], None]
) -> list[Published] | None:
    """What is served of counties, by code with their names, where all agree with the release's grounds, else None."""
    if not agree(product, counties, stamp_of(basis.grounds), supply):
        return None
    index = index_of(product, supply)
    manifests = {code: served_manifest(supply, code, product.key) for code in counties}
    told = [Published(code, name, manifests[code], is_new=False) for code, name in counties.items()]
    with only_one(supply):
        write_index(product, told, basis, supply, index)
    for each in told:
        tell(each)
    return told


def _sets(counties: Iterable[County]) -> Iterator[list[County]]:
    """Counties in sets that have few cells between them, of which each counts some; a large one stands alone."""
    return packed(counties, lambda each: max(each.rows.height * each.rows.width, _CELLS // _TOGETHER), _CELLS)


def _prepared(
    product: type[Product], counties: list[County], basis: Basis, supply: Path, index: Index | None
) -> list[Published]:
    """What is to be published of some counties: their files are written, and nothing names them yet."""
    told: dict[str, Published] = {}
    served: dict[str, Served] = {}
    for county in counties:
        match _so_far(product, county, basis, supply, index):
            case Published() as left:
                told[county.code] = left
            case Served() as served_so_far:
                served[county.code] = served_so_far
    for some in sets_alike([(county, served[county.code]) for county in counties if county.code in served]):
        told |= {each.county: each for each in _looked_at(found_beside(product, some, basis), basis)}
    return [told[county.code] for county in counties]


def _so_far(
    product: type[Product], county: County, basis: Basis, supply: Path, index: Index | None
) -> Served | Published:
    """What a county is served so far; what becomes of it where it is left alone, held, or has lost what it is served.

    One that is held is not compared: its rows may not even have been made.
    """
    folder, before = folder_of(supply, county.code, product.key), None
    try:
        before = last_served(index, supply, county.code, product.key)
        if before is not None and county.is_left_alone(before):
            return _left(county, before)
        served = Served(before, promised(before, folder, basis), folder, last_agreed(index, before))
        if county.fault is not None:
            return _left(county, before, county.fault)
        require_whole(served)
        return served
    except (Lost, NoManifest) as lost:
        return _left(county, before, lost.held)


def _left(county: County, before: Manifest | None, held: Held | None = None) -> Published:
    """A county that keeps its version, because nothing has changed or because it is held."""
    return Published(county.code, county.name, before, is_new=False, held=held)


def _looked_at(found: list[Found], basis: Basis) -> Iterator[Published]:
    """What is to be published of counties that stand on the same."""
    going: list[Found] = []
    for each in found:
        held = _fallen(each, basis)
        if held is None:
            going.append(each)
        else:
            yield _left(each.county, each.served.manifest, held)
    was = origins_before(going)
    changed = changes_of(going, basis, was) if going else []
    moving = [(each, how) for each, how in zip(going, changed, strict=True) if not is_unchanged(each, basis, how)]
    codes = {each.county.code for each, _ in moving}
    still = [each for each in going if each.county.code not in codes]
    late = stale_counties(still, was)
    yield from (replace(_left(each.county, each.served.manifest), is_stale=each.county.code in late) for each in still)
    for (each, _), manifest in zip(moving, manifests_of(moving, basis, was), strict=True):
        _lay_down(manifest, each.served.folder, basis.promise)
        yield Published(each.county.code, each.county.name, manifest, is_new=True)


def _fallen(found: Found, basis: Basis) -> Held | None:
    product, county = found.product, found.county
    if product.may_fall or county.code in basis.admitted:
        return None
    return fall(product, f"{county.code}/{basis.as_of}", found.height, found.served.manifest)


def _lay_down(manifest: Manifest, folder: Path, promise: Written) -> None:
    """Everything that a manifest names is on the disk, and itself, before the pointer moves; of a first one the folders
    that it lies in too."""
    contract = folder / contract_path(promise.sha256)
    if not contract.exists():
        put_bytes(promise.content, contract)
    numbered = manifest_file(folder, manifest.version)
    put_bytes(canonical(manifest), numbered)
    parts = {contract.parent, numbered.parent, *((folder / file.path).parent for file in files(manifest))}
    above = {folder, folder.parent, folder.parent.parent} if manifest.previous is None else set[Path]()
    for part in sorted(parts | above):
        settle(part)


def _point(manifest: Manifest, folder: Path) -> None:
    """The one step that publishes."""
    put_bytes(canonical(manifest), folder / "manifest.json")
    settle(folder)
