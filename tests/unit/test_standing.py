"""What holds of several deliveries is the same in parts and groups of any size, and no part is larger than asked."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import supersede
from pipelines.dictionary import current as mappings
from pipelines.disk.deliveries import deliveries
from pipelines.engine.local import Sizes
from pipelines.land import land
from pipelines.releasing import causes
from pipelines.standard.standardise import standardise
from pipelines.supersede import current
from schemas.feed import all_feeds
from schemas.manifest import Input
from schemas.product import all_products
from tests.standing import stand

FEED = "market_regulation_enterprise"
ROW = st.tuples(st.integers(0, 9), st.sampled_from(["甲", "乙", "丙"]))
DELIVERIES = st.lists(st.lists(ROW, max_size=8), min_size=1, max_size=4)
SIZES = st.builds(Sizes, part=st.integers(1, 6), group=st.integers(1, 12))


def written(drawn: list[list[tuple[int, str]]]) -> list[pl.DataFrame]:
    """Each delivery's rows: a code, of which the last row of the delivery holds, and a name."""
    is_last = pl.col("credit_code").is_last_distinct()
    return [
        pl.DataFrame({"credit_code": [str(code) for code, _ in rows], "name": [name for _, name in rows]},
                     schema={"credit_code": pl.String, "name": pl.String})
        .with_columns(superseded=pl.when(~is_last).then(pl.lit("newer_in_delivery")))
        for rows in drawn
    ]  # fmt: skip


@given(drawn=DELIVERIES, sizes=SIZES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_the_newest_row_of_a_grain_holds_whatever_the_sizes(
    drawn: list[list[tuple[int, str]]], sizes: Sizes, tmp_path: Path
) -> None:
    tables = written(drawn)
    outcomes, feed = stand(tmp_path, FEED, tables)
    held = current(feed, outcomes, tmp_path, sizes)
    assert held is not None
    newest = {code: (place, name) for place, rows in enumerate(drawn) for code, name in rows}
    names = {outcome.delivery.name: place for place, outcome in enumerate(outcomes)}
    assert {int(code): (names[delivery], name) for code, delivery, name in
            held.rows.select("credit_code", "delivery", "name").iter_rows()} == newest  # fmt: skip
    assert held.height == held.rows.height == len(newest)
    lost = [len(dict(rows)) - sum(place == at for place, _ in newest.values()) for at, rows in enumerate(drawn)]
    assert list(held.superseded.values()) == lost


def permits(folder: Path, name: str, *units: str) -> Path:
    """An increment with a permit for each of some units."""
    told = {"divisionCode": "330782", "managementClass": "简化管理", "issueDate": "2025年4月14日",
            "validUntil": "2030年4月13日"}  # fmt: skip
    numbered = ({"permitNo": f"92330782MA2D1D6G2D00{at}Q", "unitName": unit} for at, unit in enumerate(units, 1))
    file = folder / name
    file.write_text("".join(json.dumps(each | told, ensure_ascii=False) + "\n" for each in numbered))
    return file


@pytest.mark.parametrize("unit", [f"第{number}公司" for number in range(6)])
def test_of_two_increments_of_one_day_the_later_by_name_holds_whatever_their_bytes(unit: str, tmp_path: Path) -> None:
    """By chance a first file had outdone the one that a department sent after it to correct it."""
    feed, home = all_feeds()["ecology_permit"], tmp_path / "home"
    files = [permits(tmp_path, "20260701.jsonl", "更正前公司"), permits(tmp_path, "20260701-1.jsonl", unit)]
    for file in reversed(files):
        land(feed, file, home)
    landed = deliveries(feed, home)
    assert [each.file for each in landed] == [file.name for file in files]
    outcomes = [standardise(feed, each, mappings(), home) for each in landed]
    held = current(feed, outcomes, home)
    assert held is not None and held.rows["name"].to_list() == [unit]
    before = {each: each.stat().st_ino for each in home.glob("standard/*/*/outcome.json")}
    assert [standardise(feed, each, mappings(), home) for each in landed] == outcomes
    assert {each: each.stat().st_ino for each in home.glob("standard/*/*/outcome.json")} == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (2, 0, 1)])
def test_of_many_increments_of_one_day_the_tenth_holds_over_the_second(order: tuple[int, ...], tmp_path: Path) -> None:
    """As text 20260701-10 stands before 20260701-2."""
    feed, home = all_feeds()["ecology_permit"], tmp_path / "home"
    names = ("20260701-1.jsonl", "20260701-2.jsonl", "20260701-10.jsonl")
    files = [permits(tmp_path, name, f"{name}公司") for name in names]
    for at in order:
        land(feed, files[at], home)
    landed = deliveries(feed, home)
    assert [each.file for each in landed] == list(names)
    held = current(feed, [standardise(feed, each, mappings(), home) for each in landed], home)
    assert held is not None and held.rows["name"].to_list() == ["20260701-10.jsonl公司"]


@pytest.mark.parametrize("unit", [f"第{number}公司" for number in range(6)])
def test_what_goes_back_behind_the_later_of_two_increments_of_one_day_is_new(
    unit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, home = all_feeds()["ecology_permit"], tmp_path / "home"
    for name, told in (("20260701.jsonl", "前公司"), ("20260701-1.jsonl", unit)):
        land(feed, permits(tmp_path, name, told), home)
    inputs = tuple(
        Input(feed=feed.key, file=each.file, sha256=each.sha256, as_of=each.as_of, rows=each.rows)
        for each in deliveries(feed, home)
    )
    land(feed, permits(tmp_path, "20260702.jsonl", "前公司", "另一公司"), home)
    held = current(feed, [standardise(feed, each, mappings(), home) for each in deliveries(feed, home)], home)
    assert held is not None
    rows = held.rows.with_columns(entity_id=pl.col("name"))
    none = {"hash": pl.UInt64}
    monkeypatch.setattr(causes, "every_row", lambda _, asked, columns, *__: (
        rows.select(columns) if asked is feed else pl.DataFrame(schema=dict.fromkeys(columns, pl.String) | none)
    ))  # fmt: skip
    found = causes.fresh(all_products()["enterprise_mirror"], home, inputs)
    assert sorted(found["entity_id"]) == ["前公司", "另一公司"]


def test_no_part_is_larger_than_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = written([[(code, "甲") for code in range(1_000)], [(code, "乙") for code in range(500, 1_500)]])
    outcomes, feed = stand(tmp_path, FEED, tables)
    heights: list[int] = []
    read = supersede.read_part

    def spied(*asked: object) -> pl.DataFrame:
        rows = read(*asked)  # pyright: ignore[reportArgumentType]
        heights.append(rows.height)
        return rows

    monkeypatch.setattr(supersede, "read_part", spied)
    held = current(feed, outcomes, tmp_path, Sizes(part=70, group=300))
    assert held is not None and held.height == 1_500
    parts = [part.read(["name"]) for part in held.parts]
    assert sum(part.height for part in parts) == 1_500 and max(heights) == 70
    assert all(part.columns == ["name"] for part in parts)
