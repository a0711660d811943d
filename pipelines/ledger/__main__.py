"""`python -m pipelines.ledger`: make the ledger of a home, write it, and print what it says. Reckons nothing itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

import polars as pl

from pipelines.command import command
from pipelines.dictionary import current
from pipelines.few import few
from pipelines.gather import NotReady
from pipelines.ledger.use import standing, unused
from pipelines.ledger.write import Ledger, LedgerError, make, write
from schemas import here
from schemas.days import number_of_days
from schemas.ledger import UNUSED_DAYS

_SHOWN = 8


@command
def main() -> int:
    """Write the ledger below JUBIAN_HOME and print its summary; 1 where there is nothing to tell of."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.ledger", description="The resource ledger.")
    parser.add_argument("--days", type=number_of_days, default=UNUSED_DAYS, help="unused for so many days")
    asked = parser.parse_args()
    home = here.home()
    try:
        ledger = make(home, current())
    except (NotReady, LedgerError) as error:
        print(error, file=sys.stderr)
        return 1
    folder = write(ledger, home)
    print("\n".join(summary(ledger, asked.days)))
    print(f"Written below {folder}: tables as Parquet, dcat.jsonld, openlineage.jsonl")
    return 0


def summary(ledger: Ledger, days: int) -> Iterator[str]:
    """The ledger in lines for a person."""
    kinds = ledger.resources.group_by("kind").len().sort("kind").iter_rows()
    yield f"As of {ledger.on}: " + ", ".join(f"{count:,} {kind}" for kind, count in kinds)
    yield f"Edges: {ledger.edges.height:,}"
    for kind in ("product", "product column", "feed"):
        stood = standing(ledger.resources, ledger.use, (kind,))
        yield from _used(kind, stood, unused(stood, ledger.on, days), days)
    yield from _alike(ledger)


def _used(kind: str, stood: pl.DataFrame, idle: pl.DataFrame, days: int) -> Iterator[str]:
    yield f"Most used {kind}s, and how many counties benefit:"
    used = stood.filter(pl.col("times") > 0).head(_SHOWN)
    for each in used.iter_rows(named=True):
        counted = f"{_many(each['times'], 'time', 'times')}, {_many(each['counties'], 'county', 'counties')}"
        yield f"  {each['title']} {each['resource']}: {counted}, last {each['last']}"
    if used.is_empty():
        yield "  none: nobody has downloaded anything yet"
    named = few(idle["resource"].to_list(), _SHOWN)
    yield f"Unused for {days} days: {idle.height} of {stood.height} {kind}s{': ' if named else ''}{named}"


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _alike(ledger: Ledger) -> Iterator[str]:
    again = int((ledger.entries["listings"] - 1).sum()) if ledger.entries.height else 0
    listed = int(ledger.entries["listings"].sum()) if ledger.entries.height else 0
    yield f"Listed by others: {listed:,} entries are {ledger.entries.height:,} data sets; {again:,} are listed again"
    kinds = ledger.likeness.group_by("relation").len().sort("relation").iter_rows()
    yield "Near-duplicates: " + (", ".join(f"{count:,} {kind}" for kind, count in kinds) or "none")
    for each in ledger.likeness.head(_SHOWN).iter_rows(named=True):
        yield f"  {each['score']:.2f} {each['left']} = {each['right']} ({each['evidence']})"


if __name__ == "__main__":
    raise SystemExit(main())
