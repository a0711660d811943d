"""The counties as partitions: always partitions, never assets, and never a county by day."""

from __future__ import annotations

import dagster as dg

from pipelines.dictionary import current
from pipelines.meaning.counties import today_counties


def county_names() -> dict[str, str]:
    """Today's counties, name by code, in the order of codes."""
    return dict(today_counties(current()).select("code", "name").sort("code").iter_rows())


COUNTIES = dg.StaticPartitionsDefinition(list(county_names()))


def all_counties() -> dict[str, str]:
    """The tags by which one run takes all counties."""
    keys = COUNTIES.get_partition_keys()
    return {"dagster/asset_partition_range_start": keys[0], "dagster/asset_partition_range_end": keys[-1]}
