"""A bad delivery of each sort: what is said of it (file, row, column, expectation) and that nothing is lost."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets import run
from assets.landing import take_in, unseen
from pipelines import land as landing
from pipelines.dictionary import current
from pipelines.disk import folders, store, tables
from pipelines.disk.deliveries import Delivery, malformed_rows
from pipelines.disk.refused import refused, refused_files
from pipelines.disk.standard import standard_batches
from pipelines.gather import gather
from pipelines.land import land
from pipelines.landing.inbox import why_unreadable
from pipelines.refusal import Refusal
from pipelines.standard.standardise import Outcome, standardise
from schemas.feed import all_feeds
from tests.codes import credit_code
from tests.servers.api import Permits, serving

FEED = all_feeds()["market_regulation_enterprise"]
TAX = all_feeds()["tax_registration"]
HEADER = "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址"
CODES = ["91330110MA2ABCD132", "913301842539012375", "91330621146000011D", "92330281MA2EFGH23W"]


def line(code: str, *, name: str = "杭州青禾软件有限公司", day: str = "2016-03-01") -> str:
    """A good row of the register, with the parts that a case needs to be bad."""
    return f'{name},{code},{day},有限责任公司,,"300(万元人民币)","软件开发",浙江,杭州,"杭州市余杭区仓前街道文一西路1号"'


GOOD = "\n".join([HEADER, *(line(code) for code in CODES)]) + "\n"


@dataclass(frozen=True)
class Whole:
    """A file that is refused as a whole."""

    name: str
    content: bytes
    rule: str
    says: tuple[str, ...]


def _renamed() -> bytes:
    return GOOD.replace("企业类型", "企业类别", 1).encode()


def _swapped() -> bytes:
    """Twenty-five rows whose name and credit code stand in each other's column."""
    rows = [line("杭州青禾软件有限公司", name=credit_code("330110", n)) for n in range(25)]
    return ("\n".join([HEADER, *rows]) + "\n").encode()


def _zip_of_junk(folder: Path) -> bytes:
    file = folder / "junk.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("垃圾.bin", b"\x00\x01\x02" * 100)
    return file.read_bytes()


WHOLE = [
    Whole("wrong encoding", GOOD.encode("gb18030"), "encoding", ("gb18030", "utf-8")),
    Whole("missing column", GOOD.replace(",企业类型", "", 1).encode(), "missing_column", ("企业类型",)),
    Whole("renamed column", _renamed(), "renamed_column", ("企业类型", "企业类别")),
    Whole("extra column", GOOD.replace(HEADER, HEADER + ",电话", 1).encode(), "extra_column", ("电话",)),
    Whole("column twice", GOOD.replace(HEADER, HEADER + ",企业名称", 1).encode(), "duplicate_column", ("企业名称",)),
    Whole("empty file", b"", "empty_file", ("a header and rows",)),
    Whole("blank file", b"\n \n", "empty_file", ("a header and rows",)),
    Whole("truncated file", GOOD.encode()[:-40], "truncated", ("in the middle of a line", "a line end")),
    Whole("header only", (HEADER + "\n").encode(), "no_rows", ("nothing below it",)),
    Whole("utf-16", GOOD.encode("utf-16"), "encoding", ("utf-16, by its byte order mark",)),
    Whole("utf-16 without a mark", GOOD.encode("utf-16-le"), "not_text", ("zero bytes",)),
    Whole("blank first line", f"\n{GOOD}".encode(), "header", ("an empty first line",)),
    Whole("open quote", GOOD.replace("企业类型", '"企业类型', 1).encode(), "header", ("quote that is not closed",)),
    Whole("header of two lines", GOOD.replace("企业类型", '"企业\n类型"', 1).encode(), "header", ("in one line",)),
    Whole("stray quote", GOOD.replace("企业类型", '企业"类"型', 1).encode(), "header", ("a quote within a name",)),
    Whole("last comma", GOOD.replace(HEADER, HEADER + ",", 1).encode(), "header", ("no name in field 11 of 11",)),
    Whole("empty name", GOOD.replace("企业类型", '""', 1).encode(), "header", ("no name in field 4 of 10",)),
    Whole("title", f"市场主体登记\n{GOOD}".encode(), "header", ("names in line 2, below '市场主体登记'", "in line 1")),
    Whole("title of cells", f"登记{',' * 9}\n{GOOD}".encode(), "header", ("line 2, below '登记'", "in line 1")),
    Whole("no header", GOOD.split("\n", 1)[1].encode(), "header", ("no column's name, and the value '2016-03-01'",)),
    Whole("other separator", GOOD.replace(",", ";").encode(), "separator", ("';' between them", "',' between")),
    Whole("tabs", GOOD.replace(",", "\t").encode(), "separator", ("a tab between them",)),
]


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case.name)
def test_a_file_refused_as_a_whole_says_why_and_is_kept(case: Whole, tmp_path: Path) -> None:
    file = tmp_path / "20260630.csv"
    file.write_bytes(case.content)
    with pytest.raises(Refusal) as error:
        land(FEED, file, tmp_path)
    said = str(error.value)
    assert case.rule in said and file.name in said
    assert all(word in said for word in case.says), said
    _is_kept(file, tmp_path)
    assert [finding.rule for finding in refused(FEED, tmp_path)] == [case.rule]


