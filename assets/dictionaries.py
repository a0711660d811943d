"""Mappings as assets: their data version is the hash of their rows, so that an edit shows what is behind it as stale."""

import hashlib
from pathlib import Path

import dagster as dg
import polars as pl

from assets.describe import code_reference
from pipelines.dictionary import HOME, Mappings, load

PLACES = dg.AssetKey(["place", "divisions"])
AUTHORITY = dg.AssetKey(["authority", "enterprise"])
CORRECTIONS = dg.AssetKey(["correction", "all"])


def dictionary_key(code_list: str) -> dg.AssetKey:
    """The asset of one dictionary."""
    return dg.AssetKey(["dictionary", code_list])


def version_of(*tables: pl.DataFrame) -> str:
    """The data version of mapping tables: a hash of their rows."""
    return hashlib.sha256("".join(table.write_csv() for table in tables).encode()).hexdigest()[:16]


def mapping_tables(mappings: Mappings) -> dict[dg.AssetKey, tuple[pl.DataFrame, ...]]:
    """The tables behind each mapping asset."""
    lists = mappings.codes["list"].unique().sort()
    places = mappings.changes.with_columns(pl.col("towns").list.join(";"))
    dictionaries = {
        dictionary_key(name): (
            mappings.codes.filter(pl.col("list") == name),
            mappings.lists.filter(pl.col("list") == name),
        )
        for name in lists
    }
    return {
        **dictionaries,
        PLACES: (mappings.counties, places, mappings.townships),
        AUTHORITY: (mappings.authority,),
        CORRECTIONS: (mappings.corrections,),
    }


_FILES = {PLACES: "places/changes.csv", AUTHORITY: "authority.csv", CORRECTIONS: "corrections.csv"}


def _file(key: dg.AssetKey) -> Path:
    return HOME / _FILES.get(key, f"codes/{key.path[-1]}.csv")


def _spec(key: dg.AssetKey) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        group_name="mappings",
        owners=["team:standards"],
        kinds={"csv"},
        description=f"对照表：{_file(key).relative_to(HOME)}",
        metadata={"dagster/code_references": code_reference(str(_file(key)), 1)},
    )


@dg.multi_asset(specs=[_spec(key) for key in mapping_tables(load())], can_subset=True, name="mappings")
def mappings_assets(context: dg.AssetExecutionContext):
    """Read mappings/ and give each table its data version."""
    for key, tables in mapping_tables(load()).items():
        if key in context.selected_asset_keys:
            yield dg.MaterializeResult(
                asset_key=key,
                data_version=dg.DataVersion(version_of(*tables)),
                metadata={"dagster/row_count": sum(table.height for table in tables)},
            )
