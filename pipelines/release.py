"""Release, by county: files, changes and manifest appear together by one replaced pointer, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain as chain_of
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipelines.causes import TRACED, Inputs, are_same, causes
from pipelines.compare import Causes, Difference, below, changes, difference, told_by_type
from pipelines.cut import viewed
from pipelines.disk.store import only_one, put_alike, put_bytes, put_parquet, settle
from pipelines.engine.chosen import in_groups
from pipelines.fold import AT, chain, rows_of_each, stands_on
from pipelines.objections.raised import CAUSE as OBJECTION
from pipelines.objections.raised import FLAG
from pipelines.promises.promised import Lost, contract_behind
from pipelines.promises.steps import is_promised_anew, opens_a_line
from pipelines.promises.verdict import fall
from pipelines.revision import code_revision
from pipelines.together import apart, key_of, together
from pipelines.touched import pairs
from schemas.contract import Contract
from schemas.manifest import (
    CAUSES,
    Absence,
    Coverage,
    File,
    Index,
    Input,
    Manifest,
    Objected,
    Rests,
    Standing,
    View,
    canonical,
    fingerprint,
    read_manifest,
)
from schemas.odcs import Written, contract_path
from schemas.product import Product
from schemas.snapshot import CAUSE, CHANGE, ORIGIN, files

Share = TypeVar("Share")

# So many counties of touched entities are compared at once, a few such sets side by side.
_TOGETHER = 30


@dataclass(frozen=True)
class Basis:
    """What a release rests on, the same for all counties of a run.

    `promise` is the contract that it is released under. `traced` gives of some entities those that still are,
    wherever they lie: identifier, source_hash and source_rows. `fresh` gives the entities behind which stands a row
    that other inputs had not brought. `admitted` are the counties of which an operator has admitted that their
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
    fresh: Callable[[Inputs], pl.DataFrame]
    admitted: frozenset[str]

    @property
    def rests(self) -> Rests:
        """Code, mappings and deliveries behind it."""
        return Rests(code_revision=code_revision(), mappings=self.mappings, inputs=self.inputs)


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
    fault: str | None = None
    objections: tuple[Objected, ...] = ()
    among: pl.DataFrame | None = None
    disputes_before: pl.DataFrame | None = None

    def is_left_alone(self, before: Manifest) -> bool:
        """Whether nothing of the county's version may have changed."""
        return self.among is not None and self.among.is_empty() and before.objections == self.objections


@dataclass(frozen=True)
class Stood:
    """What a county has stood on so far: its manifest and the contract behind it, None before the first release.

    `last` is what the version was last found to agree with.
    """

    manifest: Manifest | None
    contract: Contract | None
    folder: Path
    last: Rests | None

    @cached_property
    def chain(self) -> list[Manifest]:
        """The versions that its rows are read from; none before the first release."""
        return [] if self.manifest is None else chain(self.folder, self.manifest)

    def has(self, level: str) -> bool:
        """Whether it has rows of a view, or of the origin."""
        return self.manifest is not None and self.contract is not None and level in (*self.manifest.views, ORIGIN)

    def is_promised_anew(self, basis: Basis) -> bool:
        """Whether the release promises something else than what stands."""
        return self.contract is not None and is_promised_anew(self.contract, basis.promise.contract)

    def opens_a_line(self, basis: Basis) -> bool:
        """Whether the release opens a version line, which has nothing before it: every row is an insert."""
        return self.contract is not None and opens_a_line(self.contract, basis.promise.contract)


@dataclass(frozen=True)
class Found:
    """A county's part beside what stands: `old` are the rows of the widest view that it may change, in its columns."""

    product: type[Product]
    county: County
    stood: Stood
    old: pl.DataFrame

    @property
    def height(self) -> int:
        """How many rows the county has with what is told of it."""
        before = self.stood.manifest
        others = 0 if self.county.among is None or before is None else before.rows - self.old.height
        return others + self.county.rows.height


@dataclass(frozen=True)
class Published:
    """What became of one county: the standing manifest, whether it is new, and why it was held if it was."""

    county: str
    name: str
    manifest: Manifest | None
    is_new: bool
    held: str | None = None


def folder_of(supply: Path, county: str, product: str) -> Path:
    """Where one county's product is published."""
    return supply / county / product


