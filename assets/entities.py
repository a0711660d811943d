"""Entities as assets: what is fused of all feeds, what lost in the fusing, and whose rows a person must decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import getdoc

import dagster as dg
import polars as pl

from assets import versions
from assets.conditions import from_inputs
from assets.describe import (
    code_reference,
    disputes_schema,
    entity_lineage,
    entity_schema,
    review_schema,
    table,
    words,
)
from assets.dictionaries import authority_key
from assets.known import load
from assets.progress import tell
from pipelines.disk.fused_grounds import fused_grounds
from pipelines.disk.store import only_one
from pipelines.fusing.assemble import fuse_entity, fused_table
from pipelines.gather import NotReady
from pipelines.identity.review import counted, in_words, review_list
from schemas.entity import Entity, all_entities
from schemas.here import home
from schemas.rooms import declared_at

IDENTIFIED = "identified"
_UNIDENTIFIED = "unidentified/"

Counts = dict[str, int]


def entity_assets(entity: type[Entity]) -> dg.AssetsDefinition:
    """The assets fused, disputes and review of one entity."""
    fused, disputes, review = (dg.AssetKey([room, entity.key]) for room in ("fused", "disputes", "review"))
    check = dg.AssetCheckSpec(IDENTIFIED, asset=fused, description=f"每行数据都识别到一个{entity.title}")

    @dg.multi_asset(name=entity.key, specs=_specs(entity, fused, disputes, review), check_specs=[check])
    def assets() -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        tell(f"{entity.title} {entity.key}: identifying and fusing")
        with only_one(home()):
            counts = _fuse(entity)
            results = [
                _materialized(entity, fused, counts),
                _disputed(entity, disputes),
                _to_review(entity, review),
                _identified(fused, counts),
            ]
        tell(f"{entity.title} {entity.key}: {counts['entities']:,} fused, {counts['disputes']:,} disputes, "
             f"{_unidentified_rows(counts):,} rows not identified")  # fmt: skip
        yield from results

    return assets


def _fuse(entity: type[Entity]) -> Counts:
    try:
        return fuse_entity(entity, load(), home())
    except NotReady as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def _specs(entity: type[Entity], fused: dg.AssetKey, disputes: dg.AssetKey, review: dg.AssetKey) -> list[dg.AssetSpec]:
    values = {"dagster/column_schema": entity_schema(entity), "dagster/column_lineage": entity_lineage(entity)}
    lost = {"dagster/column_schema": disputes_schema(entity)}
    return [
        _spec(entity, fused, f"融合实体：{entity.title}\n\n{getdoc(entity)}", values),
        _spec(entity, disputes, f"部门间冲突：{entity.title}，落选的值作为证据保留", lost),
        _spec(
            entity,
            review,
            f"待核：未能识别属于哪个{entity.title}的行及其候选",
            {"dagster/column_schema": review_schema()},
        ),
    ]


def _spec(entity: type[Entity], key: dg.AssetKey, description: str, metadata: Mapping[str, object]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        description=description,
        group_name="entities",
        owners=["team:fusion"],
        kinds={"polars", "parquet", key.path[0]},
        tags={"entity": entity.key},
        deps=[*(dg.AssetKey(["standard", feed.key]) for feed in entity.feeds()), authority_key(entity.key)],
        automation_condition=from_inputs(),
        metadata={"dagster/code_references": code_reference(declared_at(entity)), **metadata},
    )


def _materialized(entity: type[Entity], key: dg.AssetKey, counts: Counts) -> dg.MaterializeResult:
    version = _version(entity)
    metadata = {"dagster/row_count": counts["entities"], "without county": counts["without_county"]}
    return dg.MaterializeResult(asset_key=key, data_version=dg.DataVersion(version), metadata=metadata)


def _disputed(entity: type[Entity], key: dg.AssetKey) -> dg.MaterializeResult:
    lost = fused_table(entity, "disputes", home())
    pairs = _pairs(entity, lost)
    version = _version(entity)
    metadata = {
        "dagster/row_count": lost.height,
        "pairs": table(["采信部门", "落选部门", "列", "冲突"], pairs.iter_rows()),
        **{f"{won} > {other}/{column}": rows for won, other, column, rows in pairs.iter_rows()},
    }
    return dg.MaterializeResult(asset_key=key, data_version=dg.DataVersion(version), metadata=metadata)


def _pairs(entity: type[Entity], lost: pl.DataFrame) -> pl.DataFrame:
    """Disputes by the department that won, the one that lost and the column, as a reader calls them; the most first."""
    departments = {feed.key: feed.department_title for feed in entity.feeds()}
    titles = {name: each.title for name, each in entity.attributes.items()}
    named = lost.select(
        pl.col("won_by").replace_strict(departments, return_dtype=pl.String),
        pl.col("lost_by").replace_strict(departments, return_dtype=pl.String),
        pl.col("column").replace_strict(titles, return_dtype=pl.String),
    )
    pairs = named.group_by(pl.all()).len("rows")
    return pairs.sort("rows", "won_by", "lost_by", "column", descending=[True, False, False, False])


def _to_review(entity: type[Entity], key: dg.AssetKey) -> dg.MaterializeResult:
    listed = review_list(entity, home())
    version = versions.of_tables([listed.drop("candidates")])
    some = listed.unique(["feed", "rule"], keep="first", maintain_order=True)
    examples = [[*row[:-1], in_words(row[-1])] for row in some.iter_rows()]
    metadata = {
        "dagster/row_count": listed.height,
        "why": table(["feed", "rule", "rows"], counted(listed).iter_rows()),
        "examples": table(list(some.columns), examples),
        **{f"{feed}/{rule}": rows for feed, rule, rows in counted(listed).iter_rows()},
    }
    return dg.MaterializeResult(asset_key=key, data_version=dg.DataVersion(version), metadata=metadata)


def _identified(key: dg.AssetKey, counts: Counts) -> dg.AssetCheckResult:
    rows = {name.removeprefix(_UNIDENTIFIED): rows for name, rows in counts.items() if name.startswith(_UNIDENTIFIED)}
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=IDENTIFIED,
        passed=not any(rows.values()),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "not identified": words(f"{feed} {count:,}" for feed, count in rows.items() if count),
            "by feed": table(["feed", "rows not identified"], rows.items()),
        },
    )


def _unidentified_rows(counts: Counts) -> int:
    return sum(rows for name, rows in counts.items() if name.startswith(_UNIDENTIFIED))


def _version(entity: type[Entity]) -> str:
    """The mark of what is fused: it stays as long as every byte does."""
    grounds = fused_grounds(entity, home())
    assert grounds is not None
    return grounds.mark


ENTITIES = [entity_assets(entity) for entity in all_entities().values()]
