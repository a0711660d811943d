"""By which texts and which map a row's place is read, and what of the answer holds. No evidence is weighed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.last_known import last_known
from pipelines.places.gazetteer import gazetteer, offices
from pipelines.places.locate import locate
from pipelines.refusal import REASONS, reason
from schemas.feed import Feed, Place
from schemas.kinds import DAY, Kind, narrowed
from schemas.standard import PLACED

_ADDRESS = "place_address"
_NAME = "place_name"
_MAP = "place_map"
_DIVISION = "place_division"
_WRITTEN = "place_written"
_AGREED = "evidences that all say the same county"
_SAMPLE = 1_000


def located(
    feed: type[Feed], place: Place, rows: pl.DataFrame, standard: pl.DataFrame, mappings: Mappings, on: date
) -> pl.DataFrame:
    """For each row: `county`, `town`, `place_evidence` and `place_reasons`, as a place of the feed is declared.

    Rows that write the same place are read once: a register of villages names a thousand towns. Where the first
    thousand rows say that few do, as of addresses, looking for them would cost more than it saves.
    """
    place, rows = _dated(feed, *_spelt(feed, place, rows, standard), standard)
    place, texts = _read(place, rows, standard, mappings, on)
    if texts[_MAP].n_unique() == 1 and texts.head(_SAMPLE).n_unique() > _SAMPLE / 2:
        return _by_map(texts, place, mappings, on)
    once = texts.unique(maintain_order=True).sort(_MAP, maintain_order=True)
    at = texts.join(once.with_row_index("at"), on=texts.columns, how="left", nulls_equal=True, maintain_order="left")
    parts = once.partition_by(_MAP, maintain_order=True) or [once]
    found = pl.concat([_by_map(part, place, mappings, on) for part in parts])
    return found.select(pl.all().gather(at["at"]))


def _spelt(feed: type[Feed], place: Place, rows: pl.DataFrame, standard: pl.DataFrame) -> tuple[Place, pl.DataFrame]:
    """The place that takes a division's code out of the identifier as its own column has mended it, if one does."""
    if place.division is None or (column := _column(feed, place.division, lambda kind: kind.repairs)) is None:
        return place, rows
    return replace(place, division=_DIVISION), rows.with_columns(standard[column].alias(_DIVISION))


def _dated(feed: type[Feed], place: Place, rows: pl.DataFrame, standard: pl.DataFrame) -> tuple[Place, pl.DataFrame]:
    """The place whose `written` is a day, as the column that reads it does; where none does, an ISO day."""
    if place.written is None:
        return place, rows
    column = _column(feed, place.written, lambda kind: kind.dtype == pl.Date())
    day = DAY.read(DAY.tidy(pl.col(place.written))) if column is None else pl.lit(standard[column])
    return replace(place, written=_WRITTEN), rows.with_columns(day.alias(_WRITTEN))


def _column(feed: type[Feed], source: str, is_meant: Callable[[Kind], bool]) -> str | None:
    """The standard column of such a kind that reads the whole of a source column."""
    whole = (each for each in feed.columns.values() if each.source == source and each.take is None)
    return next((each.name for each in whole if is_meant(each.kind)), None)


def _read(
    place: Place, rows: pl.DataFrame, standard: pl.DataFrame, mappings: Mappings, on: date
) -> tuple[Place, pl.DataFrame]:
    """The place's texts with the day of the map of each row, and the place that reads them."""
    texts = rows.select(*place.sources, _map_day(place, on).alias(_MAP))
    if place.name is not None and place.name_take is not None:
        # A name from which nothing can be taken stays whole, so that it is found unknown and not lost.
        taken = pl.coalesce(_taken(place.name, place.name_take), narrowed(pl.col(place.name)))
        texts = texts.with_columns(taken.alias(_NAME))
        place = replace(place, name=_NAME)
    if place.town is not None:
        return replace(place, address=_ADDRESS), texts.with_columns(_written_out(standard[place.town], mappings))
    if place.address is None or place.address_take is None:
        return place, texts
    taken = _taken(place.address, place.address_take).alias(_ADDRESS)
    return replace(place, address=_ADDRESS), texts.with_columns(taken)


def _taken(source: str, take: str) -> pl.Expr:
    """What is meant of a text, null where nothing can be taken from it."""
    return narrowed(pl.col(source)).str.extract(take, 1)


def _map_day(place: Place, on: date) -> pl.Expr:
    """The map that a name is read by: the delivery's, or the one that the department still used."""
    if place.late is None or place.written is None:
        return pl.lit(on, pl.Date)
    until, behind = place.late
    return pl.when(pl.col(place.written) <= until).then(pl.lit(behind, pl.Date)).otherwise(pl.lit(on, pl.Date))


def _written_out(towns: pl.Series, mappings: Mappings) -> pl.Series:
    """Town codes as the address that their county's and their own name make, also of a county that has ended.

    An address is led on to where the county went; a code is not.
    """
    names = last_known(mappings.townships)
    counties = last_known(mappings.counties).select("city", county="code", county_name="name")
    whole = names.join(counties, on="county").select("code", pl.concat_str("city", "county_name", "name").alias("is"))
    told = towns.alias("code").to_frame().join(whole, on="code", how="left", maintain_order="left")
    return told["is"].alias(_ADDRESS)


def _by_map(part: pl.DataFrame, place: Place, mappings: Mappings, on: date) -> pl.DataFrame:
    day = part[_MAP].first() if part.height else on
    assert isinstance(day, date)
    found = locate(part, place, (offices if place.office else gazetteer)(mappings, day))
    if place.agree:
        found = _agreeing(part, place, found)
    return found if place.name is None else _without_wholes(part, place.name, place.wholes, found)


def _agreeing(part: pl.DataFrame, place: Place, found: pl.DataFrame) -> pl.DataFrame:
    """No county for a row whose evidences contradict one another; the reason names all that it wrote."""
    differs = pl.col("place_evidence").str.contains("!", literal=True).fill_null(value=False)
    sources = [name for name in (*place.sources, place.address) if name and name != place.written]
    told = part.select(pl.concat_str(list(dict.fromkeys(sources)), separator=" ", ignore_nulls=True).alias("told"))
    why = reason("county", "contradicting_place", pl.lit(told["told"]), _AGREED)
    held = [pl.when(~differs).then(name).alias(name) for name in PLACED]
    reasons = pl.when(differs).then(pl.concat_list(why).cast(REASONS)).otherwise("place_reasons")
    return found.select(*held, reasons.alias("place_reasons"))


def _without_wholes(part: pl.DataFrame, name: str, wholes: tuple[str, ...], found: pl.DataFrame) -> pl.DataFrame:
    """What is said of more than a county needs none."""
    is_whole = part.select(narrowed(pl.col(name)).is_in(wholes).fill_null(value=False).alias("is")).to_series()
    reasons = pl.when(pl.lit(is_whole)).then(pl.lit([], dtype=REASONS)).otherwise("place_reasons")
    return found.with_columns(reasons.alias("place_reasons"))
