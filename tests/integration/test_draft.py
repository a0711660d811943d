"""A feed's first draft: it stands as it is written, and says what a person declared or leaves it open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
import xlsxwriter

from benchmarks.draft import OWED, found
from benchmarks.draft import main as measure
from pipelines.dictionary import current
from pipelines.draft.__main__ import main, write_draft
from pipelines.draft.golden import declared_in
from pipelines.draft.sniff import sniff
from pipelines.laid_out import quoted
from schemas.feed import Feed, Workbook, all_feeds
from tests.conftest import REPOSITORY
from tests.feeds.test_golden import standardised

DEMO = {
    "ecology_permit": 6, "market_regulation_enterprise": 8, "science_technology_list": 5,
    "social_security_employer": 8, "tax_registration": 9,
}  # fmt: skip


def kinds(feed: type[Feed]) -> dict[tuple[str, str], tuple[str, str | None]]:
    return {(each.source, name): (each.kind.name, each.kind.code_list) for name, each in feed.columns.items()}


@pytest.mark.parametrize("key", DEMO)
def test_a_draft_stands_and_says_nearly_what_a_person_said(key: str, small_province: Path, tmp_path: Path) -> None:
    (file,) = (small_province / "inbox" / key).iterdir()
    declared, pair = tmp_path / f"{key}.py", tmp_path / "golden"
    made, (stands, refused) = write_draft(file, key, declared, pair, current())
    drafted, by_hand = declared_in(declared), all_feeds()[key]

    assert stands > 0 and refused > 0
    told = [(pair / name).read_text() for name in ("expect.csv", "refused.csv")]
    assert list(standardised(drafted, pair, tmp_path)) == told
    assert len(made.columns) == DEMO[key]
    assert type(drafted.arrives) is type(by_hand.arrives)
    assert set(drafted.grain) == set(by_hand.grain) or len(drafted.grain) == 1
    right, known = kinds(drafted).items() & kinds(by_hand).items(), kinds(by_hand)
    assert len(right) >= 0.7 * len(known), (known.items() - right, kinds(drafted).items() - right)


def test_drafts_pass_the_linter_and_the_formatter_as_they_are_written(small_province: Path, tmp_path: Path) -> None:
    room = tmp_path / "schemas" / "feeds"
    for key in DEMO:
        (file,) = (small_province / "inbox" / key).iterdir()
        write_draft(file, key, room / f"{key}.py", tmp_path / key, current())
    assert_in_order(room)


def assert_in_order(room: Path) -> None:
    for check in (["check"], ["format", "--check"]):
        settings = ["--config", str(REPOSITORY / "pyproject.toml"), "--no-cache"]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *check, *settings, str(room)], capture_output=True, text=True, cwd=REPOSITORY
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "title", ["企业用水情况统计汇总表", "企业用水情况统计汇总表(数据来源为水务集团)", '企业"用水"\n情况']
)
def test_a_draft_of_names_wider_than_a_line_stands_and_passes_the_linter(title: str, tmp_path: Path) -> None:
    headers = ["户号", f"是否{'曾欠费停水或列入重点用水监控名单' * 4}（是/否）", "备注"]
    file = tmp_path / f"{'某区规模以上工业企业用水情况' * 4}.xlsx"
    with cast(Any, xlsxwriter).Workbook(str(file)) as book:
        sheet = book.add_worksheet("表")
        sheet.write(0, 0, title * 6)
        for at, cells in enumerate([headers, *([f"户{n}", "是" if n % 2 else "否", f"注{n}"] for n in range(9))], 1):
            sheet.write_row(at, 0, cells)
    room = tmp_path / "schemas" / "feeds"
    write_draft(file, "water_customer", room / "water_customer.py", tmp_path / "golden", current())
    drafted = declared_in(room / "water_customer.py")
    assert drafted.title == title * 6 and [each.source for each in drafted.columns.values()] == headers
    assert_in_order(room)


def test_a_draft_of_decimals_with_a_mark_and_of_whole_numbers_with_a_point_refuses_no_row(tmp_path: Path) -> None:
    file = tmp_path / "plant.csv"
    rows = [f"P{at},{at}.7%,{at}{'.3' * (at % 2)}吨,{at * 7}.0,{at * 7}.5" for at in range(20)]
    file.write_text("\n".join(["编号,增速,产量,人数,评分", *rows]) + "\n")
    room = tmp_path / "schemas" / "feeds"
    _, counts = write_draft(file, "plant", room / "plant.py", tmp_path / "golden", current())
    assert counts == (6, 0)
    drafted = {each.source: each.kind.name for each in declared_in(room / "plant.py").columns.values()}
    assert drafted == {"编号": "text", "增速": "quotient", "产量": "quotient", "人数": "count", "评分": "text"}
    assert_in_order(room)


@pytest.mark.parametrize("mark", ['"', "\\", "'", "'\"", '",x)', "in"])
def test_a_mark_behind_numbers_is_written_as_a_text_and_never_as_code(mark: str, tmp_path: Path) -> None:
    """Inches are two strokes: 2\"."""
    file = tmp_path / "pipe.csv"
    rows = pl.DataFrame({"管号": [f"G{at}" for at in range(9)], "管径": [f"{at}{mark}" for at in range(9)]})
    rows.write_csv(file)
    room = tmp_path / "schemas" / "feeds"
    _, counts = write_draft(file, "pipe", room / "pipe.py", tmp_path / "golden", current())
    assert counts == (6, 0)
    assert f"followed_by({quoted(mark)}, COUNT)" in (room / "pipe.py").read_text()
    assert_in_order(room)


