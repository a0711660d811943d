"""The command line: `python -m demo --out DIR`, then `--refresh` for each next day."""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

from demo.begin import begin, begin_on
from demo.enterprises import FIRST_DAY
from demo.refresh import newest_day, refresh
from demo.vocabulary import read_world
from pipelines.dictionary import current
from schemas.mendable import Mendable

_NEXT = "next"


def main(arguments: list[str] | None = None) -> int:
    """Write a province or its next day; tells each file and its rows. Gives the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        files = _next_day(asked) if asked.refresh else _first_day(asked)
    except (FileNotFoundError, Mendable, ValueError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    for path, rows in files.items():
        print(f"{path}\t{rows} rows")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description="Write departments' feeds.")
    parser.add_argument("--out", type=Path, required=True, help="folder for inbox/ and truth/")
    parser.add_argument("--enterprises", type=int, default=30_000, help="how many (default 30000)")
    parser.add_argument("--seed", type=int, default=20260630, help="same seed, same bytes (default 20260630)")
    parser.add_argument("--base", type=Path, help="folder of a real register's CSV files to build upon")
    parser.add_argument("--feeds", nargs="+", default=[], metavar="FEED", help="only these feeds (default all)")
    parser.add_argument("--refresh", nargs="?", const=_NEXT, metavar="DAY",
                        help="let the next day happen, or the time until DAY (yyyy-mm-dd)")  # fmt: skip
    return parser


def _first_day(asked: argparse.Namespace) -> dict[Path, int]:
    world = read_world(current(), FIRST_DAY)
    if asked.base:
        return begin_on(asked.base, asked.out, asked.seed, world, tuple(asked.feeds))
    return begin(asked.out, asked.enterprises, asked.seed, world, tuple(asked.feeds))


def _next_day(asked: argparse.Namespace) -> dict[Path, int]:
    newest = newest_day(asked.out)
    day = newest + timedelta(days=1) if asked.refresh == _NEXT else date.fromisoformat(asked.refresh)
    if day <= newest:
        raise ValueError(f"{day} is not after {newest}, the newest delivery in {asked.out}.")
    return refresh(asked.out, day, read_world(current(), day))


if __name__ == "__main__":
    sys.exit(main())
