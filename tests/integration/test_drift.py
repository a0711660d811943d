"""Drift at the door: each sort is found with its evidence, the ordinary is let in, a person can admit the rest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import HOME, MappingError, Mappings, admit, current, load
from pipelines.disk.deliveries import deliveries, landed_folder
from pipelines.disk.landed import batches_in
from pipelines.disk.refused import refused_notes
from pipelines.door import admit as asked
from pipelines.door.admit import stopped
from pipelines.door.drift import Drift, Sign, read_drift
from pipelines.door.foreign import foreign_columns
from pipelines.gather import gather
from pipelines.land import land
from pipelines.landing.inbox import arrivals, beside_arrivals
from pipelines.refusal import Refusal
from pipelines.standard.standardise import Outcome, standardise
from pipelines.translate import meanings
from schemas.admission import OF_DELIVERIES
from schemas.feed import Feed, all_feeds
from tests.codes import credit_code

TAX, REGISTER = all_feeds()["tax_registration"], all_feeds()["market_regulation_enterprise"]
CODES = [credit_code("330110", number) for number in range(40)]
COLUMNS = ("NSRSBH", "NSRMC", "HY_DM", "DJZCLX_DM", "NSRZT_DM", "ZCZB", "KYSLRQ", "YYSR", "SJSE")

Rows = list[dict[str, str]]


def rows(count: int = 40) -> Rows:
    """Good rows of the tax bureau's file."""
    values = ("6510", "173", "03", "3000000", "20160301", "5000000.00", "120000.00")
    return [
        dict(zip(COLUMNS, (code, f"杭州第{number}软件有限公司", *values), strict=True))
        | {"YYSR": f"{5_000_000 + number}"}
        for number, code in enumerate(CODES[:count])
    ]  # fmt: skip


def written(table: Rows) -> bytes:
    """The file that the bureau would send."""
    return pl.DataFrame(table).write_csv().encode("gb18030")


@dataclass
class Door:
    """A home to which deliveries come day by day."""

    home: Path
    feed: type[Feed] = TAX
    mappings: Mappings | None = None

    def deliver(self, content: bytes, day: str) -> tuple[Outcome, Drift]:
        """Land and standardise a file; what became of it and why."""
        file = self.home / f"{day}{self.feed.arrives.suffix}"
        file.write_bytes(content)
        known = self.mappings or current()
        landed = land(self.feed, file, self.home, known)
        for each in deliveries(self.feed, self.home):
            outcome = standardise(self.feed, each, known, self.home)
            if each == landed:
                break
        told = read_drift(self.home / "standard" / self.feed.key / landed.name)
        assert told is not None
        return outcome, told

    def again(self) -> None:
        """Standardise all that has landed."""
        for each in deliveries(self.feed, self.home):
            standardise(self.feed, each, self.mappings or current(), self.home)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """A door behind which one good delivery stands."""
    made = Door(tmp_path)
    outcome, told = made.deliver(written(rows()), "20260630")
    assert outcome.standard == 40 and told.verdict == "benign" and told.signs == ()
    return made


def changed(**values: str) -> Rows:
    """Good rows with other values."""
    return [row | values for row in rows()]


def scaled(factor: float) -> Rows:
    """Good rows whose revenue is written in another unit."""
    return [row | {"YYSR": f"{float(row['YYSR']) * factor:.2f}"} for row in rows()]


STOPS: list[tuple[str, Callable[[], Rows], str]] = [
    ("row_count", lambda: rows(15), "found 15 rows; expected about the 40 rows of 2026-06-30"),
    ("emptied", lambda: changed(YYSR=""), "column YYSR: found filled in 0% of the rows; expected about 100%"),
    ("unit", lambda: scaled(1 / 10_000), "It looks like 万元 written as 元"),
    ("unit", lambda: scaled(10_000), "It looks like 元 written as 万元"),
    ("foreign_column", lambda: changed(KYSLRQ="2016/03/01"), "column KYSLRQ: found '2016/03/01' in row 1 and 100%"),
    ("foreign_column", lambda: changed(NSRZT_DM="新代码"), "column NSRZT_DM: found '新代码'"),
    ("grain", lambda: rows(20) + [row | {"NSRMC": "另一名称"} for row in rows(20)], "20 of 40 rows that repeat it"),
    ("repeated_content", lambda: list(reversed(rows())), "the same 40 rows as 2026-06-30"),
]


