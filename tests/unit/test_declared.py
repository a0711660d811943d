"""Declarations of feeds, products and indicators that name what is declared nowhere: told by class and attribute."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipelines import cut
from pipelines.dictionary import current
from pipelines.promises import contracts, declared, declared_feeds
from pipelines.promises.bound import unbound
from pipelines.promises.declared import misdeclared, refuse_misdeclared
from pipelines.sql.parsed import sql_of
from schemas.feed import Column, Csv, Feed, Listing, Panel, Place, all_feeds, column, daily, monthly, yearly
from schemas.indicator import Figure, declared_indicators
from schemas.kinds import NAME, TEXT, code
from schemas.product import Product, all_products, field
from schemas.rooms import Misdeclared

MIRROR, INDICATORS = all_products()["enterprise_mirror"], all_products()["business_indicators"]
QUALITY, ITEMS = all_products()["data_quality"], all_products()["service_items"]
FILE = "schemas/products/enterprise_mirror.py, EnterpriseMirror"
TAX = all_feeds()["tax_registration"]
TAX_FILE = "schemas/feeds/tax_registration.py, TaxRegistration"


def told(monkeypatch: pytest.MonkeyPatch, attribute: str, said: Any) -> str:
    """What is said of a class of which one attribute says something else, or nothing."""
    if said is None:
        monkeypatch.delattr(MIRROR, attribute)
    else:
        monkeypatch.setattr(MIRROR, attribute, said)
    return "\n".join(misdeclared(current()))


@pytest.mark.parametrize(
    ("of", "attribute", "meant"), [(TAX, "descibes", "describes"), (MIRROR, "coverage_flor", "coverage_floor")]
)
def test_an_attribute_that_nobody_reads_is_told(
    of: type, attribute: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of, attribute, False, raising=False)
    (said,) = misdeclared(current())
    assert said.startswith("schemas/") and f"{of.__name__}.{attribute}: found this attribute; expected one" in said
    assert f"Did you mean {meant}" in said


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("^.{2}", "one with a group around what is meant"), ("(", r"a regular expression \(unclosed group\)"),
     ("(?=a)(b)", r"a regular expression \(look-around")],
)  # fmt: skip
def test_a_pattern_that_picks_nothing_out_is_refused(pattern: str, expected: str) -> None:
    with pytest.raises(Misdeclared, match=rf"^take: found '.*'; expected {expected}"):
        column("NSRMC", NAME, "名称", take=pattern)
    with pytest.raises(Misdeclared, match=rf"^name_take: found '.*'; expected {expected}"):
        Place(name="NSRMC", name_take=pattern)


@pytest.mark.parametrize(
    ("part", "expected"), [("(?P<x>[a-z]", "a regular expression"), ("[a-z]+", "one whose named groups")]
)
def test_a_part_that_a_files_name_cannot_tell_is_refused(part: str, expected: str) -> None:
    with pytest.raises(Misdeclared, match=rf"^Water.part: found .*; expected {expected}"):
        type("Water", (Feed,), {"part": part})


def test_the_projects_declarations_name_what_there_is() -> None:
    assert misdeclared(current()) == []


@pytest.mark.parametrize(
    ("attribute", "said", "words"),
    [
        ("version", None, ["version: found none; expected a text", 'Write version = "1.0.0"']),
        ("title", " ", ["title: found ' '; expected a text", 'Write title = "纳税大户"']),
        ("title", "指标库", ["title: found '指标库', as business_indicators is called", "a title of its own"]),
        ("needs", None, ["needs: found none; expected a tuple of names"]),
        ("needs", (), ["needs: found none; expected at least one feed"]),
        ("needs", "tax_registration", ["needs: found 'tax_registration'; expected a tuple", "with a comma"]),
        ("needs", ("tax_registratoin",), ["needs: found 'tax_registratoin'; expected a feed", "tax_registration"]),
        ("made_of", ("enterprise_miror",), ["made_of: found 'enterprise_miror'; expected another product"]),
        ("made_of", ("enterprise_mirror",), ["made_of: found 'enterprise_mirror'; expected another product"]),
        ("entity", "enterprize", ["entity: found 'enterprize'", "Did you mean enterprise?"]),
        ("entity", "county", ["entity: found 'county'; expected an entity"]),
        ("identifier", "credit_cod", ["identifier: found 'credit_cod'; expected a column", "credit_code"]),
        ("grain", ("credit_cod",), ["grain: found 'credit_cod'; expected a column", "Did you mean credit_code"]),
        ("grain", ("credit_code", "town"), ["grain: found 'town', which may be empty; expected", "by required(…)"]),
        ("row_level", "levle", ["row_level: found 'levle'; expected a column of enterprise_mirror"]),
        ("row_level", "revenue", ["row_level: found 'enterprise.revenue'; expected a column of attribute_list.level"]),
        ("levels", ("L1", "L5"), ["levels: found 'L5'; expected one of L1, L2, L3, L4"]),
    ],
)
def test_an_attribute_that_names_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, attribute: str, said: Any, words: list[str]
) -> None:
    message = told(monkeypatch, attribute, said)
    assert message.startswith(f"{FILE}.{attribute}: ") and [each for each in words if each not in message] == []


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (field(TEXT, "甲", "L1", of=("tax_registratoin.revenue",)), ["'tax_registratoin.revenue'; expected a table"]),
        (field(TEXT, "甲", "L1", of=("tax_registration.revenu",)), ["Did you mean tax_registration.revenue"]),
        (field(TEXT, "甲", "L1", of=("tax_registration",)), ["its of: found 'tax_registration'"]),
        (field(code("enterprise_statu"), "甲", "L1"), ["its code list: found 'enterprise_statu'", "enterprise_status"]),
        (field(TEXT, " ", "L1"), ["its title: found ' '; expected a text. Say in Chinese what it is called."]),
        (field(TEXT, "注册资本", "L1"), ["its title: found '注册资本', as capital is called", "a title of its own"]),
        (field(TEXT, "甲", "L1", meaning=" "), ["its meaning: found ' '; expected a text. Write it, or leave it out."]),
        (field(TEXT, "甲", "L5"), ["its level: found 'L5'; expected one of L1"]),  # pyright: ignore
    ],
)
def test_a_column_that_names_nothing_is_told(monkeypatch: pytest.MonkeyPatch, column: Any, words: list[str]) -> None:
    message = told(monkeypatch, "fields", MIRROR.fields | {"made_up": replace(column, name="made_up")})
    assert message.startswith(f"{FILE}.made_up, its ") and [each for each in words if each not in message] == []
    assert len(message.splitlines()) == 1


def test_a_column_of_a_product_by_province_says_what_it_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its contract would name nobody behind it."""
    monkeypatch.setitem(QUALITY.fields, "as_of", replace(QUALITY.fields["as_of"], of=()))
    (said,) = misdeclared(current())
    assert "DataQuality.as_of, its of: found none; expected a table and its column" in said


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT a FORM t WHERE", "syntax error"),
        ("SELECT a FROM t WHERE day < current_date", "found current_date; expected what gives the same on any day"),
        ("SELECT age(now()::TIMESTAMP, day) FROM t", "found now; expected what gives the same on any day. Today is"),
        ("SELECT a FROM t WHERE random() < 0.5", "found random; expected"),
        ("SELECT a FROM t USING SAMPLE 10%", "found USING SAMPLE; expected"),
        ("SELECT a FROM t; SELECT b FROM t", "found 2 statements; expected one SELECT"),
    ],
)
def test_sql_whose_rows_hang_on_the_clock_or_on_chance_is_told(
    monkeypatch: pytest.MonkeyPatch, sql: str, words: str
) -> None:
    monkeypatch.setattr(declared, "sql_of", lambda product: sql if product is MIRROR else "SELECT 1")
    message = "\n".join(misdeclared(current()))
    assert message.startswith("pipelines/products/enterprise_mirror.sql: ") and words in message
    assert len(message.splitlines()) == 1


