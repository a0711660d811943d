"""Codes that met no dictionary row: told with what they may mean; the printed row, pasted, brings the rows in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import dagster as dg
import polars as pl
import pytest

from assets import gaps as shown
from pipelines.dictionary import HOME, load
from pipelines.gather import NotReady, gather
from pipelines.land import land
from pipelines.publishing.publish import release_product
from pipelines.standard.standardise import standardise
from pipelines.words.gaps import by_file, gaps, main, row_for, told
from pipelines.words.suggest import suggest
from pipelines.words.unread import unread
from schemas.china import today
from schemas.feed import all_feeds
from schemas.mapping import UNSTATED
from schemas.product import all_products
from tests.chain import fused, standardised

TAX = all_feeds()["tax_registration"]
TODAY = today()


@pytest.fixture
def mappings(tmp_path: Path) -> Path:
    """A copy of mappings/ to edit."""
    return shutil.copytree(HOME, tmp_path / "mappings")


def test_a_gap_is_told_with_rows_and_the_pasted_row_brings_them_in(province: Path, mappings: Path) -> None:
    file = mappings / "codes" / "gbt4754_2017.csv"
    code = _frequent(province)
    kept = [line for line in file.read_text().splitlines() if not line.startswith(f"gbt4754_2011,{code},")]
    file.write_text("\n".join(kept) + "\n")
    before = standardised(province / "inbox", province, load(mappings))["tax_registration"][0]
    found = {gap.code: gap for gap in gaps(gather(TAX, province), province, load(mappings))}
    gap = found[code]
    assert (gap.feed, gap.column, gap.first_seen) == ("tax_registration", "industry", "2026-06-30")
    assert gap.rows > 0 and all(example.startswith("20260630.csv:") for example in gap.examples)
    best = gap.suggestions[0]
    assert best.reason.startswith("gbt4754_2011 calls it") and best.name in best.reason
    row = row_for(gap, best.standard, load(mappings), TODAY)
    assert row in "\n".join(told(gap, load(mappings), TODAY))
    file.write_text(file.read_text() + stated(row) + "\n")
    after = standardised(province / "inbox", province, load(mappings))["tax_registration"][0]
    assert after.translated == gap.rows and after.standard == before.standard + gap.rows - _still_wrong(
        province, gap.code
    )
    assert code not in {each.code for each in gaps(gather(TAX, province), province, load(mappings))}


def stated(row: str) -> str:
    """The printed row with its document in place, as a person pastes it."""
    said = row.replace(UNSTATED, "无对应条目")
    assert said != row
    return said


def _frequent(home: Path) -> str:
    """The class of industry that most taxpayers write."""
    lines = (home / "inbox" / "tax_registration" / "20260630.csv").read_bytes().decode("gb18030", errors="replace")
    classes = [cells[2] for line in lines.splitlines()[1:] if len(cells := line.split(",")) == 9 and len(cells[2]) == 4]
    return max(sorted(set(classes)), key=classes.count)


def _still_wrong(home: Path, code: str) -> int:
    """Rows with the code that stay in quarantine for another reason."""
    (file,) = (home / "standard" / "tax_registration").glob("*/quarantine.parquet")
    return pl.read_parquet(file).filter(pl.col("raw").str.contains(code)).height


@pytest.mark.parametrize(
    ("code", "code_list", "source", "standard", "reason"),
    [
        ("1", "enterprise_status", "tax_status", "9", "spelt otherwise"),
        ("77", "enterprise_status", "tax_status", None, ""),
        ("170", "enterprise_type", "tax_registration_type", "4500", "calls it 私营企业"),
        ("C371", "gbt4754_2017", "gbt4754_2011", "371", "371, which it has with something before"),
        ("5300", "gbt4754_2017", "gbt4754_2011", "53", "53, which it has with something before"),
        ("7219A", "gbt4754_2017", "gbt4754_2011", "72", "begin with 721"),
        ("01", "gbt4754_2017", "section", "01", "the source gbt4754_2011 means this"),
        ("内资有限责任公司", "enterprise_type", "market_regulation", "1100", "alike"),
        ("火星", "enterprise_type", "market_regulation", None, ""),
    ],
)
def test_a_suggestion_says_why(code: str, code_list: str, source: str, standard: str | None, reason: str) -> None:
    found = {each.standard: each.reason for each in suggest(code, code_list, source, load(), TODAY)}
    assert (reason in found[standard]) if standard else not found


def test_a_code_that_is_left_out_on_purpose_says_so(province: Path) -> None:
    file = province / "inbox" / "tax_registration" / "20260630.csv"
    text = file.read_bytes().decode("gb18030", errors="replace")
    lines = text.splitlines(keepends=True)
    cells = lines[1].split(",")
    lines[1] = ",".join([*cells[:2], "7296", *cells[3:]])
    file.write_bytes("".join(lines).encode("gb18030"))
    standardised(province / "inbox", province)
    found = {gap.code: gap for gap in gaps(gather(TAX, province), province, load())}
    assert "融资担保" in str(found["7296"].left_out)


def test_a_code_is_first_seen_where_it_was_first_written_and_counted_where_it_stands_now(tmp_path: Path) -> None:
    given = (Path(__file__).parents[1] / "feeds" / "tax_registration" / "given.csv").read_bytes()
    again = given + given.splitlines(keepends=True)[1]
    for day, content in (("20260629", given), ("20260630", again)):
        (tmp_path / f"{day}.csv").write_bytes(content)
        standardise(TAX, land(TAX, tmp_path / f"{day}.csv", tmp_path), load(), tmp_path)
    found = {gap.code: gap for gap in gaps(gather(TAX, tmp_path), tmp_path, load())}
    assert (found["88"].first_seen, found["88"].rows) == ("2026-06-29", 1)
    assert [example.split(":")[0] for example in found["88"].examples] == ["20260630.csv"]


def test_a_code_of_any_length_is_mapped_by_the_row_that_is_printed_for_it(tmp_path: Path, mappings: Path) -> None:
    """Two codes that begin alike are two gaps."""
    given = (Path(__file__).parents[1] / "feeds" / "tax_registration" / "given.csv").read_bytes()
    header, *lines = given.splitlines(keepends=True)
    codes, line = [f"{'待清算' * 30}{end}" for end in "AB"], next(line for line in lines if b",88," in line)
    (tmp_path / "20260630.csv").write_bytes(
        b"".join([header, *(line.replace(b",88,", f",{code},".encode("gb18030")) for code in codes)])
    )
    delivery = land(TAX, tmp_path / "20260630.csv", tmp_path)
    standardise(TAX, delivery, load(mappings), tmp_path)
    found = gaps(gather(TAX, tmp_path), tmp_path, load(mappings))
    assert [gap.code for gap in found] == codes
    with (mappings / "codes" / "enterprise_status.csv").open("a") as file:
        file.writelines(stated(row_for(gap, "1", load(mappings), TODAY)) + "\n" for gap in found)
    standardise(TAX, delivery, load(mappings), tmp_path)
    assert gaps(gather(TAX, tmp_path), tmp_path, load(mappings)) == []


def test_a_code_that_is_older_than_the_dictionary_is_mapped_by_the_row_that_is_printed_for_it(
    tmp_path: Path, mappings: Path
) -> None:
    given = (Path(__file__).parents[1] / "feeds" / "tax_registration" / "given.csv").read_bytes()
    file = mappings / "codes" / "enterprise_status.csv"
    header, *lines = file.read_text().splitlines()
    later = [line for line in lines if not line.startswith("tax_status,")] + [
        re.sub(r",\d{4}-\d\d-\d\d,", ",2026-07-01,", line, count=1) for line in lines if line.startswith("tax_status,")
    ]
    file.write_text("\n".join([header, *later]) + "\n")
    (tmp_path / "20260630.csv").write_bytes(given)
    delivery = land(TAX, tmp_path / "20260630.csv", tmp_path)
    standardise(TAX, delivery, load(mappings), tmp_path)
    found = [gap for gap in gaps(gather(TAX, tmp_path), tmp_path, load(mappings)) if gap.column == "status"]
    with file.open("a") as codes:
        codes.writelines(stated(row_for(gap, "1", load(mappings), TODAY)) + "\n" for gap in found)
    standardise(TAX, delivery, load(mappings), tmp_path)
    assert len(found) > 1
    assert [gap for gap in gaps(gather(TAX, tmp_path), tmp_path, load(mappings)) if gap.column == "status"] == []


def test_a_code_that_nothing_is_like_is_left_without_meaning_by_the_row_that_is_printed_for_it(
    tmp_path: Path, mappings: Path
) -> None:
    given = (Path(__file__).parents[1] / "feeds" / "tax_registration" / "given.csv").read_bytes()
    (tmp_path / "20260630.csv").write_bytes(given)
    delivery = land(TAX, tmp_path / "20260630.csv", tmp_path)
    standardise(TAX, delivery, load(mappings), tmp_path)
    (gap,) = [each for each in gaps(gather(TAX, tmp_path), tmp_path, load(mappings)) if each.code == "88"]
    *_, row = told(gap, load(mappings), TODAY)
    assert gap.suggestions == () and row.startswith("    tax_status,88,,")
    with (mappings / "codes" / "enterprise_status.csv").open("a") as file:
        file.write(f"{stated(row.strip())}\n")
    (left,) = [each for each in gaps(gather(TAX, tmp_path), tmp_path, load(mappings)) if each.code == "88"]
    said = "\n".join(by_file([left], load(mappings), TODAY))
    assert left.left_out == "无对应条目" and "For mappings/codes/enterprise_status.csv\n" in said


def test_the_row_that_an_asset_shows_is_known_today(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = (Path(__file__).parents[1] / "feeds" / "tax_registration" / "given.csv").read_bytes()
    (tmp_path / "20260630.csv").write_bytes(given.replace(b",03,", b",3,"))
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    standardise(TAX, land(TAX, tmp_path / "20260630.csv", tmp_path), load(), tmp_path)
    monkeypatch.setattr(shown, "china", SimpleNamespace(today=lambda: TODAY))
    (result,) = cast("Iterator[dg.MaterializeResult[None]]", shown.mapping_gaps())
    assert f",{TODAY}," in str((result.metadata or {})["gaps"])


def test_a_gap_stands_under_the_file_that_closes_it(tmp_path: Path) -> None:
    population = all_feeds()["public_security_population"]
    given = (Path(__file__).parents[1] / "feeds" / population.key / "given.csv").read_bytes()
    (tmp_path / "20260630.csv").write_bytes(given.replace(b",6,1,312", b",6,7,312"))
    standardise(population, land(population, tmp_path / "20260630.csv", tmp_path), load(), tmp_path)
    found = gaps(gather(population, tmp_path), tmp_path, load())
    said = "\n".join(by_file(found, load(), TODAY))
    assert "For mappings/lists/sex.csv\n" in said and "mappings/codes/sex.csv" not in said


def test_a_source_in_which_no_feed_writes_is_told_with_those_in_which_feeds_do(mappings: Path) -> None:
    """A slip of the pen there would do nothing for ever; what something else reads is told beside it."""
    file = mappings / "codes" / "enterprise_status.csv"
    lines = len(file.read_text().splitlines())
    with file.open("a") as stream:
        stream.write(f"tax_statsu,77,2,2026-07-01,{today()},税总函〔2026〕1号\n")
    new = set(unread(load(mappings))) - set(unread(load()))
    assert new == {
        f"mappings/codes/enterprise_status.csv line {lines + 1}, column source: found 'tax_statsu' "
        "(1 of the file's rows); feeds write in tax_status"
    }
    assert [line.rsplit(":", 1)[1].split(";")[0] for line in unread(load()) if "codes/office.csv" in line] == [
        " found 'office_word' (227 of the file's rows)"
    ]


def test_before_anything_has_arrived_there_is_nothing_to_say_of_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    assert main() == 1
    assert capsys.readouterr().out == f"Nothing has arrived below {tmp_path}. Run `make run` first.\n"


@pytest.mark.parametrize(
    ("code_list", "dropped", "column"),
    [
        ("enterprise_type", "market_regulation,有限责任公司", "market_regulation_enterprise.enterprise_type"),
        ("enterprise_type", "tax_registration_type,410", "tax_registration.enterprise_type"),
    ],
)
def test_below_the_floor_of_coverage_nothing_is_released_and_the_message_says_what_to_do(
    province: Path, mappings: Path, code_list: str, dropped: str, column: str
) -> None:
    product = all_products()["enterprise_mirror"]
    file = mappings / "codes" / f"{code_list}.csv"
    file.write_text(
        "".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith(dropped))
    )
    fused(province / "inbox", province, load(mappings))
    with pytest.raises(NotReady) as refusal:
        release_product(product, load(mappings), province, province / "supply", lambda _: None, ["330110"])
    assert f"of {column} met a dictionary row, 90% are promised" in str(refusal.value)
    assert "make mapping-gaps" in str(refusal.value) and not (province / "supply").exists()
    (mappings / "admissions.csv").open("a").write(
        f"enterprise_mirror,{column}/2026-06-30,coverage,张三,{today()},试发布\n"
    )
    published = release_product(product, load(mappings), province, province / "supply", lambda _: None, ["330110"])
    assert [each.county for each in published] == ["330110"]
