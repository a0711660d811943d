"""Mappings as assets: their data version is the hash of their rows, so that an edit shows as stale what needs it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl

from assets import versions
from assets.describe import code_reference, table
from assets.known import load
from pipelines.dictionary import HOME, Mappings, current, overlay_files, overlay_texts, policy_files, policy_texts
from pipelines.ledger.codes_titled import codes_titled
from pipelines.meaning.counties import place_tables
from schemas.entity import all_entities

GROUP = "mappings"
PLACES = dg.AssetKey(["place", "divisions"])
CORRECTIONS = dg.AssetKey(["corrections"])
ADMISSIONS = dg.AssetKey(["admissions"])
ANSWERS = dg.AssetKey(["answers"])
OVERLAYS = dg.AssetKey(["overlays"])
POLICIES = dg.AssetKey(["policies"])

Tables = tuple[pl.DataFrame, ...]


def dictionary_key(code_list: str) -> dg.AssetKey:
    """The asset of the dictionaries that lead to a code list, and of the list itself."""
    return dg.AssetKey(["dictionary", code_list])


def authority_key(entity: str) -> dg.AssetKey:
    """The asset of an entity's ranks."""
    return dg.AssetKey(["authority", entity])


def mapping_tables(mappings: Mappings) -> dict[dg.AssetKey, Tables]:
    """The tables behind each mapping asset; a dictionary that was not known yet is there, and empty.

    Dagster passes over whatever rests on an asset that is not made.
    """
    return {
        **{dictionary_key(name): _dictionary(mappings, name) for name in _code_lists(current())},
        **{authority_key(name): (mappings.authority.filter(pl.col("entity") == name),) for name in all_entities()},
        PLACES: tuple(place_tables(mappings).values()),
        CORRECTIONS: (mappings.corrections,),
        ADMISSIONS: (mappings.admissions,),
        ANSWERS: (mappings.answers,),
        OVERLAYS: (overlay_texts(),),
        POLICIES: (policy_texts(),),
    }


def _code_lists(mappings: Mappings) -> list[str]:
    """Every code list, also one whose codes departments write as they are, so that no dictionary leads to it."""
    return sorted({*mappings.lists["list"], *mappings.codes["list"]})


def _dictionary(mappings: Mappings, name: str) -> Tables:
    return mappings.codes.filter(pl.col("list") == name), mappings.lists.filter(pl.col("list") == name)


def mapping_versions(mappings: Mappings) -> dict[dg.AssetKey, str]:
    """The data version of each mapping asset."""
    return {key: versions.of_tables(tables) for key, tables in mapping_tables(mappings).items()}


_TITLES = {
    "dictionary": "对照表与代码表",
    "authority": "数源优先级",
    "place": "行政区划及其沿革",
    "corrections": "更正",
    "admissions": "放行记录",
    "answers": "异议答复",
    "overlays": "个性化叠加",
    "policies": "政策",
}


def _files(key: dg.AssetKey) -> list[Path]:
    match key.path:
        case ["dictionary", name]:
            return [file for room in ("codes", "lists") if (file := HOME / room / f"{name}.csv").exists()]
        case ["place", _]:
            return sorted((HOME / "places").glob("*.csv"))
        case ["overlays"]:
            return list(overlay_files().values())
        case ["policies"]:
            return list(policy_files().values())
        case [family, *_]:
            return [HOME / f"{family}.csv"]
        case _:
            return []


def _title(key: dg.AssetKey) -> str:
    match key.path:
        case ["dictionary", name]:
            return f"{_TITLES['dictionary']}：{codes_titled(name)}"
        case ["authority", name]:
            return f"{_TITLES['authority']}：{all_entities()[name].title}"
        case [family, *_]:
            return _TITLES[family]
        case _:
            return ""


def _spec(key: dg.AssetKey) -> dg.AssetSpec:
    files = _files(key)
    listed = "\n".join(f"- `mappings/{file.relative_to(HOME)}`" for file in files)
    return dg.AssetSpec(
        key,
        group_name=GROUP,
        owners=["team:standards"],
        kinds={"csv", key.path[0]},
        tags={"family": key.path[0]},
        description=f"{_title(key)}\n\n{listed}",
        metadata={"dagster/code_references": code_reference(*((str(file), 1) for file in files))},
    )


@dg.multi_asset(name=GROUP, specs=[_spec(key) for key in mapping_tables(current())], can_subset=True)
def mappings_assets(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Read mappings/ and give each table its data version."""
    for key, tables in mapping_tables(load()).items():
        if key in context.selected_asset_keys:
            yield dg.MaterializeResult(
                asset_key=key,
                data_version=dg.DataVersion(versions.of_tables(tables)),
                metadata={"dagster/row_count": sum(each.height for each in tables), **_sources(tables)},
            )


def _sources(tables: Tables) -> dict[str, dg.MarkdownMetadataValue]:
    """Of a dictionary, the sources whose codes it tells, each with its rows."""
    dictionary = next((each for each in tables if "source" in each.columns and each.height), None)
    if dictionary is None:
        return {}
    return {"sources": table(["source", "rows"], dictionary.group_by("source").len("rows").sort("source").iter_rows())}
