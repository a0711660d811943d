"""What identification compares of a row, as numbers: who may meet whom is asked of these. Nothing is matched here.

Two keys that are alike by chance let an entity more be met, never one less.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.disk.keys import KNOWN, OPEN, Kept, every_key, has_keys, put_keys
from pipelines.identity.names import ENDS, ends, parted
from pipelines.identity.sounds import sound
from pipelines.identity.told import CREDIT_CODE, NUMBERS, Source, numbered_in
from schemas.feed import Feed
from schemas.standard import standard_schema

NAMED = ("whole", "short", "begins", *ENDS)
# What of a row decides whose it is, and of an entity's rows who is led to it. Which address and which day decide of
# those alone that tell them; that there is an address makes a seat where there is no county.
_BEARS = (*NUMBERS, "name", "county")
_SEATED = ("address", "registered")
_SEAT_ALONE = pl.col("county").is_null() & pl.col("address").is_not_null()
_DECIDES = (*_BEARS, *_SEATED)
_ROW = ("at", "row", "mark", "told")
IN_KNOWN = (
    *_ROW,
    "bears",
    CREDIT_CODE,
    "entity",
    "ending",
    "registration",
    "name",
    *NAMED,
    "county",
    "seat",
    "office",
)
IN_OPEN = (*_ROW, "ending", "registration", "tax", *NAMED, "county", "seat", "seated")


def keep_keys(source: Source, alike: Sequence[Kept] = ()) -> None:
    """Write the keys of a source's rows where they are not there; names told `alike` are not parted again."""
    if has_keys(source.keys):
        return
    read = source.rows.every([*standard_schema(source.feed), *_days_of(source.feed)], None)
    rows = numbered_in(source, read, ("name", "county", "address", "registered"))
    marked = rows.with_columns(
        _telling(source, [pl.col(name) for name in _DECIDES]).alias("told"),
        _telling(source, [*(pl.col(name) for name in _BEARS), _SEAT_ALONE]).alias("bears"),
        pl.any_horizontal(pl.col(_SEATED).is_not_null()).alias("seated"),
        _said(source, read),
    )
    keyed = pl.concat([marked.with_row_index("at"), _names_of(source, marked, alike)], how="horizontal").with_columns(
        pl.col("row").cast(pl.UInt32),
        hashed(pl.col(CREDIT_CODE)).alias("entity"),
        hashed(_ending()).alias("ending"),
        hashed(pl.col("registration_number")).alias("registration"),
        hashed(pl.col("tax_number")).alias("tax"),
        hashed(pl.col(CREDIT_CODE).str.slice(2, 4)).alias("office"),
        hashed(pl.col("name")),
        *places(),
    )
    is_open = pl.col("entity").is_null()
    put_keys(keyed.filter(~is_open).select(IN_KNOWN), keyed.filter(is_open).select(IN_OPEN), source.keys)


def hashed(text: pl.Expr) -> pl.Expr:
    """A text as a number; null where there is none, which meets nothing."""
    return pl.when(text.is_not_null()).then(text.hash(seed=0))


def _ending() -> pl.Expr:
    """The organisation code that a row's number is or contains."""
    return pl.coalesce(pl.col(CREDIT_CODE).str.slice(8, 9), "organisation_code", pl.col("tax_number").str.slice(6, 9))


def _telling(source: Source, told: Sequence[pl.Expr]) -> pl.Expr:
    """Rows of a feed of which these are the same have the same."""
    return _mixed([each.hash(seed=seed) for seed, each in enumerate(told, start=1)], source.feed.key)


def _days_of(feed: type[Feed]) -> tuple[str, ...]:
    """Since when a row stands so; of an increment also its day, which moves where it is told again word for word and
    decides which of an entity's rows is the newest."""
    return ("since", "as_of") if feed.delivers == "increment" else ("since",)


def _said(source: Source, rows: pl.DataFrame) -> pl.Series:
    """Rows of a feed that are the same in their standard form, but for their number, have the same.

    A row counts as changed where what it says has, and not where something was learnt that does not concern it.
    """
    names = [name for name in rows.columns if name != "row"]
    said = [_text(pl.col(name), rows.schema[name]).hash(seed=seed) for seed, name in enumerate(names)]
    return rows.select(_mixed(said, source.feed.key).alias("mark")).to_series()


def _text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A list as one text, which is what can be hashed."""
    return column.list.join("\n") if isinstance(dtype, pl.List) else column


def _mixed(numbers: Sequence[pl.Expr], besides: str) -> pl.Expr:
    mixed = pl.lit(besides).hash(seed=0)
    for number in numbers:
        mixed = mixed.xor(number)
    return mixed


def _names_of(source: Source, rows: pl.DataFrame, alike: Sequence[Kept]) -> pl.DataFrame:
    """The names' keys, row by row: looked up by what was told where it was told before, else parted."""
    there = [every_key(kept, which, ("told", *NAMED)) for kept in alike for which in (KNOWN, OPEN)]
    if not there:
        return named(source, rows["name"])
    before = pl.concat(there).unique("told").with_columns(pl.lit(value=True).alias("before"))
    found = rows.select("told").join(before, on="told", how="left", maintain_order="left")
    new = found["before"].is_null().arg_true()
    keys = named(source, rows["name"][new])
    return pl.DataFrame([found[name].scatter(new, keys[name]) if new.len() else found[name] for name in NAMED])


def named(source: Source, names: pl.Series) -> pl.DataFrame:
    """The keys of each name: its one form, and the parts of its short one."""
    told = parted(names, source.known)
    short = told["short"].set(told["short"] == "", None)
    return pl.concat([told.select(hashed(pl.col("whole"))), parts_of(short)], how="horizontal")


def parts_of(short: pl.Series) -> pl.DataFrame:
    """The keys of each short name: itself, how it begins, and the ends of its brand and trade."""
    told = short.to_frame().with_columns(_begins(short), *ends(pl.col("short")))
    return told.select(hashed(pl.col(name)) for name in NAMED[1:])


def places() -> list[pl.Expr]:
    """The keys of a row's county, which is its code, and of the city in which it is."""
    return [pl.col("county").cast(pl.UInt64), hashed(pl.col("county").str.slice(0, 4)).alias("seat")]


def _begins(short: pl.Series) -> pl.Series:
    """The length and the first four syllables: names that sound alike have the same, and few others have."""
    told = pl.DataFrame({"length": short.str.len_chars(), **{str(at): _syllables(short, at) for at in (0, 2)}})
    return told.select(pl.concat_str(pl.all()).alias("begins")).to_series()


def _syllables(short: pl.Series, at: int) -> pl.Series:
    """Two syllables from a character on; there are some thousands of such pairs in millions of names."""
    pairs = short.str.slice(at, 2)
    each = pairs.drop_nulls().unique()
    return pairs.replace_strict(each, sound(each), return_dtype=pl.String)
