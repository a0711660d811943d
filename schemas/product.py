"""What a product is: the table a county receives, its columns and their levels. No product stands here."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal, cast

from schemas.kinds import FLAG, Kind
from schemas.mendable import Mendable
from schemas.retention import Keep
from schemas.rooms import Misdeclared, by_key, import_room, snake_case

Level = Literal["L1", "L2", "L3", "L4"]
LEVELS: tuple[Level, ...] = ("L1", "L2", "L3", "L4")
Sharing = Literal["无条件共享", "有条件共享", "不予共享"]


@dataclass(frozen=True)
class Field:
    """One column of a product with its promise; `meaning` is the statistical meaning (口径).

    `of` names what it is made of (`enterprise.revenue`, `ecology_permit.valid_until`) where that is not
    the fused column of the same name.
    """

    kind: Kind
    title: str
    level: Level
    meaning: str = ""
    required: bool = False
    unit: str | None = None
    of: tuple[str, ...] = ()
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", name)


def field(
    kind: Kind, title: str, level: Level, *, meaning: str = "", unit: str | None = None, of: tuple[str, ...] = ()
) -> Field:
    """A column that may be empty; `unit` is the kind's own unless said."""
    return Field(kind, title, level, meaning, unit=unit or kind.unit, of=of)


def required(kind: Kind, title: str, level: Level, *, meaning: str = "", of: tuple[str, ...] = ()) -> Field:
    """A column that is never empty."""
    return Field(kind, title, level, meaning, required=True, unit=kind.unit, of=of)


# The column that every product has besides its own: it is told by the release, not by the product's SQL.
OBJECTED = Field(
    FLAG, "是否有未答复异议", "L1", meaning="县里对该行提出的异议尚未答复", required=True, of=("objections.column",),
    name="objected",
)  # fmt: skip


# What rows tell of that name no entity.
COUNTY_ITSELF = "county"
# What is said of a column that counts in a feed: nothing in it is none only once the feed has come.
AWAITED = "该数源尚未到达时为空"