def test_a_product_without_sql_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "has_sql", lambda product: product is not MIRROR)
    monkeypatch.setattr(declared, "sql_of", lambda _: "SELECT 1")
    (message,) = misdeclared(current())
    assert message == ("pipelines/products/enterprise_mirror.sql: found no such file; "
                       "expected the SQL of schemas/products/enterprise_mirror.py. Write it.")  # fmt: skip


@pytest.mark.parametrize(
    ("product", "written", "slip", "words"),
    [
        (QUALITY, "sum(landed)", "sum(lannded)", 'cannot be run: Binder Error: Referenced column "lannded" not found '
         'in FROM clause! Candidate bindings: "landed", '),
        (QUALITY, "FROM deliveries", "FROM delivery", "reads what DataQuality does not name: Catalog Error: Table with "
         'name delivery does not exist! Did you mean "deliveries"? Name a feed in `needs` or, with its column, in the'),
        (QUALITY, "max(as_of)", "maxx(as_of)", 'name maxx does not exist! Did you mean "max"? Name a feed in `needs`'),
        (QUALITY, "max(as_of)", "max(county)", 'Referenced column "county" not found'),
        (QUALITY, "FROM presence", "FROM water_customer", "Table with name water_customer does not exist!"),
        (MIRROR, "FROM enterprise", "FROM enterprize", 'Table with name enterprize does not exist! Did you mean "ent'),
        (MIRROR, "FROM enterprise", "FROM vehicle_permit", "does not name: Catalog Error: Table with name vehicle_per"),
        (ITEMS, "FROM service_item", "FROM tax_annual", "name tax_annual does not exist! Name a feed in `needs` or,"),
    ],
)  # fmt: skip
def test_sql_that_names_what_no_table_has_is_told_before_anything_has_come(
    monkeypatch: pytest.MonkeyPatch, product: type[Product], written: str, slip: str, words: str
) -> None:
    spoken, others = sql_of(product), cut.sql_of
    assert written in spoken
    monkeypatch.setattr(cut, "sql_of", lambda p: spoken.replace(written, slip, 1) if p is product else others(p))
    (message,) = unbound(current())
    assert message.startswith(f"pipelines/products/{product.key}.sql ") and words in message, message


