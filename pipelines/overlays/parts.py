"""The parts of an overlay: what is added, omitted, tightened and pinned, each held against the core. Reads no file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from pipelines.near import near
from pipelines.overlays.form import ordered, says_the_same
from pipelines.overlays.measured import measure, reckoned_unit
from pipelines.policies.amounts import amount, written_so
from pipelines.policies.asked import Vocabulary, condition, one_name
from pipelines.policies.fault import Wrong
from pipelines.promises.steps import numbers
from pipelines.tags.catalogue import Catalogue, named
from pipelines.tags.mirror import mirror
from pipelines.tags.wording import digits
from schemas.condition import Condition
from schemas.entity import all_entities
from schemas.measure import RATIO, Measure
from schemas.overlay import Own, Taken, Tighter
from schemas.product import Field, Product, taken_names
from schemas.units import as_standard

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
_RULES = ("when", "measure", "take")
_ADDED = ("title", "unit", *_RULES)
_CHECKS = ("never_empty", "at_least", "at_most")
# Where a county's own columns stand: the product whose columns tags are.
_TAGS = "enterprise_tags"


def as_map(said: Any) -> dict[str, Any]:
    """Plain values as a map; an empty one where they are none."""
    return cast(dict[str, Any], said) if isinstance(said, dict) else {}


def _as_list(said: Any) -> list[Any]:
    return cast(list[Any], said) if isinstance(said, list) else []


@dataclass(frozen=True)
class Said:
    """A part's plain values, and its place."""

    value: Any
    at: str

    def items(self, what: str) -> list[tuple[str, Said]]:
        """Its keys with their values. Raises Wrong where it is no map."""
        told = as_map(self.value)
        if not told:
            raise Wrong(self.at, str(self.value), what, "Write each as a key and its value.")
        return [(str(key), Said(each, f"{self.at}.{key}")) for key, each in told.items()]


@dataclass(frozen=True)
class Reading:
    """What a county's wishes are held against; what is wrong with them is appended to `wrongs`."""

    county: str
    product: type[Product]
    since: date
    known: Vocabulary
    wrongs: list[Wrong]

    @property
    def catalogue(self) -> Catalogue:
        """The core's tags and data."""
        return self.known.catalogue


def added(said: Said, reading: Reading) -> list[Own]:
    """The columns that a county adds, also those that the core has by the same name and alike."""
    core = {**reading.catalogue.tags, **reading.product.fields}
    told, titles = list[Own](), {each.title: name for name, each in core.items()}
    for key, each in _items(said, "a key and what the column is", reading):
        try:
            own = _own(key, each, reading)
            named_so = titles.get(own.title, key)
            if named_so != key and not _says_the_cores(own, named_so, reading):
                found = f"'{own.title}', which is {named_so} already"
                raise Wrong(f"{each.at}.title", found, "a title of its own", "Give it another.")
            titles[own.title] = key
            _refuse_the_cores_name(own, each, reading)
            told.append(own)
        except Wrong as wrong:
            reading.wrongs.append(wrong)
    return told


def _items(said: Said, what: str, reading: Reading) -> list[tuple[str, Said]]:
    try:
        return said.items(what)
    except Wrong as wrong:
        reading.wrongs.append(wrong)
        return []


def _own(key: str, said: Said, reading: Reading) -> Own:
    product = reading.product
    if not _KEY.match(key):
        raise Wrong(said.at, f"'{key}'", "a name of small letters, digits and _", "Write it so.")
    if key in taken_names():
        found = f"'{key}', which every product has of its own"
        raise Wrong(said.at, found, "a name that a column alone has", "Give it another.")
    if product.key != _TAGS:
        raise Wrong(said.at, f"a column for {product.key}", f"one for {_TAGS}", f"Add it to {_TAGS}.")
    parts = dict(said.items(", ".join(_ADDED)))
    for part in parts.keys() - {*_ADDED}:
        todo = "A level follows from the sources." if part == "level" else near(part, _ADDED)
        raise Wrong(said.at, f"'{part}'", f"only {', '.join(_ADDED)}", todo)
    title = parts["title"].value if "title" in parts else None
    if not isinstance(title, str) or not title.strip():
        raise Wrong(f"{said.at}.title", repr(title), "a text", "Say in Chinese what the column is called.")
    rule, unit = _rule(parts, said, reading)
    return Own(key, title.strip(), unit, rule)