@pytest.mark.parametrize(("rule", "made", "says"), STOPS, ids=[f"{rule} {says[-12:]}" for rule, _, says in STOPS])
def test_what_cannot_be_meant_is_stopped_with_its_evidence(
    door: Door, rule: str, made: Callable[[], Rows], says: str
) -> None:
    outcome, told = door.deliver(written(made()), "20260701")
    assert told.verdict == "stop" and rule in {sign.rule for sign in told.stops()} <= {*OF_DELIVERIES}
    assert outcome.refusal is not None and outcome.standard == 0
    findings = " ".join(
        f"column {sign.column}: found {sign.found}; expected {sign.expected}. {sign.todo}" for sign in told.stops()
    )
    assert says in findings
    assert (door.home / "landed" / TAX.key / outcome.delivery.name / "bytes.csv").exists()
    assert not (door.home / "standard" / TAX.key / outcome.delivery.name / "standard.parquet").exists()


def test_a_file_of_which_a_tenth_is_no_row_is_stopped(tmp_path: Path) -> None:
    door, broken = Door(tmp_path), "x,一个字段太多,,,,,,,,\n".encode("gb18030")
    outcome, told = door.deliver(written(rows()) + broken * 4, "20260630")
    assert told.verdict == "benign" and outcome.standard == 40
    outcome, told = door.deliver(written(changed(SJSE="130000.00")) + broken * 5, "20260701")
    assert outcome.standard == 0
    (sign,) = told.stops()
    assert (sign.rule, sign.found) == ("malformed", "5 of 45 lines that are no rows") and sign.rule in OF_DELIVERIES


def test_a_slip_of_a_year_in_one_cell_neither_dates_a_feed_nor_outdates_what_comes_after(tmp_path: Path) -> None:
    door = Door(tmp_path, all_feeds()["open_data_catalogue"])

    def deliver(name: str, *days: str) -> tuple[Outcome, Drift]:
        lines = [f"{name}{place},无条件开放,1,{day},\n" for place, day in enumerate(days)]
        return door.deliver(
            ("标题,开放条件,数据容量,发布日期,更新日期\n" + "".join(lines)).encode(), f"zhejiang_hangzhou_{name}"
        )

    assert deliver("甲", "2022-01-01", "2206-01-01")[0].delivery.as_of == "2022-01-01"
    outcome, told = deliver("乙", "2022-02-01", "2062-01-01")
    (sign,) = told.stops()
    assert (sign.rule, sign.found) == ("leap", "a newest day of 2062-01-01") and sign.rule in OF_DELIVERIES
    outcome, told = deliver("丙", "2022-03-01")
    assert told.verdict != "stop" and outcome.delivery.as_of == "2022-03-01"


def another_day(day: int) -> bytes:
    """Good rows that no other day has."""
    return written([row | {"SJSE": f"{120_000 + day}.00"} for row in rows()])


def test_a_slip_of_a_year_in_a_name_is_stopped_and_the_days_after_it_are_in_use(door: Door) -> None:
    outcome, told = door.deliver(another_day(1), "20620701")
    (sign,) = told.stops()
    assert outcome.standard == 0 and (sign.rule, sign.column) == ("leap", "")
    assert sign.found == "a day of 2062-07-01 in the file's name"
    assert sign.expected.startswith("a day within 5 years of 2026-06-30-")
    outcome, told = door.deliver(another_day(1), "20260701")
    assert told.verdict == "benign" and [each.delivery.as_of for each in gather(TAX, door.home).used] == ["2026-07-01"]


def test_what_is_delivered_after_a_slip_of_a_year_in_a_name_does_not_let_it_in(door: Door) -> None:
    for day, name in enumerate(["20620701", "20260702", "20260703"], start=1):
        door.deliver(another_day(day), name)
        door.again()
    told = {each.delivery.as_of: each.refusal and each.refusal.rule for each in gather(TAX, door.home).outcomes}
    assert told == {"2026-06-30": None, "2026-07-02": None, "2026-07-03": None, "2062-07-01": "leap"}


