"""Products as assets: one partition a county, one run for all of them; one factory for all products."""

from collections.abc import Callable, Iterator
from inspect import getdoc

import dagster as dg

from assets import versions
from assets.conditions import from_inputs
from assets.describe import code_reference, product_freshness, product_lineage, product_schema, table, words
from assets.dictionaries import ADMISSIONS, OVERLAYS, POLICIES
from assets.doubted import doubt, doubted
from assets.freshness import AGREES, day_agreed, known_counties, last_day_told, to_tell
from assets.known import load, raised
from assets.objections import KEY as OBJECTIONS
from assets.partitions import COUNTIES
from assets.progress import tell
from assets.shipping import ship_product
from pipelines.checking.whole import verify_newest
from pipelines.disk.store import only_one
from pipelines.gather import NotReady
from pipelines.policies import listed as policies
from pipelines.publishing.publish import release_product
from pipelines.releasing.county import Published
from pipelines.releasing.index import index_of
from pipelines.releasing.served import folder_of
from schemas.behind import feeds_behind
from schemas.entity import all_entities
from schemas.here import home, supply
from schemas.manifest import Manifest, fingerprint
from schemas.product import Product, offered_products
from schemas.rooms import declared_at

CHECK, EVERY_COUNTY = "released", "every_county"

Event = dg.AssetMaterialization | dg.AssetCheckEvaluation | dg.AssetCheckResult


def product_asset(product: type[Product]) -> dg.AssetsDefinition:
    """The asset published/<product>: a county is materialized when it has a new version.

    Where none has, but what the product needs is of a later day, one county is, as it stands.
    """
    key = dg.AssetKey(["published", product.key])

    @dg.multi_asset(
        name=step_of(product),
        specs=[_spec(product, key)],
        check_specs=_check_specs(key),
        partitions_def=COUNTIES,
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    def asset(context: dg.AssetExecutionContext) -> Iterator[Event | dg.Output[None]]:
        counties = list(context.partition_keys)
        before = doubted(product)
        # Until they have been read all are in doubt: a run may be ended at any county.
        doubt(product, before | {*counties})
        published = _release(product, counties)
        tell(f"{product.title} {product.key}: reading it again and recording it")
        counties_known = known_counties(context, key)
        made_from = versions.provenance(context.instance, _inputs(product))
        damage = _damage(product, published, before)
        day = day_agreed(product, published)
        # A county that has ended is no partition; what is told of it is its version, which is without rows.
        partitions = [each for each in published if each.county in counties]
        telling = to_tell(partitions, counties_known, day, last_day_told(context.instance, key))
        for each in partitions:
            if each.county in telling:
                yield _materialized(key, telling[each.county], made_from, day)
            yield _evaluated(key, each, damage.get(each.county, []))
        yield _all_stand(product, key, damage)
        ship_product(product)
        yield dg.Output(None, output_name=f"published__{product.key}_{CHECK}")

    return asset


def _release(product: type[Product], counties: list[str]) -> list[Published]:
    try:
        with only_one(home()):
            tell_one = _teller(product, len(counties))
            return release_product(product, load(), home(), supply(), tell_one, counties, raised())
    except NotReady as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def step_of(product: type[Product]) -> str:
    """The name of a product's step in a run."""
    return f"published_{product.key}"


def _inputs(product: type[Product]) -> list[dg.AssetKey]:
    entity = all_entities().get(product.entity)
    fused = [] if entity is None else [dg.AssetKey([room, entity.key]) for room in ("fused", "disputes")]
    policy_keys = [POLICIES] if policies.is_told_by(product) else []
    return [*fused, *_feeds_of(product), *policy_keys, ADMISSIONS, OBJECTIONS, OVERLAYS]


def _feeds_of(product: type[Product]) -> list[dg.AssetKey]:
    """What stands of the feeds that a product made by province rests on, and what is in quarantine of them."""
    feeds = feeds_behind(product) if product.is_made_by_province() else []
    return [dg.AssetKey([room, feed.key]) for feed in feeds for room in ("standard", "quarantine")]


def _spec(product: type[Product], key: dg.AssetKey) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        group_name="products",
        owners=["team:supply"],
        kinds={"duckdb", "parquet", key.path[0]},
        tags={"entity": product.entity, "contract": product.version},
        description=f"半成品：{product.title} {product.version}\n\n{getdoc(product)}",
        skippable=True,
        deps=_inputs(product),
        automation_condition=from_inputs(),
        freshness_policy=product_freshness(product),
        metadata={
            "dagster/column_schema": product_schema(product),
            "dagster/column_lineage": product_lineage(product),
            "dagster/code_references": code_reference(declared_at(product)),
        },
    )


