"""Feeds as assets: what arrived, what of it is standard, what is in quarantine; one factory for all feeds."""

from collections.abc import Iterator
from inspect import getdoc

import dagster as dg

from assets import evidence, versions
from assets.checks import check_results, check_specs
from assets.conditions import from_mappings
from assets.describe import code_reference, freshness, landed_schema, standard_lineage, standard_schema
from assets.dictionaries import ADMISSIONS, CORRECTIONS, PLACES, dictionary_key
from assets.known import load
from assets.landing import Landing, is_awaited_by_nobody, standing, take_in, unseen
from assets.progress import tell
from pipelines.disk.deliveries import deliveries
from pipelines.disk.store import only_one
from pipelines.gather import Gathered, gather
from pipelines.standard.standardise import standardise
from pipelines.words.placing import lines, placing
from schemas.feed import Csv, Dump, Feed, JsonLines, Workbook, all_feeds
from schemas.here import home
from schemas.rooms import declared_at

_KINDS: dict[type, str] = {Csv: "csv", Workbook: "excel", Dump: "postgres", JsonLines: "json"}
# What is counted beside each asset: the product data_quality counts by deliveries, and what holds is fewer.
_COUNTED = {
    "landed": "口径：行数为已收下的全部批次，含收下后整批停用者；入库前即拒收者不计。",
    "standard": "口径：行数为现行有效行。fate 一行计已接收的全部批次：来量等于现行有效、隔离、被取代三者之和，"
    "被取代者含同一批次内的重复与被后来批次取代的行（later_delivery）。半成品“数据质量”只计在用批次"
    "（增量数源为全部批次，全量数源为各部分的最后一批），其有效行数含后来被别的批次取代的行，其被取代行数只计同一批次内。",
    "quarantine": "口径：行数为在用批次的隔离行，与届时发布的清单、门户和半成品“数据质量”口径相同；"
    "standard 的 fate 计已接收的全部批次，所以可能更多。",
}

Keys = dict[str, dg.AssetKey]
Event = dg.AssetMaterialization | dg.AssetObservation | dg.MaterializeResult | dg.AssetCheckResult


def feed_assets(feed: type[Feed]) -> dg.AssetsDefinition:
    """The assets standard and quarantine of one feed, with its checks; what has landed is told beside them."""
    keys = {room: dg.AssetKey([room, feed.key]) for room in ("landed", "standard", "quarantine")}

    @dg.multi_asset(name=feed.key, specs=_specs(feed, keys), check_specs=check_specs(feed))
    def assets(context: dg.AssetExecutionContext) -> Iterator[Event]:
        with only_one(home()):
            landing, gathered = _stand(feed)
            arrival = [*_arrival(context.instance, keys["landed"], landing, gathered)]
            results = [*_materialized(keys, gathered), *check_results(landing, gathered)]
        yield from arrival
        # Dagster has read what had landed when the step began, and would call what is made here stale.
        context.get_step_execution_context().wipe_input_asset_version_info(keys["landed"])
        yield from results

    return assets


def _stand(feed: type[Feed]) -> tuple[Landing, Gathered]:
    """Take in what waits and standardise it; gives what was taken in and the feed as it then stands."""
    for file in unseen(feed):
        tell(f"{feed.title} {feed.key}: reading {file.name}, {file.stat().st_size:,} bytes")
    mappings = load()
    landing = take_in(feed, mappings)
    for delivery in deliveries(feed, home()):
        standardise(feed, delivery, mappings, home())
    gathered = gather(feed, home())
    if not is_awaited_by_nobody(gathered):
        stopped = len(standing(landing, gathered))
        refused = f", {stopped} refused" if stopped else ""
        tell(f"{feed.title} {feed.key}: {len(landing.new)} new{refused}; {evidence.fate(gathered)}")
    if landing.new and feed.place and feed.place.required and gathered.used:
        for line in lines(placing(gathered, home())):
            tell(f"    {line}")
    return landing, gathered


def _arrival(
    instance: dg.DagsterInstance, key: dg.AssetKey, landing: Landing, gathered: Gathered
) -> Iterator[dg.AssetMaterialization | dg.AssetObservation]:
    """What has landed, where Dagster does not know it yet; of no newer day it is observed.

    Dagster's freshness goes by materializations, and what is delivered again of an earlier day is not what is due.
    """
    version = evidence.landed_version(gathered)
    if not evidence.accepted(gathered) or version in versions.recent(instance, key):
        return
    metadata = evidence.landed_metadata(landing, gathered)
    is_newer = metadata[evidence.NEWEST] > versions.last_metadata(instance, key, evidence.NEWEST)
    event = dg.AssetMaterialization if is_newer else dg.AssetObservation
    yield event(key, metadata=metadata, tags={versions.VERSION_TAG: version})


def _materialized(keys: Keys, gathered: Gathered) -> Iterator[dg.MaterializeResult]:
    yield _result(keys["standard"], evidence.standard_version(gathered), evidence.standard_metadata(gathered))
    yield _result(keys["quarantine"], evidence.quarantine_version(gathered), evidence.quarantine_metadata(gathered))


def _result(key: dg.AssetKey, version: str, metadata: evidence.Metadata) -> dg.MaterializeResult:
    return dg.MaterializeResult(asset_key=key, data_version=dg.DataVersion(version), metadata=metadata)


def _specs(feed: type[Feed], keys: Keys) -> list[dg.AssetSpec]:
    schema, lineage = standard_schema(feed), standard_lineage(feed)
    standard = _spec(
        feed, keys["standard"], "标准数据", {"dagster/column_schema": schema, "dagster/column_lineage": lineage}
    )
    quarantine = _spec(feed, keys["quarantine"], "隔离区", {})
    mapped = [*map(dictionary_key, sorted(_lists(feed))), CORRECTIONS, ADMISSIONS, *([PLACES] if feed.places() else [])]
    return [
        each.replace_attributes(deps=[keys["landed"], *mapped], automation_condition=from_mappings())
        for each in (standard, quarantine)
    ]


def landed_spec(feed: type[Feed]) -> dg.AssetSpec:
    """What a department has delivered: it arrives and is not made, so that nobody is offered to materialize it."""
    spec = _spec(feed, dg.AssetKey(["landed", feed.key]), "原始批次", {"dagster/column_schema": landed_schema(feed)})
    return spec.replace_attributes(freshness_policy=freshness(feed.due))


def _spec(feed: type[Feed], key: dg.AssetKey, room: str, metadata: evidence.Metadata) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        description=f"{room}：{feed.title}（{feed.department_title}，{feed.due.title}）\n\n{getdoc(feed)}"
        f"\n\n{_COUNTED[key.path[0]]}",
        group_name=feed.department,
        owners=[f"team:{feed.department}"],
        kinds={_KINDS[type(feed.arrives)], "polars", key.path[0]},
        tags={"department": feed.department, "delivers": feed.delivers},
        metadata={"dagster/code_references": code_reference(declared_at(feed)), **metadata},
    )


def _lists(feed: type[Feed]) -> set[str]:
    return {column.kind.code_list for column in feed.columns.values() if column.kind.code_list}


FEEDS = [feed_assets(feed) for feed in all_feeds().values()]
LANDED = [landed_spec(feed) for feed in all_feeds().values()]