def test_a_slip_into_the_past_stops_nothing_that_stands_and_a_feed_may_pause_for_years(door: Door) -> None:
    door.deliver(another_day(1), "20260701")
    door.deliver(another_day(2), "20190702")
    door.again()
    assert [each.refusal for each in gather(TAX, door.home).outcomes] == [None] * 3
    assert door.deliver(another_day(3), "20300701")[1].verdict == "benign"


def test_amounts_whose_median_is_nothing_have_no_unit_to_shift(tmp_path: Path) -> None:
    door, head = Door(tmp_path, all_feeds()["tax_annual"]), "NSRSBH,NSRMC,SSND,YYSR,SJSE,YFFY,LRZE,NSXYJB\n"
    for day, profits in (("2024", (-1, 1)), ("2025", (20_000, 20_000))):
        lines = [f"{code},甲公司,2024,1,1,1,{profits[place % 2]},A\n" for place, code in enumerate(CODES)]
        assert door.deliver((head + "".join(lines)).encode("gb18030"), day)[1].verdict != "stop"


def test_codes_that_the_dictionary_lacks_blame_it_and_not_another_column(door: Door) -> None:
    _, told = door.deliver(written(changed(NSRZT_DM="新代码")), "20260701")
    (sign,) = told.stops()
    assert sign.todo.startswith("mappings/codes/enterprise_status.csv has no row of tax_status for them")
    assert "holds on the delivery's day" in sign.todo and "`since` no later" in sign.todo


def test_a_column_fits_a_code_where_the_dictionary_knows_what_stands_in_it(door: Door) -> None:
    swapped = [row | {"NSRZT_DM": row["NSRMC"], "NSRMC": row["NSRZT_DM"]} for row in rows()]
    outcome, _ = door.deliver(written(swapped), "20260701")
    failed = pl.DataFrame({"column": ["status"], "rows": [40], "found": ["杭州"], "rule": ["unmapped"], "first": [1]})
    held = meanings(TAX, current(), date(2026, 7, 1))
    landed = batches_in(landed_folder(outcome.delivery, door.home))
    (sign,) = foreign_columns(TAX, [failed], landed, 40, held)
    assert "Column 'NSRMC' fits it for 100% of the rows: the two look swapped" in sign.todo


def test_an_ordinary_day_is_benign_and_new_words_are_translated(door: Door) -> None:
    ordinary = [row | {"YYSR": f"{6_000_000 + place}"} for place, row in enumerate(rows(39))]
    assert door.deliver(written(ordinary), "20260701")[1].verdict == "benign"
    reworded = [row | {"HY_DM": "0111" if place < 5 else "6510"} for place, row in enumerate(ordinary)]
    outcome, told = door.deliver(written(reworded), "20260702")
    assert told.verdict == "translate" and outcome.refusal is None
    (sign,) = [each for each in told.signs if each.rule == "new_values"]
    assert (sign.column, sign.found) == ("HY_DM", "new 0111")


def test_a_stopped_delivery_is_not_what_the_next_is_compared_with(door: Door) -> None:
    door.deliver(written(scaled(10_000)), "20260701")
    assert door.deliver(written([*rows(39)]), "20260702")[1].verdict == "benign"


def of_a_day(door: Door) -> list[tuple[str, int | None]]:
    """The full files of 1 July in the order in which they came: the verdict, and how many rows are in use."""
    came = sorted(deliveries(TAX, door.home)[1:], key=lambda each: each.earlier)
    told = [read_drift(door.home / "standard" / TAX.key / each.name) for each in came]
    used = {each.delivery.name: each.standard for each in gather(TAX, door.home).used}
    return [(drift.verdict if drift else "", used.get(each.name)) for each, drift in zip(came, told, strict=True)]


def brought(door: Door, *counts: int) -> list[bytes]:
    """Full files of 1 July, of so many rows each, come one after another."""
    files = [written(rows(count)) for count in counts]
    for content in files:
        door.deliver(content, "20260701")
        door.again()
    return files


