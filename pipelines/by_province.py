"""A product for every county, by province: surveyed over all counties at once, parted, and handed to the release."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.accounts import DELIVERIES, stopped_at_the_door
from pipelines.assemble import Gathered, gather, newest
from pipelines.basis import basis_of, raised_on, wanted_counties
from pipelines.called import feed_list
from pipelines.causes import TRACED, Inputs
from pipelines.cut import as_declared, by_county, lists_behind
from pipelines.dictionary import Mappings, code_lists
from pipelines.disk import fused
from pipelines.disk.notes import fingerprint_of
from pipelines.disk.store import put_bytes
from pipelines.objections.raised import flagged, open_ones
from pipelines.promises.verdict import verdicts
from pipelines.ready import promise_of, refuse_unready
from pipelines.release import release, stands
from pipelines.releasing.county import Basis, County, Published
from pipelines.releasing.index import short
from pipelines.survey import lay, survey
from schemas.behind import feeds_behind, reads_fused
from schemas.manifest import Objected
from schemas.objection import Objection
from schemas.product import COUNTY_ITSELF, Product

_AUTHORITY = "authority"
# Rows of a product that are held at once.
_AT_ONCE = 500_000


@dataclass(frozen=True)
class _Made:
    """What was surveyed: its rows in a file, what each county's rows rest on, and what is objected to.

    `traced` has a row a county: `source_hash` stands for the deliveries behind it, `source_rows` is how many rows these
    have that are standard.
    """

    product: type[Product]
    file: Path
    traced: pl.DataFrame
    raised: dict[str, tuple[Objected, ...]]
    waiting: Collection[Objection]


def release_by_province(
    product: type[Product], mappings: Mappings, home: Path, supply: Path, tell: Callable[[Published], None],
    only: Collection[str] | None = None, objections: Collection[Objection] = (),
) -> list[Published]:  # fmt: skip
    """Make a product of all counties at once and publish it below `supply`, for every county or `only` some.

    Where all that it is made of is as it was at the last release, nothing is made.

    Raises NotReady as `pipelines.ready` says.
    """
    gathered = [gather(feed, home) for feed in feeds_behind(product)]
    promise = promise_of(product, code_lists(mappings))
    refuse_unready(product, gathered, mappings, promise, supply, home)
    wanted, traced = wanted_counties(mappings, only), _traced(gathered, mappings)
    basis = _concerning(
        product, basis_of(product, promise, mappings, objections, gathered, _sought(traced), _fresh(gathered, traced))
    )
    lists, note = lists_behind(product, mappings), home / "surveyed" / f"{product.key}.json"
    now = _grounds(product, basis, gathered, lists, open_ones(objections, mappings), supply, home)
    if _read(note) == now and (still := stands(product, wanted, basis, supply, tell)) is not None:
        return still
    with _scratch(home / "surveyed" / f"{product.key}.part") as scratch:
        file = survey(product, lay(product, gathered, lists, newest(gathered), home, scratch), scratch)
        raised = raised_on(product, mappings, objections, home)
        made = _Made(product, file, traced, raised, open_ones(objections, mappings))
        published = release(product, _shares(file, wanted), partial(_counties, made), basis, supply, tell)
    if len(wanted) == traced.height:
        put_bytes(json.dumps(now, indent=1).encode(), note)
    return published


def _concerning(product: type[Product], basis: Basis) -> Basis:
    """The same without authority where nothing fused is read: no department's word is weighed against another's."""
    if reads_fused(product) is not None:
        return basis
    return replace(basis, mappings={name: sha256 for name, sha256 in basis.mappings.items() if name != _AUTHORITY})


def _shares(file: Path, wanted: dict[str, str]) -> list[dict[str, str]]:
    """The counties wanted, by code with their names, in shares of about as many rows as may be held at once."""
    counted = pl.scan_parquet(file).group_by("county").len().collect()
    rows, shares, held = dict(counted.iter_rows()), list[dict[str, str]](), 0
    for code, name in wanted.items():
        held += rows.get(code, 0)
        if not shares or held > _AT_ONCE:
            shares.append({})
            held = rows.get(code, 0)
        shares[-1][code] = name
    return shares


def _counties(made: _Made, share: dict[str, str]) -> Iterator[County]:
    """The counties of a share, read from what was surveyed of the province."""
    product = made.product
    told = pl.scan_parquet(made.file).filter(pl.col("county").is_in(list(share))).collect()
    rows = flagged(product, as_declared(product, told), made.waiting)
    faults, parts = verdicts(product, rows), by_county(rows)
    origin = by_county(made.traced)
    for code, name in share.items():
        own = parts.get(code, rows.head(0))
        yield County(code, name, own, origin[code], {}, faults.get(code), made.raised.get(code, ()))


def _traced(gathered: Collection[Gathered], mappings: Mappings) -> pl.DataFrame:
    """What the rows of every county rest on, which is the same for all."""
    used = [outcome for each in gathered for outcome in each.used]
    told = json.dumps([[one.delivery.feed, one.delivery.sha256] for one in used])
    digest = int.from_bytes(hashlib.sha256(told.encode()).digest()[:8])
    rows = sum(one.standard for one in used)
    counties = list(wanted_counties(mappings, None))
    facts = [pl.lit(digest, pl.UInt64).alias(TRACED[0]), pl.lit(rows, pl.UInt32).alias(TRACED[1])]
    return pl.DataFrame({COUNTY_ITSELF: counties}, schema={COUNTY_ITSELF: pl.String}).with_columns(facts)


def _sought(traced: pl.DataFrame) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda some: traced.join(some, on=COUNTY_ITSELF, how="semi")


def _fresh(gathered: Collection[Gathered], traced: pl.DataFrame) -> Callable[[Inputs], pl.DataFrame]:
    """The counties behind which stands a delivery that other inputs had not: all of them, or none."""
    now = {(one.delivery.feed, one.delivery.sha256) for each in gathered for one in each.used}

    def since(inputs: Inputs) -> pl.DataFrame:
        is_new = now != {(each.feed, each.sha256) for each in inputs}
        return traced.select(pl.col(COUNTY_ITSELF).alias("entity_id")).head(traced.height if is_new else 0)

    return since


def _grounds(
    product: type[Product], basis: Basis, gathered: Collection[Gathered], lists: dict[str, pl.DataFrame],
    waiting: Collection[Objection], supply: Path, home: Path,
) -> dict[str, object]:  # fmt: skip
    """All that the product's rows come from, for a later run to see whether it is the same."""
    entity = reads_fused(product)
    return {
        "rests": short(basis.rests),
        "promise": basis.promise.sha256,
        "lists": fingerprint_of({**lists, "feed_list": feed_list(each.feed for each in gathered)}),
        "supply": str(supply),
        "fused": None if entity is None else fused.state(entity, home),
        "deliveries": [[one.delivery.feed, one.delivery.name, one.stamp] for each in gathered for one in each.outcomes],
        "open": sorted(each.id for each in waiting),
        "stopped": _stopped(product, gathered, home),
    }


def _stopped(product: type[Product], gathered: Collection[Gathered], home: Path) -> list[list[str]]:
    """The deliveries that were refused at the door, for a product that tells of deliveries."""
    if DELIVERIES not in product.reads():
        return []
    notes = ((each, *note) for each in gathered for note in stopped_at_the_door(each, home))
    return [[each.feed.key, sha256, finding.rule] for each, sha256, finding in notes]


def _read(note: Path) -> object:
    return json.loads(note.read_bytes()) if note.exists() else None


@contextmanager
def _scratch(folder: Path) -> Generator[Path]:
    """An empty folder that goes when it is not needed any more."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