def test_sql_that_makes_other_columns_than_declared_is_told_before_anything_has_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert unbound(current()) == []
    monkeypatch.setattr(MIRROR, "fields", {name: each for name, each in MIRROR.fields.items() if name != "industry"})
    assert "pipelines/products/enterprise_mirror makes other columns than its class: found industry; expected" in (
        "\n".join(unbound(current()))
    )


def told_of_tax(monkeypatch: pytest.MonkeyPatch, attribute: str, said: Any) -> str:
    """The same of a feed."""
    if said is None:
        monkeypatch.delattr(TAX, attribute)
    else:
        monkeypatch.setattr(TAX, attribute, said)
    return "\n".join(misdeclared(current()))


@pytest.mark.parametrize(
    ("attribute", "said", "words"),
    [
        ("title", None, ["title: found none; expected a text", 'Write title = "用水客户"']),
        ("title", "", ["title: found ''; expected a text"]),
        ("title", "税务年度申报", ["title: found '税务年度申报', as tax_annual is called", "a title of its own"]),
        ("department_title", "税务局", ["department_title: found '税务局'; expected '国家税务总局浙江省税务局', as "
                                     "schemas/feeds/tax_annual.py titles tax"]),
        ("department", "open", ["department: found 'open', as a draft has it; expected", 'department = "water"']),
        ("department_title", "待定", ["department_title: found '待定', as a draft has it; expected who delivers"]),
        ("key", "enterprise", ["key: found 'enterprise'; expected a name that no entity, product or table"]),
        ("key", "code_list", ["key: found 'code_list'; expected a name that no"]),
        ("due", None, ["due: found none; expected daily(…), monthly(…) or yearly(…)"]),
        ("arrives", Csv("gb18031"), ["arrives, its encoding: found 'gb18031'; expected an encoding", "gb18030"]),
        ("arrives", "csv", ["arrives: found none; expected one of Csv(…), Workbook(…)", "Write arrives = Csv()"]),
        ("delivers", "full", ["delivers: found 'full'; expected one of snapshot, increment"]),
        ("grain", "taxpayer_id", ["grain: found 'taxpayer_id'; expected a tuple of names", "with a comma"]),
        ("grain", ("taxpayer",), ["grain: found 'taxpayer'; expected a standard column", "Did you mean taxpayer_id"]),
        ("identity", "taxpayer", ["identity: found 'taxpayer'; expected a column", "Did you mean taxpayer_id"]),
        ("identity", None, ["identity: found none; expected a column of tax_registration that says whose row"]),
        ("entity", "enterprize", ["entity: found 'enterprize'; expected None, or an", "Did you mean enterprise?"]),
        ("newest", "registerd", ["newest: found 'registerd'; expected a standard column of tax_registration"]),
        ("dated", "name", ["dated: found 'name'; expected a column of tax_registration that holds days"]),
        ("nulls", "", ["nulls: found ''; expected a tuple of names"]),
        ("may_lack", ("NSRMCC",), ["may_lack: found 'NSRMCC'; expected a source column", "Did you mean NSRMC"]),
        ("aliases", {"NSRMC": "户名"}, ["aliases: found 'NSRMC', which is declared; expected a header that is not",
                                      "Write the department's other header first: {'户名': 'NSRMC'}"]),
        ("aliases", {"户名": "NSRMCC"}, ["aliases, its '户名': found 'NSRMCC'; expected a source column"]),
        ("place", Place(name="NSRMC", town="town_cod"), ["place.town: found 'town_cod'; expected a column"]),
        ("elsewhere", {"to": Place(name="NSRMC", town="a")}, ["elsewhere['to'].town: found 'a'; expected a column"]),
        ("panel", Panel("day", "name"), ["panel.period: found 'day'; expected a column of tax_registration"]),
        ("lists", Listing("name", "name", "name", "name", "name", "name", "siz"), ["lists, its siz: found 'siz'"]),
    ],
)  # fmt: skip
def test_an_attribute_of_a_feed_that_names_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, attribute: str, said: Any, words: list[str]
) -> None:
    message = told_of_tax(monkeypatch, attribute, said)
    assert message.startswith(f"{TAX_FILE}.") and [each for each in words if each not in message] == []
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "made", "words"),
    [
        ("status", column("YHZT", TEXT, "甲"),
         ["status: found the kind text (String); expected a code of enterprise_status (String), as enterprise.status "
          "is fused of every feed's column of that name", "Read it as that, or name the column otherwise."]),
        ("revenue", column("YYSR", TEXT, "甲"), ["revenue: found the kind text (String); expected the kind money"]),
        ("address", column("DZ", NAME, "甲"), ["address: found the kind name (String); expected the kind address"]),
        ("status", column("YHZT", code("insurance_status"), "甲"), ["status: found a code of insurance_status"]),
        ("other", column("QT", TEXT, ""), ["other, its title: found ''; expected a text"]),
        ("other", column("QT", TEXT, "登记注册类型"), ["its title: found '登记注册类型', as", "a title of its own"]),
        ("other", column("QT", code("enterprise_statu"), "甲"),
         ["other, its code list: found 'enterprise_statu'; expected a list of mappings/lists/, where",
          "enterprise_status"]),
        ("other", column("QT", code("enterprise_status", source="taxx"), "甲"),
         ["other, its source: found 'taxx'; expected a source that mappings/codes/enterprise_status.csv", "tax"]),
    ],
)  # fmt: skip
def test_a_column_of_a_feed_that_cannot_be_fused_or_decoded_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str, made: Column, words: list[str]
) -> None:
    message = told_of_tax(monkeypatch, "columns", TAX.columns | {name: replace(made, name=name)})
    assert message.startswith(f"{TAX_FILE}.{name}") and [each for each in words if each not in message] == []
    assert len(message.splitlines()) == 1