def standing(supply: Path, county: str, product: str) -> Manifest | None:
    """The manifest that is served now, or None before the first release."""
    pointer = folder_of(supply, county, product) / "manifest.json"
    return read_manifest(pointer) if pointer.exists() else None


def release(
    product: type[Product], shares: Iterable[Share], counties: Callable[[Share], Iterable[County]], basis: Basis,
    supply: Path, tell: Callable[[Published], None],
) -> list[Published]:  # fmt: skip
    """Publish each county's product below `supply/<county>/<product>/`, then the index over all of them.

    A share is some of the counties; these are made where their files are written, taken as they come and not kept,
    and their pointers are moved here. One whose verdict is bad keeps its version; one that has not changed publishes
    nothing. `tell` is called after each county. Killed at any moment, every county serves its old
    or its new version whole.
    """
    with only_one(supply):
        index = _index_of(product, supply)
        published: list[Published] = []
        prepared = in_groups(
            shares, lambda share: _sets(counties(share)), lambda some: _prepared(product, some, basis, supply, index)
        )
        for each in chain_of.from_iterable(prepared):
            if each.is_new and each.manifest is not None:
                _point(each.manifest, folder_of(supply, each.county, product.key))
            published.append(each)
            tell(each)
        _write_index(product, published, basis, supply, index)
    return published


def stands(
    product: type[Product], counties: dict[str, str], basis: Basis, supply: Path, tell: Callable[[Published], None]
) -> list[Published] | None:
    """What stands of counties, by code with their names, where all agree with what the release rests on, else None."""
    if not agree(product, counties, short(basis.rests), supply):
        return None
    index = _index_of(product, supply)
    manifests = {code: standing(supply, code, product.key) for code in counties}
    told = [Published(code, name, manifests[code], is_new=False) for code, name in counties.items()]
    with only_one(supply):
        _write_index(product, told, basis, supply, index)
    for each in told:
        tell(each)
    return told


def agree(product: type[Product], counties: Iterable[str], rests: str, supply: Path) -> bool:
    """Whether the versions of all these counties were last found to agree with what a short name stands for."""
    index = _index_of(product, supply)
    lines = {each.county: each for each in index.counties} if index else {}
    found = {code for code, line in lines.items() if line.rests == rests and line.held is None}
    manifests = {code: standing(supply, code, product.key) for code in counties}
    return all(
        code in found and each is not None and fingerprint(each) == lines[code].manifest_sha256
        for code, each in manifests.items()
    )


def short(rests: Rests) -> str:
    """What rests are called in an index."""
    return fingerprint(rests)[:16]


def _sets(counties: Iterable[County]) -> Iterator[list[County]]:
    """A county that is made whole alone; those of touched entities, of which each has few, some together."""
    few: list[County] = []
    for county in counties:
        if county.among is None:
            yield [county]
        else:
            few.append(county)
    yield from (few[start : start + _TOGETHER] for start in range(0, len(few), _TOGETHER))


def _prepared(
    product: type[Product], counties: list[County], basis: Basis, supply: Path, index: Index | None
) -> list[Published]:
    """What is to be published of some counties: their files are written, and nothing names them yet."""
    told: dict[str, Published] = {}
    stood: dict[str, Stood] = {}
    for county in counties:
        before = standing(supply, county.code, product.key)
        folder = folder_of(supply, county.code, product.key)
        try:
            if before is not None and county.is_left_alone(before):
                told[county.code] = _left(county, before)
            else:
                stood[county.code] = Stood(before, _promised(before, folder, basis), folder, _last(index, before))
        except Lost as lost:
            told[county.code] = _left(county, before, str(lost))
    for alike in _alike([(county, stood[county.code]) for county in counties if county.code in stood]):
        told |= {each.county: each for each in _looked_at(_found(product, alike), basis)}
    return [told[county.code] for county in counties]


def _left(county: County, before: Manifest | None, held: str | None = None) -> Published:
    """A county that keeps its version, because nothing has changed or because it is held."""
    return Published(county.code, county.name, before, is_new=False, held=held)


