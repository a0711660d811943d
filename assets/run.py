"""`python -m assets.run`: one release for all counties, told in plain lines. What `make run` calls."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets.home import inbox, refuse_settings, stand_aside
from assets.instance import prepare
from assets.progress import elapsed, tell
from pipelines.command import ended_by
from schemas.here import home, known, supply
from schemas.mendable import Mendable
from schemas.piped import piped
from schemas.variables import misspelt

if TYPE_CHECKING:
    from assets.inprocess import Ran
    from assets.report import Supply, Versions

_MOST_NAMED = 8
_NO_INBOX = "No inbox is at {}: put the deliveries there, a folder a feed, or say where they are: JUBIAN_INBOX=…"

# What takes seconds to import is imported where it is used, so that the first line comes at once.


@piped
def main() -> int:
    """Run the nightly job in this process.

    Gives 0 when all went well, 1 when something failed or was held, 2 when it could not begin and 130
    when it was stopped from the keyboard.
    """
    args = _arguments()
    if args.feeds:
        os.environ["JUBIAN_INBOX"] = str(args.feeds.absolute())
    try:
        _begin(args.known)
        return _run()
    except Mendable as fault:
        return ended_by(fault)
    except _database_errors() as error:
        return _cut_off(error)
    except KeyboardInterrupt:
        print("Stopped. What was published stays served; run again and it goes on.", file=sys.stderr)
        return 130


def _begin(rebuilt: str | None) -> None:
    """Tell where from and where to, and what variables that were to say something of it are misspelt.

    Raises Mendable where nothing can be made in this home, or as known on such a day.
    """
    day = rebuilt or known()
    if day and not _is_day(day):
        raise Mendable(f"KNOWN={day} is no day; write one such as KNOWN=2026-06-30.")
    home()
    refuse_settings()
    if rebuilt:
        stand_aside(rebuilt)
    tell(f"Releasing from {inbox()} into {supply()}" + (f", as known on {known()}" if known() else ""))
    for line in misspelt(os.environ):
        tell(line)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _database_errors() -> tuple[type[Exception], ...]:
    """What is raised where the database that Dagster remembers by does not answer; asked for only then."""
    from dagster_postgres.utils import DagsterPostgresException
    from sqlalchemy.exc import DBAPIError

    return (DBAPIError, DagsterPostgresException)


def _cut_off(error: Exception) -> int:
    """Say where a release stands that the database was taken from; its index is written last, so that it tells."""
    from assets.report import Supply

    days = ", ".join(f"{key} as of {day}" for key, day in Supply(supply()).days().items())
    why = str(error).splitlines()[0]
    print(
        f"Stopped: the database that Dagster remembers by does not answer ({why}). What is published is whole: "
        f"{days or 'nothing yet'}. Run again when it answers; the release goes on.",
        file=sys.stderr,
    )
    return 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m assets.run", description="Land, reconcile and release.")
    parser.add_argument("--feeds", type=Path, help="a folder with a folder a feed, instead of the home's inbox")
    parser.add_argument("--known", help="rebuild, beside what is served, what was known on a day: yyyy-mm-dd")
    return parser.parse_args()


def _run() -> int:
    from assets.known import load
    from assets.pulling import pulled
    from assets.report import Supply
    from pipelines.dictionary import current
    from pipelines.engine.chosen import make_ready
    from pipelines.promises.declared import refuse_misdeclared
    from pipelines.releasing.where import store_url
    from schemas.product import offered_products

    store_url()
    make_ready()
    offered_products()
    if not inbox().is_dir() and not pulled():
        print(_NO_INBOX.format(inbox()), file=sys.stderr)
        return 2
    _tell_left_alone()
    load()
    refuse_misdeclared(current())
    prepare()
    served = Supply(supply())
    before = served.versions()
    from assets.inprocess import execute

    return _report(execute(), served, before)


def _tell_left_alone() -> None:
    """What lies in the inbox and is no delivery of any feed; hidden names are not minded."""
    from pipelines.landing.inbox import beside_arrivals
    from schemas.feed import all_feeds

    seen = sorted(path for path in inbox().glob("*") if not path.name.startswith("."))
    _tell_names("a folder a feed", [path.name for path in seen if not path.is_dir()])
    unknown = [path.name for path in seen if path.is_dir() and path.name not in all_feeds()]
    _tell_names("a declaration in schemas/feeds/ that knows them", unknown)
    for feed in all_feeds().values():
        names = [f"{feed.key}/{path.name}" for path in beside_arrivals(feed, inbox())]
        _tell_names(f"*{feed.arrives.suffix}", names)


def _tell_names(expected: str, names: list[str]) -> None:
    from pipelines.door.name import shown
    from pipelines.few import few

    if names:
        tell(f"Left alone: {few([*map(shown, names)], _MOST_NAMED)}; expected {expected}")


def _report(ran: Ran, served: Supply, before: Versions) -> int:
    from assets.report import held_counties, product_lines, what_next
    from pipelines.checking.cut_short import cut_short
    from schemas.product import offered_products

    tell("Done, not everything came through" if ran.failed or ran.damaged else "Done")
    print()
    for product in offered_products().values():
        print("\n".join(product_lines(product, served, before, came_through=ran.came_through(product))))
    for finding in ran.findings:
        print(f"  {finding}")
    sys.stdout.flush()
    for step, why in ran.failed.items():
        print(f"  FAILED {step}: {why}", file=sys.stderr, flush=True)
    for what in cut_short(home()) if ran.failed else ():
        print(f"  NOT WHOLE {what}", file=sys.stderr, flush=True)
    for what in ran.damaged:
        print(f"  NOT WHOLE {what}. See all: make verify", file=sys.stderr, flush=True)
    print()
    print("\n".join(what_next(served)))
    print(f"Took {elapsed():.0f} s.")
    return 1 if ran.failed or ran.damaged or held_counties(served) else 0


if __name__ == "__main__":
    raise SystemExit(main())
