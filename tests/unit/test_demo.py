"""The small province: same bytes, valid codes, every named defect, readable files, a next day."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from demo import defects, enterprises, feeds, places
from demo.__main__ import main
from demo.draws import Dice
from demo.feeds.form import Daily
from demo.vocabulary import World, read_world
from demo.writers import WorkbookFile
from pipelines.dictionary import current
from pipelines.meaning.codes import translation
from tests.published import EVERY_COUNTY

SEED = 20260630
COUNT = 3000
CODE_DEFECTS = {
    "lower_case_x", "full_width_digits", "bad_check_digit", "space_in_code", "excel_mangled_code",
    "old_tax_number_15", "suffixed_tax_number_20", "organisation_code_without_hyphen",
}  # fmt: skip
BROKEN_LINES = {"unquoted_comma_shifted_columns", "unescaped_quote", "broken_byte"}


@pytest.fixture(scope="module")
def world() -> World:
    return read_world(current(), enterprises.FIRST_DAY)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("province")
    assert main(["--out", str(out), "--enterprises", str(COUNT)]) == 0
    return out


@pytest.fixture(scope="module")
def next_day(province: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pl.DataFrame]:
    """A province after its second day and a month, and its truth on the first."""
    out = tmp_path_factory.mktemp("next_day")
    shutil.copytree(province, out, dirs_exist_ok=True)
    before = pl.read_parquet(out / "truth" / "enterprises.parquet")
    assert main(["--out", str(out), "--refresh"]) == 0
    assert main(["--out", str(out), "--refresh", "2026-08-01"]) == 0
    return out, before


def truth_of(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "truth" / "enterprises.parquet")


def rows_of(out: Path, feed: str, file: str) -> pl.DataFrame:
    rows = pl.read_parquet(out / "truth" / "rows.parquet")
    return rows.filter((pl.col("feed") == feed) & (pl.col("file") == file))


def without(rows: pl.DataFrame, names: set[str]) -> pl.DataFrame:
    return rows.filter(~pl.col("defects").list.eval(pl.element().is_in(list(names))).list.any())


def digests(out: Path) -> dict[str, str]:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def copied_rows(file: Path) -> list[list[str]]:
    """The rows of a dump's COPY section."""
    lines = file.read_text(encoding="utf-8").split("\n")
    start = next(place for place, line in enumerate(lines) if line.startswith("COPY "))
    return [line.split("\t") for line in lines[start + 1 : lines.index("\\.")]]