def _rule(parts: dict[str, Said], said: Said, reading: Reading) -> tuple[Condition | Measure | Taken, str | None]:
    forms = [each for each in _RULES if each in parts]
    if len(forms) != 1:
        raise Wrong(
            said.at, "、".join(forms) or "none of them", f"one of {', '.join(_RULES)}", "Say what it is by one."
        )
    if forms[0] == "take":
        taken, unit = _taken(parts["take"])
        _hold_unit(parts, said, unit)
        return taken, unit
    read, part = (condition, "when") if forms[0] == "when" else (measure, "measure")
    rule = ordered(read(parts[part].value, parts[part].at, reading.known))
    _refuse_awaited(rule, parts[part], reading)
    unit = reckoned_unit(rule, reading.catalogue) if isinstance(rule, Measure) else None
    _hold_unit(parts, said, unit)
    return rule, unit


def _hold_unit(parts: dict[str, Said], said: Said, unit: str | None) -> None:
    """A number says its unit, and it is that of what it is made of: nothing is converted in silence."""
    written = parts["unit"].value if "unit" in parts else None
    if written != unit:
        expected = unit or "no unit, for it has none"
        todo = "Mend it." if written else f"Add unit: {unit}"
        raise Wrong(f"{said.at}.unit", repr(written), expected, todo if unit else "Leave it out.")


def _refuse_awaited(rule: Condition | Measure, said: Said, reading: Reading) -> None:
    """What rests on a column that no feed brings would be empty in every row; a tag that the product tells is not."""
    brought = mirror().fields
    for name in (each for each in named(rule) if each not in reading.product.fields):
        tag = reading.catalogue.tags.get(name)
        for column in tag.of if tag else (name,):
            if column not in brought:
                who = "、".join(reading.catalogue.data[column].departments)
                found = f"{name}, which needs {column} of {who}; no feed brings it yet"
                raise Wrong(said.at, found, "what a department brings", "Name another, or wait for its feed.")


def _taken(said: Said) -> tuple[Taken, str | None]:
    entity = all_entities()[mirror().entity]
    columns = {f"{feed.key}.{name}": (feed, column) for feed in entity.feeds() for name, column in feed.columns.items()}
    what = "a feed and its column, such as tax_registration.started"
    name = one_name(said.value, said.at, what)
    if name not in columns:
        raise Wrong(said.at, f"'{name}'", what, near(name, columns))
    feed, column = columns[name]
    return Taken(feed.key, column.name), as_standard(column.kind).unit


def _says_the_cores(own: Own, name: str, reading: Reading) -> bool:
    """Whether a tag of the core says the same in the same unit."""
    tag = reading.catalogue.tags.get(name)
    return tag is not None and says_the_same(own, tag, reading.catalogue)


def _refuse_the_cores_name(own: Own, said: Said, reading: Reading) -> None:
    """Raise Wrong for a name of the core's, unless the core says the same by it: it was promoted, the line is spent."""
    tag, field = reading.catalogue.tags.get(own.key), reading.product.fields.get(own.key)
    if tag is not None and field is not None and not isinstance(own.rule, Taken):
        if _says_the_cores(own, own.key, reading):
            return
        found = f"{own.key}, which says something else than the core's"
        raise Wrong(said.at, found, "a name that the core does not have", "Give it another name: the core's stays.")
    if own.key in {*reading.product.fields, *reading.catalogue.tags, *reading.catalogue.data}:
        what = "a column of the product" if field is not None else "a name of the catalogue"
        raise Wrong(said.at, f"'{own.key}', {what}", "a name that the core does not have", "Give it another.")