@pytest.mark.parametrize("counts", [(39, 38, 37), (37, 38, 39), (38, 37, 39)])
def test_of_full_files_of_a_day_the_first_stays_in_use(door: Door, counts: tuple[int, ...]) -> None:
    brought(door, *counts)
    assert of_a_day(door) == [("benign", counts[0]), ("stop", None), ("stop", None)]
    stops = [sign.rule for each in deliveries(TAX, door.home)[1:] for sign in _stops(door, each.name)]
    assert stops == ["same_day", "same_day"]


def _stops(door: Door, name: str) -> list[Sign]:
    told = read_drift(door.home / "standard" / TAX.key / name)
    assert told is not None
    return told.stops()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_of_admitted_full_files_of_a_day_the_last_admitted_holds(
    door: Door, mappings: Path, order: tuple[int, int]
) -> None:
    files = brought(door, 39, 38, 37)
    for at in order:
        _admits(door, files[at], "same_day", mappings)
        door.again()
        assert [used for _, used in of_a_day(door)] == [39 - at if each == at else None for each in range(3)]


def test_files_of_a_day_that_wait_together_land_by_name(tmp_path: Path) -> None:
    names = ["20260701.csv", "20260701(1).csv", "20260701-02.csv", "20260701-2.csv", "20260701-10.csv", "20260630.csv"]
    (tmp_path / TAX.key).mkdir()
    for name in names:
        (tmp_path / TAX.key / name).write_bytes(b"")
    assert [file.name for file in arrivals(TAX, tmp_path)] == [names[-1], *names[:-1]]


@pytest.mark.parametrize("name", [".in.20260701.csv", "._20260701.csv", "~$20260701.csv"])
def test_what_is_still_being_sent_and_what_a_desktop_leaves_behind_is_no_delivery(name: str, tmp_path: Path) -> None:
    (tmp_path / TAX.key).mkdir()
    (tmp_path / TAX.key / name).write_bytes(b"")
    assert (arrivals(TAX, tmp_path), beside_arrivals(TAX, tmp_path)) == ([], [])


REGISTERED = "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址\n"


def registered(capital: str, count: int, scope: str = "软件") -> bytes:
    """An increment of the register in which each enterprise has so much capital."""
    place = "浙江,杭州,杭州市余杭区仓前街道文一西路1号"
    lines = [f"某{code}公司,{code},2016-03-01,有限责任公司,,{capital},{scope},{place}\n" for code in CODES[:count]]
    return (REGISTERED + "".join(lines)).encode()


def test_an_increment_may_be_of_any_length(tmp_path: Path) -> None:
    door = Door(tmp_path, REGISTER)
    door.deliver(registered("300(万元人民币)", 40), "20260630")
    outcome, told = door.deliver(registered("200(万元人民币)", 1), "20260701")
    assert told.verdict == "benign" and outcome.standard == 1
    assert [sign.rule for sign in told.signs] == ["row_count"]


@pytest.mark.parametrize("again", [12, 11, 10])
def test_of_several_increments_of_a_day_each_is_known_again(tmp_path: Path, again: int) -> None:
    door = Door(tmp_path, REGISTER)
    for number in (12, 11, 10):
        door.deliver(registered("300(万元人民币)", number), f"20260630-{22 - number}")
    _, told = door.deliver(registered("300(万元人民币)", again), "20260701")
    assert [(sign.rule, sign.found[-23:-13]) for sign in told.stops()] == [("repeated_content", "2026-06-30")]


def test_an_increment_stays_in_use_when_another_of_its_day_comes_before_it_by_name(tmp_path: Path) -> None:
    door = Door(tmp_path, REGISTER)
    for number, name in ((12, "20260630-3"), (11, "20260630-2"), (10, "20260630-1")):
        door.deliver(registered("300(万元人民币)", number), name)
    door.again()
    assert [each.delivery.rows for each in gather(REGISTER, door.home).used] == [10, 11, 12]