def credit_check(code: str) -> str:
    """GB 32100-2015 by its definition: 3 to the power of the place, modulo 31."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(letters.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return letters[-total % 31]


def organisation_check(code: str) -> str:
    """GB 11714-1997 by its definition; letters count from 10."""
    total = sum(int(letter, 36) * weight for letter, weight in zip(code[:8], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X"[-total % 11]


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["--out", str(tmp_path / name), "--enterprises", "300"]) == 0
        assert main(["--out", str(tmp_path / name), "--refresh"]) == 0
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_the_workbook_knows_no_clock(province: Path) -> None:
    with zipfile.ZipFile(province / "inbox/science_technology_list/20260630.xlsx") as book:
        assert {entry.date_time[0] for entry in book.infolist()} == {1980}
        assert book.read("docProps/core.xml").decode().count("2000-01-01T00:00:00Z") == 2


def test_a_form_says_itself_what_a_day_brings(province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    form = next(each for each in feeds.ALL if each.feed == "market_regulation_penalty")
    brought = {"due": Daily(), "nobody": Daily(is_due=pl.lit(value=False))}
    assert form.daily is None
    for name, daily in brought.items():
        mine = [replace(each, daily=daily) if each.feed == form.feed else each for each in feeds.ALL]
        monkeypatch.setattr(feeds, "ALL", tuple(mine))
        out = shutil.copytree(province, tmp_path / name)
        assert main(["--out", str(out), "--refresh", "2026-08-01"]) == 0
        assert (out / "inbox" / form.feed / form.file_name(date(2026, 8, 1))).exists() == (name == "due")
        assert not (out / "inbox" / form.feed / form.file_name(date(2026, 7, 31))).exists()


def test_an_enterprise_does_not_depend_on_its_chunk(world: World) -> None:
    def found(first: int, last: int, seed: int = SEED) -> pl.DataFrame:
        return enterprises.found(first, last, Dice(seed), world, enterprises.FIRST_DAY)

    assert found(0, 2000).equals(pl.concat([found(0, 777), found(777, 1500), found(1500, 2000)]))
    assert not found(0, 160, seed=7)["credit_code"].is_in(found(0, 2000)["credit_code"].implode()).any()


def test_every_named_defect_occurs(province: Path) -> None:
    rows = pl.read_parquet(province / "truth" / "rows.parquet")
    assert set(rows["defects"].explode().drop_nulls()) == set(defects.names())


def test_rows_are_told_once_and_in_order(province: Path) -> None:
    rows = pl.read_parquet(province / "truth" / "rows.parquet")
    for (_, _), told in rows.group_by("feed", "file", maintain_order=True):
        assert told["row"].to_list() == list(range(1, told.height + 1))
    assert set(rows["credit_code"].drop_nulls()) <= set(truth_of(province)["credit_code"])


def test_codes_are_valid_where_no_defect_is_told(province: Path) -> None:
    truth = truth_of(province)
    assert truth["credit_code"].n_unique() == truth["organisation_code"].n_unique() == COUNT
    assert all(credit_check(code) == code[17] for code in truth["credit_code"])
    assert all(organisation_check(code) == code[8] for code in truth["organisation_code"])
    tax = (province / "inbox/tax_registration/20260630.csv").read_bytes().split(b"\r\n")
    good = without(rows_of(province, "tax_registration", "20260630.csv"), CODE_DEFECTS | BROKEN_LINES)
    written = [tax[row].decode("gb18030").split(",")[0] for row in good["row"]]
    assert written == good["credit_code"].to_list()
    spoilt = rows_of(province, "tax_registration", "20260630.csv").filter(
        pl.col("defects").list.contains("bad_check_digit")
    )
    wrong = [tax[row].decode("gb18030").split(",")[0] for row in spoilt["row"]]
    assert wrong and all(credit_check(code) != code[17] for code in wrong)


def test_the_register_has_the_real_registers_form(province: Path) -> None:
    content = (province / "inbox/market_regulation_enterprise/20260630.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf") and b"\r" not in content and content.endswith(b"\n")
    lines = content.decode("utf-8").split("\n")[:-1]
    assert lines[0] == "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址"
    rows = rows_of(province, "market_regulation_enterprise", "20260630.csv")
    assert rows.height == len(lines) - 1
    whole = without(rows, BROKEN_LINES | CODE_DEFECTS | {"name_brackets_full_width", "impossible_date"})
    fields = [next(csv.reader(io.StringIO(lines[row]))) for row in whole["row"]]
    assert {len(each) for each in fields} == {10}
    told = whole.join(truth_of(province), on="credit_code", how="left", maintain_order="left")
    assert [each[0] for each in fields] == told["name"].to_list()
    assert [each[2] for each in fields] == told["registered"].dt.to_string("%Y-%m-%d").to_list()
    assert all(lines[row].split(",")[5].startswith('"') for row in whole["row"])


def test_the_tax_file_is_gb18030_with_crlf(province: Path) -> None:
    content = (province / "inbox/tax_registration/20260630.csv").read_bytes()
    lines = content.split(b"\r\n")
    assert content.count(b"\n") == len(lines) - 1 and lines[-1] == b""
    rows = rows_of(province, "tax_registration", "20260630.csv")
    assert rows.height == len(lines) - 2
    for row, names in rows.select("row", "defects").iter_rows():
        text = lines[row].decode("gb18030", errors="replace")
        assert ("\ufffd" in text) == ("broken_byte" in names)
        assert (text.count(",") != 8) == ("unquoted_comma_shifted_columns" in names)


def test_the_dump_is_one_that_postgresql_writes(province: Path) -> None:
    file = province / "inbox/social_security_employer/202606.sql"
    text = file.read_text(encoding="utf-8")
    assert "CREATE TABLE public.social_security_employer (" in text and "SET client_encoding = 'UTF8';" in text
    rows, told = copied_rows(file), rows_of(province, "social_security_employer", "202606.sql")
    assert [len(row) for row in rows] == [9] * told.height
    assert {row[8] for row in rows} == {"202606"}
    for fields, names in zip(rows, told["defects"].to_list(), strict=True):
        assert (fields[1] == "\\N") == ("missing_name" in names)
        assert ("\\n" in fields[1]) == ("line_break_in_name" in names)


def test_the_workbook_has_title_two_headers_and_a_footnote(province: Path) -> None:
    book = fastexcel.read_excel(province / "inbox/science_technology_list/20260630.xlsx")
    cells = book.load_sheet(0, header_row=None, dtypes="string").to_polars()
    told = rows_of(province, "science_technology_list", "20260630.xlsx")
    assert cells.height == told.height + 4
    assert cells.row(0)[1:] == (None,) * 6 and str(cells.row(-1)[0]).startswith("注：")
    assert cells.row(1) == ("序号", "企业信息", None, "认定信息", None, None, None)
    assert cells.row(2)[1:] == ("企业名称", "所在地", "名单类别", "证书编号", "发证日期", "有效期至")
    body = cells.slice(3, told.height)
    assert body.to_series(0).to_list() == [str(row) for row in told["row"]]
    as_text = [("." in day) for day in body.to_series(5)]
    assert as_text == told["defects"].list.contains("date_as_text").to_list()
    assert all(date(1899, 12, 30).toordinal() + int(day) <= date(2026, 6, 30).toordinal()
               for day in body.to_series(5) if "." not in day)  # fmt: skip


def test_the_permits_are_json_lines(province: Path) -> None:
    lines = (province / "inbox/ecology_permit/20260630.jsonl").read_text(encoding="utf-8").splitlines()
    rows = rows_of(province, "ecology_permit", "20260630.jsonl")
    permits = (
        truth_of(province)
        .explode("permits")
        .unnest("permits", separator="_")
        .select("credit_code", "permits_permit_number")
    )
    known = set(permits["permits_permit_number"])
    objects = [json.loads(line) for line in lines]
    assert len(objects) == rows.height
    assert {tuple(each) for each in objects} == {
        ("permitNo", "unitName", "divisionCode", "managementClass", "issueDate", "validUntil")
    }
    for each, names in zip(objects, rows["defects"].to_list(), strict=True):
        assert (each["permitNo"] in known) == (not CODE_DEFECTS & set(names))


@pytest.mark.parametrize(
    ("town", "county", "day", "division", "name"),
    [
        ("临平街道", "330113", date(2010, 5, 1), "330110", "余杭区"),
        ("临平街道", "330113", date(2000, 5, 1), "330184", "余杭市"),
        ("下应街道", "330212", date(1998, 5, 1), "330227", "鄞县"),
        ("集士港镇", "330203", date(2010, 5, 1), "330212", "鄞州区"),
        ("下沙街道", "330114", date(2020, 5, 1), "330104", "江干区"),
        ("河庄街道", "330114", date(2020, 5, 1), "330109", "萧山区"),
        ("朝晖街道", "330105", date(2020, 5, 1), "330103", "下城区"),
        ("临平街道", "330113", date(2026, 5, 1), "330113", "临平区"),
    ],
)
def test_divisions_are_those_of_the_day(
    world: World, town: str, county: str, day: date, division: str, name: str
) -> None:
    spot = world.map.towns.filter(pl.col("town_name") == town, pl.col("county") == county)["spot"]
    asked = pl.DataFrame({"number": [1], "spot": spot, "day": [day]}, schema_overrides={"number": pl.UInt64})
    found = places.division_on(asked, world.map, "day")
    assert found.select("division", "division_name").row(0) == (division, name)


def test_all_ninety_counties_are_settled_and_five_feeds_share_them(province: Path) -> None:
    truth = truth_of(province)
    assert truth["county"].n_unique() == EVERY_COUNTY
    for column, share in {"in_tax": 0.85, "in_social": 0.45, "in_science": 0.06, "in_ecology": 0.08}.items():
        mean = truth[column].cast(pl.Float64).mean()
        assert isinstance(mean, float) and abs(mean - share) < 0.03, column
    assert truth.select(pl.struct("county", "name").is_unique().mean()).item() > 0.99


def test_truth_agrees_with_the_industry_dictionary(world: World) -> None:
    meant = translation(current(), "gbt4754_2017", "gbt4754_2011", enterprises.FIRST_DAY)
    trades = world.trades.join(meant, left_on="tax_code", right_on="code", how="inner")
    other = trades.filter(
        ~pl.col("industry").str.starts_with(pl.col("standard")) & (pl.col("standard").str.len_chars() > 1)
    )
    assert trades.height > 80
    assert other.select("tax_code", "standard", "industry").is_empty()


def test_a_day_brings_births_deaths_and_moves(next_day: tuple[Path, pl.DataFrame]) -> None:
    out, before = next_day
    events, after = pl.read_parquet(out / "truth" / "events.parquet"), truth_of(out)
    first = events.filter(pl.col("day") == date(2026, 7, 1))
    assert {"born", "died", "moved", "renamed", "recapitalised"} <= set(first["event"])
    was = before.select("number", was_county="county", was_code="credit_code")
    moved = first.filter(pl.col("event") == "moved").join(was, on="number")
    assert (moved["before"] == moved["was_county"]).all() and (moved["before"] != moved["after"]).all()
    assert (moved["credit_code"] == moved["was_code"]).all()
    born = after.join(first.filter(pl.col("event") == "born").select("number"), on="number")
    assert set(born["registered"]) == {date(2026, 7, 1)} and born["number"].min() == COUNT
    assert after["credit_code"].n_unique() == after.height


def test_increments_bring_only_what_changed(next_day: tuple[Path, pl.DataFrame]) -> None:
    out, _ = next_day
    events = pl.read_parquet(out / "truth" / "events.parquet").filter(pl.col("day") == date(2026, 7, 1))
    shown = events.filter(pl.col("event").is_in(["born", "moved", "renamed", "recapitalised"]))["credit_code"]
    market = rows_of(out, "market_regulation_enterprise", "20260701.csv")
    assert set(market["credit_code"]) == set(shown)
    assert 0 < rows_of(out, "ecology_permit", "20260701.jsonl").height < 100
    assert rows_of(out, "tax_registration", "20260701.csv")["credit_code"].n_unique() > 0.8 * COUNT


def test_the_dead_are_cancelled_and_missing_from_the_next_batch(next_day: tuple[Path, pl.DataFrame]) -> None:
    out, before = next_day
    events = pl.read_parquet(out / "truth" / "events.parquet")
    dead = events.filter(pl.col("event") == "died", pl.col("day") == date(2026, 7, 1))["credit_code"]
    assert not (out / "inbox/social_security_employer/202608.sql").exists()
    batch = set(rows_of(out, "social_security_employer", "202607.sql")["credit_code"])
    insured = set(before.filter("in_social")["credit_code"]) & set(dead)
    assert insured and not batch & set(dead) and len(batch) > 0.3 * COUNT
    tax = (out / "inbox/tax_registration/20260701.csv").read_bytes().split(b"\r\n")
    told = rows_of(out, "tax_registration", "20260701.csv").filter(pl.col("credit_code").is_in(dead.implode()))
    clean = without(told, BROKEN_LINES | {"unknown_status_code"})
    assert {tax[row].decode("gb18030").split(",")[4] for row in clean["row"]} == {"07"}


def test_a_real_register_is_copied_and_spoken_of(province: Path, tmp_path: Path) -> None:
    register, out = tmp_path / "register", tmp_path / "out"
    register.mkdir()
    content = (province / "inbox/market_regulation_enterprise/20260630.csv").read_bytes()
    (register / "2026.csv").write_bytes(content)
    assert main(["--out", str(out), "--base", str(register)]) == 0
    assert (out / "inbox/market_regulation_enterprise/2026.csv").read_bytes() == content
    known = truth_of(province).select("credit_code", "name", real_county="county")
    about = truth_of(out).join(known, on="credit_code", how="left")
    assert about.height > 0.9 * COUNT and about["real_county"].null_count() < 0.02 * COUNT
    same = about.filter(pl.col("real_county").is_not_null()).select((pl.col("county") == pl.col("real_county")).mean())
    assert same.item() > 0.95
    assert main(["--out", str(out), "--refresh"]) == 0
    assert (out / "inbox/market_regulation_enterprise/20260701.csv").exists()


def test_a_sheet_that_cannot_hold_the_rows_is_refused(tmp_path: Path) -> None:
    book = WorkbookFile(tmp_path / "full.xlsx", title="t", counter="n", groups=[("g", ["a", "b"])],
                        numbers=frozenset(), footnote="注")  # fmt: skip
    book.rows = 1_048_571
    with pytest.raises(ValueError, match="a sheet holds"):
        book.append(pl.DataFrame({"a": ["1", "2"], "b": ["1", "2"]}))
    book.rows = 0
    book.close()


def test_a_refresh_of_nothing_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path), "--refresh"]) == 1
    assert "begin the province" in capsys.readouterr().err


def test_a_folder_that_is_no_province_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "kept.csv").write_text("kept")
    assert main(["--out", str(tmp_path), "--enterprises", "10"]) == 1
    assert (tmp_path / "inbox" / "kept.csv").read_text() == "kept"
    assert "name another folder" in capsys.readouterr().err
