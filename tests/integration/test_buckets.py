"""Fusion by parts, groups and buckets of any size gives what the whole in memory gives; nothing large is handed on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.feeds import DESCRIBING
from pipelines.dictionary import current
from pipelines.disk.buckets import bucket_count, bucket_of
from pipelines.disk.fused import TABLES, buckets
from pipelines.disk.layers import bucket_rows, bucket_table, every_bucket, layers_of, unidentified
from pipelines.engine.local import Sizes
from pipelines.fuse import fuse
from pipelines.fusing import whole
from pipelines.fusing.assemble import fuse_entity, fused_table
from pipelines.gather import gather
from pipelines.identify import LADDER, PROBABLE
from pipelines.meaning.counties import today_counties
from schemas.entity import all_entities
from tests.chain import fused, standardised
from tests.identity import ON, credit, found, organisation
from tests.standing import stand

ENTERPRISE = all_entities()["enterprise"]
REGISTER, INSURED, LISTED = "market_regulation_enterprise", "social_security_employer", "science_technology_list"

NAMES = st.sampled_from(
    ["杭州青禾软件有限公司", "青禾软件有限责任公司", "杭州青合软件有限公司", "杭州青禾软件有限公司分公司"]
)
COUNTIES = st.sampled_from(["330110", "330106", "330702", "330483", None])
SERIALS = st.integers(1, 9)
ENTERPRISES = st.lists(st.tuples(SERIALS, NAMES, COUNTIES), max_size=9, unique_by=lambda each: each[0])
PAYING = st.sampled_from(["1", "3", None])
NUMBERED = st.lists(st.tuples(SERIALS, st.sampled_from([organisation, credit]), NAMES, COUNTIES, PAYING), max_size=9)
NAMED = st.lists(st.tuples(NAMES, COUNTIES), max_size=9)
SIZES = st.builds(Sizes, part=st.integers(1, 5), group=st.integers(1, 9), bucket=st.integers(1, 9))


def tables(enterprises: list, numbered: list, named: list) -> dict[str, pl.DataFrame]:
    """What the three feeds say."""
    return {
        REGISTER: pl.DataFrame(
            [(credit(serial), name, county) for serial, name, county in enterprises],
            schema=dict.fromkeys(("credit_code", "name", "county"), pl.String), orient="row",
        ),
        INSURED: pl.DataFrame(
            [(f"{at:03}", number(serial), *told) for at, (serial, number, *told) in enumerate(numbered)],
            schema=dict.fromkeys(("unit_number", "organisation_code", "name", "county", "insurance_status"), pl.String),
            orient="row",
        ),
        LISTED: pl.DataFrame(
            [(f"{at:03}", name, county) for at, (name, county) in enumerate(named)],
            schema=dict.fromkeys(("certificate", "name", "county"), pl.String), orient="row",
        ),
    }  # fmt: skip


@given(enterprises=ENTERPRISES, numbered=NUMBERED, named=NAMED, sizes=SIZES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_buckets_give_what_the_whole_gives(
    enterprises: list, numbered: list, named: list, sizes: Sizes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context:
        context.delitem(LADDER, PROBABLE)
        for key, table in tables(enterprises, numbered, named).items():
            stand(tmp_path, key, [table])
        fuse_entity(ENTERPRISE, current(), tmp_path, sizes)
        standing = {feed.key: gather(feed, tmp_path).current for feed in ENTERPRISE.feeds()}
        whole = found({key: each.rows for key, each in standing.items() if each is not None}, part=1_000)
    expected = fuse(ENTERPRISE, {key: each.rows for key, each in whole.items()}, current(), ON)
    for name in TABLES:
        assert fused_table(ENTERPRISE, name, tmp_path).equals(getattr(expected, name)), name
    for feed in ENTERPRISE.feeds():
        if feed.key in whole:
            lying = layers_of(ENTERPRISE, tmp_path)
            assert told(bucket_rows(lying, feed, lying.bucket_names())).equals(told(whole[feed.key].rows))
            file = unidentified(lying, feed.key)
            assert file and pl.read_parquet(file).sort("row").equals(whole[feed.key].unidentified.sort("row"))


def told(rows: pl.DataFrame) -> pl.DataFrame:
    """What rows say, by record: a row that stands as it was is known by the delivery that it came with."""
    return rows.drop("row", "delivery", "as_of").sort("record")


@pytest.fixture(scope="module")
def standing(whole_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the small demo's standard rows: the feeds that describe an enterprise, one with many rows of it."""
    home: Path = tmp_path_factory.mktemp("standing")
    for feed in (*DESCRIBING, "haulage_trip"):
        shutil.copytree(whole_province / "inbox" / feed, home / "inbox" / feed)
    standardised(home / "inbox", home)
    return home