def test_what_a_feed_says_that_does_not_describe_its_entity_may_be_called_as_an_attribute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TAX, "describes", False)
    made = replace(column("YHZT", TEXT, "甲"), name="status")
    assert told_of_tax(monkeypatch, "columns", TAX.columns | {"status": made}) == ""


def test_a_moment_that_there_is_not_is_refused_where_it_is_declared() -> None:
    assert (daily("6:05").cron, monthly(28, "23:59").cron, yearly(2, 28, "08:00").cron) == (
        "5 6 * * *", "59 23 28 * *", "0 8 28 2 *",
    )  # fmt: skip
    for at in ("8点", "24:00", "08:60", "0800"):
        with pytest.raises(Misdeclared, match=f"due: found the time '{at}'; expected one such as 08:00"):
            monthly(5, at)
    for day in (0, 29, 31):
        with pytest.raises(Misdeclared, match=f"due: found day {day} of each month; expected 1 to 28"):
            monthly(day, "08:00")
    for month, day in ((1, 0), (1, 32), (2, 29), (13, 1)):
        with pytest.raises(Misdeclared, match=f"due: found day {day} of month {month}; expected one that there is"):
            yearly(month, day, "08:00")


def test_a_yearly_delivery_may_be_of_the_day_a_year_before_in_a_leap_year_too() -> None:
    for year in (2027, 2028, 2029):
        assert yearly(12, 31, "18:00").least(date(year, 12, 31)) == date(year - 1, 12, 31)
    assert monthly(5, "18:00").least(date(2028, 3, 5)) == date(2028, 2, 6)
    assert daily("06:00").least(date(2028, 3, 1)) == date(2028, 2, 29)