@pytest.mark.parametrize("between", [1, 2])
def test_a_unit_that_changes_is_seen_across_increments_too_small_to_have_one(tmp_path: Path, between: int) -> None:
    door = Door(tmp_path, REGISTER)
    door.deliver(registered("300(万元人民币)", 40), "20260630")
    for day in range(1, between + 1):
        assert door.deliver(registered("300(万元人民币)", 12 - day), f"2026070{day}")[1].verdict == "benign"
    outcome, told = door.deliver(registered("3000000(万元人民币)", 40), "20260709")
    assert [(sign.rule, sign.column) for sign in told.stops()] == [("unit", "注册资金")] and outcome.standard == 0
    assert told.stops()[0].expected == "about 3,000,000"


def test_a_fill_is_told_beside_the_last_delivery_that_had_rows_enough(tmp_path: Path) -> None:
    door = Door(tmp_path, REGISTER)
    door.deliver(registered("300(万元人民币)", 40), "20260630")
    door.deliver(registered("300(万元人民币)", 12), "20260701")
    _, told = door.deliver(registered("300(万元人民币)", 40, ""), "20260702")
    assert [(sign.column, sign.expected) for sign in told.signs if sign.rule == "fill"] == [("经营范围", "about 100%")]


@pytest.fixture
def mappings(tmp_path: Path) -> Path:
    """A copy of mappings/ to edit."""
    return Path(shutil.copytree(HOME, tmp_path / "mappings"))


def test_an_operator_admits_a_stopped_delivery_for_a_reason(door: Door, mappings: Path) -> None:
    outcome, _ = door.deliver(written(rows(15)), "20260701")
    (why, command) = stopped(door.home)
    assert "found 15 rows" in why and outcome.delivery.sha256[:12] in command
    row = {"scope": TAX.key, "subject": outcome.delivery.sha256[:12], "rule": "row_count", "by": "王工",
           "known": "2026-07-02", "basis": "税务局来函：大批注销，确为15户"}  # fmt: skip
    assert admit(row, mappings).startswith(f"{TAX.key},{outcome.delivery.sha256[:12]},row_count")
    door.mappings = load(mappings)
    again, told = door.deliver(written(rows(15)), "20260701")
    assert (again.refusal, again.standard, told.verdict) == (None, 15, "translate")
    assert told.is_admitted(told.signs[0]) and list(stopped(door.home)) == []
    door.mappings = load(mappings, known=date(2026, 7, 1))
    assert door.deliver(written(rows(15)), "20260701")[0].refusal is not None


