"""Products as assets: one partition a county, one run for all of them; one factory for all products."""

import os
from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from assets.describe import code_reference, product_lineage, product_schema, table
from assets.home import home, supply
from assets.partitions import COUNTIES
from pipelines.assemble import NotReady, release_product
from pipelines.dictionary import load
from pipelines.release import Published, folder_of
from pipelines.verify import verify_county
from schemas.entity import all_entities
from schemas.manifest import Manifest, fingerprint
from schemas.product import Product, all_products

CHECK = "released"


def product_asset(product: type[Product]) -> dg.AssetsDefinition:
    """The asset published/<product>: a county is materialized when it has a new version, and only then."""
    key = dg.AssetKey(["published", product.key])

    @dg.multi_asset(
        name=f"published_{product.key}",
        specs=[_spec(product, key)],
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key, description="契约、规则与前一版本核对；不合格的县保留前一版本", partitions_def=COUNTIES)],
        partitions_def=COUNTIES,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def asset(context: dg.AssetExecutionContext):
        counties = list(context.partition_keys)
        try:
            published = release_product(product, load(), home(), supply(), _teller(product, len(counties)), counties)
        except NotReady as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        seen = context.instance.get_materialized_partitions(key)
        for each in published:
            yield from _events(product, key, each, is_known=each.county in seen)
        yield dg.Output(None, output_name=f"published__{product.key}_{CHECK}")

    return asset


def _spec(product: type[Product], key: dg.AssetKey) -> dg.AssetSpec:
    entity = all_entities()[product.entity]
    return dg.AssetSpec(
        key,
        group_name="products",
        owners=["team:supply"],
        kinds={"duckdb", "parquet"},
        description=f"半成品：{product.title} {product.version}\n\n{product.__doc__}",
        skippable=True,
        deps=[dg.AssetKey(["fused", entity.key]), dg.AssetKey(["disputes", entity.key])],
        automation_condition=dg.AutomationCondition.eager(),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(days=7), warn_window=timedelta(days=2)),
        metadata={
            "dagster/column_schema": product_schema(product),
            "dagster/column_lineage": product_lineage(product),
            "dagster/code_references": code_reference(*product.declared_at()),
        },
    )


def _teller(product: type[Product], total: int):
    """Progress for whoever watches: a line at every tenth of the counties."""
    done = 0

    def tell(_: Published) -> None:
        nonlocal done
        done += 1
        if done % max(1, total // 9) == 0 or done == total:
            print(f"  {product.title} {done}/{total} counties", flush=True)

    return tell


def _events(product: type[Product], key: dg.AssetKey, each: Published, *, is_known: bool) -> Iterator[object]:
    """What Dagster learns of a county: a materialization for a version it has not seen, and the verdict."""
    manifest = each.manifest
    if manifest is not None and each.held is None and (each.is_new or not is_known):
        yield dg.AssetMaterialization(
            asset_key=key,
            partition=each.county,
            metadata=_metadata(manifest),
            tags={"dagster/data_version": fingerprint(manifest)},
        )
    faults = [each.held] if each.held else verify_county(product, folder_of(supply(), each.county, product.key)) if each.is_new else []
    yield dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=CHECK,
        passed=not faults,
        partition=each.county,
        metadata={"reasons": dg.MetadataValue.text("; ".join(faults) or "—"),
                  "version": dg.MetadataValue.int(manifest.version if manifest else 0)},
    )  # fmt: skip


def _metadata(manifest: Manifest) -> dict[str, dg.MetadataValue]:
    changes = [[change, cause, rows] for change, causes in manifest.changes.items() for cause, rows in causes.items()]
    files = [[view.level, view.snapshot.path, view.snapshot.rows, view.snapshot.size] for view in manifest.views.values()]
    missing = [[absence.title, absence.reason] for absence in manifest.missing]
    return {
        "county": dg.MetadataValue.text(f"{manifest.county_name} {manifest.county}"),
        "dagster/row_count": dg.MetadataValue.int(manifest.rows),
        "version": dg.MetadataValue.int(manifest.version),
        "as of": dg.MetadataValue.text(manifest.as_of),
        "changes": table(["change", "cause", "rows"], changes),
        "files": table(["view", "snapshot", "rows", "bytes"], files),
        "missing feeds": table(["feed", "reason"], missing),
        "folder": dg.MetadataValue.path(os.fspath(folder_of(supply(), manifest.county, manifest.product))),
    }


PRODUCTS = [product_asset(product) for product in all_products().values()]
