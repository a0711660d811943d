"""Feeds as assets: what arrived, what of it is standard, what is in quarantine and why; one factory for all feeds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import dagster as dg
import polars as pl

from assets.describe import code_reference, freshness, landed_schema, standard_lineage, standard_schema, table
from assets.dictionaries import CORRECTIONS, PLACES, dictionary_key
from assets.home import home, inbox
from assets.pulling import pull
from pipelines.assemble import Gathered, gather
from pipelines.dictionary import load
from pipelines.land import arrivals, deliveries, land, refused
from pipelines.refusal import Refusal
from pipelines.standardise import Outcome, standardise
from schemas.feed import Csv, Dump, Feed, JsonLines, Workbook, all_feeds
from schemas.manifest import Coverage

COVERAGE_FLOOR = 0.9
_KINDS: dict[type, str] = {Csv: "csv", Workbook: "excel", Dump: "postgres", JsonLines: "json"}


@dataclass
class Landing:
    """What one run took in: files landed for the first time, findings of those refused, and a failed pull."""

    new: list[str] = field(default_factory=list[str])
    findings: list[str] = field(default_factory=list[str])


def take_in(feed: type[Feed]) -> Landing:
    """Pull where a source is set, then land every file that waits; a refused one does not hold up the others."""
    landing = Landing()
    fault = pull(feed, inbox(), home())
    if fault is not None:
        landing.findings.append(fault)
    known = {delivery.name for delivery in deliveries(feed, home())}
    for file in arrivals(feed, inbox()):
        try:
            delivery = land(feed, file, home())
        except Refusal as refusal:
            landing.findings.append(str(refusal))
            continue
        if delivery.name not in known:
            landing.new.append(delivery.file)
    return landing


def feed_assets(feed: type[Feed]) -> dg.AssetsDefinition:
    """The assets landed, standard and quarantine of one feed, with their checks."""
    keys = {room: dg.AssetKey([room, feed.key]) for room in ("landed", "standard", "quarantine")}

    @dg.multi_asset(name=feed.key, specs=_specs(feed, keys), check_specs=_check_specs(keys["standard"]))
    def assets(context: dg.AssetExecutionContext):
        landing = take_in(feed)
        mappings = load()
        for delivery in deliveries(feed, home()):
            standardise(feed, delivery, mappings, home())
        gathered = gather(feed, home())
        print(f"  {feed.title}: {len(landing.new)} new of {len(gathered.outcomes)} deliveries", flush=True)
        if landing.new:
            yield dg.MaterializeResult(asset_key=keys["landed"], metadata=_landed_metadata(landing, gathered))
        yield dg.MaterializeResult(asset_key=keys["standard"], metadata=_standard_metadata(gathered))
        yield dg.MaterializeResult(asset_key=keys["quarantine"], metadata=_quarantine_metadata(gathered))
        yield from _checks(keys["standard"], gathered, landing)

    return assets


def _specs(feed: type[Feed], keys: dict[str, dg.AssetKey]) -> list[dg.AssetSpec]:
    reference = code_reference(*feed.declared_at())
    words = f"{feed.title}（{feed.department_title}，{feed.due.title}）\n\n{feed.__doc__}"
    common = {"group_name": feed.department, "owners": [f"team:{feed.department}"], "kinds": {_KINDS[type(feed.arrives)], "polars"}}
    mapped = [dictionary_key(name) for name in sorted(_lists(feed))] + [CORRECTIONS] + ([PLACES] if feed.place else [])
    return [
        dg.AssetSpec(
            keys["landed"], **common, description=f"原始批次：{words}", skippable=True, freshness_policy=freshness(feed.due),
            metadata={"dagster/column_schema": landed_schema(feed), "dagster/code_references": reference},
        ),
        dg.AssetSpec(
            keys["standard"], **common, description=f"标准数据：{words}", deps=[keys["landed"], *mapped],
            metadata={"dagster/column_schema": standard_schema(feed), "dagster/column_lineage": standard_lineage(feed),
                      "dagster/code_references": reference},
        ),
        dg.AssetSpec(
            keys["quarantine"], **common, description=f"隔离区：{words}", deps=[keys["landed"], *mapped],
            metadata={"dagster/code_references": reference},
        ),
    ]  # fmt: skip


def _lists(feed: type[Feed]) -> set[str]:
    return {column.kind.code_list for column in feed.columns.values() if column.kind.code_list and column.kind.source}


def _check_specs(standard: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    told = {
        "arrived": "已有批次到达且最新批次未被拒收",
        "conservation": "来量＝标准＋隔离＋被取代，逐批次核对",
        "pandera": "没有数据行因规则进入隔离区",
        "coverage": f"每个代码列至少{COVERAGE_FLOOR:.0%}的值在对照表中",
    }
    return [
        dg.AssetCheckSpec(name, asset=standard, description=words, blocking=name == "conservation")
        for name, words in told.items()
    ]


def _landed_metadata(landing: Landing, gathered: Gathered) -> dict[str, object]:
    columns = ["file", "as of", "rows", "malformed", "bytes", "sha256"]
    told = [each.delivery for each in gathered.outcomes]
    rows = [[one.file, one.as_of, one.rows, one.malformed, one.size, one.sha256[:16]] for one in told]
    return {
        "dagster/row_count": sum(one.rows for one in told),
        "new files": ", ".join(landing.new),
        "deliveries": table(columns, rows),
        "notices": table(["notice"], [[notice] for one in told for notice in one.notices]),
    }


def _standard_metadata(gathered: Gathered) -> dict[str, object]:
    rows = 0 if gathered.current is None else gathered.current.rows.height
    covered = {f"coverage/{each.column}": share(each) for each in total_coverage(gathered.used)}
    return {
        "dagster/row_count": rows,
        "missing": gathered.absence.reason if gathered.absence else "—",
        "as of": gathered.used[-1].delivery.as_of if gathered.used else "—",
        "repaired rows": sum(outcome.repaired for outcome in gathered.used),
        **covered,
    }


def _quarantine_metadata(gathered: Gathered) -> dict[str, object]:
    rules = count_rules(gathered.used)
    return {
        "dagster/row_count": sum(outcome.quarantined for outcome in gathered.used),
        "reasons": table(["column/rule", "rows"], rules.items()),
        "examples": table(["file", "row", "column", "rule", "found", "expected"], examples(gathered)),
    }


def count_rules(outcomes: list[Outcome]) -> dict[str, int]:
    """Rows by `column/rule` over several deliveries, the most frequent first."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        for rule, rows in outcome.rules.items():
            counts[rule] = counts.get(rule, 0) + rows
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def examples(gathered: Gathered, most: int = 5) -> list[tuple[object, ...]]:
    """A few quarantined rows: file, row, column, rule, found, expected."""
    told: list[tuple[object, ...]] = []
    for outcome in gathered.used:
        file = home() / "standard" / gathered.feed.key / outcome.delivery.name / "quarantine.parquet"
        reasons = pl.read_parquet(file).explode("reasons").unnest("reasons").unique("rule", keep="first", maintain_order=True)
        told += [(outcome.delivery.file, *row) for row in reasons.select("row", "column", "rule", "found", "expected").rows()]
        if len(told) >= most:
            break
    return told[:most]


