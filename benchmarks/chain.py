"""`python -m benchmarks.chain`: seconds of each verb beside the floor of reading and writing the same bytes."""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from demo.__main__ import main as write_province
from pipelines.assemble import fuse_entity, release_product
from pipelines.dictionary import current
from pipelines.land import arrivals, deliveries, land, read_rows
from pipelines.standardise import standardise
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.product import Product, all_products


def main() -> int:
    """Make a province, run the chain twice and the floor once, and print what each took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chain", description="What each verb costs.")
    parser.add_argument("--enterprises", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jubian-bench-") as folder:
        home = Path(folder)
        write_province(["--out", str(home), "--enterprises", str(asked.enterprises)])
        chain = verbs(home, list(all_products().values()))
        seconds = {name: _seconds(verb) for name, verb in chain.items()}
        seconds["nothing changed"] = _seconds(chain["cut, release"])
        _tell(home, seconds, _seconds(lambda: floor(home)))
    return 0


def verbs(home: Path, products: Iterable[type[Product]]) -> dict[str, Callable[[], object]]:
    """The verbs in their order, from what lies in `home/inbox` to the products below `home/supply`."""
    return {
        "land": lambda: [
            land(feed, file, home) for feed in all_feeds().values() for file in arrivals(feed, home / "inbox")
        ],
        "translate, judge": lambda: [
            standardise(feed, each, current(), home) for feed in all_feeds().values() for each in deliveries(feed, home)
        ],
        "identify, fuse": lambda: fuse_entity(all_entities()["enterprise"], current(), home),
        "cut, release": lambda: _release(home, products),
    }


def _release(home: Path, products: Iterable[type[Product]]) -> None:
    for product in products:
        release_product(product, current(), home, home / "supply", lambda _: None)


def floor(home: Path) -> None:
    """Read every delivery into rows of text and write every published byte again, with no logic in between."""
    for feed in all_feeds().values():
        for file in arrivals(feed, home / "inbox"):
            read_rows(feed, file)
    for file in sorted((home / "supply").rglob("*.parquet")):
        copy = home / "floor" / file.relative_to(home / "supply")
        copy.parent.mkdir(parents=True, exist_ok=True)
        pl.read_parquet(file).write_parquet(copy, compression="zstd")
    shutil.rmtree(home / "floor")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _tell(home: Path, seconds: dict[str, float], floor: float) -> None:
    rows = sum(each.rows for feed in all_feeds().values() for each in deliveries(feed, home))
    published = [file for file in (home / "supply").rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in published)
    print(f"\n{rows:,} rows in, {len(published):,} files and {size:,} bytes out")
    for name, took in (seconds | {"floor": floor}).items():
        print(f"{name:>18}  {took:7.2f} s  {took / floor:6.2f} × floor")
    full = sum(took for name, took in seconds.items() if name != "nothing changed")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'full release':>18}  {full:7.2f} s  {full / floor:6.2f} × floor; peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    raise SystemExit(main())