def _is_kept(file: Path, home: Path) -> None:
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    kept = home / "refused" / FEED.key / sha256[:12] / file.name
    assert kept.read_bytes() == file.read_bytes()


def test_a_feed_without_a_good_delivery_is_missing_for_all_that_was_found_on_its_newest_day(tmp_path: Path) -> None:
    file, zeros, renamed = tmp_path / "20260630.csv", GOOD.encode() + b"\0", _renamed()
    for each, content in ((file, zeros), (file, renamed), (tmp_path / "20260531.csv", b"1" + GOOD.encode())):
        each.write_bytes(content)
        with pytest.raises(Refusal):
            land(FEED, each, tmp_path)
    absence = gather(FEED, tmp_path).absence
    assert absence is not None and absence.reason.count("20260630.csv") == 2 and "20260531" not in absence.reason
    assert "zero bytes" in absence.reason and "企业类别" in absence.reason


def test_a_zip_of_junk_is_no_text_and_no_workbook(tmp_path: Path) -> None:
    junk = _zip_of_junk(tmp_path)
    for feed, suffix, says in (
        (FEED, ".csv", "found a zip archive or workbook"),
        (all_feeds()["science_technology_list"], ".xlsx", "found a zip archive that holds no workbook"),
    ):
        file = tmp_path / f"20260630{suffix}"
        file.write_bytes(junk)
        with pytest.raises(Refusal, match=says):
            land(feed, file, tmp_path)


def test_a_utf8_file_where_gb18030_is_promised_is_named(tmp_path: Path) -> None:
    file = tmp_path / "20260630.csv"
    file.write_bytes("NSRSBH,纳税人\r\n".encode())
    with pytest.raises(Refusal, match="utf-8"):
        land(TAX, file, tmp_path)


def test_a_utf8_file_with_a_mark_is_named_where_gb18030_is_promised(tmp_path: Path) -> None:
    file = tmp_path / "20260630.csv"
    file.write_bytes(f"\ufeff{','.join(TAX.headers())}\r\n".encode())
    with pytest.raises(Refusal, match="utf-8, by its byte order mark"):
        land(TAX, file, tmp_path)


def test_a_file_without_a_day_in_its_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "全量.csv"
    file.write_text(GOOD)
    with pytest.raises(Refusal, match="carries the day"):
        land(FEED, file, tmp_path)