def _alike(counties: list[tuple[County, Stood]]) -> list[list[tuple[County, Stood]]]:
    """The counties in sets of which each stands on the same: what is compared together has one cause and one form."""
    sets: dict[tuple[str, str], list[tuple[County, Stood]]] = {}
    for county, stood in counties:
        contract = stood.manifest.contract_sha256 if stood.manifest else ""
        sets.setdefault((short(stood.last) if stood.last else "", contract), []).append((county, stood))
    return list(sets.values())


def _looked_at(found: list[Found], basis: Basis) -> Iterator[Published]:
    """What is to be published of counties that stand on the same."""
    going: list[Found] = []
    for each in found:
        held = each.county.fault or _fallen(each, basis)
        if held is None:
            going.append(each)
        else:
            yield _left(each.county, each.stood.manifest, held)
    changed = _changes(going, basis) if going else []
    moving = [(each, how) for each, how in zip(going, changed, strict=True) if not _stands_still(each, basis, how)]
    still = {each.county.code for each in going} - {each.county.code for each, _ in moving}
    yield from (_left(each.county, each.stood.manifest) for each in going if each.county.code in still)
    for (each, _), manifest in zip(moving, _manifests(moving, basis), strict=True):
        _lay_down(manifest, each.stood.folder, basis.promise)
        yield Published(each.county.code, each.county.name, manifest, is_new=True)


def _stands_still(found: Found, basis: Basis, changes: dict[str, pl.DataFrame]) -> bool:
    """Whether nothing is to be told: no other promise, no other objection, no changed row in any view."""
    before = found.stood.manifest
    if before is None:
        return False
    is_told_anew = found.stood.is_promised_anew(basis) or before.objections != found.county.objections
    return not is_told_anew and not any(map(len, changes.values()))


def _promised(before: Manifest | None, folder: Path, basis: Basis) -> Contract | None:
    """The contract that a county stands under; most often it is the one that is released."""
    if before is not None and before.contract_sha256 == basis.promise.sha256:
        return basis.promise.contract
    return None if before is None else contract_behind(before, folder)


def _fallen(found: Found, basis: Basis) -> str | None:
    product, county = found.product, found.county
    if product.may_fall or county.code in basis.admitted:
        return None
    return fall(product, f"{county.code}/{basis.as_of}", found.height, found.stood.manifest)


def _changes(found: list[Found], basis: Basis) -> list[dict[str, pl.DataFrame]]:
    """The changes of each county's views against its version before, which was last found to agree with the same."""
    product, stood = found[0].product, found[0].stood
    new = together([each.county.rows for each in found])
    old, key = together([each.old for each in found]), key_of(found, product.grain)
    if stood.manifest is None or stood.last is None:
        told = _by_view(product, difference(new.head(0), new, key), "source")
    elif stood.opens_a_line(basis):
        told = _by_view(product, difference(new.head(0), new, key), "contract")
    elif new.equals(old):
        told = _by_view(product, difference(old.head(0), old.head(0), key), "source")
    else:
        differs = difference(old, new, key)
        told = _by_view(product, differs, _causes(found, basis, differs))
    by_view = {view: apart(rows, len(found)) for view, rows in told.items()}
    return [{view: rows[at] for view, rows in by_view.items()} for at in range(len(found))]


def _by_view(product: type[Product], found: Difference, causes: Causes) -> dict[str, pl.DataFrame]:
    """The changes of each view; what changed only above it is no change of it."""
    level = product.row_level
    return {
        view: changes(found if level is None else below(found, level, view), (*columns, AT), causes, FLAG)
        for view, columns in product.views().items()
    }


def _last(index: Index | None, before: Manifest | None) -> Rests | None:
    """What the standing version was last found to agree with: the index knows, unless it was not written any more."""
    if before is None:
        return None
    lines = [each for each in index.counties if each.county == before.county] if index else []
    if index and lines and lines[0].manifest_sha256 == fingerprint(before) and lines[0].rests in index.rests:
        return index.rests[lines[0].rests]
    return Rests(code_revision=before.code_revision, mappings=before.mappings, inputs=before.inputs)


