"""What a feed is held to, as asset checks: arrived, drift, conservation, pandera, coverage. No asset stands here."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from assets.describe import table, words
from assets.evidence import Metadata, drift_metadata, quarantine_metadata, reasons
from assets.home import why_missing
from assets.landing import Landing, is_awaited_by_nobody, standing
from pipelines.gather import Gathered, coverage
from schemas.behind import feeds_behind
from schemas.feed import Feed
from schemas.product import Product, offered_products

_DESCRIPTIONS = {
    "arrived": "已有批次到达，且最新批次未被拒收",
    "drift": "批次与声明、与上一批次核对：无害、可译或拒收",
    "conservation": "来量＝标准＋隔离＋被取代，逐批次核对",
    "pandera": "没有数据行因规则进入隔离区",
    "coverage": "每个代码列在对照表中的值不低于半成品承诺的比例；缺的代码见 mapping_gaps",
}


def check_specs(feed: type[Feed]) -> list[dg.AssetCheckSpec]:
    """The checks of a feed; only conservation holds up what comes after."""
    return [
        dg.AssetCheckSpec(name, asset=_asset(feed), description=description, blocking=name == "conservation")
        for name, description in _DESCRIPTIONS.items()
    ]


def _asset(feed: type[Feed]) -> dg.AssetKey:
    return dg.AssetKey(["standard", feed.key])


def check_results(landing: Landing, gathered: Gathered) -> Iterator[dg.AssetCheckResult]:
    """The five verdicts on a feed as it stands."""
    yield _arrived(landing, gathered)
    yield _drift(landing, gathered)
    yield _conservation(gathered)
    feed = gathered.feed
    yield _result(feed, "pandera", quarantine_metadata(gathered), passed=not reasons(gathered.used))
    yield _coverage(gathered)


def _coverage(gathered: Gathered) -> dg.AssetCheckResult:
    """Whether each coded column meets the floor of the products that rest on the feed."""
    feed = gathered.feed
    floors = [product.coverage_floor for product in offered_products().values() if feed in feeds_behind(product)]
    floor = max(floors, default=Product.coverage_floor)
    low = [each for each in coverage(gathered.used) if each.share < floor]
    below = words(f"{each.column} {each.share:.1%}" for each in low)
    return _result(feed, "coverage", {"below the floor": below, "floor": floor}, passed=not low)


def _arrived(landing: Landing, gathered: Gathered) -> dg.AssetCheckResult:
    findings = standing(landing, gathered)
    metadata = {
        "state": _state(gathered),
        "findings": words(findings),
        "not pulled": landing.fault or "—",
    }
    is_here = gathered.absence is None or is_awaited_by_nobody(gathered)
    passed = is_here and not findings and landing.fault is None
    return _result(gathered.feed, "arrived", metadata, passed=passed)


def _state(gathered: Gathered) -> str:
    absence = gathered.absence
    if absence is None:
        return f"deliveries in use: {len(gathered.used)}"
    if is_awaited_by_nobody(gathered):
        return f"{absence.reason}; no product on the shelf needs it"
    return why_missing(gathered.feed.key, absence.reason)


def _drift(landing: Landing, gathered: Gathered) -> dg.AssetCheckResult:
    """Whether a delivery was stopped that nobody has answered yet, and what each delivery shows.

    Of one that is refused before its drift is judged the signs tell nothing: those are of the last one that was.
    """
    findings = standing(landing, gathered)
    stopped: Metadata = {"verdict": "stop"} if findings else {}
    metadata = drift_metadata(gathered) | stopped | {"stopped": words(findings)}
    return _result(gathered.feed, "drift", metadata, passed=not findings)


def _conservation(gathered: Gathered) -> dg.AssetCheckResult:
    """Law 1 of every delivery; superseded here are rows that a later row of the same delivery replaced."""
    rows = [
        [each.delivery.file, each.delivery.rows, each.standard, each.quarantined, each.duplicates]
        for each in gathered.outcomes
    ]
    broken = [each.delivery.file for each in gathered.outcomes if not each.conserves]
    metadata = {
        "broken": words(broken),
        "deliveries": table(["file", "landed", "standard", "quarantined", "superseded"], rows),
    }
    severity = dg.AssetCheckSeverity.ERROR
    return _result(gathered.feed, "conservation", metadata, severity, passed=not broken)


def _result(
    feed: type[Feed], name: str, metadata: Metadata,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN, *, passed: bool,
) -> dg.AssetCheckResult:  # fmt: skip
    return dg.AssetCheckResult(
        asset_key=_asset(feed), check_name=name, passed=passed, metadata=metadata, severity=severity
    )