def everything(home: Path) -> dict[str, pl.DataFrame]:
    """All fused tables, whole."""
    unidentified = sorted((home / "fused" / ENTERPRISE.key / "unidentified").glob("*.parquet"))
    lying = layers_of(ENTERPRISE, home)
    rows = {feed.key: bucket_rows(lying, feed, lying.bucket_names()) for feed in ENTERPRISE.feeds()}
    return {
        **{name: fused_table(ENTERPRISE, name, home) for name in TABLES},
        **{key: table.sort("delivery", "row") for key, table in rows.items()},
        **{f"unidentified/{file.stem}": pl.read_parquet(file).sort("delivery", "row") for file in unidentified},
    }


def test_a_demo_is_the_same_in_many_parts_and_buckets_and_again_to_the_byte(standing: Path) -> None:
    counts = fuse_entity(ENTERPRISE, current(), standing)
    whole = everything(standing)
    many = Sizes(part=200, group=700, bucket=300)
    assert fuse_entity(ENTERPRISE, current(), standing, many) == counts
    assert len(buckets(ENTERPRISE, standing)) > 8
    parted = everything(standing)
    assert {name: table.equals(parted[name]) for name, table in whole.items()} == dict.fromkeys(whole, True)
    folder = standing / "fused" / ENTERPRISE.key
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    fuse_entity(ENTERPRISE, current(), standing, many)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_an_entity_lies_in_its_countys_bucket_with_all_its_rows(standing: Path) -> None:
    fuse_entity(ENTERPRISE, current(), standing, Sizes(part=200, group=700, bucket=300))
    lying = layers_of(ENTERPRISE, standing)
    for bucket in buckets(ENTERPRISE, standing):
        values = bucket_table(lying, "values", [bucket.name])
        assert tuple(values["county"].drop_nulls().unique().sort()) == bucket.counties
        assert values.is_empty() or (values["county"].null_count() == values.height) is (bucket.name == "none")
        rows = pl.concat(bucket_rows(lying, feed, [bucket.name], ["entity_id"]) for feed in ENTERPRISE.feeds())
        assert set(rows["entity_id"]) == set(values["credit_code"]) and rows.height == values["source_rows"].sum()
    narrow = every_bucket(lying, "values", ["credit_code", "source_hash"])
    assert narrow.sort("credit_code").equals(fused_table(ENTERPRISE, "values", standing).select(narrow.columns))


def test_an_entity_lies_where_a_unit_that_still_pays_has_its_seat(tmp_path: Path) -> None:
    name, paying, ended = "杭州青禾软件有限公司", ("330110", "1"), ("330111", "3")
    stand(tmp_path, INSURED, [tables([], [(1, credit, name, *paying), (1, credit, name, *ended)], [])[INSURED]])
    fuse_entity(ENTERPRISE, current(), tmp_path, Sizes(part=1, group=9, bucket=1))
    assert [each.counties for each in buckets(ENTERPRISE, tmp_path)] == [(), ("330110",), ()]


def test_no_verb_is_handed_more_than_a_part_or_a_bucket(standing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: dict[str, int] = {"parted": 0, "fuse": 0}

    def spied(name: str, verb: Callable[..., object], size: Callable[..., int]) -> None:
        def spy(*asked: object) -> object:
            handed[name] = max(handed[name], size(*asked))
            return verb(*asked)

        monkeypatch.setattr(whole, name, spy)

    spied("parted", whole.parted, lambda _number, _feed, rows, _decided: rows.height)
    spied("fuse", whole.fuse, lambda _entity, feeds, *_: sum(rows.height for rows in feeds.values()))
    sizes = Sizes(part=150, group=500, bucket=400)
    fuse_entity(ENTERPRISE, current(), standing, sizes)
    assert handed["parted"] == sizes.part and 0 < handed["fuse"] <= 3 * sizes.bucket


def test_a_county_keeps_its_bucket_until_the_buckets_double() -> None:
    assert [bucket_count(rows, 10) for rows in (0, 1, 10, 11, 20, 21, 40, 41)] == [1, 1, 1, 2, 2, 4, 4, 8]
    counties = today_counties(current()).select("code")
    for count in (1, 2, 4, 8, 16):
        lies = counties.select(bucket_of(pl.col("code"), count).alias("bucket"))["bucket"]
        assert lies.max() == count - 1 and lies.value_counts()["count"].max() <= 1.6 * len(lies) / count  # pyright: ignore
    assert pl.select(bucket_of(pl.lit(None, pl.String), 4)).item() == 4


def test_enterprises_of_whom_only_their_trips_have_arrived_are_fused(whole_province: Path, tmp_path: Path) -> None:
    """No row says what one is, so that none leads to another."""
    shutil.copytree(whole_province / "inbox" / "haulage_trip", tmp_path / "inbox" / "haulage_trip")
    counts = fused(tmp_path / "inbox", tmp_path)
    assert counts["entities"] == counts["without_county"] > 0
    told = fused_table(ENTERPRISE, "values", tmp_path)
    assert told.height == counts["entities"] and told["name"].null_count() == told.height