def _causes(found: list[Found], basis: Basis, differs: Difference) -> pl.DataFrame:
    """The cause of whatever has changed of each entity since the version before."""
    stood, key = found[0].stood, key_of(found, [found[0].product.identifier])
    assert stood.manifest is not None and stood.last is not None
    *beside, identifier = key
    changed = differs.changed.select(key).unique()
    versions = [(each.stood.folder, each.stood.chain) for each in found]
    some = changed.select(identifier).unique()
    old = rows_of_each(versions, ORIGIN, [identifier], [identifier, *TRACED], some)
    old = old.select(*key, *TRACED).join(changed, on=key, how="semi")
    origin = together([each.county.origin.select(identifier, *TRACED) for each in found])
    now = origin.select(*key, *TRACED).join(changed, on=key, how="semi")
    gone = changed.join(now, on=key, how="anti")
    if not gone.is_empty():
        elsewhere = basis.traced(gone.select(identifier).unique()).select(identifier, *TRACED)
        now = pl.concat([now, gone.join(elsewhere, on=identifier).select(now.columns)])
    decided = _decided(basis, stood, stood.last)
    is_settled = decided == "source" or are_same(stood.last.inputs, basis.inputs)
    return causes(old, now, identifier, decided, None if is_settled else basis.fresh(stood.last.inputs), beside)


def _found(product: type[Product], counties: list[tuple[County, Stood]]) -> list[Found]:
    """Counties beside the widest view's last rows, in today's columns: a column that it lacked is null, one that went
    is left out."""
    stood = counties[0][1]
    schema, level = counties[0][0].rows.schema, list(product.views())[-1]
    if stood.contract is None or not stood.has(level):
        return [Found(product, county, before, county.rows.head(0)) for county, before in counties]
    old = _stood_before(counties, level, stood.contract.grain)
    told = old.select(
        *((pl.col(name) if name in old.columns else pl.lit(None)).cast(dtype).alias(name)
          for name, dtype in schema.items()),
        AT,
    )  # fmt: skip
    parted = zip(counties, apart(told, len(counties)), strict=True)
    return [Found(product, county, before, rows) for (county, before), rows in parted]


def _stood_before(counties: list[tuple[County, Stood]], level: str, key: Sequence[str]) -> pl.DataFrame:
    """The last rows of counties in a view, or of the origin; where they tell of some entities, of these alone."""
    versions = [(stood.folder, stood.chain) for _, stood in counties]
    each = [county.among for county, _ in counties if county.among is not None]
    if not each:
        return rows_of_each(versions, level, key)
    asked = together(each)
    rows = rows_of_each(versions, level, key, among=pl.concat(each).unique())
    return rows.join(asked, on=asked.columns, how="semi", maintain_order="left") if len(each) > 1 else rows


def _decided(basis: Basis, stood: Stood, last: Rests) -> str:
    """What changed besides the rows since the version before: families of mappings, code, contract.

    Objections are told row by row.
    """
    changed = [name for name in basis.mappings if last.mappings.get(name) != basis.mappings[name]]
    families = [name for name in changed if name in CAUSES and name != OBJECTION]
    families += ["code"] * (last.code_revision != code_revision())
    families += ["contract"] * stood.is_promised_anew(basis)
    return "+".join(families) or "source"


def _manifests(moving: list[tuple[Found, dict[str, pl.DataFrame]]], basis: Basis) -> Iterator[Manifest]:
    """The manifests of counties that have changed, whose files are written."""
    if not moving:
        return
    bases = [_base(found, basis, changes) for found, changes in moving]
    beside = [found for (found, _), base in zip(moving, bases, strict=True) if base is not None]
    moved = dict(zip((each.county.code for each in beside), _moved(beside) if beside else [], strict=True))
    counted, disputed = _counted([changed for _, changed in moving]), _disputed([found for found, _ in moving])
    for (found, changed), base, rows, counts in zip(moving, bases, counted, disputed, strict=True):
        origin = moved.get(found.county.code)
        told = _told_whole(found, changed) if origin is None else _told_since(found, changed, origin)
        yield _manifest(found, basis, rows, told, base, counts)


def _base(found: Found, basis: Basis, changes: dict[str, pl.DataFrame]) -> int | None:
    """The version that a county's next one stands on."""
    if found.stood.manifest is None:
        return None
    widest = changes[list(changes)[-1]]
    return stands_on(found.stood.chain, basis.promise.sha256, widest.height, found.height)


