"""How the keys of a part's rows lie on disk, whole or not at all: rows with a credit code, and open rows, apart.

<folder>/<feed>/<delivery>/<stamp>/00000-0-524288.known.parquet    and `.open.parquet`; a part of this name has these
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipelines.disk.tables import put_settled

Part = TypeVar("Part")

KNOWN, OPEN = "known", "open"
# So many parts are asked at once: what is asked for is made into a table once for all of them.
TOGETHER = 8


@dataclass(frozen=True)
class Kept:
    """Where the keys of a part's rows are kept, which of its rows do not hold (`lost`, places in the part), and the
    `day` that they are of."""

    folder: Path
    name: str
    lost: pl.Series
    day: date | None = None

    def file(self, which: str) -> Path:
        """The file of its rows with a credit code, or of its open ones."""
        return self.folder / f"{self.name}.{which}.parquet"


def has_keys(kept: Kept) -> bool:
    """Whether the keys of a part are there."""
    return kept.file(OPEN).exists()


def put_keys(known: pl.DataFrame, left: pl.DataFrame, kept: Kept) -> None:
    """Write the keys of a part; the open rows' last, which stand for both. Numbers like these do not compress."""
    kept.file(KNOWN).parent.mkdir(parents=True, exist_ok=True)
    put_settled(known, kept.file(KNOWN), compression="uncompressed")
    put_settled(left, kept.file(OPEN), compression="uncompressed")


def read_keys(kept: Kept, which: str, columns: Collection[str], asked: pl.Series | None = None) -> pl.DataFrame:
    """Some keys of a part's rows that hold, or of those of them that are `asked` for."""
    every = every_key(kept, which, columns if kept.lost.is_empty() else {*columns, "at"})
    rows = every if asked is None else every.filter(asked)
    return rows if kept.lost.is_empty() else rows.filter(~pl.col("at").is_in(kept.lost.implode())).select(columns)


def several(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """The same in their order, so many at once as are asked together."""
    return [parts[start : start + TOGETHER] for start in range(0, len(parts), TOGETHER)]


def asked_keys(kept: Sequence[Kept], which: str, columns: Collection[str], where: pl.Expr) -> pl.DataFrame:
    """The same of the rows of several parts that are asked for, each with `part`, the place of its own among them.

    What is asked is read of all rows, and the columns of those parts alone that have a row that is asked for.
    """
    asked = sorted({*where.meta.root_names()})
    read = [every_key(each, which, asked) for each in kept]
    is_asked = pl.concat(read).select(where.alias("asked")).to_series()
    found = [pl.scan_parquet(kept[0].file(which)).select(columns).head(0).collect().with_columns(_number(0))]
    for part, each in enumerate(kept):
        mine, is_asked = is_asked.head(read[part].height), is_asked.slice(read[part].height)
        if mine.any():
            found.append(read_keys(each, which, columns, mine).with_columns(_number(part)))
    return pl.concat(found)


def _number(part: int) -> pl.Expr:
    return pl.lit(part, pl.UInt32).alias("part")


def every_key(kept: Kept, which: str, columns: Collection[str], where: pl.Expr | None = None) -> pl.DataFrame:
    """The same of all its rows, whether they hold or not, or of those that are asked for."""
    if where is None:
        return pl.read_parquet(kept.file(which), columns=list(columns))
    return pl.scan_parquet(kept.file(which), parallel="prefiltered").filter(where).select(columns).collect()


def meeting(keys: Mapping[str, pl.Series]) -> pl.Expr:
    """Rows that have one of the keys, told by column."""
    shares = [pl.col(name).is_in(each.implode()) for name, each in keys.items()]
    return pl.any_horizontal(shares).fill_null(value=False)


def forget(folder: Path, kept: Collection[Kept]) -> None:
    """Free the keys of all parts but these."""
    stay = {each.file(which) for each in kept for which in (KNOWN, OPEN)}
    for file in folder.rglob("*.parquet"):
        if file not in stay:
            file.unlink()
