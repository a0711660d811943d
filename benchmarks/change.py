"""`python -m benchmarks.change`: what a day's change costs beside a full release, in time and in bytes published."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from benchmarks.chain import chain, chained_products, province
from benchmarks.spent import Spent, spending, together
from pipelines.dictionary import HOME, Mappings, load
from pipelines.disk.deliveries import deliveries
from pipelines.disk.hashed import sha256_of
from pipelines.door.name import as_of_name
from schemas.china import today
from schemas.feed import all_feeds

REGISTER, TAX = "market_regulation_enterprise", "tax_registration"
COUNTY = "330110"
_SHARE, _MOST, _FIXED, _READ_AGAIN = 0.01, 0.08, 3.0, 1.3


@dataclass
class Bench:
    """A home that is brought up to date, the mappings that it may edit, and what a full release of it took.

    `published` are the bytes of the full release, `size` those that lie published now.
    """

    home: Path
    mappings: Path
    full: Spent
    published: int
    size: int

    def bring_up(self) -> Spent:
        """Land, reconcile and release what has come, for all counties; what that took."""
        return _brought_up(self.home, self.mappings)


def main() -> int:
    """Make a province, release it whole, then change a little again and again; print what each took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.change", description="What a change costs.")
    parser.add_argument("--enterprises", type=int, default=1_000_000)
    parser.add_argument("--inbox", type=Path, help="a province's inbox that is there already")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jubian-change-", dir=asked.inbox and asked.inbox.parent) as folder:
        bench = _begun(Path(folder), asked.inbox, asked.enterprises)
        rows = sum(each.rows for feed in all_feeds().values() for each in deliveries(feed, bench.home))
        print(f"full release of {rows:,} rows: {bench.full}, {bench.published / 1e6:,.1f} MB published", flush=True)
        _nothing(bench)
        _increment(bench, "1 % over all counties, an increment", "", int(rows * _SHARE))
        _increment(bench, f"1 % in {COUNTY} alone, an increment", COUNTY, int(rows * _SHARE))
        _snapshot(bench)
        _dictionary_row(bench)
    return 0


def _begun(folder: Path, inbox: Path | None, enterprises: int) -> Bench:
    home, mappings = folder / "home", shutil.copytree(HOME, folder / "edited")
    province(home, inbox, enterprises)
    full = _brought_up(home, mappings)
    published = _size(home / "supply")
    return Bench(home, mappings, full, published, published)


def _brought_up(home: Path, mappings: Path) -> Spent:
    """What it takes to read the mappings and to go through all verbs.

    What was written before, the bench's own new files too, is on disk first: no verb waits for another's bytes.
    """
    os.sync()
    held: list[Mappings] = []
    reading = spending(lambda: held.append(load(mappings)))
    return together([reading, *(spent for *_, spent in chain(home, chained_products(), held[0]))])


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _tell(bench: Bench, what: str, spent: Spent, owed: float) -> None:
    """One line: what it took, as a share of the full release, beside what is owed."""
    more = _size(bench.home / "supply") - bench.size
    bench.size += more
    print(
        f"{what:<48} {spent}  {spent.wall / bench.full.wall:6.1%} of its time, {spent.cpu / bench.full.cpu:6.1%} of "
        f"its CPU; at most {owed:5.1f} s owed; {more / bench.published:.2%} of its bytes written",
        flush=True,
    )


def _nothing(bench: Bench) -> None:
    hashing = _hashing(bench)
    _tell(bench, "nothing changed", bench.bring_up(), hashing + _FIXED)


def _hashing(bench: Bench) -> float:
    return spending(lambda: [sha256_of(file) for file in (bench.home / "inbox").glob("*/*") if file.is_file()]).wall


def _next(bench: Bench, feed: str) -> Path:
    """The name of the next day's file of a feed."""
    last = sorted((bench.home / "inbox" / feed).iterdir())[-1]
    day: date = as_of_name(all_feeds()[feed], last) + timedelta(days=1)
    return last.with_name(f"{day:%Y%m%d}{last.suffix}")


def _increment(bench: Bench, what: str, office: str, rows: int) -> None:
    changed = _write_increment(bench, office, rows)
    _tell(bench, f"{what} ({changed:,} rows)", bench.bring_up(), _MOST * bench.full.wall)


def _write_increment(bench: Bench, office: str, rows: int) -> int:
    """Rows of the register with another address; those of one office's credit codes, where one is said."""
    first = sorted((bench.home / "inbox" / REGISTER).iterdir())[0]
    head, *lines = first.read_text("utf-8").rstrip("\n").split("\n")
    table = pl.DataFrame({"line": lines}).filter(pl.col("line").str.contains(rf',9\d{office}.*"$'))
    some = table.gather_every(max(1, table.height // rows)).head(rows)
    number = len(list((bench.home / "inbox" / REGISTER).iterdir()))
    changed = some.select(pl.col("line").str.replace(r'"$', f'之{number}"'))
    _next(bench, REGISTER).write_text("\n".join([head, *changed["line"], ""]), "utf-8")
    return changed.height


def _snapshot(bench: Bench) -> None:
    file = _write_snapshot(bench)
    reading = spending(lambda: (sha256_of(file), file.read_bytes().decode("gb18030", "replace"))).wall
    _tell(bench, "1 % of a new full file", bench.bring_up(), _READ_AGAIN * reading + _MOST * bench.full.wall)


def _write_snapshot(bench: Bench) -> Path:
    """The whole tax register with another amount in every hundredth row, all else byte by byte as it was.

    A byte is read as a character, as some rows are no GB18030.
    """
    last = sorted((bench.home / "inbox" / TAX).iterdir())[-1]
    table = pl.DataFrame({"line": last.read_bytes().decode("latin-1").split("\n")})
    chosen = pl.int_range(pl.len()) % round(1 / _SHARE) == 1
    line = pl.when(chosen).then(pl.col("line").str.replace(r"(\d)(\r?)$", "${1}1${2}")).otherwise("line").alias("line")
    file = _next(bench, TAX)
    file.write_bytes("\n".join(table.select(line)["line"]).encode("latin-1"))
    return file


def _dictionary_row(bench: Bench) -> None:
    """A row for the industry code that most taxpayers' rows wait for."""
    files = [*(bench.home / "standard" / TAX).glob("*/quarantine.parquet/*.parquet")]
    why = pl.concat([pl.read_parquet(file, columns=["reasons"]) for file in files]).explode("reasons").unnest("reasons")
    found = why.filter(pl.col("column") == "industry", pl.col("rule") == "unmapped")["found"].value_counts(sort=True)
    code, rows = found.row(0)
    with (bench.mappings / "codes" / "gbt4754_2017.csv").open("a") as stream:
        stream.write(f"gbt4754_2011,{code},0111,2011-11-01,{today()},测速\n")
    _tell(bench, f"one dictionary row ({rows:,} rows wait)", bench.bring_up(), _FIXED + rows / 100_000)


if __name__ == "__main__":
    raise SystemExit(main())