def _manifest(
    found: Found, basis: Basis, counts: dict[str, dict[str, int]], told: _Told, base: int | None,
    disputed: dict[str, int],
) -> Manifest:  # fmt: skip
    product, county, before = found.product, found.county, found.stood.manifest
    return Manifest(
        product=product.key,
        title=product.title,
        county=county.code,
        county_name=county.name,
        version=1 if before is None else before.version + 1,
        contract_version=basis.promise.contract.version,
        contract_sha256=basis.promise.sha256,
        code_revision=code_revision(),
        mappings=basis.mappings,
        as_of=basis.as_of,
        rows=found.height,
        changes=counts,
        views=told.views,
        origin=told.origin,
        origin_changes=told.origin_changes,
        base=base,
        inputs=basis.inputs,
        missing=basis.missing,
        coverage=basis.coverage,
        quarantined=basis.quarantined,
        disputed=disputed,
        objections=county.objections,
        previous=None if before is None else fingerprint(before),
    )


@dataclass(frozen=True)
class _Told:
    """The files of a version as they were written."""

    views: dict[str, View]
    origin: File | None
    origin_changes: File | None


def _told_whole(found: Found, changes: dict[str, pl.DataFrame]) -> _Told:
    """A version with snapshots of its own."""
    product, folder = found.product, found.stood.folder
    rows, origin = _whole(found, found.county.rows, list(changes)[-1]), _whole(found, found.county.origin, ORIGIN)
    snapshots = _put_views(found, {level: viewed(product, rows, level) for level in changes}, "snapshot")
    put = put_parquet(origin, folder / ORIGIN, ORIGIN, folder, {})
    return _Told(_views(snapshots, _put_views(found, changes, "changes")), put, None)


def _whole(found: Found, told: pl.DataFrame, level: str) -> pl.DataFrame:
    """All rows of a view, or of the origin: those that are told, and what else stands."""
    among, stood = found.county.among, found.stood
    if among is None or stood.contract is None or stood.manifest is None or not stood.has(level):
        return told
    key = (found.product.identifier,) if level == ORIGIN else stood.contract.grain
    old = rows_of_each([(stood.folder, stood.chain)], level, key)
    others = old.join(among, on=found.product.identifier, how="anti").select(told.columns)
    return pl.concat([others, told]).sort(found.product.identifier if level == ORIGIN else found.product.grain)


def _moved(found: list[Found]) -> list[pl.DataFrame]:
    """How the origin of each county has changed."""
    identifier = (found[0].product.identifier,)
    old = _stood_before([(each.county, each.stood) for each in found], ORIGIN, identifier)
    new = together([each.county.origin for each in found])
    return apart(told_by_type(difference(old, new, key_of(found, identifier))), len(found))


def _told_since(found: Found, changes: dict[str, pl.DataFrame], moved: pl.DataFrame) -> _Told:
    """A version that is told by what has changed."""
    views = _views({}, _put_views(found, changes, "changes"))
    folder = found.stood.folder
    return _Told(views, None, put_parquet(moved, folder / ORIGIN, "changes", folder, {}))


def _views(snapshots: dict[str, File], changes: dict[str, File]) -> dict[str, View]:
    return {level: View(level=level, snapshot=snapshots.get(level), changes=put) for level, put in changes.items()}


def _put_views(found: Found, tables: dict[str, pl.DataFrame], stem: str) -> dict[str, File]:
    """A file of each view."""
    product, folder = found.product, found.stood.folder
    put: dict[str, File] = {}
    for levels in _showing_the_same(tables):
        folders, titles = [folder / level for level in levels], _titles(product, levels[0])
        put |= zip(levels, put_alike(tables[levels[0]], folders, stem, folder, titles), strict=True)
    return put


def _showing_the_same(tables: dict[str, pl.DataFrame]) -> list[list[str]]:
    """The levels in their order, together where nothing of a table lies between them."""
    told: list[list[str]] = []
    for level, table in tables.items():
        if told and table.equals(tables[told[-1][0]]):
            told[-1].append(level)
        else:
            told.append([level])
    return told


def _disputed(found: list[Found]) -> list[dict[str, int]]:
    """How many values of each pair are in dispute; those of entities that are not looked at stand as they were."""
    before = [each.county.disputes_before for each in found]
    told = [each for each in before if each is not None]
    if not told or len(told) < len(found):
        return [each.county.disputed for each in found]
    key = [AT, found[0].product.identifier]
    here = together([each.old.select(each.product.identifier) for each in found]).unique()
    gone = pairs(together(told).join(here, on=key, how="semi"), AT)
    return [_without(each, gone.get(at, {})) for at, each in enumerate(found)]