def test_of_several_stops_each_is_listed_with_its_column_and_what_to_do(door: Door) -> None:
    door.deliver(written([row | {"KYSLRQ": "", "SJSE": ""} for row in scaled(10_000)]), "20260701")
    listed = list(stopped(door.home))[::2]
    assert len(listed) == 3 and all(", column " in each for each in listed)
    said = " ".join(listed)
    assert "column KYSLRQ: found filled in 0% of the rows" in said and "column SJSE: found filled in 0%" in said
    assert "column YYSR: found a median of" in said and "It looks like 元 written as 万元" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("tax_registration 0123456789ab row_count", "No delivery 0123456789ab of tax_registration has arrived below"),
        ("enterprise_mirror 339999/2026-07-01 fall", "No county's release of enterprise_mirror is held as 339999/2026"),
        ("enterprise_mirror 2026-07-02/2026-07-01 earlier_day", "A release is of the newest delivery's day"),
        ("enterprise_mirror tax_registration.status/2026-07-01 coverage", "A release is of the newest delivery's day"),
    ],
)
def test_what_has_not_arrived_or_is_not_held_is_not_admitted(
    words: str, told: str, door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = list[dict[str, str]]()
    monkeypatch.setattr(asked, "admit", recorded.append)
    assert _types(words, door, monkeypatch) == 2 and recorded == []
    assert f"Not recorded. {told}" in capsys.readouterr().out
    outcome, _ = door.deliver(written(rows(15)), "20260701")
    assert _types(f"{TAX.key} {outcome.delivery.sha256} row_count", door, monkeypatch) == 0
    assert _types("enterprise_mirror 2026-07-02/2026-07-01 earlier_day", door, monkeypatch) == 0
    assert [each["subject"] for each in recorded] == [outcome.delivery.sha256, "2026-07-02/2026-07-01"]


def test_two_amounts_in_each_others_column_are_stopped_and_can_be_admitted(tmp_path: Path, mappings: Path) -> None:
    door, many = (
        Door(tmp_path),
        [row | {"NSRSBH": credit_code("330110", number)} for number, row in enumerate(rows() * 2)],
    )
    door.deliver(written(many), "20260630")
    swapped = written([row | {"YYSR": row["SJSE"], "SJSE": row["YYSR"]} for row in many])
    outcome, told = door.deliver(swapped, "20260701")
    assert [(sign.rule, sign.column) for sign in told.stops()] == [("swapped", "YYSR, SJSE")] and outcome.standard == 0
    _admits(door, swapped, "swapped", mappings)
    outcome, told = door.deliver(swapped, "20260701")
    assert outcome.standard == 80 and told.verdict == "translate"


@pytest.mark.parametrize(("one", "other"), [("企业名称", "经营范围"), ("企业名称", "注册地址")])
def test_two_texts_in_each_others_column_of_an_increment_are_stopped(tmp_path: Path, one: str, other: str) -> None:
    door, codes = Door(tmp_path, REGISTER), [credit_code("330110", number) for number in range(120)]
    place = "浙江,杭州,杭州市余杭区仓前街道文一西路1号"
    lines = [f"某某公司,{code},2016-03-01,有限责任公司,,30(万元人民币),软件、硬件,{place}\n" for code in codes]
    door.deliver((REGISTERED + "".join(lines[:60])).encode(), "20260630")
    headers = REGISTERED.replace(one, "另").replace(other, one).replace("另", other)
    outcome, told = door.deliver((headers + "".join(lines[60:])).encode(), "20260701")
    assert [(sign.rule, sign.column) for sign in told.stops()] == [("swapped", f"{one}, {other}")]
    assert outcome.standard == 0


def test_a_rule_that_did_not_stop_a_delivery_is_not_admitted(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = list[dict[str, str]]()
    monkeypatch.setattr(asked, "admit", recorded.append)
    outcome, _ = door.deliver(written([row | {"KYSLRQ": ""} for row in scaled(10_000)]), "20260701")
    stopped_one = outcome.delivery.sha256[:12]
    assert _types(f"{TAX.key} {stopped_one} row_count", door, monkeypatch) == 2
    assert f"The delivery {stopped_one} was stopped by emptied, unit, not by row_count" in capsys.readouterr().out
    entered = deliveries(TAX, door.home)[0].sha256
    assert _types(f"{TAX.key} {entered} unit", door, monkeypatch) == 2
    assert f"The delivery {entered} was stopped by nothing, not by unit" in capsys.readouterr().out
    assert recorded == []
    with pytest.raises(Refusal, match="extra_column"):
        door.deliver(written([row | {"DHHM": "0571"} for row in rows(39)]), "20260702")
    refused = next(sha256 for sha256, found in refused_notes(TAX, door.home) if found.rule == "extra_column")
    admissible = [f"{stopped_one} emptied", f"{stopped_one} unit", f"{refused} extra_column"]
    assert [_types(f"{TAX.key} {words}", door, monkeypatch) for words in admissible] == [0, 0, 0]


def _types(words: str, door: Door, monkeypatch: pytest.MonkeyPatch) -> int:
    """What `make admit` ends with."""
    scope, subject, rule = words.split()
    monkeypatch.setenv("JUBIAN_HOME", str(door.home))
    told = {"scope": scope, "subject": subject, "rule": rule, "by": "王工", "basis": "来函"}
    monkeypatch.setattr("sys.argv", ["admit", *(word for name, each in told.items() for word in (f"--{name}", each))])
    return asked.main()


def test_another_rule_or_delivery_is_not_admitted_with_it(door: Door, mappings: Path) -> None:
    row = {
        "scope": TAX.key,
        "subject": "0" * 12,
        "rule": "row_count",
        "by": "王工",
        "known": "2026-07-02",
        "basis": "来函",
    }
    admit(row, mappings)
    admit(row | {"rule": "unit", "subject": deliveries(TAX, door.home)[0].sha256}, mappings)
    door.mappings = load(mappings)
    assert door.deliver(written(rows(15)), "20260701")[0].refusal is not None


def test_an_admitted_column_is_left_out_and_the_rows_enter(door: Door, mappings: Path) -> None:
    more = written([row | {"DHHM": "0571"} for row in rows(39)])
    with pytest.raises(Refusal, match="extra_column") as refusal:
        door.deliver(more, "20260701")
    assert refusal.value.finding.column == "DHHM"
    (why, command) = stopped(door.home)
    assert "DHHM" in why
    subject = command.split("SUBJECT=")[1].split()[0]
    admit({"scope": TAX.key, "subject": subject, "rule": "extra_column", "by": "王工", "known": "2026-07-02",
           "basis": "电话不入库"}, mappings)  # fmt: skip
    door.mappings = load(mappings)
    outcome, told = door.deliver(more, "20260701")
    assert outcome.standard == 39 and told.verdict == "translate"
    assert outcome.delivery.departures == ("'DHHM' is left out",)
    assert "DHHM" not in pl.read_parquet_schema(next((door.home / "landed").rglob("2026-07-01*/rows.parquet")))


def _under(headers: dict[str, str]) -> bytes:
    """Good rows, some columns of which have other headers."""
    return written([{headers.get(name, name): value for name, value in row.items()} for row in rows(39)])


def _admits(door: Door, content: bytes, rule: str, mappings: Path) -> None:
    subject = hashlib.sha256(content).hexdigest()
    admit({"scope": TAX.key, "subject": subject, "rule": rule, "by": "王工", "known": "2026-07-02", "basis": "来函"},
          mappings)  # fmt: skip
    door.mappings = load(mappings)


@pytest.mark.parametrize(
    "headers",
    [
        {"NSRMC": "NSRMC_1", "ZCZB": "营业收入", "YYSR": "注册资本"},
        {"NSRMC": "NSRMC_1", "ZCZB": "注册资本"},
    ],
)
def test_of_several_renamed_columns_all_are_told_and_none_is_admitted(
    door: Door, mappings: Path, headers: dict[str, str]
) -> None:
    other = _under(headers)
    _admits(door, other, "renamed_column", mappings)
    with pytest.raises(MappingError, match="column rule: found 'renamed_columns'"):
        _admits(door, other, "renamed_columns", mappings)
    with pytest.raises(Refusal, match="renamed_columns") as refusal:
        door.deliver(other, "20260701")
    assert all(f"'{name}'" in str(refusal.value) for name in (*headers, *headers.values()))
    assert "aliases" in refusal.value.finding.todo
    assert list(stopped(door.home)) == []


def test_one_renamed_column_is_admitted_as_the_pair_that_was_told(door: Door, mappings: Path) -> None:
    other = _under({"ZCZB": "注册资本"})
    _admits(door, other, "renamed_column", mappings)
    assert door.deliver(other, "20260701")[0].delivery.departures == ("'注册资本' is read as 'ZCZB'",)


def test_all_missing_and_all_extra_columns_are_told_at_once(door: Door) -> None:
    for content, told in (
        (written([{name: value for name, value in row.items() if name[0] != "N"} for row in rows(39)]),
         "NSRSBH, NSRMC, NSRZT_DM"),
        (written([row | {"DHHM": "0571", "CZHM": "0571"} for row in rows(39)]), "DHHM, CZHM"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            door.deliver(content, "20260701")
        assert refusal.value.finding.column == told


def test_a_declared_alias_is_translated(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    other = written(
        [{("YYSR_2026" if name == "YYSR" else name): value for name, value in row.items()} for row in rows(39)]
    )
    with pytest.raises(Refusal, match=r"aliases = \{'YYSR_2026': 'YYSR'\}"):
        door.deliver(other, "20260701")
    monkeypatch.setattr(TAX, "aliases", {"YYSR_2026": "YYSR"})
    outcome, told = door.deliver(other, "20260701")
    assert outcome.standard == 39 and told.verdict == "translate"
    assert told.signs[0].found == "'YYSR_2026' is read as 'YYSR'"
