"""The gaps in the dictionaries as an asset: codes that met no row, with what they may mean. Maps nothing."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from assets.conditions import from_inputs
from assets.describe import table
from assets.known import load
from pipelines.dictionary import Mappings
from pipelines.gather import Gathered, coverage, gather
from pipelines.words.gaps import Gap, gaps, row_for
from schemas import china
from schemas.feed import Feed, all_feeds
from schemas.here import home

KEY = dg.AssetKey(["mapping_gaps"])
_MOST = 200
_GAPS = ("feed", "column", "code", "rows", "first seen", "examples", "may mean", "row to paste")
_COVERAGE = ("feed", "column", "values", "values mapped", "codes", "codes mapped")


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
    """List what waits for a dictionary row, and how much of each coded column does not."""
    mappings, today = load(), china.today()
    gathered = [gather(feed, home()) for feed in all_feeds().values()]
    all_gaps = [gap for each in gathered for gap in gaps(each, home(), mappings)]
    yield dg.MaterializeResult(
        metadata={
            "codes": len(all_gaps),
            "rows": sum(gap.rows for gap in all_gaps),
            **{f"codes/{each.feed.key}": _codes(all_gaps, each.feed) for each in gathered if each.used},
            "gaps": table(_GAPS, (_row(gap, mappings, today) for gap in all_gaps[:_MOST])),
            "coverage": table(_COVERAGE, _coverage(gathered)),
        }
    )


def _codes(all_gaps: list[Gap], feed: type[Feed]) -> int:
    return sum(gap.feed == feed.key for gap in all_gaps)


def _row(gap: Gap, mappings: Mappings, today: date) -> list[object]:
    meant = "; ".join(f"{each.standard} {each.name} ({each.reason})" for each in gap.suggestions)
    paste = [f"`{row_for(gap, each.standard, mappings, today)}`" for each in gap.suggestions[:1]]
    facts = [gap.feed, gap.column, gap.code, gap.rows, gap.first_seen, ", ".join(gap.examples)]
    return [*facts, gap.left_out or meant or "—", *(paste or ["—"])]


def _coverage(gathered: list[Gathered]) -> Iterator[list[object]]:
    """Every coded column of every feed in use: values and distinct codes, and the share that met a row."""
    for each in (one for feed in gathered for one in coverage(feed.used)):
        values = [f"{each.values:,}", f"{each.share:.1%}", f"{each.codes:,}", f"{each.share_of_codes:.1%}"]
        yield [each.feed, each.column, *values]