def _without(found: Found, gone: dict[str, int]) -> dict[str, int]:
    before = found.stood.manifest.disputed if found.stood.manifest else {}
    now = found.county.disputed
    counts = {pair: before.get(pair, 0) - gone.get(pair, 0) + now.get(pair, 0) for pair in sorted({*before, *now})}
    return {pair: count for pair, count in counts.items() if count}


def _titles(product: type[Product], level: str) -> dict[str, str]:
    return {name: product.fields[name].title for name in product.views()[level]}  # pyright: ignore[reportArgumentType]


def _counted(changes: Sequence[dict[str, pl.DataFrame]]) -> list[dict[str, dict[str, int]]]:
    """Of each county, the changed rows of its widest view by change (insert, update, delete) and cause."""
    told_as = pl.col(CHANGE).str.strip_suffix("_postimage").alias("change")
    widest = together([views[list(views)[-1]].select(told_as, CAUSE) for views in changes])
    told = [dict[str, dict[str, int]]() for _ in changes]
    for at, change, cause, count in widest.group_by(AT, "change", CAUSE).len().sort(AT, "change", CAUSE).iter_rows():
        told[int(at)].setdefault(change, {})[cause] = count
    return told


def _lay_down(manifest: Manifest, folder: Path, promise: Written) -> None:
    """Everything that a manifest names is on the disk, and itself, before the pointer moves."""
    contract = folder / contract_path(promise.sha256)
    if not contract.exists():
        put_bytes(promise.content, contract)
    numbered = folder / "manifests" / f"{manifest.version:06d}.json"
    put_bytes(canonical(manifest), numbered)
    for part in sorted({contract.parent, numbered.parent, *((folder / file.path).parent for file in files(manifest))}):
        settle(part)


def _point(manifest: Manifest, folder: Path) -> None:
    """The one step that publishes."""
    put_bytes(canonical(manifest), folder / "manifest.json")
    settle(folder)


def _index_of(product: type[Product], supply: Path) -> Index | None:
    file = supply / "index" / f"{product.key}.json"
    return Index(**json.loads(file.read_bytes())) if file.exists() else None


def _write_index(
    product: type[Product], published: list[Published], basis: Basis, supply: Path, old: Index | None
) -> None:
    """Every county's line; those that a partial release leaves alone keep theirs, and what they rest on."""
    told = {each.county for each in published}
    known = (old.rests if old else {}) | {short(rests): rests for rests in _rests(published, basis, old)}
    others = [each for each in (old.counties if old else ()) if each.county not in told]
    lines = [*others, *(_standing(each, basis, old) for each in published)]
    used = sorted({each.rests for each in lines} - {""})
    index = Index(
        product=product.key,
        title=product.title,
        as_of=basis.as_of,
        inputs=basis.inputs,
        missing=basis.missing,
        counties=tuple(sorted(lines, key=lambda each: each.county)),
        rests={name: known[name] for name in used},
    )
    file = supply / "index" / f"{product.key}.json"
    if not file.exists() or file.read_bytes() != canonical(index):
        put_bytes(canonical(index), file)


def _rests(published: list[Published], basis: Basis, old: Index | None) -> list[Rests]:
    return [rests for each in published if (rests := _agrees_with(each, basis, old)) is not None]


def _agrees_with(published: Published, basis: Basis, old: Index | None) -> Rests | None:
    """What a county's version agrees with after a release: a held one with what it did before."""
    return basis.rests if published.held is None else _last(old, published.manifest)


def _standing(published: Published, basis: Basis, old: Index | None) -> Standing:
    """A county's line in the index; version 0 where nothing has ever been released."""
    manifest, rests = published.manifest, _agrees_with(published, basis, old)
    return Standing(
        county=published.county,
        county_name=published.name,
        version=manifest.version if manifest else 0,
        manifest_sha256=fingerprint(manifest) if manifest else "",
        rows=manifest.rows if manifest else 0,
        held=published.held,
        rests=short(rests) if rests else "",
    )
