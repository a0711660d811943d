"""The manifests of counties' next versions: what is counted of them, and what each stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.releasing.county import Basis
from pipelines.releasing.files import Told, moved_origins, told_since, told_whole
from pipelines.releasing.fold import AT, base_for
from pipelines.releasing.found import Found, Origins
from pipelines.releasing.together import together
from pipelines.releasing.touched import pairs
from pipelines.revision import code_revision
from pipelines.shelf import stands_alone
from schemas.manifest import Manifest, fingerprint
from schemas.snapshot import CAUSE, CHANGE


def manifests_of(moving: list[tuple[Found, dict[str, pl.DataFrame]]], basis: Basis, was: Origins) -> Iterator[Manifest]:
    """The manifests of counties that have changed, whose files are written."""
    if not moving:
        return
    bases = [_base(found, basis, changes) for found, changes in moving]
    beside = [found for (found, _), base in zip(moving, bases, strict=True) if base is not None]
    moved = dict(zip((each.county.code for each in beside), moved_origins(beside, was) if beside else [], strict=True))
    counted, disputed = _counted([changed for _, changed in moving]), _disputed([found for found, _ in moving])
    for (found, changed), base, rows, counts in zip(moving, bases, counted, disputed, strict=True):
        origin = moved.get(found.county.code)
        told = told_whole(found, changed) if origin is None else told_since(found, changed, origin)
        yield _manifest(found, basis, rows, told, base, counts)


def stale_counties(still: list[Found], was: Origins) -> set[str]:
    """Of counties that keep their version those that would tell other disputes or origins than it does.

    None of a product that is made whole each time: whatever comes next counts all of it anew.
    """
    if not still or not stands_alone(still[0].product):
        return set()
    told = zip(still, _disputed(still), _moves(still, was), strict=True)
    return {found.county.code for found, counts, moves in told if moves or counts != _disputed_before(found)}


def _disputed_before(found: Found) -> dict[str, int]:
    return found.served.manifest.disputed if found.served.manifest else {}


def _moves(still: list[Found], was: Origins) -> list[bool]:
    """Whether the origin of each county's entities has changed."""
    alike = [each.county.origin.columns == was()[each.county.code].columns for each in still]
    return [len(each) > 0 for each in moved_origins(still, was)] if all(alike) else [True for _ in still]


def _base(found: Found, basis: Basis, changes: dict[str, pl.DataFrame]) -> int | None:
    """The version that a county's next one stands on; None where its origin has other columns than were told there."""
    if found.served.origin_columns != found.county.origin.columns:
        return None
    widest = changes[list(changes)[-1]]
    return base_for(found.served.chain, basis.promise.sha256, widest.height, found.height)


def _manifest(
    found: Found, basis: Basis, counts: dict[str, dict[str, int]], told: Told, base: int | None,
    disputed: dict[str, int],
) -> Manifest:  # fmt: skip
    product, county, before = found.product, found.county, found.served.manifest
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


def _counted(changes: Sequence[dict[str, pl.DataFrame]]) -> list[dict[str, dict[str, int]]]:
    """Of each county, the changed rows of its widest view by change (insert, update, delete) and cause."""
    told_as = pl.col(CHANGE).str.strip_suffix("_postimage").alias("change")
    widest = together([views[list(views)[-1]].select(told_as, CAUSE) for views in changes])
    told = [dict[str, dict[str, int]]() for _ in changes]
    for at, change, cause, count in widest.group_by(AT, "change", CAUSE).len().sort(AT, "change", CAUSE).iter_rows():
        told[int(at)].setdefault(change, {})[cause] = count
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
    before, now = _disputed_before(found), found.county.disputed
    counts = {pair: before.get(pair, 0) - gone.get(pair, 0) + now.get(pair, 0) for pair in sorted({*before, *now})}
    return {pair: count for pair, count in counts.items() if count}
