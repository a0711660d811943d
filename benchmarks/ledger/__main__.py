"""`make bench-ledger`: precision and recall of near-duplicates among the real catalogues. Judges no pair itself."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.ledger.measured import listed_by, measured
from pipelines.ledger.alike import THRESHOLD, alike

_FEEDS = Path(__file__).resolve().parents[3] / "shared" / "feeds"


def main() -> int:
    """Land the catalogues, find the near-duplicates, and print how right they are; 1 where there are none to read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=main.__doc__)
    parser.add_argument("--feeds", type=Path, default=_FEEDS, help="the folder that holds open_data_catalogue/")
    asked = parser.parse_args()
    if not (asked.feeds / "open_data_catalogue").is_dir():
        print(f"There is no {asked.feeds / 'open_data_catalogue'}; name the folder: make bench-ledger FEEDS=…")
        return 1
    with tempfile.TemporaryDirectory() as home:
        entries = listed_by(asked.feeds, Path(home))
    begun = time.perf_counter()
    found = alike(entries, 0.0)
    seconds = time.perf_counter() - begun
    counted = f"{entries['listings'].sum():,} entries, {entries.height:,} data sets"
    print(f"{counted}, {found.height:,} pairs scored, {seconds:.1f} s")
    for threshold in (0.5, THRESHOLD, 0.7):
        print(measured(found, threshold))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
