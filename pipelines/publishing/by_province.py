"""A product for every county, by province: surveyed over all counties at once, parted, and handed to the release."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import polars as pl

from pipelines.cut import as_declared, by_county, lists_behind
from pipelines.dictionary import Mappings, fingerprint
from pipelines.disk import fused
from pipelines.disk.product_grounds import fingerprint_of
from pipelines.gather import Gathered, feeds_in_use, gather, newest
from pipelines.objections.raised import flagged, open_ones
from pipelines.overlays.edition import Edition
from pipelines.packed import packed
from pipelines.promises.verdict import verdicts
from pipelines.publishing.basis import basis_of, raised_on, wanted_counties
from pipelines.publishing.ready import refuse_unfused
from pipelines.publishing.released import Run, release_everywhere
from pipelines.release import release, unchanged_everywhere
from pipelines.releasing.causes import TRACED, Inputs
from pipelines.releasing.county import Basis, County, Published
from pipelines.releasing.index import stamp_of
from pipelines.sql.called import feed_list
from pipelines.surveying.accounts import DELIVERIES, deliveries_table
from pipelines.surveying.survey import lay, survey
from schemas.behind import feeds_behind, reads_fused
from schemas.manifest import REFUSED, Objected
from schemas.objection import Objection
from schemas.odcs import Written
from schemas.product import COUNTY_ITSELF, Product
from schemas.put import put_bytes

_AUTHORITY = "authority"
# Rows of a product that are held at once.
_AT_ONCE = 500_000


@dataclass(frozen=True)
class _Made:
    """What was surveyed, as a county or all receive it: the file, what makes their rows of it, and objections.

    `traced` has a row a county: `source_hash` stands for the deliveries behind it, `source_rows` is how many rows these
    have that are standard.
    """

    product: type[Product]
    file: Path
    rows: Callable[[pl.DataFrame], pl.DataFrame]
    traced: pl.DataFrame
    raised: dict[str, tuple[Objected, ...]]
    waiting: Collection[Objection]


def release_by_province(
    product: type[Product], mappings: Mappings, home: Path, supply: Path, tell: Callable[[Published], None],
    only: Collection[str] | None = None, objections: Collection[Objection] = (),
) -> list[Published]:  # fmt: skip
    """Make a product of all counties at once and publish it below `supply`, for every county or `only` some.

    It is surveyed once, also for counties that are released apart; where all that it is made of is as it was at the
    last release, never.

    Raises NotReady as `release_everywhere` says, and where what was fused rests on other deliveries or ranks than now.
    """
    gathered = [gather(feed, home) for feed in feeds_behind(product)]
    run = Run(product, mappings, home, supply, gathered, objections, tell)
    with _scratch(home / "surveyed" / f"{product.key}.part") as scratch:
        return release_everywhere(run, partial(_by_province, scratch), only)


def _by_province(scratch: Path, run: Run) -> _ByProvince:
    if (entity := reads_fused(run.product)) is not None:
        refuse_unfused(run.product, entity, run.gathered, run.mappings, run.home)
    lists = lists_behind(run.product, run.mappings, feeds_in_use(run.gathered), newest(run.gathered))
    return _ByProvince(run, lists, _traced(run.gathered, run.mappings), cache(partial(_surveyed, run, lists, scratch)))


def _surveyed(run: Run, lists: dict[str, pl.DataFrame], scratch: Path) -> Path:
    scratch.mkdir(parents=True)
    laid = lay(run.product, run.gathered, lists, newest(run.gathered), run.home, scratch)
    return survey(run.product, laid, scratch)


@dataclass(frozen=True)
class _ByProvince:
    """The way of a product by province; `surveyed` gives the file of all its rows, made once."""

    run: Run
    lists: dict[str, pl.DataFrame]
    traced: pl.DataFrame
    surveyed: Callable[[], Path]

    def basis(self, product: type[Product], promise: Written) -> Basis:
        """What a release of the core, or of a county's edition, rests on."""
        run, traced = self.run, self.traced
        since = _fresh(run.gathered, traced)
        told = basis_of(product, promise, run.mappings, run.objections, run.gathered, _sought(traced), since)
        return _concerning(product, replace(told, mappings=told.mappings | _refused(run)))

    def shared(self, basis: Basis, wanted: dict[str, str], *, is_every: bool) -> list[Published]:
        """The counties that stand under the core's contract; a note is kept where they are all of these."""
        product, note = self.run.product, self._note(self.run.product.key)
        now = self._grounds(basis)
        if _read(note) == now and (still := self._unchanged(product, basis, wanted)) is not None:
            return still
        published = self._publish(product, partial(as_declared, product), basis, wanted)
        if is_every:
            _keep(now, note)
        return published

    def edition(self, edition: Edition, basis: Basis, county: dict[str, str]) -> list[Published]:
        """A county under its own contract, whose rows are the core's; its note is its own."""
        note, now = self._note(f"{edition.core.key}.{edition.county}"), self._grounds(basis)
        if _read(note) == now and (still := self._unchanged(edition.product, basis, county)) is not None:
            return still
        published = self._publish(edition.product, partial(_narrowed, edition), basis, county)
        _keep(now, note)
        return published

    def _note(self, name: str) -> Path:
        return self.run.home / "surveyed" / f"{name}.json"

    def _grounds(self, basis: Basis) -> dict[str, object]:
        return _grounds(self.run, basis, self.lists)

    def _unchanged(self, product: type[Product], basis: Basis, wanted: dict[str, str]) -> list[Published] | None:
        return unchanged_everywhere(product, wanted, basis, self.run.supply, self.run.tell)

    def _publish(
        self, product: type[Product], rows: Callable[[pl.DataFrame], pl.DataFrame], basis: Basis, wanted: dict[str, str]
    ) -> list[Published]:
        run, file = self.run, self.surveyed()
        raised = raised_on(product, run.mappings, run.objections, run.home)
        made = _Made(product, file, rows, self.traced, raised, open_ones(run.objections, run.mappings))
        return release(product, _shares(file, wanted), partial(_counties, made), basis, run.supply, run.tell)


