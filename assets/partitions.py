"""The counties as partitions: always partitions, never assets, and never a county by day."""

from __future__ import annotations

import dagster as dg

from pipelines.dictionary import current, today_counties


def county_names() -> dict[str, str]:
    """Today's counties, name by code, in the order of codes."""
    return dict(today_counties(current()).select("code", "name").sort("code").iter_rows())


COUNTIES = dg.StaticPartitionsDefinition(list(county_names()))
