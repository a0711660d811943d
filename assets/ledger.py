"""The resource ledger as an asset: all that the platform knows of itself, and its use. Reckons nothing itself."""

import dagster as dg
import polars as pl

from assets import versions
from assets.conditions import from_inputs
from assets.describe import table
from assets.dictionaries import OVERLAYS, dictionary_key
from assets.known import load
from pipelines.ledger.listed import OFFICES
from pipelines.ledger.use import standing, unused
from pipelines.ledger.write import TABLES, Ledger, make, write
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.here import home
from schemas.ledger import UNUSED_DAYS

KEY = dg.AssetKey(["ledger"])
_MOST = 20


@dg.asset(
    key=KEY,
    group_name="ledger",
    owners=["team:standards"],
    kinds={"parquet", "polars"},
    description="数据资源账本：数据、对照表、半成品、标签、授权及其关系；用得最多、长期未用、近似重复、谁受益。"
    "`make ledger` 打印摘要；导出为 DCAT 与 OpenLineage",
    deps=[
        *(dg.AssetKey(["standard", feed]) for feed in all_feeds()),
        *(dg.AssetKey(["fused", entity]) for entity in all_entities()),
        # Every other dictionary reaches it through the feeds that it translates.
        dictionary_key(OFFICES),
        OVERLAYS,
    ],
    automation_condition=from_inputs(),
)
def ledger() -> dg.MaterializeResult:
    """Write the ledger, and tell what is most used, what is unused and what there is twice."""
    made = make(home(), load())
    folder = write(made, home())
    stood = standing(made.resources, made.use, ("product column", "feed"))
    used = stood.filter(pl.col("times") > 0).select("resource", "title", "times", "counties", "last").head(_MOST)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(versions.of_files(folder / f"{name}.parquet" for name in TABLES)),
        metadata={
            "dagster/row_count": made.resources.height,
            "as of": str(made.on),
            "edges": made.edges.height,
            "unused": unused(stood, made.on, UNUSED_DAYS).height,
            "most used": table(used.columns, used.iter_rows()),
            **_counted(made),
        },
    )


def _counted(made: Ledger) -> dict[str, int]:
    """How many near-duplicates there are of each relation."""
    counts = made.likeness.group_by("relation").len().sort("relation")
    return {f"near-duplicates/{relation}": count for relation, count in counts.iter_rows()}