def test_nothing_is_run_of_what_is_declared_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_misdeclared(current())
    monkeypatch.setattr(declared_feeds, "all_feeds", lambda: {"tax_registration": TAX})
    monkeypatch.setattr(TAX, "grain", ())
    monkeypatch.setattr(TAX, "delivers", "full")
    with pytest.raises(
        Misdeclared, match=rf"^{TAX_FILE}.delivers: .*\n{TAX_FILE}.grain: found none; expected at least"
    ):
        refuse_misdeclared(current())


def test_an_indicator_of_what_nothing_sums_and_a_second_of_one_code_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    first = declared_indicators()[0]
    strange = replace(first, title="另一", per=Figure("insurd", "甲", "L1"))
    monkeypatch.setattr(declared, "declared_indicators", lambda: (first, strange))
    figure, twins = misdeclared(current())
    assert f"{first.code}.per: found the figure 'insurd'" in figure and "Did you mean insured" in figure
    assert f"{first.code}: found 2 indicators of that code ({first.title}、另一); expected one" in twins


@pytest.mark.parametrize(("title", "words"), [(" ", "found ' '; expected a text"), (None, "a title of its own")])
def test_an_indicator_that_its_title_does_not_tell_apart_is_told(
    monkeypatch: pytest.MonkeyPatch, title: str | None, words: str
) -> None:
    first = declared_indicators()[0]
    another = replace(first, code="another", title=title or first.title)
    monkeypatch.setattr(declared, "declared_indicators", lambda: (first, another))
    (message,) = misdeclared(current())
    assert message.startswith("schemas/indicators, another.title: ") and words in message


def test_make_contracts_ends_with_a_line_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(MIRROR, "needs", ())
    monkeypatch.setattr(contracts, "renew", lambda *_: pytest.fail("something was written"))
    assert contracts.main() == 1
    assert capsys.readouterr().out.startswith(f"{FILE}.needs: found none; expected at least one feed")
