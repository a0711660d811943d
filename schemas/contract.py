"""The promise behind a product: its contract, generated from its class and its feeds' declarations, nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from schemas.behind import feeds_behind
from schemas.entity import all_entities
from schemas.feed import Due, Feed, all_feeds
from schemas.kinds import Kind
from schemas.manifest import Record
from schemas.product import Field, Level, Product, Sharing

# A delivery is due within its feed's days of the last one; the release is the work of the night after.
_NIGHT = 1
_CYCLES = {1: "每日", 7: "每周", 28: "每月", 365: "每年"}
# The division code of the province (GB/T 2260), with which every catalogue code begins.
_PROVINCE = "330000"
_PHYSICAL: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Date: "DATE",
    pl.Boolean: "BOOLEAN",
}


class CodeList(Record):
    """A code list as promised: `version` is the newest day on which one of its rows became known (yyyy-mm-dd).

    `rows` are counted because a list is append-only: more of them, which begin with these, are a list that grew.
    """

    name: str
    version: str
    rows: int
    sha256: str


class Department(Record):
    """A source department and what it is called."""

    key: str
    title: str


class RowLevel(Record):
    """What gives rows their level, such as an indicator or a column in dispute, and that level."""

    of: str
    level: Level


class Check(Record):
    """A rule that every value of a column holds, and what it expects in words."""

    name: str
    expected: str


class Promise(Record):
    """What is promised of one column; `key` is its place in the primary key from 1, `meaning` its 口径.

    One that a county has added is its `own`.
    """

    name: str
    title: str
    kind: str
    type: str
    unit: str | None
    code_list: str | None
    level: Level
    required: bool
    key: int | None
    meaning: str
    rules: tuple[Check, ...] = ()
    own: bool = False


class Contract(Record):
    """What is promised of a product.

    A release is published at most `fresh_within_days` days after its as-of day; `every_days` is the slowest due time
    of the feeds it needs. `scheme` is the standard of the levels, `lists` are the code lists that columns name.
    `row_levels` are those of which `row_level` tells; none in contracts of before they were promised.
    `core` is the version of the core that a county's own contract widens or narrows, None for the core itself.
    """

    product: str
    title: str
    description: str
    version: str
    catalogue_code: str
    entity: str
    identifier: str
    levels: tuple[Level, ...]
    row_level: str | None
    may_fall: bool
    sharing: Sharing
    scheme: str
    needs: tuple[str, ...]
    departments: tuple[Department, ...]
    every_days: int
    fresh_within_days: int
    coverage_floor: float
    lists: tuple[CodeList, ...]
    columns: tuple[Promise, ...]
    row_levels: tuple[RowLevel, ...] = ()
    core: str | None = None

    @property
    def grain(self) -> tuple[str, ...]:
        """The columns that tell one row from another, in the order of the key."""
        keyed = [(each.key, each.name) for each in self.columns if each.key is not None]
        return tuple(name for _, name in sorted(keyed))

    @property
    def cycle(self) -> str:
        """The update cycle (更新周期) in words."""
        return f"{_CYCLES.get(self.every_days, f'每{self.every_days}日')}更新"

    @property
    def freshness(self) -> str:
        """The promise of freshness in words."""
        return f"数据时点之后{self.fresh_within_days}日内发布"

    def up_to(self, level: str) -> tuple[Promise, ...]:
        """The columns of the view of a level, in order."""
        return tuple(each for each in self.columns if each.level <= level)


def physical(dtype: pl.DataType) -> str:
    """A column's type in the words of SQL, as Parquet's readers see it. Raises KeyError for one no kind has."""
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision},{dtype.scale})"
    return _PHYSICAL[dtype.base_type()]


def lists_named_by(product: type[Product]) -> list[str]:
    """The code lists that a product's columns name, in the order of their names."""
    return sorted({field.kind.code_list for field in product.fields.values() if field.kind.code_list})


def contract_of(
    product: type[Product], lists: Mapping[str, CodeList], row_levels: tuple[RowLevel, ...] = ()
) -> Contract:
    """The contract that a product's class makes with the code lists as they are known and the levels behind its rows.

    Raises KeyError where a column names a list that is not among them.
    """
    return Contract(
        product=product.key,
        title=product.title,
        description=described(product),
        version=product.version,
        catalogue_code=product.catalogue_code or f"{_PROVINCE}/{product.entity}/{product.key}",
        entity=product.entity,
        identifier=product.identifier,
        levels=product.levels,
        row_level=product.row_level,
        row_levels=row_levels,
        may_fall=product.may_fall,
        sharing=product.sharing or _sharing(product.levels[-1]),
        scheme=product.scheme,
        needs=product.needs,
        departments=_departments(feeds_behind(product)),
        every_days=every_days(product),
        fresh_within_days=fresh_within_days(product),
        coverage_floor=product.coverage_floor,
        lists=tuple(lists[name] for name in lists_named_by(product)),
        columns=tuple(_promise(field, product.grain) for field in product.fields.values()),
    )


def described(product: type[Product]) -> str:
    """What a product is for, in a sentence: its own, or what can be said of any."""
    return product.description or f"按县（市、区）发布的{product.title}，以{_subject(product)}为对象。"


def _subject(product: type[Product]) -> str:
    """What rows tell of: the entity, or the county itself."""
    entity = None if product.is_made_by_province() else all_entities()[product.entity]
    return "县（市、区）" if entity is None else entity.title


def every_days(product: type[Product]) -> int:
    """The update cycle in days: the slowest due time of the feeds that a product needs."""
    return slowest_due(product).every_days


def slowest_due(product: type[Product]) -> Due:
    """The due time of the slowest of the feeds that a product needs; of several as slow the latest in the cycle."""
    return max((all_feeds()[need].due for need in product.needs), key=lambda due: (due.every_days, _in_cycle(due)))


def _in_cycle(due: Due) -> list[int]:
    """Month, day, hour and minute; 0 for what its cron line leaves open."""
    return [int(each) if each.isdigit() else 0 for each in reversed(due.cron.split())]


def fresh_within_days(product: type[Product]) -> int:
    """How many days after its as-of day a release is published at most."""
    return every_days(product) + _NIGHT


def _sharing(highest: Level) -> Sharing:
    """The default by the highest level: what is public is shared freely, what is most sensitive not at all."""
    match highest:
        case "L1":
            return "无条件共享"
        case "L4":
            return "不予共享"
        case _:
            return "有条件共享"


def _departments(feeds: list[type[Feed]]) -> tuple[Department, ...]:
    titles = {feed.department: feed.department_title for feed in feeds}
    return tuple(Department(key=key, title=titles[key]) for key in sorted(titles))


def _promise(field: Field, grain: tuple[str, ...]) -> Promise:
    return Promise(
        name=field.name,
        title=field.title,
        kind=field.kind.name,
        type=physical(field.kind.dtype),
        unit=field.unit,
        code_list=field.kind.code_list,
        level=field.level,
        required=field.required,
        key=grain.index(field.name) + 1 if field.name in grain else None,
        meaning=field.meaning,
        rules=_rules(field.kind),
    )


def _rules(kind: Kind) -> tuple[Check, ...]:
    return tuple(Check(name=rule.name, expected=rule.expected) for rule in kind.rules)