def total_coverage(outcomes: list[Outcome]) -> list[Coverage]:
    """Coverage by column, values added up over deliveries."""
    told: dict[str, Coverage] = {}
    for each in (one for outcome in outcomes for one in outcome.coverage):
        sofar = told.get(each.column)
        told[each.column] = each if sofar is None else each.model_copy(
            update={"values": sofar.values + each.values, "mapped": sofar.mapped + each.mapped}
        )  # fmt: skip
    return list(told.values())


def share(coverage: Coverage) -> float:
    """Mapped values as a share of all; 1 where there is none."""
    return round(coverage.mapped / coverage.values, 6) if coverage.values else 1.0


def _checks(standard: dg.AssetKey, gathered: Gathered, landing: Landing) -> Iterator[dg.AssetCheckResult]:
    findings = [str(finding) for finding in refused(gathered.feed, home())]
    arrived = gathered.absence is None and not landing.findings and not findings
    said = [*landing.findings, *(each for each in findings if each not in landing.findings)]
    yield _result(standard, "arrived", arrived, {
        "state": gathered.absence.reason if gathered.absence else f"{len(gathered.used)} in use",
        "findings": "; ".join(said) or "—",
    })  # fmt: skip
    broken = [outcome.delivery.file for outcome in gathered.outcomes if not outcome.conserves]
    yield _result(standard, "conservation", not broken, {"files": ", ".join(broken) or "—"}, dg.AssetCheckSeverity.ERROR)
    rules = count_rules(gathered.used)
    said_rules = ", ".join(f"{rule}: {rows}" for rule, rows in rules.items()) or "—"
    yield _result(standard, "pandera", not rules, {"why": said_rules, **_quarantine_metadata(gathered)})
    low = {each.column: share(each) for each in total_coverage(gathered.used) if share(each) < COVERAGE_FLOOR}
    yield _result(standard, "coverage", not low, {"below the floor": table(["column", "share"], low.items())})


def _result(
    key: dg.AssetKey, name: str, passed: bool, metadata: dict[str, object],  # noqa: FBT001
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN,
) -> dg.AssetCheckResult:  # fmt: skip
    return dg.AssetCheckResult(asset_key=key, check_name=name, passed=passed, metadata=metadata, severity=severity)


FEEDS = [feed_assets(feed) for feed in all_feeds().values()]
