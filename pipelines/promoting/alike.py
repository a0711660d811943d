"""What several counties built alike: their own columns compared by expression, by source columns and by values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path

import polars as pl

from pipelines.overlays.form import normal
from pipelines.overlays.own import own_tags
from pipelines.promises.promised import Lost, contract_behind
from pipelines.releasing.fold import rows_of
from pipelines.releasing.served import folder_of, served_manifest
from pipelines.tags.apply import Reference, tags
from pipelines.tags.catalogue import only, whole
from pipelines.tags.mirror import coarse, mirror
from schemas.contract import Contract, physical
from schemas.kinds import FLAG
from schemas.overlay import Overlay, Own, Taken
from schemas.tag import Tag

# Values are alike from here on; fewer rows that both know, or fewer that either flag is true of, say nothing.
_AGREES, _FEWEST = 0.95, 5


@dataclass(frozen=True)
class Built:
    """One county's own column, the tag that it is, and the sources that it rests on."""

    county: str
    own: Own
    of: frozenset[str]
    tag: Tag | None

    @property
    def name(self) -> str:
        """What it is called in evidence: 330109.fostered_technology."""
        return f"{self.county}.{self.own.key}"


@dataclass(frozen=True)
class Evidence:
    """Why two columns are alike.

    `shared` is the share of their source columns that both rest on. `agree` is, of rows that both know: for flags the
    share of those of either that are of both, for numbers their correlation; None where `rows` are too few.
    """

    one: Built
    other: Built
    is_same_expression: bool
    shared: float
    agree: float | None
    rows: int

    @property
    def are_alike(self) -> bool:
        """The same expression, or values that agree and rest on mostly the same columns."""
        return self.is_same_expression or (self.agree is not None and self.agree >= _AGREES and self.shared > 0.5)


@dataclass(frozen=True)
class Candidate:
    """Columns that several counties built alike, and the evidence pair by pair.

    `others` are what any county has under the name or the title of the first and that says something else.
    """

    built: tuple[Built, ...]
    evidence: tuple[Evidence, ...]
    others: tuple[Built, ...]

    @property
    def counties(self) -> tuple[str, ...]:
        """Who built it."""
        return tuple(sorted({each.county for each in self.built}))


def candidates(overlays: Iterable[Overlay], supply: Path) -> list[Candidate]:
    """What counties built alike, the most counties first; values are those on all their rows as they are served."""
    told = list(overlays)
    built = [each for overlay in told for each in _built(overlay)]
    values = _values(told, supply)
    found = [_beside(one, other, values) for one, other in combinations(built, 2) if _may_be_alike(one, other)]
    alike = [each for each in found if each.are_alike]
    groups = [_candidate(names, alike, built) for names in _joined(alike)]
    return sorted(groups, key=lambda each: (-len(each.counties), each.built[0].name))


def _built(overlay: Overlay) -> Iterator[Built]:
    catalogue = own_tags(overlay)
    for own in overlay.adds:
        tag = catalogue.tags.get(own.key)
        of = (f"{own.rule.feed}.{own.rule.column}",) if isinstance(own.rule, Taken) else tag.of if tag else ()
        yield Built(overlay.county, own, frozenset(of), tag)


def _may_be_alike(one: Built, other: Built) -> bool:
    """Two counties', of one kind and unit, with a source in common."""
    if one.county == other.county or not one.of & other.of or one.own.unit != other.own.unit:
        return False
    return (one.tag and one.tag.kind) == (other.tag and other.tag.kind)


def _beside(one: Built, other: Built, values: pl.DataFrame) -> Evidence:
    agree, rows = _agreement(one, other, values)
    shared = len(one.of & other.of) / len(one.of | other.of)
    return Evidence(one, other, _form(one) == _form(other), shared, agree, rows)


def _form(built: Built) -> object:
    rule = built.own.rule
    return rule if isinstance(rule, Taken) else normal(rule, whole())


def _agreement(one: Built, other: Built, values: pl.DataFrame) -> tuple[float | None, int]:
    if one.name not in values.columns or other.name not in values.columns:
        return None, 0
    both = values.select(pl.col(one.name).alias("one"), pl.col(other.name).alias("other")).drop_nulls()
    if one.tag and one.tag.kind is FLAG:
        either = both.filter(pl.col("one") | pl.col("other"))
        share = either.select((pl.col("one") & pl.col("other")).mean()).item() if either.height >= _FEWEST else None
        return share, both.height
    found = both.select(pl.corr("one", "other")).item() if both.height >= _FEWEST else None
    return (None if found is None or found != found else float(found)), both.height


def _values(overlays: list[Overlay], supply: Path) -> pl.DataFrame:
    """Each county's own columns, named as in evidence, on the rows of all counties that have any."""
    parts = [each for county in sorted({each.county for each in overlays}) if (each := _rows(county, supply))]
    wishing = [each for each in overlays if each.adds]
    if not parts or not wishing:
        return pl.DataFrame()
    rows, on = pl.concat([rows for rows, _ in parts], how="diagonal"), max(day for _, day in parts)
    return pl.concat([_said(each, rows, on) for each in wishing], how="horizontal")


def _rows(county: str, supply: Path) -> tuple[pl.DataFrame, date] | None:
    """A county's mirror as far as it is served as today's, and its day; None where none is or its contract is lost."""
    manifest = served_manifest(supply, county, mirror().key)
    folder = folder_of(supply, county, mirror().key)
    if manifest is None:
        return None
    try:
        served = contract_behind(manifest, folder)
    except Lost:
        return None
    rows = rows_of(folder, manifest, max(manifest.views), served.grain)
    return rows.select(_as_today(served)), date.fromisoformat(manifest.as_of)


def _as_today(served: Contract) -> list[str]:
    """The columns that are served in today's types and units; a county that is held or pinned may have others."""
    today = {name: (physical(each.kind.dtype), each.unit) for name, each in mirror().fields.items()}
    return [each.name for each in served.columns if today.get(each.name) == (each.type, each.unit)]


def _said(overlay: Overlay, rows: pl.DataFrame, on: date) -> pl.DataFrame:
    """What is reckoned of one overlay; what a feed brings is compared by its source alone."""
    keys = [each.key for each in overlay.adds if not isinstance(each.rule, Taken)]
    catalogue = only(own_tags(overlay), keys)
    told = tags(rows, catalogue, Reference(on)).with_columns(coarse(catalogue.tags))
    return told.select(pl.col(key).alias(f"{overlay.county}.{key}") for key in keys)


def _joined(alike: list[Evidence]) -> list[frozenset[str]]:
    """The names that evidence connects, group by group."""
    groups = list[frozenset[str]]()
    for each in alike:
        pair = frozenset({each.one.name, each.other.name})
        touching = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [pair.union(*touching)]
    return groups


def _candidate(names: frozenset[str], alike: list[Evidence], built: list[Built]) -> Candidate:
    evidence = tuple(each for each in alike if each.one.name in names)
    told = sorted((each for each in built if each.name in names), key=lambda each: each.name)
    others = (each for each in built if _says_another(each, told[0]))
    return Candidate(tuple(told), evidence, tuple(sorted(others, key=lambda each: each.name)))


def _says_another(one: Built, first: Built) -> bool:
    """Whether it has the name or the title of the first, and says something else."""
    own, core = one.own, first.own
    is_named_so = own.key == core.key or own.title == core.title
    return is_named_so and (_form(one) != _form(first) or own.unit != core.unit)
