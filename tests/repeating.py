"""Full files of taxpayers, day after day, of which little changes; and all that is known of the last one. For tests."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import deliveries, landed_rows, malformed_rows
from pipelines.disk.outcome import Outcome
from pipelines.disk.standard import folder_of, standard_batches
from pipelines.disk.tables import read_whole
from pipelines.door.profile import read_profile
from pipelines.gather import Gathered, gather
from pipelines.land import land
from pipelines.standard.standardise import standardise
from pipelines.surveying import views
from schemas.feed import Feed, all_feeds
from tests.codes import credit_code

TAX = all_feeds()["tax_registration"]
HEADER = "NSRSBH,NSRMC,HY_DM,DJZCLX_DM,NSRZT_DM,ZCZB,KYSLRQ,YYSR,SJSE"
_FIRST = date(2026, 6, 1)
_ROWS = pl.col("rows").sum()


def files(seed: int, days: int, rows: int = 150) -> Iterator[list[str]]:
    """The lines of a full file a day; some are in quarantine, repeated, contradicted by another or no row at all."""
    chance = random.Random(seed)
    lines = [_line(chance, serial) for serial in range(rows)]
    for _ in range(days):
        yield lines
        lines = _changed(chance, lines)


def _line(chance: random.Random, serial: int) -> str:
    right = credit_code("330110", serial)
    code = chance.choice([right, right, right, right[:-1] + "?"])
    # Of which fewer than half are bad, so that no column of a day looks foreign.
    industry = chance.choice(["6510", "6510", "1741", "0511", "9999", ""])
    status = chance.choice(["03", "07", "88"])
    revenue = chance.choice([f"{chance.randint(0, 9)}.00", "不详", ""])
    return f"{code},杭州第{serial}软件有限公司,{industry},173,{status},3000000.00,20160315,{revenue},1.00"


def _changed(chance: random.Random, lines: list[str]) -> list[str]:
    steps = (_another_amount, _goes, _comes, _twice, _otherwise, _elsewhere, _no_row)
    for step in chance.choices(steps, k=chance.randint(0, 5)):
        lines = step(chance, list(lines))
    return lines


def _another_amount(chance: random.Random, lines: list[str]) -> list[str]:
    at = chance.randrange(len(lines))
    return [*lines[:at], lines[at] + "1", *lines[at + 1 :]]


def _goes(chance: random.Random, lines: list[str]) -> list[str]:
    lines.remove(chance.choice(lines))
    return lines


def _comes(chance: random.Random, lines: list[str]) -> list[str]:
    lines.insert(chance.randint(0, len(lines)), _line(chance, chance.randint(0, 99)))
    return lines


def _twice(chance: random.Random, lines: list[str]) -> list[str]:
    lines.insert(chance.randint(0, len(lines)), chance.choice(lines))
    return lines


def _otherwise(chance: random.Random, lines: list[str]) -> list[str]:
    """A second row of one taxpayer, which says something else."""
    lines.insert(chance.randint(0, len(lines)), chance.choice(lines).replace("软件", "丝织"))
    return lines


def _elsewhere(chance: random.Random, lines: list[str]) -> list[str]:
    """A row in another place of the file."""
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randint(0, len(lines)), line)
    return lines


def _no_row(chance: random.Random, lines: list[str]) -> list[str]:
    lines.insert(chance.randint(0, len(lines)), "残缺的一行,甲")
    return lines


def deliver(day: int, lines: list[str], mappings: Mappings, home: Path) -> Outcome:
    """Land a day's file below a home and standardise all that has landed; what became of the newest delivery."""
    file = home / "inbox" / TAX.key / f"{_FIRST + timedelta(days=day):%Y%m%d}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes("\r\n".join([HEADER, *lines, ""]).encode("gb18030"))
    land(TAX, file, home, mappings)
    return [standardise(TAX, each, mappings, home) for each in deliveries(TAX, home)][-1]


def known(home: Path, feed: type[Feed] = TAX) -> dict[str, Any]:
    """All that is kept or told of the newest accepted delivery, but for how it is kept."""
    here = gather(feed, home)
    assert here.current is not None
    last, arrival = here.used[-1], ["row", "delivery"]
    folder = folder_of(last, home)
    plain = replace(last.delivery, held_against="")
    counts = replace(last, stamp="", translated=0, stands_on=(), written="", delivery=plain)
    return {
        "landed": landed_rows(last.delivery, home),
        "malformed": malformed_rows(last.delivery, home).sort("row"),
        "outcome": counts,
        "profile": read_profile(folder),
        "quarantine": read_whole(folder / "quarantine.parquet").sort("row"),
        "codes": read_whole(folder / "codes.parquet")
        .group_by("column", "code")
        .agg(pl.col("rows").sum())
        .sort(pl.all()),
        "holding": here.current.rows.drop(arrival).sort("hash"),
        "standard": pl.concat(standard_batches(last, home)).drop("row").sort("hash", "superseded"),
        "asked": _asked(here, home).sort("hash"),
        "ended": ended(here, home),
    }


def ended(here: Gathered, home: Path) -> pl.DataFrame:
    """Who is said to have ended, and since when, as products by province read it."""
    sql = views.ended_sql([here], home)
    return views.nothing(views.ENDED_RECORDS) if sql is None else duckdb.sql(sql).pl().sort(pl.all())


def _asked(here: Gathered, home: Path) -> pl.DataFrame:
    """The rows that hold as products by province read them."""
    assert here.current is not None
    with TemporaryDirectory() as scratch, duckdb.connect() as connection:
        sql = views.standard_sql(here.current, here.used, home, Path(scratch))
        return connection.sql(sql).pl().drop("row", "delivery")


def unlike(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What of two states is not the same."""
    return [name for name, told in one.items() if not _same(told, other[name])]


def _same(one: Any, other: Any) -> bool:
    return one.equals(other) if isinstance(one, pl.DataFrame) else one == other
