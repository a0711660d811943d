"""`python -m benchmarks.chain`: what each verb costs, feed by feed, beside the floor of plain reading and writing."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.floor import reading, writing
from benchmarks.spent import Spent, spending, together
from demo.__main__ import main as write_province
from demo.feeds import DESCRIBING
from pipelines.dictionary import Mappings, current
from pipelines.disk.deliveries import deliveries
from pipelines.fusing.assemble import fuse_entity
from pipelines.land import land
from pipelines.landing.inbox import arrivals
from pipelines.publishing.publish import release_product
from pipelines.standard.standardise import standardise
from schemas.entity import all_entities
from schemas.feed import Feed, all_feeds
from schemas.product import Product, all_products

# What tells of each enterprise and what peers make too; tags have a bench of their own (`make bench-tags`).
_PRODUCTS = ("data_disputes", "enterprise_mirror")

Line = tuple[str, str, int, Spent]


def main() -> int:
    """Make a province or take one, run the chain twice and the floor once, and print what each took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chain", description="What each verb costs.")
    parser.add_argument("--enterprises", type=int, default=10_000_000)
    parser.add_argument("--inbox", type=Path, help="a province's inbox that is there already")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jubian-bench-", dir=asked.inbox and asked.inbox.parent) as folder:
        home = Path(folder)
        province(home, asked.inbox, asked.enterprises)
        told = list(_told(chain(home, chained_products(), current())))
        again = spending(lambda: _release(home))
        _tell(home, told, again, reading(home), writing(home))
    return 0


def chained_products() -> list[type[Product]]:
    """The products that the chain releases."""
    return [all_products()[key] for key in _PRODUCTS]


def province(home: Path, inbox: Path | None, enterprises: int) -> None:
    """Lay the feeds that describe enterprises into a home's inbox: those of another inbox, or so many made anew."""
    if inbox:
        shutil.copytree(inbox, home / "inbox", copy_function=_linked)
    else:
        write_province(["--out", str(home), "--enterprises", str(enterprises), "--feeds", *DESCRIBING])


def _linked(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def _told(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines as they come, each told at once: ten million enterprises take minutes."""
    for verb, what, rows, spent in lines:
        print(f"{verb:>16}  {what:<30} {rows:>12,} rows  {spent}", flush=True)
        yield verb, what, rows, spent


def chain(home: Path, products: list[type[Product]], mappings: Mappings) -> Iterator[Line]:
    """The verbs in their order over a home's inbox: the verb, what of, how many rows, what it took."""
    feeds = [feed for feed in all_feeds().values() if arrivals(feed, home / "inbox")]
    for feed in feeds:
        waiting = arrivals(feed, home / "inbox")
        spent = spending(lambda feed=feed, files=waiting: [land(feed, file, home, mappings) for file in files])
        yield "land", feed.key, _rows(feed, home), spent
    for feed in feeds:
        spent = spending(lambda feed=feed: [standardise(feed, d, mappings, home) for d in deliveries(feed, home)])
        yield "translate, judge", feed.key, _rows(feed, home), spent
    for entity in all_entities().values():
        spent = spending(lambda entity=entity: fuse_entity(entity, mappings, home))
        yield "identify, fuse", entity.key, sum(_rows(feed, home) for feed in feeds), spent
    for product in products:
        spent = spending(lambda product=product: release_product(product, mappings, home, home / "supply", _ignore))
        yield "cut, release", product.key, _published(home, product.key), spent


def _ignore(_: object) -> None:
    """Nobody watches a county's release here."""


def _rows(feed: type[Feed], home: Path) -> int:
    return sum(each.rows for each in deliveries(feed, home))


def _published(home: Path, product: str) -> int:
    from assets.report import Supply

    index = Supply(home / "supply").index(product)
    return sum(each.rows for each in index.counties) if index else 0


def _release(home: Path) -> None:
    for product in chained_products():
        release_product(product, current(), home, home / "supply", _ignore)


def _tell(home: Path, told: list[Line], again: Spent, read: float, written: float) -> None:
    floor = read + written
    rows = sum(_rows(feed, home) for feed in all_feeds().values())
    arrived = sum(file.stat().st_size for file in (home / "inbox").rglob("*") if file.is_file())
    published = [file for file in (home / "supply").rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in published)
    print(f"\n{rows:,} rows and {arrived:,} bytes in, {len(published):,} files and {size:,} bytes out")
    print(f"floor: {read:.1f} s to read, {written:.1f} s to write, {floor:.1f} s in all")
    for verb in dict.fromkeys(verb for verb, *_ in told):
        print(f"{verb:>16}  {_ratio([spent for name, *_, spent in told if name == verb], floor)}")
    print(f"{'nothing changed':>16}  {_ratio([again], floor)}")
    print(f"{'full release':>16}  {_ratio([spent for *_, spent in told], floor)}")


def _ratio(spent: list[Spent], floor: float) -> str:
    whole = together(spent)
    return f"{whole}  {whole.wall / floor:6.2f} × floor"


if __name__ == "__main__":
    raise SystemExit(main())
