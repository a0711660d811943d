"""Entities as assets: what is fused of all feeds, and what lost in the fusing; one factory for all entities."""

from __future__ import annotations

import dagster as dg
import polars as pl

from assets.describe import code_reference, entity_lineage, entity_schema, table
from assets.dictionaries import AUTHORITY
from assets.home import home
from pipelines.assemble import NotReady, fuse_entity, fused_table
from pipelines.dictionary import load
from schemas.entity import Entity, all_entities


def entity_assets(entity: type[Entity]) -> dg.AssetsDefinition:
    """The assets fused and disputes of one entity."""
    fused, disputes = dg.AssetKey(["fused", entity.key]), dg.AssetKey(["disputes", entity.key])

    @dg.multi_asset(
        name=entity.key,
        specs=_specs(entity, fused, disputes),
        check_specs=[dg.AssetCheckSpec("identified", asset=fused, description="每行数据都认定到一个统一社会信用代码")],
    )
    def assets():
        try:
            counts = fuse_entity(entity, load(), home())
        except NotReady as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        unidentified = {name.split("/")[1]: rows for name, rows in counts.items() if name.startswith("unidentified/")}
        yield dg.MaterializeResult(
            asset_key=fused,
            metadata={"dagster/row_count": counts["entities"], "without county": counts["without_county"]},
        )
        yield dg.MaterializeResult(asset_key=disputes, metadata=_dispute_metadata(entity))
        yield dg.AssetCheckResult(
            asset_key=fused,
            check_name="identified",
            passed=not any(unidentified.values()),
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"unidentified": table(["feed", "rows"], unidentified.items())},
        )

    return assets


def _specs(entity: type[Entity], fused: dg.AssetKey, disputes: dg.AssetKey) -> list[dg.AssetSpec]:
    standards = [dg.AssetKey(["standard", feed.key]) for feed in entity.feeds()]
    schema, lineage = entity_schema(entity), entity_lineage(entity)
    common = {"group_name": "entities", "owners": ["team:fusion"], "kinds": {"polars", "parquet"}}
    return [
        dg.AssetSpec(
            fused, **common, description=f"融合实体：{entity.title}\n\n{entity.__doc__}", deps=[*standards, AUTHORITY],
            automation_condition=dg.AutomationCondition.eager(),
            metadata={"dagster/column_schema": schema, "dagster/column_lineage": lineage,
                      "dagster/code_references": code_reference(*entity.declared_at())},
        ),
        dg.AssetSpec(
            disputes, **common, description=f"部门间冲突：{entity.title}，落选的值作为证据保留", deps=[*standards, AUTHORITY],
            automation_condition=dg.AutomationCondition.eager(),
            metadata={"dagster/column_schema": dg.TableSchema(columns=[
                dg.TableColumn(entity.identifier, "String", entity.attributes[entity.identifier].title),
                dg.TableColumn("column", "String", "列"), dg.TableColumn("won_by", "String", "采信数源"),
                dg.TableColumn("value", "String", "采信值"), dg.TableColumn("lost_by", "String", "落选数源"),
                dg.TableColumn("lost_value", "String", "落选值")])},
        ),
    ]  # fmt: skip


def _dispute_metadata(entity: type[Entity]) -> dict[str, object]:
    lost = fused_table(entity, "disputes", home())
    pairs = lost.group_by("column", "won_by", "lost_by").agg(pl.len().alias("rows")).sort("rows", "column", "lost_by", descending=[True, False, False])
    return {
        "dagster/row_count": lost.height,
        "pairs": table(["column", "won by", "lost by", "rows"], pairs.iter_rows()),
    }


ENTITIES = [entity_assets(entity) for entity in all_entities().values()]
