"""The gaps in the dictionaries as an asset: codes that met no row, with what they may mean. Maps nothing."""

from collections.abc import Iterator

import dagster as dg

from assets.conditions import from_inputs
from assets.describe import table
from assets.home import home
from assets.known import load
from pipelines.assemble import gather
from pipelines.gaps import Gap, gaps
from schemas.feed import all_feeds

KEY = dg.AssetKey(["mapping_gaps"])
_MOST = 200


@dg.asset(
    key=KEY,
    group_name="repair",
    owners=["team:standards"],
    kinds={"csv", "polars"},
    description="未对照代码：没有对照表行的代码、出现的行、可能的含义。`make mapping-gaps` 给出可直接粘贴的行",
    deps=[dg.AssetKey(["quarantine", feed]) for feed in all_feeds()],
    automation_condition=from_inputs(),
)
def mapping_gaps() -> Iterator[dg.MaterializeResult]:
    """List what waits for a dictionary row."""
    mappings = load()
    found = [gap for feed in all_feeds().values() for gap in gaps(gather(feed, home()), home(), mappings)]
    yield dg.MaterializeResult(
        metadata={
            "codes": len(found),
            "rows": sum(gap.rows for gap in found),
            "gaps": table(["feed", "column", "code", "rows", "first seen", "examples", "may mean"], _rows(found)),
        }
    )


def _rows(found: list[Gap]) -> Iterator[list[object]]:
    for gap in found[:_MOST]:
        meant = "; ".join(f"{each.standard} {each.name} ({each.reason})" for each in gap.suggestions)
        why = gap.left_out or meant or "—"
        yield [gap.feed, gap.column, gap.code, gap.rows, gap.first_seen, ", ".join(gap.examples), why]
