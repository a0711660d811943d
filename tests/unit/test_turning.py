"""Which entities turn as months begin: those of a meter's row that is dated after the day that counted as today."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.disk.layers import Keep
from pipelines.fusing import turning
from pipelines.surveying.views import identified_schema
from schemas.entity import all_entities
from schemas.feed import Feed

ENTERPRISE = all_entities()["enterprise"]
METERED = pl.DataFrame(
    {"entity_id": [*"ABCDE"], "year": [2026, 2026, 2026, 2027, 2026], "month": [6, 7, 8, 7, 0]},
    schema_overrides={"year": pl.Int64, "month": pl.Int64},
)


def rows_of(_layers: object, feed: type[Feed], columns: list[str], keep: Keep) -> pl.DataFrame:
    """What is identified of a feed: the meters, of all others nothing."""
    of_none = pl.DataFrame(schema=identified_schema(feed)).select(columns)
    return keep(METERED.select(columns) if feed.key == "power_customer" else of_none)


@pytest.mark.parametrize(
    ("since", "on", "told"),
    [
        (date(2026, 6, 30), date(2026, 7, 1), ["B"]),
        (date(2026, 8, 2), date(2026, 6, 30), ["B", "C"]),
        (date(2026, 7, 1), date(2026, 7, 31), []),
    ],
    ids=["the next month", "back over two", "within one"],
)
def test_a_month_that_begins_turns_whoever_has_a_row_of_it(
    since: date, on: date, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning, "every_row", rows_of)
    monkeypatch.setattr(turning, "every_bucket", lambda _layers, _name, columns, keep: keep(_values(columns)))
    assert sorted(turning.turning(ENTERPRISE, Path(), since, on)["entity_id"]) == told


def _values(columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(schema={name: ENTERPRISE.attributes[name].kind.dtype for name in columns})
