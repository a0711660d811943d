"""Promotion candidates as an asset: what several counties built alike, with the evidence. Promotes nothing."""

from collections.abc import Iterator

import dagster as dg

from assets.conditions import from_inputs
from assets.describe import table, words
from assets.dictionaries import OVERLAYS
from pipelines.overlays.read import all_faults, wishes
from pipelines.promoting.alike import Candidate
from pipelines.promoting.promotions import found, in_words
from pipelines.tags.mirror import mirror
from schemas.here import supply

KEY = dg.AssetKey(["promotion_candidates"])
CHECK = "readable"
_COLUMNS = ("counties", "built as", "source columns", "evidence")


@dg.asset(
    key=KEY,
    group_name="repair",
    owners=["team:supply"],
    kinds={"yaml", "polars"},
    description="聚变候选：多个县在叠加文件中做得相像的标签及其依据。`make promotions` 给出可直接粘贴的声明",
    deps=[OVERLAYS, dg.AssetKey(["fused", mirror().entity])],
    automation_condition=from_inputs(),
    check_specs=[dg.AssetCheckSpec(CHECK, asset=KEY, description="所有县的叠加文件可读，且不放松核心")],
)
def promotion_candidates() -> Iterator[dg.MaterializeResult]:
    """Compare the overlays of all counties, and warn of those that cannot be relied on: their counties are held.

    Values are compared as they are served when it runs, for a product that publishes nothing may have nothing after it.
    """
    faults, alike = all_faults(), found(supply())
    yield dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(alike),
            "counties with an overlay": len(wishes()),
            "candidates": table(_COLUMNS, map(_row, alike)),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name=CHECK, passed=not faults, severity=dg.AssetCheckSeverity.WARN,
                metadata={"faults": words(faults)},
            )
        ],
    )  # fmt: skip


def _row(candidate: Candidate) -> list[object]:
    built = "<br>".join(f"`{each.name}` {each.own.title}" for each in candidate.built)
    sources = ", ".join(sorted({column for each in candidate.built for column in each.of}))
    return [", ".join(candidate.counties), built, sources, "<br>".join(map(in_words, candidate.evidence))]