def _narrowed(edition: Edition, told: pl.DataFrame) -> pl.DataFrame:
    return edition.narrowed(as_declared(edition.core, told))


def _concerning(product: type[Product], basis: Basis) -> Basis:
    """The same without authority where nothing fused is read: no department's word is weighed against another's."""
    if reads_fused(product) is not None:
        return basis
    return replace(basis, mappings={name: sha256 for name, sha256 in basis.mappings.items() if name != _AUTHORITY})


def _shares(file: Path, wanted: dict[str, str]) -> list[dict[str, str]]:
    """The counties wanted, by code with their names, in shares of about as many rows as may be held at once."""
    counted = pl.scan_parquet(file).group_by("county").len().collect()
    rows: dict[str, int] = dict(counted.iter_rows())
    return [dict(some) for some in packed(wanted.items(), lambda county: rows.get(county[0], 0), _AT_ONCE)]


def _counties(made: _Made, share: dict[str, str]) -> Iterator[County]:
    """The counties of a share, read from what was surveyed of the province."""
    product = made.product
    told = pl.scan_parquet(made.file).filter(pl.col("county").is_in(list(share))).collect()
    rows = flagged(product, made.rows(told), made.waiting)
    faults, parts = verdicts(product, rows), by_county(rows)
    origin, none = by_county(made.traced), made.traced.head(0)
    for code, name in share.items():
        own = parts.get(code, rows.head(0))
        yield County(code, name, own, origin.get(code, none), {}, faults.get(code), made.raised.get(code, ()))


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


def _grounds(run: Run, basis: Basis, lists: dict[str, pl.DataFrame]) -> dict[str, object]:
    """All that rows come from, for a later run to see whether it is the same."""
    entity, gathered = reads_fused(run.product), run.gathered
    return {
        "rests": stamp_of(basis.grounds),
        "promise": basis.promise.sha256,
        "lists": fingerprint_of({**lists, "feed_list": feed_list(each.feed for each in gathered)}),
        "supply": str(run.supply),
        "fused": None if entity is None else fused.state(entity, run.home),
        "deliveries": [[one.delivery.feed, one.delivery.name, one.stamp] for each in gathered for one in each.outcomes],
        "open": sorted(each.id for each in open_ones(run.objections, run.mappings)),
    }


def _refused(run: Run) -> dict[str, str]:
    """The fingerprint of what was refused, at the door or later, for a product that tells of deliveries."""
    if DELIVERIES not in run.product.reads():
        return {}
    told = deliveries_table(run.gathered, run.home).drop_nulls("refused").select("feed", "delivery", "refused")
    return {REFUSED: fingerprint(told)}


def _read(note: Path) -> object:
    """What the last release rested on; None where no note is there or it is not whole, as all can be made anew."""
    try:
        return json.loads(note.read_bytes()) if note.exists() else None
    except ValueError:
        return None


def _keep(grounds: dict[str, object], note: Path) -> None:
    put_bytes(json.dumps(grounds, indent=1).encode(), note)


@contextmanager
def _scratch(folder: Path) -> Generator[Path]:
    """Where a folder may be made: none is there before, and it goes when it is not needed any more."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