def test_names_of_a_file_and_of_its_columns_are_never_code(tmp_path: Path) -> None:
    file = tmp_path / '管"""网\\N.csv'
    file.write_text("管号,长度  # 米\n" + "".join(f"G{at},{at * 3}\n" for at in range(9)))
    room = tmp_path / "schemas" / "feeds"
    write_draft(file, "pipe", room / "pipe.py", tmp_path / "golden", current())
    assert [each.source for each in declared_in(room / "pipe.py").columns.values()] == ["管号", "长度  # 米"]
    assert_in_order(room)


def test_a_title_and_a_unit_above_two_columns_are_no_header(tmp_path: Path) -> None:
    file = tmp_path / "output.xlsx"
    with cast(Any, xlsxwriter).Workbook(str(file)) as book:
        sheet = book.add_worksheet("表")
        rows = [["某区工业产值", ""], ["", "单位：万元"], ["镇街", "产值"], *([f"第{n}街道", n * 7] for n in range(9))]
        for at, cells in enumerate(rows):
            sheet.write_row(at, 0, cells)
    sample = sniff(file)
    assert sample.form == Workbook(title_rows=2, header_rows=1) and sample.title == "某区工业产值"
    assert sample.headers == ["镇街", "产值"] and sample.rows.height == 9


def test_the_command_says_what_is_open_and_where_to_go_on(
    small_province: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (delivered,) = (small_province / "inbox" / "tax_registration").iterdir()
    file = tmp_path / "20260630.csv"
    file.write_bytes(delivered.read_bytes().replace(b"KYSLRQ", b"XQ", 1))
    asked = [str(file), "--key", "water_customer", "--drafts", str(tmp_path)]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "open: XQ: meaning unknown" in said and "mv " in said.splitlines()[-1]
    assert "open: title, department, due and delivers" in said and "make contracts" in said.splitlines()[-1]
    kept = (tmp_path / "water_customer" / "water_customer.py").read_text()

    assert main(asked) == 1
    assert "is not overwritten" in capsys.readouterr().out
    assert (tmp_path / "water_customer" / "water_customer.py").read_text() == kept


def test_a_column_called_like_what_the_house_adds_or_calls_has_another_name(tmp_path: Path) -> None:
    names = ["day", "column", "headers", "reasons", "repairs", "place_reasons", "place_evidence", "judged", "entity_id"]
    file = tmp_path / "20260630.csv"
    rows = [f"A{at:05},余杭区,2026年06月{at + 1:02}日,2025年01月{at + 1:02}日" + f",x{at % 3}" * 8 for at in range(20)]
    file.write_text("\n".join([f"编号,区县,开业日期,{','.join(names)}", *rows]) + "\n")
    made, (stands, refused) = write_draft(file, "made_up", tmp_path / "made_up.py", tmp_path / "golden", current())
    assert made.place == {"name": "区县"} and (stands, refused) == (6, 0)
    drafted = {each.source: name for name, each in declared_in(tmp_path / "made_up.py").columns.items()}
    assert [drafted[name] for name in names] == [
        "day_4", "column_5", "headers_6", "reasons_7", "repairs_8", "place_reasons_9", "place_evidence_10", "judged_11",
        "entity_id_12",
    ]  # fmt: skip


def test_a_draft_of_json_lines_takes_in_the_lines_that_leave_keys_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f'{{"XH": "K{at:03}"{f", {chr(34)}BZ{chr(34)}: {at * 7}" * (at % 2)}}}' for at in range(40)]
    file = tmp_path / "20260630.jsonl"
    file.write_text("\n".join([*lines, "[1]", '{"XH": {}}']) + "\n")
    assert main([str(file), "--key", "water_customer", "--drafts", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert (
        "2 lines are no row and are left out; the first is row 41: found [1]; expected one JSON object a line" in said
    )
    drafted = declared_in(tmp_path / "water_customer" / "water_customer.py")
    assert set(drafted.headers()) == {"XH", "BZ"}


def test_a_feed_that_is_declared_is_not_drafted_over(
    small_province: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = (small_province / "inbox" / "tax_registration").iterdir()
    assert main([str(file), "--key", "tax_registration", "--drafts", str(tmp_path / "drafts")]) == 1
    said = capsys.readouterr().out
    assert said.startswith("tax_registration is declared in schemas/feeds/tax_registration.py; give")
    assert not (tmp_path / "drafts").exists()


def test_a_file_that_no_feed_can_arrive_in_is_refused_by_name_and_nothing_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "用电客户.csv"
    file.write_bytes("户号,户名\n1,某公司\n".encode("utf-16"))
    assert main([str(file), "--key", "gas_customer", "--drafts", str(tmp_path / "drafts")]) == 1
    said = capsys.readouterr().out
    assert "用电客户.csv" in said and "UTF-16" in said and "GB18030" in said
    assert not (tmp_path / "drafts").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("户号,row\n1,2\n", "column row: found a column called 'row'; expected a name other than row and hash"),
        ("户号,hash\n1,2\n", "column hash: found a column called 'hash'"),
        ('{"户号": "1", "row": "2"}\n', "column row: found a column called 'row'"),
        ("COPY t (id, hash) FROM stdin;\n1\t2\n\\.\n", "column hash: found a column called 'hash'"),
        ('户号,"户\n名"\n1,甲\n2,乙\n', "found a quote that is not closed in the first line: '户号,\"户'"),
    ],
)
def test_a_header_that_cannot_be_landed_is_refused_with_what_to_do_and_nothing_is_left(
    content: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "用电客户.csv"
    file.write_text(content)
    assert main([str(file), "--key", "gas_customer", "--drafts", str(tmp_path / "drafts")]) == 1
    said = capsys.readouterr().out
    assert said.startswith("用电客户.csv") and says in said and "Ask the department" in said
    assert not (tmp_path / "drafts").exists()


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("联系电话,备注\n13800138000,\n13900139000,\n", "2 columns of which none can be declared: 联系电话, 备注"),
        (
            "所在县,姓名,手机号\n余杭区,张三,13800138000\n余杭区,李四,13900139000\n",
            "3 columns of which none can be declared: 所在县, 姓名, 手机号",
        ),
    ],
)
def test_a_delivery_of_which_nothing_can_be_declared_is_refused_with_its_columns(
    content: str, columns: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tel_20260701.csv"
    file.write_text(content)
    assert main([str(file), "--key", "gas_customer", "--drafts", str(tmp_path / "drafts")]) == 1
    assert f"found {columns}" in capsys.readouterr().out
    assert not (tmp_path / "drafts").exists()


def test_a_draft_that_cannot_be_paired_leaves_no_folder(
    small_province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> tuple[int, int]:
        raise OSError("no space left on device")

    monkeypatch.setattr("pipelines.draft.__main__.write_pair", full)
    (file,) = (small_province / "inbox" / "ecology_permit").iterdir()
    assert main([str(file), "--key", "gas_customer", "--drafts", str(tmp_path / "drafts")]) == 1
    assert not (tmp_path / "drafts" / "gas_customer").exists()


@pytest.mark.parametrize(("name", "why"), [("gone.csv", "No such file or directory"), (".", "Is a directory")])
def test_what_is_no_file_is_named_with_what_to_type(
    name: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / name), "--key", "water_customer", "--drafts", str(tmp_path / "drafts")]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"{tmp_path / name} is what cannot be read ({why}); name one delivery")


def test_portals_that_are_not_there_are_asked_for_by_what_names_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["draft", "--shared", str(tmp_path)])
    assert measure() == 1
    assert capsys.readouterr().out.endswith("name the folder above: JUBIAN_SHARED=…\n")


def test_of_eleven_portals_each_held_out_nearly_every_field_is_found(real_feeds: Path) -> None:
    fields = found(real_feeds.parent)
    assert fields.height == 138 and fields["portal"].n_unique() == 11
    assert int(fields["right"].sum()) / fields.height >= OWED