class Product:
    """What a county receives. `pipelines/products/<key>.sql` makes it from the fused entity and its feeds.

    `identifier` is the column that names the entity. A product without one tells of the county itself and is made by
    province: its SQL sees at once, of all counties, what its columns name in `of` and the feeds that it `needs`.
    `entity` is then the one whose fused tables it reads, if it reads any. `grain` are the columns that tell one row
    from another, the identifier unless said. `levels` are its views, those of its columns unless said. `row_level`
    is the column that says each row's level where rows differ in it: a view then lacks the rows above its level too.
    `made_of` are the products whose rows it takes up, by their keys. `needs` are the feeds without which it is
    not released; `coverage_floor` is the least share of each coded column's values, in any feed in use, that must
    have met a dictionary row; what `may_fall` may lose most of its rows at once. Old versions beyond `keep` may be
    freed (`make gc`), a pinned one never.

    Said only where the contract's own default is not meant: `description` (说明), `sharing` (共享类型),
    `catalogue_code` (目录编码) and `scheme`, the standard whose levels the columns bear.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str] = ""
    sharing: ClassVar[Sharing | None] = None
    catalogue_code: ClassVar[str | None] = None
    scheme: ClassVar[str] = "DB33/T 2351-2021"
    entity: ClassVar[str] = COUNTY_ITSELF
    identifier: ClassVar[str] = COUNTY_ITSELF
    grain: ClassVar[tuple[str, ...]] = ()
    levels: ClassVar[tuple[Level, ...]] = ()
    row_level: ClassVar[str | None] = None
    may_fall: ClassVar[bool] = False
    version: ClassVar[str]
    made_of: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]]
    coverage_floor: ClassVar[float] = 0.9
    keep: ClassVar[Keep] = Keep(newest=10, days=92)
    fields: ClassVar[dict[str, Field]]

    def __init_subclass__(cls) -> None:
        """Gather the columns.

        Raises Misdeclared for one that is called like something that every product has, and for a view that lacks a
        column of the grain.
        """
        told = {name: each for base in reversed(cls.__mro__) for name, each in vars(base).items()}
        own = {name: each for name, each in told.items() if isinstance(each, Field)}
        if shadowed := sorted(own.keys() & taken_names()):
            raise Misdeclared(f"{cls.__name__}: every product has {', '.join(shadowed)}; name the column otherwise.")
        cls.key = snake_case(cls.__name__)
        cls.fields = own | {OBJECTED.name: OBJECTED}
        cls.grain = cls.grain or (cls.identifier,)
        cls.levels = cls.levels or tuple(level for level in LEVELS if any(each.level == level for each in own.values()))
        if hidden := [name for name in cls.grain if name in own and own[name].level > cls.levels[0]]:
            raise Misdeclared(f"{cls.__name__}: view {cls.levels[0]} lacks {', '.join(hidden)}, by which rows are told "
                            "apart; lower their level, or say `levels` without that view.")  # fmt: skip

    @classmethod
    def is_made_by_province(cls) -> bool:
        """Whether it is made of all counties at once, because its rows name no entity."""
        return cls.identifier == COUNTY_ITSELF

    @classmethod
    def reads(cls) -> frozenset[str]:
        """What it is made of besides the entity: the feeds that it needs, and the tables that its columns name.

        And what the products are made of whose rows it takes up.
        """
        named = (table.split(".", 1)[0] for each in cls.fields.values() for table in each.of)
        return frozenset([*cls.needs, *named]).union(*(all_products()[each].reads() for each in cls.made_of))

    @classmethod
    def origins(cls, column: str) -> tuple[str, ...]:
        """What a column is made of, such as `enterprise.revenue`; nothing for a column that it has not."""
        field = cls.fields.get(column)
        return () if field is None else field.of or (f"{cls.entity}.{column}",)

    @classmethod
    def views(cls) -> dict[str, tuple[str, ...]]:
        """The view of each level that the product has, with the columns up to that level in declared order."""
        return {level: tuple(name for name, each in cls.fields.items() if each.level <= level) for level in cls.levels}


@cache
def taken_names() -> frozenset[str]:
    """What every product has of its own, so that no column may be called so."""
    return frozenset([*dir(Product), *inspect.get_annotations(Product)])


def widened(product: type[Product], columns: Mapping[str, Field]) -> type[Product]:
    """The same product with more columns behind its own: for one whose columns a catalogue declares."""
    told = {"__module__": product.__module__, "__doc__": product.__doc__, **columns}
    return cast(type[Product], type(product.__name__, (product,), told))


def edited(
    product: type[Product], columns: Mapping[str, Field | None], floor: float, order: Iterable[str]
) -> type[Product]:
    """The same product with some columns otherwise, or without them (None), and a higher floor of coverage.

    Columns stand as `order` names them, and those that it does not name behind them as they are declared.
    """
    told = {"__module__": product.__module__, "__doc__": product.__doc__, "coverage_floor": floor, **columns}
    own = cast(type[Product], type(product.__name__, (product,), told))
    known = [name for name in order if name in own.fields]
    own.fields = {name: own.fields[name] for name in dict.fromkeys([*known, *own.fields])}
    return own


class UnknownProduct(Mendable, ValueError):
    """A name that no product has; the message says which there are."""


@cache
def all_products() -> dict[str, type[Product]]:
    """Every product declared in `schemas/products/`, by key."""
    import_room("schemas.products")
    return by_key(Product.__subclasses__())


def offered_products() -> dict[str, type[Product]]:
    """The products that are released here: all, or those that JUBIAN_PRODUCTS names, with commas or spaces between.

    Raises UnknownProduct for a name that none has.
    """
    named = re.findall(r"[^\s,，、]+", os.environ.get("JUBIAN_PRODUCTS", ""))
    unknown = sorted({*named} - all_products().keys())
    if unknown:
        raise UnknownProduct(
            f"JUBIAN_PRODUCTS names {', '.join(unknown)}; the products are {', '.join(all_products())}."
        )
    return {key: product for key, product in all_products().items() if not named or key in named}
