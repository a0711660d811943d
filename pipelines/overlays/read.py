"""Overlays read from their files and held against core and catalogue; a county's faults are its own, and all told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

from pipelines.dictionary import HOME, MappingError, current, meant, not_overlays, overlay_document, overlay_files
from pipelines.meaning.counties import today_counties
from pipelines.near import near
from pipelines.overlays.parts import Reading, Said, added, as_map, floor, omitted, pinned, tightened
from pipelines.places.moves import follow, moves_of
from pipelines.policies.fault import Wrong
from pipelines.policies.read import vocabulary
from pipelines.shelf import whole
from pipelines.tags.catalogue import whole as whole_catalogue
from schemas.overlay import Overlay, Own, Tighter
from schemas.product import Product, all_products

_PARTS = ("since", "add", "omit", "tighten", "coverage_floor", "major")


@dataclass(frozen=True)
class Wishes:
    """What a county's file says: an overlay a product, and the faults of each part, by product.

    Faults under the empty name are the whole file's and concern every product.
    """

    county: str
    overlays: dict[str, Overlay] = field(default_factory=dict[str, Overlay])
    faults: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def wrong(self, product: str) -> list[str]:
        """The faults that keep the county from a new version of a product."""
        return [*self.faults.get("", []), *self.faults.get(product, [])]

    def overlay(self, product: str, on: date) -> Overlay | None:
        """What is wished of a product on a day; None before the day since when it is."""
        told = self.overlays.get(product)
        return told if told is not None and told.since <= on else None


def wishes(home: Path = HOME) -> dict[str, Wishes]:
    """Every county's wishes by its code. Nothing is raised: what is wrong with a file is told beside what is right."""
    files = overlay_files(home)
    stats = tuple((str(file), (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files.values())
    told = dict(_wishes(tuple(files.items()), stats))
    for file in not_overlays(home):
        county = meant(file)
        told[county] = _misnamed(told.get(county, Wishes(county)), file)
    return told


def _misnamed(told: Wishes, file: Path) -> Wishes:
    """The same, and that a file beside is not read: what it wishes would be passed over in silence."""
    wrong = Wrong("its name", file.name, f"{meant(file)}.yaml", "Call it so, or take it out: nothing else is read.")
    return replace(told, faults=told.faults | {"": [*told.faults.get("", []), _line(file, wrong)]})


@cache
def _wishes(files: tuple[tuple[str, Path], ...], state: tuple[tuple[str, int, int], ...]) -> dict[str, Wishes]:
    """As long as sizes and times of change stay, nothing is read again."""
    return {county: read(county, file) for county, file in files}


def read(county: str, file: Path) -> Wishes:
    """One county's file."""
    try:
        document = overlay_document(file)
    except MappingError as error:
        return Wishes(county, faults={"": [str(error).replace(str(file), f"mappings/overlays/{file.name}")]})
    return understood(county, file, document)


def understood(county: str, file: Path, document: Any) -> Wishes:
    """What a file's plain values say; each fault with file, place, found, expected and what to do."""
    told = Wishes(county)
    if county not in _counties():
        wrong = Wrong("its name", county, "the code of one of today's counties", _today(county))
        told.faults[""] = [_line(file, wrong)]
        return told
    wished = as_map(document)
    if not wished:
        told.faults[""] = [_line(file, Wrong("the file", str(document), "a product and what is wished", "Write one."))]
    for name, said in wished.items():
        if name == "example":
            continue
        wrongs = _product(told, name, said)
        if wrongs:
            concerned = told.faults.setdefault(name if name in all_products() else "", [])
            concerned += [_line(file, each) for each in wrongs]
    return told


@cache
def _counties() -> dict[str, str]:
    return dict(today_counties(current()).select("code", "name").iter_rows())


def _today(county: str) -> str:
    """What to do with a code that has ended: as what it has become stands in changes.csv; else what is near it."""
    became = sorted(follow(county, moves_of(current()), date.max) - {county})
    if not became:
        return near(county, _counties())
    lies = "、".join(f"{code} ({_counties()[code]})" for code in became)
    return f"By mappings/places/changes.csv it has become {lies}: call the file so, or take it out."


def _line(file: Path, wrong: Wrong) -> str:
    """A fault as it stands in published indexes too: the file is named as the repository has it."""
    return f"mappings/overlays/{file.name}, {wrong.at}: found {wrong.found}; expected {wrong.expected}. {wrong.todo}"


def _product(told: Wishes, name: str, said: Any) -> list[Wrong]:
    """What is wrong with the wishes of one product; without a fault they are the county's."""
    products = all_products()
    if name not in products:
        return [Wrong(name, f"'{name}'", f"one of {', '.join(products)}", near(name, products))]
    shape = list(_shape(name, said))
    if shape:
        return shape
    wrongs = list[Wrong]()
    overlay = _overlay(told.county, whole(products[name]), cast(dict[str, Any], said), wrongs)
    if not wrongs:
        told.overlays[name] = overlay
    return wrongs


def _shape(name: str, said: Any) -> Iterator[Wrong]:
    parts = as_map(said)
    if not parts:
        yield Wrong(name, str(said), f"the parts {', '.join(_PARTS)}", "Write each as a key and its value.")
        return
    for part in parts:
        if part not in _PARTS:
            yield Wrong(name, f"'{part}'", f"only {', '.join(_PARTS)}", near(part, _PARTS))
    if type(parts.get("since")) is not date:
        todo = "Say since when the county wishes it."
        yield Wrong(f"{name}.since", repr(parts.get("since")), "a day, written yyyy-mm-dd", todo)


def _overlay(county: str, product: type[Product], said: dict[str, Any], wrongs: list[Wrong]) -> Overlay:
    reading = Reading(county, product, said["since"], _vocabulary(), wrongs)

    def each(part: str, read_one: Callable[[Said, Reading], Any]) -> list[Any]:
        return [] if part not in said else read_one(Said(said[part], f"{product.key}.{part}"), reading)

    adds: list[Own] = each("add", added)
    omits: list[str] = each("omit", omitted)
    tightens: list[Tighter] = each("tighten", tightened)
    _refuse_both(omits, tightens, product, wrongs)
    floors, majors, core = each("coverage_floor", floor), each("major", pinned), reading.catalogue.tags
    return Overlay(
        county, product.key, said["since"], tuple(own for own in adds if own.key not in core), tuple(omits),
        tuple(tightens), floors[0] if floors else None, majors[0] if majors else None,
        "" if wrongs else _fingerprint(said), tuple(own for own in adds if own.key in core),
    )  # fmt: skip


def _refuse_both(omits: list[str], tightens: list[Tighter], product: type[Product], wrongs: list[Wrong]) -> None:
    for each in tightens:
        if each.column in omits:
            todo = "Omit it, or tighten it."
            wrongs.append(Wrong(f"{product.key}.tighten.{each.column}", "a column that is omitted", "one kept", todo))


@cache
def _vocabulary() -> Any:
    return vocabulary(whole_catalogue(), current())


def _fingerprint(said: dict[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def all_faults(home: Path = HOME) -> list[str]:
    """Everything that is wrong with any county's file, in words."""
    return [fault for each in wishes(home).values() for faults in each.faults.values() for fault in faults]
