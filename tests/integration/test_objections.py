"""From a county's objection over a flag in the next release to a mended value, and what nobody else sees of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pytest

from pipelines.checking.whole import verify
from pipelines.dictionary import HOME, answer, load
from pipelines.disk.landed import ROWS
from pipelines.disk.layers import layers_of, rows_of_one
from pipelines.disk.tables import read_batches
from pipelines.fusing.assemble import fuse_entity
from pipelines.objections.answer import waiting
from pipelines.objections.propose import proposals
from pipelines.objections.raised import open_ones, read_objections
from pipelines.overlays import edition
from pipelines.overlays.read import understood
from pipelines.publishing.publish import release_product
from pipelines.releasing.county import Published
from schemas.china import today
from schemas.entity import all_entities
from schemas.manifest import Manifest
from schemas.objection import FILE, Objection, line
from schemas.product import OBJECTED, all_products
from tests import published, repeating
from tests.chain import fused
from tests.codes import credit_code
from tests.portal import person
from tests.servers.gateway import Served, serving, told

MIRROR, DISPUTES = all_products()["enterprise_mirror"], all_products()["data_disputes"]
COUNTY, OTHER = "330110", "330782"


class Supply:
    """A home with the demo's first day released, mappings of its own, and what its gateway took in."""

    def __init__(self, home: Path, mappings: Path) -> None:
        self.home, self.mappings = home, mappings

    @property
    def objections(self) -> tuple[Objection, ...]:
        return read_objections(self.home / "gateway" / FILE)

    def release(self) -> dict[str, list[Published]]:
        """Both products, as `make run` would."""
        known = load(self.mappings)
        return {
            product.key: release_product(
                product, known, self.home, self.home / "supply", lambda _: None, objections=self.objections
            )
            for product in (MIRROR, DISPUTES)
        }

    def manifest(self, product: str = MIRROR.key, county: str = COUNTY) -> Manifest:
        file = self.home / "supply" / county / product / "manifest.json"
        return Manifest.model_validate_json(file.read_bytes())

    def rows(self, product: str = MIRROR.key, county: str = COUNTY, level: str = "L3") -> pl.DataFrame:
        folder = self.home / "supply" / county / product
        return published.rows(folder, self.manifest(product, county), level)

    def row(self, key: dict[str, str], product: str = MIRROR.key) -> dict[str, Any]:
        return self.rows(product).row(
            by_predicate=pl.all_horizontal(pl.col(n) == v for n, v in key.items()), named=True
        )


