"""`python -m assets.run`: one nightly release for all counties, told in plain lines. What `make run` calls."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from assets.automation import all_counties_tags
from assets.feeds import count_rules
from assets.home import home, inbox, supply
from pipelines.assemble import Gathered, gather
from pipelines.land import refused
from schemas.feed import all_feeds
from schemas.manifest import Index, Manifest
from schemas.product import Product, all_products


@dataclass(frozen=True)
class Before:
    """What was served before the run: versions by product and county."""

    versions: dict[tuple[str, str], int]


def main() -> int:
    """Run the nightly job in this process against DAGSTER_HOME; 0 when all went well, 1 when something is to be done."""
    asked = _asked()
    if asked.feeds:
        os.environ["JUBIAN_INBOX"] = str(asked.feeds)
    if not inbox().is_dir():
        print(f"There is no folder {inbox()}. Give one with a folder a feed, or run the demo: make run", file=sys.stderr)
        return 2
    began = time.monotonic()
    print(f"Releasing from {inbox()} into {supply()}", flush=True)
    _tell_unknown_folders()
    before = _before()
    succeeded = _execute()
    _tell_feeds()
    held = [line for product in all_products().values() for line in _tell_product(product, before)]
    print(f"Took {time.monotonic() - began:.0f} s.")
    _tell_next()
    return 0 if succeeded and not held else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m assets.run", description="Land, reconcile and release.")
    parser.add_argument("--feeds", type=Path, help="a folder with a folder a feed, instead of the home's inbox")
    return parser.parse_args()


def _tell_unknown_folders() -> None:
    unknown = sorted(path.name for path in inbox().iterdir() if path.is_dir() and path.name not in all_feeds() and path.name[0] != ".")
    if unknown:
        print(f"Left alone, no declaration in schemas/feeds/: {', '.join(unknown)}")


def _before() -> Before:
    return Before({(key, each.county): each.version for key in all_products() if (index := _index(key)) for each in index.counties})


def _index(product: str) -> Index | None:
    file = supply() / "index" / f"{product}.json"
    return Index.model_validate_json(file.read_bytes()) if file.exists() else None


def _execute() -> bool:
    """The nightly job over all counties, as one run that `make ui` shows."""
    from assets.definitions import defs

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    job = defs.resolve_job_def("nightly_release")
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            tags=all_counties_tags(),
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            print(f"FAILED {event.step_key}: {error.message.strip() if error else 'no message'}", file=sys.stderr)
    return result.success


def _tell_feeds() -> None:
    for feed in all_feeds().values():
        gathered = gather(feed, home())
        print(f"{feed.title} {feed.key}: {_fate(gathered)}")
        for finding in refused(feed, home()):
            print(f"  REFUSED {finding}")


def _fate(gathered: Gathered) -> str:
    """What became of a feed's rows, in one line."""
    if gathered.current is None:
        return f"MISSING, {gathered.absence.reason if gathered.absence else 'nothing accepted'}"
    used = [outcome for outcome in gathered.outcomes if outcome.refusal is None]
    landed = sum(outcome.delivery.rows for outcome in used)
    replaced = sum(outcome.duplicates for outcome in used) + sum(gathered.current.superseded.values())
    quarantined = sum(outcome.quarantined for outcome in used)
    reasons = list(count_rules(used).items())[:3]
    why = f" ({', '.join(f'{rule} {rows}' for rule, rows in reasons)})" if reasons else ""
    return (
        f"{len(used)} deliveries, {landed:,} rows = {gathered.current.rows.height:,} standard"
        f" + {quarantined:,} quarantined{why} + {replaced:,} superseded"
    )


def _tell_product(product: type[Product], before: Before) -> list[str]:
    """What was released of one product; gives the counties that were held, with why."""
    index = _index(product.key)
    if index is None:
        print(f"{product.title} {product.key}: nothing has been released")
        return [product.key]
    new = [each for each in index.counties if before.versions.get((product.key, each.county)) != each.version]
    held = [f"HELD {each.county_name} {each.county}, still version {each.version}: {each.held}" for each in index.counties if each.held]
    rows = sum(each.rows for each in index.counties)
    if not new and not held:
        print(f"{product.title} {product.key}: Nothing has changed; nothing was published.")
    else:
        print(f"{product.title} {product.key}: released {len(new)} of {len(index.counties)} counties, {rows:,} rows in all, as of {index.as_of}")
        print(f"  changes: {_changes(product, [each.county for each in new])}")
    for absence in index.missing:
        print(f"  without {absence.title} ({absence.feed}): {absence.reason}")
    print("\n".join(f"  {line}" for line in held), end="\n" if held else "")
    return held


def _changes(product: type[Product], counties: list[str]) -> str:
    """Changes by kind and cause over the counties that have a new version."""
    counts: dict[str, int] = {}
    for county in counties:
        manifest = Manifest.model_validate_json((supply() / county / product.key / "manifest.json").read_bytes())
        for change, causes in manifest.changes.items():
            for cause, rows in causes.items():
                counts[f"{change} by {cause}"] = counts.get(f"{change} by {cause}", 0) + rows
    return ", ".join(f"{rows:,} {words}" for words, rows in sorted(counts.items())) or "none"


def _tell_next() -> None:
    print(f"Published below {supply()}")
    print("Next: make shelf COUNTY=330110 (what one county has), make ui (lineage, freshness and checks)")


if __name__ == "__main__":
    raise SystemExit(main())