def _check_specs(key: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    each = "契约、规则与前一版本核对，文件与清单核对；不合格的县保留前一版本。界面只显示其中一个县的结论"
    every = "没有县因不合格而保留前一版本，也没有县的文件残缺；有则在此列出县与原因"
    return [
        dg.AssetCheckSpec(CHECK, asset=key, description=each, partitions_def=COUNTIES),
        dg.AssetCheckSpec(EVERY_COUNTY, asset=key, description=every),
    ]


def _teller(product: type[Product], total: int) -> Callable[[Published], None]:
    """Progress for whoever watches: a line at every ninth of the counties."""
    done = 0

    def count(_: Published) -> None:
        nonlocal done
        done += 1
        if done % max(1, total // 9) == 0 or done == total:
            tell(f"{product.title} {product.key}: counties {done}/{total}")

    return count


def _materialized(key: dg.AssetKey, manifest: Manifest, made_from: dict[str, str], day: str) -> dg.AssetMaterialization:
    version = {versions.VERSION_TAG: fingerprint(manifest), "dagster/code_version": manifest.code_revision}
    return dg.AssetMaterialization(
        asset_key=key,
        partition=manifest.county,
        metadata=_metadata(manifest) | {AGREES: dg.MetadataValue.text(day)},
        tags=made_from | version,
    )


def _damage(product: type[Product], published: list[Published], before: set[str]) -> dict[str, list[str]]:
    """By county what of its newest version is not as its manifest says, where it is new or was in doubt `before`.

    A fault does not go by not being looked at, nor does a version that nobody came to read.
    """
    to_read = before | {each.county for each in published if each.is_new}
    here = {each.county for each in published if each.manifest}
    damage = {each: verify_newest(folder_of(supply(), each, product.key)) for each in sorted(to_read & here)}
    doubt(product, {each for each in to_read if damage.get(each) or each not in here})
    return damage


def _evaluated(key: dg.AssetKey, each: Published, damage: list[str]) -> dg.AssetCheckEvaluation:
    """The verdict on one county."""
    faults = [*([each.held.words] if each.held else []), *damage]
    version = each.manifest.version if each.manifest else 0
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=CHECK,
        passed=not faults,
        partition=each.county,
        metadata={
            "county": dg.MetadataValue.text(each.county),
            "reasons": words(faults),
            "version": dg.MetadataValue.int(version),
            "is new": dg.MetadataValue.bool(each.is_new),
            "is damaged": dg.MetadataValue.bool(bool(damage)),
        },
    )


def _all_stand(product: type[Product], key: dg.AssetKey, damage: dict[str, list[str]]) -> dg.AssetCheckResult:
    """The verdict on all counties at once: of those on each the UI shows one county's alone, whichever it is."""
    index = index_of(product, supply())
    counties = index.counties if index else ()
    held = [f"{each.county_name} {each.county}: {each.held}" for each in counties if each.held]
    damaged = [f"{county}: {', '.join(faults)}" for county, faults in damage.items() if faults]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=EVERY_COUNTY,
        passed=not held and not damaged,
        metadata={
            "held": words(held),
            "damaged": words(damaged),
            "rows of all counties": dg.MetadataValue.int(sum(each.rows for each in counties)),
        },
    )


def _metadata(manifest: Manifest) -> dict[str, dg.MetadataValue]:
    changes = [[change, cause, rows] for change, causes in manifest.changes.items() for cause, rows in causes.items()]
    views = [(view.level, name, file) for view in manifest.views.values()
             for name, file in (("snapshot", view.snapshot), ("changes", view.changes)) if file]  # fmt: skip
    files = [[level, name, file.path, file.rows, file.size] for level, name, file in views]
    return {
        "county": dg.MetadataValue.text(f"{manifest.county_name} {manifest.county}"),
        "rows": dg.MetadataValue.int(manifest.rows),
        "version": dg.MetadataValue.int(manifest.version),
        "as of": dg.MetadataValue.text(manifest.as_of),
        "changes": words(f"{rows} {change} by {cause}" for change, cause, rows in changes),
        "files": table(["view", "file", "path", "rows", "bytes"], files),
        "missing feeds": words(f"{absence.title}: {absence.reason}" for absence in manifest.missing),
        "folder": dg.MetadataValue.path(folder_of(supply(), manifest.county, manifest.product)),
    }


PRODUCTS = [product_asset(product) for product in offered_products().values()]