def test_what_cannot_be_read_is_refused_and_the_file_beside_it_lands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.delenv("JUBIAN_INBOX", raising=False)
    waiting = tmp_path / "inbox" / FEED.key
    (waiting / "20260628.csv").mkdir(parents=True)
    (waiting / "20260629.csv").symlink_to(tmp_path / "gone")
    (waiting / "20260630.csv").write_text(GOOD)
    assert [file.name for file in unseen(FEED)] == ["20260630.csv"]
    landing = take_in(FEED, current())
    assert [each.file for each in landing.new] == ["20260630.csv"]
    assert [str(each) for each in landing.refused] == [
        f"{name}: found what cannot be read ({why}); expected a file that can be read. "
        "Make it readable by the user that runs this, or take it away. [cannot_be_read]"
        for name, why in (("20260628.csv", "Is a directory"), ("20260629.csv", "No such file or directory"))
    ]


@pytest.mark.parametrize("more", ["", ",more"])
def test_a_file_is_unseen_until_its_own_bytes_were_looked_at_whatever_time_it_has(
    more: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A corrected file of the same size, as rsync -t sends it, is older than what was kept of the first."""
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.delenv("JUBIAN_INBOX", raising=False)
    file = tmp_path / "inbox" / FEED.key / "20260630.csv"
    file.parent.mkdir(parents=True)
    for content in (GOOD, GOOD.translate(str.maketrans("12", "21"))):
        file.write_text(content.replace("\n", f"{more}\n", 1))
        os.utime(file, (1_000_000_000, 1_000_000_000))
        assert unseen(FEED) == [file]
        assert len(take_in(FEED, current()).refused) == bool(more)
        assert unseen(FEED) == []


def test_for_what_was_known_on_a_day_nothing_is_pulled_into_the_inbox_that_is_served_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = all_feeds()["ecology_permit"]
    for name, value in (
        ("JUBIAN_HOME", tmp_path / "known"),
        ("JUBIAN_INBOX", tmp_path),
        ("JUBIAN_KNOWN", "2026-07-01"),
    ):
        monkeypatch.setenv(name, str(value))
    with serving(Permits([{"permitNo": "92330782MA2D1D6G2D001Q"}])) as permits:
        monkeypatch.setenv("JUBIAN_ECOLOGY_PERMIT_URL", permits.address)
        assert take_in(feed, current()).fault is None
        assert permits.asked == [] and not list(tmp_path.rglob("*.jsonl"))


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "20260630.csv"
    os.mkfifo(pipe)
    told = list[str | None]()
    waiting = threading.Thread(target=lambda: told.append(why_unreadable(pipe)), daemon=True)
    waiting.start()
    waiting.join(10)
    assert told == ["what is no file, but a pipe or a device"]


def test_a_refused_file_is_kept_under_the_longest_name_that_there_can_be(tmp_path: Path) -> None:
    file = tmp_path / f"{'税' * 81}20260630.csv"
    file.write_text("no,header\n")
    with pytest.raises(Refusal, match="columns"):
        land(FEED, file, tmp_path)
    assert [each.name for each in refused_files(FEED, tmp_path)] == [file.name]


def test_a_name_that_is_no_utf8_is_refused_by_its_letters_and_the_file_beside_it_lands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.delenv("JUBIAN_INBOX", raising=False)
    waiting = tmp_path / "inbox" / FEED.key
    waiting.mkdir(parents=True)
    for name in ("企业20260629.csv", "说明.txt"):
        (waiting / os.fsdecode(name.encode("gbk"))).write_text(GOOD)
    (waiting / "20260630.csv").write_text(GOOD)
    assert [file.name for file in unseen(FEED)] == ["20260630.csv"]
    taken = take_in(FEED, current())
    assert [each.file for each in taken.new] == ["20260630.csv"]
    assert [(each.file, each.rule) for each in taken.refused] == [("企业20260629.csv", "name_unreadable")]
    run._tell_left_alone()
    assert f"Left alone: {FEED.key}/说明.txt; expected *.csv" in capsys.readouterr().out


@pytest.mark.parametrize("first", [GOOD, GOOD.replace(",企业类型", "", 1)], ids=["good", "refused"])
@pytest.mark.parametrize("at", ["_already", "read_rows"])
def test_a_file_that_is_replaced_while_it_is_read_is_left_to_the_next_run(
    at: str, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "20260630.csv"
    file.write_text(first)
    goes_on = getattr(landing, at)

    def replaced(*told: Any) -> Any:
        (tmp_path / "other").write_text("\n".join(GOOD.splitlines()[:-1]) + "\n")
        (tmp_path / "other").replace(file)
        return goes_on(*told)

    with monkeypatch.context() as meanwhile, pytest.raises(Refusal, match="changed_while_read"):
        meanwhile.setattr(landing, at, replaced)
        land(FEED, file, tmp_path)
    assert not [*(tmp_path / "landed" / FEED.key).glob("*"), *refused_files(FEED, tmp_path)]
    delivery = land(FEED, file, tmp_path)
    assert (delivery.rows, delivery.sha256) == (len(CODES) - 1, hashlib.sha256(file.read_bytes()).hexdigest())


def test_a_landing_that_is_broken_off_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "20260630.csv").write_text(GOOD)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folders.os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        land(FEED, tmp_path / "20260630.csv", tmp_path)
    assert not list((tmp_path / "landed" / FEED.key).glob("*"))


def test_swapped_columns_stop_the_delivery_and_name_both(tmp_path: Path) -> None:
    outcome, _ = _through(_swapped(), tmp_path)
    assert outcome.refusal is not None
    said = str(outcome.refusal)
    assert outcome.refusal.rule == "foreign_column"
    assert "column 统一社会信用代码: found" in said
    assert "Column '企业名称' fits it for 100% of the rows: the two look swapped" in said
    assert (tmp_path / "landed" / FEED.key / outcome.delivery.name / "bytes.csv").read_bytes() == _swapped()


def test_a_column_that_takes_a_part_of_its_text_is_found_where_it_was_swapped_to(tmp_path: Path) -> None:
    feed = all_feeds()["ecology_permit"]
    given = {"divisionCode": "330110", "managementClass": "简化管理", "issueDate": "2025年9月4日", "validUntil": None}
    lines = [given | {"permitNo": "杭州青禾软件有限公司", "unitName": f"{credit_code('330110', number)}001V"}
             for number in range(20)]  # fmt: skip
    file = tmp_path / "20260701.jsonl"
    file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines))
    outcome = standardise(feed, land(feed, file, tmp_path), current(), tmp_path)
    assert outcome.refusal is not None and outcome.refusal.rule == "foreign_column"
    assert "Column 'unitName' fits it for 100% of the rows: the two look swapped" in outcome.refusal.todo


def test_a_byte_order_mark_is_left_out_and_said(tmp_path: Path) -> None:
    file = tmp_path / "20260630.csv"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    delivery = land(FEED, file, tmp_path)
    assert delivery.rows == len(CODES)
    assert "byte order mark" in delivery.notices[0]


ROWS: list[tuple[str, Callable[[], str], str]] = [
    ("Excel-mangled credit code", lambda: line("9.133E+17"), "credit_code/excel_mangled"),
    ("impossible date", lambda: line(CODES[0], day="2021-02-30"), "registered/unreadable"),
    ("bad check digit", lambda: line("91330110MA2ABCD133"), "credit_code/check_digit"),
    ("one field too few", lambda: line(CODES[0]).replace(",浙江", "", 1), "/fields"),
    ("unescaped quote", lambda: line(CODES[0]).replace("软件开发", '软"件"开发'), "/fields"),
    ("10 MB single line", lambda: line(CODES[0], name="长" * 3_500_000), "/line_too_long"),
    ("empty name", lambda: line(CODES[0], name=""), "name/missing"),
]


@pytest.mark.parametrize(("bad", "rule"), [(bad, rule) for _, bad, rule in ROWS], ids=[name for name, _, _ in ROWS])
def test_a_bad_row_is_quarantined_with_its_reason_and_the_others_go_on(
    bad: Callable[[], str], rule: str, tmp_path: Path
) -> None:
    others = [line(code) for code in CODES[1:]]
    outcome, quarantine = _through(("\n".join([HEADER, others[0], bad(), *others[1:]]) + "\n").encode(), tmp_path)
    assert outcome.conserves and outcome.delivery.rows == len(CODES)
    assert outcome.standard == len(CODES) - 1
    assert rule in outcome.rules
    assert quarantine["row"].to_list() == [2]
    assert quarantine["raw"][0].startswith(("{", "杭州", "长", ","))


def test_full_width_digits_and_a_small_x_are_mended_and_counted(tmp_path: Path) -> None:
    wide = line(CODES[0]).replace("9133", "９１３３", 1)
    outcome, _ = _through(("\n".join([HEADER, wide, line(CODES[2].lower())]) + "\n").encode(), tmp_path)
    assert (outcome.standard, outcome.quarantined, outcome.repaired) == (2, 0, 2)


def test_a_repeated_grain_is_superseded_and_counted_by_reason(tmp_path: Path) -> None:
    rows = [line(CODES[0]), line(CODES[0]), line(CODES[0], name="杭州青禾软件（新名）有限公司")]
    outcome, _ = _through(("\n".join([HEADER, *rows, line(CODES[1]), line(CODES[1])]) + "\n").encode(), tmp_path)
    standard = pl.concat(standard_batches(outcome, tmp_path))
    assert standard["superseded"].to_list() == ["newer_in_delivery", "newer_in_delivery", None, "duplicate", None]
    assert outcome.conserves


def test_landing_the_same_bytes_twice_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "20260630.csv"
    file.write_text(GOOD)
    assert land(FEED, file, tmp_path) == land(FEED, file, tmp_path)


def _folder(delivery: Delivery, home: Path) -> Path:
    return home / "standard" / FEED.key / delivery.name


def _through(content: bytes, home: Path) -> tuple[Outcome, pl.DataFrame]:
    """Land and standardise bytes of the register; the outcome and its quarantine (empty when refused)."""
    file = home / "20260630.csv"
    file.write_bytes(content)
    delivery = land(FEED, file, home)
    outcome = standardise(FEED, delivery, current(), home)
    quarantine = _folder(delivery, home) / "quarantine.parquet"
    return outcome, pl.read_parquet(quarantine) if quarantine.exists() else malformed_rows(delivery, home)


def test_killed_while_a_refused_file_is_kept_it_is_kept_whole_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "20260630.csv").write_bytes(_renamed())

    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:20])
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(tables.shutil, "copyfile", half)
        land(FEED, tmp_path / "20260630.csv", tmp_path)
    assert refused(FEED, tmp_path) == []
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(store.os, "fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        land(FEED, tmp_path / "20260630.csv", tmp_path)
    assert refused(FEED, tmp_path) == []
    with pytest.raises(Refusal):
        land(FEED, tmp_path / "20260630.csv", tmp_path)
    assert [finding.rule for finding in refused(FEED, tmp_path)] == ["renamed_column"]
    assert [file.read_bytes() for file in refused_files(FEED, tmp_path)] == [_renamed()]


def test_the_bytes_of_one_part_under_the_name_of_another_are_refused(tmp_path: Path) -> None:
    feed = all_feeds()["open_data_catalogue"]
    content = "标题,开放条件,数据容量,发布日期,更新日期\n甲,无条件开放,1,2022-01-01,\n".encode()
    one, other = (tmp_path / f"zhejiang_{part}_catalog.csv" for part in ("hangzhou", "ningbo"))
    one.write_bytes(content)
    other.write_bytes(content)
    assert land(feed, one, tmp_path).part == land(feed, one, tmp_path).part == "hangzhou"
    with pytest.raises(Refusal, match=r"the bytes of zhejiang_hangzhou_catalog\.csv, which landed before"):
        land(feed, other, tmp_path)
    assert [file.name for file in refused_files(feed, tmp_path)] == ["zhejiang_ningbo_catalog.csv"]