@pytest.fixture(scope="module")
def first(small_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Supply:
    folder = tmp_path_factory.mktemp("objections")
    made = Supply(shutil.copytree(small_province, folder / "home"), shutil.copytree(HOME, folder / "mappings"))
    fused(made.home / "inbox", made.home)
    made.release()
    return made


@pytest.fixture
def supply(first: Supply, tmp_path: Path) -> Supply:
    home, mappings = tmp_path / "home", tmp_path / "mappings"
    return Supply(shutil.copytree(first.home, home), shutil.copytree(first.mappings, mappings))


@pytest.fixture
def gateway(supply: Supply) -> Iterator[Served]:
    with serving(told(supply.home / "supply", supply.home / "gateway")) as served:
        yield served


def a_revenue(supply: Supply) -> dict[str, str]:
    return {"credit_code": supply.rows().filter(pl.col("revenue") > 0)["credit_code"][0]}


def a_second_employer(supply: Supply) -> dict[str, str]:
    """Deliver the month after, in which an enterprise of the county has a second number as an employer."""
    june = supply.home / "inbox" / "social_security_employer" / "202606.sql"
    july = june.read_text().replace("\t202606\n", "\t202607\n")
    codes = supply.rows().filter(pl.col("insured") > 0)["credit_code"]
    lines = {code: re.search(rf"^.*\t{code}\t.*\n", july, re.MULTILINE) for code in codes}
    code, line = next((code, found[0]) for code, found in lines.items() if found)
    june.with_name("202607.sql").write_text(july.replace(line, f"{line}9{line}"))
    return {"credit_code": code}


def news(published: list[Published]) -> dict[str, dict[str, dict[str, int]]]:
    return {each.county: each.manifest.changes for each in published if each.is_new and each.manifest}


def test_an_objection_flags_its_row_until_it_is_answered_and_the_value_is_mended(
    supply: Supply, gateway: Served
) -> None:
    key = a_revenue(supply)
    with person(gateway, gateway.recipient(COUNTY, "L3", MIRROR.key, DISPUTES.key)) as county:
        raised = county.object(MIRROR.key, key, "revenue", "1234567.50")
        assert raised.status_code == 303 and "已提交" in county.read("/objections")
        gateway.record(what="objected", county=COUNTY, column="revenue")
        (objection,) = supply.objections
        assert objection.found and float(objection.found) == float(supply.row(key)["revenue"])
        assert objection.level == "L3" and objection.version == 1

        published = supply.release()
        assert (
            news(published[MIRROR.key]) == {COUNTY: {"update": {"objection": 1}}}
            and news(published[DISPUTES.key]) == {}
        )
        assert supply.row(key)["objected"] and supply.rows()["objected"].sum() == 1
        assert supply.rows(level="L1")["objected"].sum() == 1
        (stands,) = supply.manifest().objections
        assert (stands.id, stands.state, stands.key, stands.answer) == (objection.id, "open", key, None)
        assert date.fromisoformat(str(stands.due)) - date.fromisoformat(stands.raised) == timedelta(days=10)
        assert "待答复" in county.read("/objections") and "剩 10 天" in county.read("/objections")
        assert [*news(supply.release()[MIRROR.key])] == []

        (proposal,) = proposals(objection, load(supply.mappings), supply.home)
        assert (proposal.feed.key, proposal.column, proposal.new) == ("tax_registration", "YYSR", ("1234567.50",))
        with (supply.mappings / "corrections.csv").open("a") as file:
            file.write(proposal.row(today(), f"异议 {objection.id}，税务复函") + "\n")
        answer({"objection": objection.id, "verdict": "accepted", "by": "王工", "known": f"{today()}",
                "basis": "税务复函〔2026〕7号"}, supply.mappings)  # fmt: skip
        fused(supply.home / "inbox", supply.home, load(supply.mappings))
        assert news(supply.release()[MIRROR.key]) == {COUNTY: {"update": {"correction": 1}}}
        mended = supply.row(key)
        assert float(mended["revenue"]) == 1234567.5 and not mended["objected"]
        (stands,) = supply.manifest().objections
        assert (stands.state, stands.due, stands.answered) == ("accepted", None, f"{today()}")
        page = county.read("/objections")
        assert "已采纳" in page and "税务复函〔2026〕7号" in page
        assert open_ones(supply.objections, load(supply.mappings)) == ()
        assert county.object(MIRROR.key, key, "revenue", "99").status_code == 303
    assert verify(MIRROR, supply.home / "supply") == verify(DISPUTES, supply.home / "supply") == []


def test_the_same_objections_give_the_same_bytes_and_a_declined_one_only_takes_the_flag_off(
    supply: Supply, gateway: Served, tmp_path: Path
) -> None:
    key = a_revenue(supply)
    with person(gateway, gateway.recipient(COUNTY)) as county:
        assert county.object(MIRROR.key, key, "status_name", "注销").status_code == 303
    twin = Supply(shutil.copytree(supply.home, tmp_path / "twin"), supply.mappings)
    supply.release(), twin.release()
    for each in sorted((supply.home / "supply").rglob("*")):
        if each.is_file() and each.name != ".lock":
            assert each.read_bytes() == (twin.home / each.relative_to(supply.home)).read_bytes(), each
    (objection,) = supply.objections
    answer({"objection": objection.id, "verdict": "declined", "by": "王工", "known": f"{today()}", "basis": "登记无误"},
           supply.mappings)  # fmt: skip
    assert news(supply.release()[MIRROR.key]) == {COUNTY: {"update": {"objection": 1}}}
    assert not supply.row(key)["objected"] and supply.manifest().objections[0].state == "declined"


def test_an_objection_to_a_name_flags_what_else_the_name_stands_in(supply: Supply, gateway: Served) -> None:
    key = {"credit_code": supply.rows(DISPUTES.key)["credit_code"][0]}
    with person(gateway, gateway.recipient(COUNTY, "L1")) as county:
        assert county.object(MIRROR.key, key, "name", "改了名的有限公司").status_code == 303
    published = supply.release()
    assert news(published[DISPUTES.key])[COUNTY] == {
        "update": {"objection": supply.rows(DISPUTES.key)["objected"].sum()}
    }
    flagged = supply.rows(DISPUTES.key).filter("objected")
    assert set(flagged["credit_code"]) == set(key.values()) and [*news(published[MIRROR.key])] == [COUNTY]


def test_a_row_of_several_keys_is_found_and_both_departments_are_asked(supply: Supply, gateway: Served) -> None:
    dispute = supply.rows(DISPUTES.key).row(0, named=True)
    key = {name: dispute[name] for name in DISPUTES.grain}
    with person(gateway, gateway.recipient(COUNTY, "L3", DISPUTES.key)) as county:
        assert county.object(DISPUTES.key, key, "won_value", "都不对").status_code == 303
    supply.release()
    assert supply.rows(DISPUTES.key)["objected"].to_list() == [True] + [False] * (supply.rows(DISPUTES.key).height - 1)
    (objection,) = supply.objections
    asked = proposals(objection, load(supply.mappings), supply.home)
    assert {each.feed.title for each in asked} == {dispute["won_feed"], dispute["lost_feed"]}
    assert {each.key for each in asked} == {dispute["won_record"], dispute["lost_record"]}


def test_an_answer_to_an_objection_to_a_product_that_is_gone_stops_no_release(supply: Supply) -> None:
    gone = Objection(
        id=f"{COUNTY}-0123456789", county=COUNTY, product="enterprise_gone", version=1, key=a_revenue(supply),
        column="name", level="L1", found="旧", right="新", why="因", contact="人", raised="2026-06-30",
    )  # fmt: skip
    (supply.home / "gateway").mkdir()
    (supply.home / "gateway" / FILE).write_bytes(line(gone))
    assert [news(each) for each in supply.release().values()] == [{}, {}]
    answer({"objection": gone.id, "verdict": "withdrawn", "by": "王工", "known": f"{today()}", "basis": "半成品已停"},
           supply.mappings)  # fmt: skip
    assert [news(each) for each in supply.release().values()] == [{}, {}]
    assert not supply.row(gone.key)["objected"] and supply.manifest().objections == ()


def test_what_waits_is_listed_with_clock_correction_and_command(supply: Supply, gateway: Served) -> None:
    with person(gateway, gateway.recipient(COUNTY)) as county:
        assert county.object(MIRROR.key, a_revenue(supply), "revenue", "5").status_code == 303
        assert county.object(MIRROR.key, a_revenue(supply), "disputes", "0").status_code == 303
    late = date.fromisoformat(supply.objections[0].raised) + timedelta(days=13)
    said = "\n".join(waiting(supply.objections, load(supply.mappings), supply.home, late))
    assert "OVERDUE by 3 days" in said and "国家税务总局浙江省税务局" in said and "tax_registration,9" in said
    assert all(f"make answer OBJECTION={each.id} VERDICT=accepted" in said for each in supply.objections)


def test_a_sum_of_several_records_is_mended_by_the_department_and_never_pasted_into_each(
    supply: Supply, gateway: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assets.objections import objections

    monkeypatch.setenv("JUBIAN_HOME", str(supply.home))
    key = a_second_employer(supply)
    fused(supply.home / "inbox", supply.home)
    supply.release()
    with person(gateway, gateway.recipient(COUNTY)) as county:
        assert county.object(MIRROR.key, key, "insured", "12345").status_code == 303
    asked = proposals(supply.objections[0], load(supply.mappings), supply.home)
    assert len({each.key for each in asked}) == len(asked) == 2 and {each.new for each in asked} == {()}
    assert supply.row(key)["insured"] == sum(int(each.old) for each in asked) > 0
    said = "\n".join(waiting(supply.objections, load(supply.mappings), supply.home, today()))
    (made,) = dg.materialize([objections]).get_asset_materialization_events()
    for shown in (said, str(made.materialization.metadata["open"].value)):
        assert shown.count("make up insured: which to correct and to what is the department's to say") == 2
        assert ",12345," not in shown and all(each.key in shown for each in asked)


def test_what_stands_in_several_years_is_mended_by_the_department_and_never_pasted_into_each(supply: Supply) -> None:
    code, right = supply.rows()["credit_code"].head(2)
    yearly = supply.home / "inbox" / "tax_annual"
    yearly.mkdir()
    lines = [f"{code},某公司,{year},100,5,1,2,B" for year in (2022, 2023, 2024)]
    text = "\n".join(["NSRSBH,NSRMC,SSND,YYSR,SJSE,YFFY,LRZE,NSXYJB", *lines, ""])
    (yearly / "2025.csv").write_text(text, encoding="gb18030")
    fused(supply.home / "inbox", supply.home)
    year, whose = (
        proposals(objected_to(code, column, word), load(supply.mappings), supply.home)
        for column, word in (("declared_year", "2025"), ("credit_code", right))
    )
    assert [each.old for each in year] == ["2022", "2023", "2024"] and {each.new for each in year} == {()}
    assert all("make up year: which to correct" in each.row(today(), "函") for each in year)
    assert not any("make up" in each.expected for each in whose)


def test_a_wish_to_omit_a_column_some_day_leaves_departments_asked_and_their_clocks_running(
    supply: Supply, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = objected_to(supply.rows().drop_nulls("insured")["credit_code"][0], "insured", "7")
    asked = proposals(raised, load(supply.mappings), supply.home)
    wish = {MIRROR.key: {"since": date(2030, 1, 1), "omit": ["insured"]}}
    told = understood(COUNTY, Path(f"mappings/overlays/{COUNTY}.yaml"), wish)
    monkeypatch.setattr(edition, "wishes", lambda: {COUNTY: told})
    assert asked and proposals(raised, load(supply.mappings), supply.home) == asked


def test_a_record_is_asked_about_where_its_text_landed_with_an_earlier_file_than_its_own(tmp_path: Path) -> None:
    """A second row of one taxpayer is held against the one that was there, which so becomes the newer file's own."""
    known, enterprise, tax = load(), all_entities()["enterprise"], repeating.TAX.key
    codes = [credit_code("330110", number) for number in range(60)]
    lines = [f"{code},杭州{code}软件有限公司,6510,173,03,3.00,20160315,5.00,1.00" for code in codes]
    for day, more in enumerate(([], [lines[5].replace("软件", "丝织")])):
        repeating.deliver(day, [*more, *lines], known, tmp_path)
    fuse_entity(enterprise, known, tmp_path)
    record = rows_of_one(layers_of(enterprise, tmp_path), tax, codes[5]).row(0, named=True)
    brought = tmp_path / "landed" / tax / record["delivery"] / ROWS
    assert record["name"] not in pl.concat(read_batches(brought))["NSRMC"]
    for _ in ("there", "freed"):
        (asked,) = proposals(objected_to(codes[5], "revenue", "7"), known, tmp_path)
        assert (asked.key, asked.old, asked.new, asked.since) == (codes[5], "5.00", ("7",), record["as_of"])
        shutil.rmtree(brought, ignore_errors=True)


def objected_to(code: str, column: str, right: str) -> Objection:
    return Objection(
        id=f"{COUNTY}-0000000000", county=COUNTY, product=MIRROR.key, version=1, key={"credit_code": code},
        column=column, level="L2", found=None, right=right, why="有误", contact="张三", raised="2026-12-01",
    )  # fmt: skip


def test_dagster_shows_what_waits_and_warns_when_a_departments_time_is_up(
    supply: Supply, gateway: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assets.objections import CHECK, objections

    monkeypatch.setenv("JUBIAN_HOME", str(supply.home))
    with person(gateway, gateway.recipient(COUNTY)) as county:
        assert county.object(MIRROR.key, a_revenue(supply), "revenue", "5").status_code == 303
    for raised, passed in ((today(), True), (today() - timedelta(days=30), False)):
        file = supply.home / "gateway" / FILE
        file.write_text(supply.objections[0].model_copy(update={"raised": raised.isoformat()}).model_dump_json() + "\n")
        ran = dg.materialize([objections])
        (checked,) = ran.get_asset_check_evaluations()
        assert (checked.check_name, checked.passed) == (CHECK, passed)
        (made,) = ran.get_asset_materialization_events()
        metadata = made.materialization.metadata
        assert metadata["open/国家税务总局浙江省税务局"].value == 1 and "YYSR" in str(metadata["open"].value)


def test_another_county_and_a_lower_view_learn_nothing(supply: Supply, gateway: Served) -> None:
    key = a_revenue(supply)
    with person(gateway, gateway.recipient(COUNTY, "L3")) as county:
        assert county.object(MIRROR.key, key, "revenue", "7654321").status_code == 303
    (objection,) = supply.objections
    supply.release()
    for token in (gateway.recipient(OTHER, "L3"), gateway.recipient(COUNTY, "L1")):
        with person(gateway, token) as other:
            pages = [other.read(path) for path in ("", "/objections", "/grants", f"/products/{MIRROR.key}")]
            assert all(objection.id not in page and "7654321" not in page for page in pages)
            refused = other.object(MIRROR.key, key, "revenue", "1")
            assert refused.status_code == 400 and objection.id not in refused.text
            headers = {"Authorization": f"Bearer {token}"}
            answer_ = other.http.get(f"/counties/{COUNTY}/{MIRROR.key}/latest/manifest.json", headers=headers)
            assert objection.id not in answer_.text
    assert supply.rows(county=OTHER)[OBJECTED.name].sum() == 0 and supply.manifest(county=OTHER).objections == ()


def test_an_objection_of_a_county_that_an_enterprise_has_left_flags_nobody_elses_row(
    supply: Supply, gateway: Served
) -> None:
    key = a_revenue(supply)
    with person(gateway, gateway.recipient(COUNTY)) as county:
        assert county.object(MIRROR.key, key, "revenue", "5").status_code == 303
    values = supply.home / "fused" / "enterprise" / "values" / "00.parquet"
    mine = pl.col("credit_code") == key["credit_code"]
    pl.read_parquet(values).with_columns(
        pl.when(mine).then(pl.lit(OTHER)).otherwise("county").alias("county")
    ).write_parquet(values)
    published = news(supply.release()[MIRROR.key])
    assert sorted(published) == [COUNTY, OTHER] and supply.rows(county=OTHER)["objected"].sum() == 0
    assert supply.manifest().objections[0].state == "open" and supply.manifest(county=OTHER).objections == ()