def omitted(said: Said, reading: Reading) -> list[str]:
    """The columns that a county does without."""
    listed = _as_list(said.value)
    if not listed:
        reading.wrongs.append(Wrong(said.at, str(said.value), "a list of columns", "Write them between brackets."))
    for each in listed:
        reading.wrongs.extend(_unomittable(each, said, reading.product))
    return [str(each) for each in listed]


def _unomittable(name: Any, said: Said, product: type[Product]) -> Iterator[Wrong]:
    field = product.fields.get(name) if isinstance(name, str) else None
    if field is None:
        yield Wrong(said.at, f"'{name}'", f"a column of {product.key}", near(name, product.fields))
    elif name in (*product.grain, product.identifier, product.row_level):
        yield Wrong(said.at, f"{name}, of the key", "a column that tells no row from another", "Keep it.")
    elif field.required:
        yield Wrong(said.at, f"{name}, never empty", "a column that may be empty", "Keep it: others rely on it.")


def tightened(said: Said, reading: Reading) -> list[Tighter]:
    """What a county expects of columns beyond the core."""
    told = list[Tighter]()
    for name, each in _items(said, "a column and its checks", reading):
        try:
            told.append(_tighter(name, each, reading.product))
        except Wrong as wrong:
            reading.wrongs.append(wrong)
    return told


def _tighter(name: str, said: Said, product: type[Product]) -> Tighter:
    field = product.fields.get(name)
    if field is None:
        raise Wrong(said.at, f"'{name}'", f"a column of {product.key}", near(name, product.fields))
    checks = dict(said.items(", ".join(_CHECKS)))
    for check in checks.keys() - {*_CHECKS}:
        raise Wrong(said.at, f"'{check}'", f"only {', '.join(_CHECKS)}", near(check, _CHECKS))
    if "never_empty" in checks and checks["never_empty"].value is not True:
        found = f"never_empty: {checks['never_empty'].value}"
        raise Wrong(said.at, found, "never_empty: true", "A check of the core is never loosened; leave it out.")
    low, high = (_bound(checks.get(check), field) for check in ("at_least", "at_most"))
    if low is not None and high is not None and low > high:
        raise Wrong(
            said.at, f"{digits(low)} to {digits(high)}", "a bound above the other", "No value could stand; mend them."
        )
    return Tighter(name, "never_empty" in checks, low, high)


def _bound(said: Said | None, field: Field) -> float | None:
    if said is None:
        return None
    ratio = field.kind is RATIO
    if not field.kind.dtype.is_numeric():
        raise Wrong(said.at, f"a bound on {field.kind.title}", "a column of numbers", "Use never_empty.")
    bound = amount(said.value, field.unit, ratio=ratio)
    if bound is None:
        raise Wrong(said.at, f"'{said.value}'", written_so(field.unit, ratio=ratio), "Write the amount with its unit.")
    return bound


def floor(said: Said, reading: Reading) -> list[float]:
    """The least share of coded values that must have met a dictionary row."""
    share, core = amount(said.value, None, ratio=True), reading.product.coverage_floor
    if share is None or not core <= share <= 1:
        todo = "A check of the core is never loosened." if share is not None else "Write a share."
        reading.wrongs.append(Wrong(said.at, repr(said.value), f"a share from {core:.0%} to 100%", todo))
        return []
    return [share]


def pinned(said: Said, reading: Reading) -> list[int]:
    """The major version that a county keeps to."""
    newest = numbers(reading.product.version)[0]
    if type(said.value) is not int or not 1 <= said.value <= newest:
        found, expected = repr(said.value), f"a major version that is served, 1 to {newest}"
        reading.wrongs.append(Wrong(said.at, found, expected, f"{reading.product.key} is {reading.product.version}."))
        return []
    return [said.value]
