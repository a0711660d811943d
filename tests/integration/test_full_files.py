"""A full file of which little is new is read, kept and translated as far as it is new, and ends as if it were whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines import grounds
from pipelines import land as landing
from pipelines.dictionary import HOME, current, load
from pipelines.disk.deliveries import deliveries, landed_folder, malformed_rows
from pipelines.disk.landed import REPEATS, came_with
from pipelines.disk.standard import NotKept, earlier_results, folder_of, standard_batches
from pipelines.disk.tables import read_whole
from pipelines.gather import gather
from pipelines.land import land
from pipelines.refusal import Refusal
from pipelines.standard.standardise import standardise
from schemas.china import today
from schemas.feed import all_feeds
from tests.repeating import HEADER, TAX, deliver, ended, files, known, unlike

BY_HASH = "by hash"


@pytest.fixture(params=["by line", BY_HASH])
def both(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Path, Path]]:
    """Deliver a day's file to a home that reads what is new in it, and to one that reads it whole."""
    if request.param == BY_HASH:
        monkeypatch.setattr(landing, "lines_again", lambda *_: None)

    def deliver_both(day: int, lines: list[str], mappings: Path = HOME) -> tuple[Path, Path]:
        deliver(day, lines, load(mappings), tmp_path / "new")
        with monkeypatch.context() as whole:
            whole.setattr(landing, "before", lambda *_: None)
            deliver(day, lines, load(mappings), tmp_path / "whole")
        return tmp_path / "new", tmp_path / "whole"

    return deliver_both


Both = Callable[..., tuple[Path, Path]]


@pytest.mark.parametrize("seed", range(2))
def test_days_of_full_files_end_as_if_each_were_read_whole(seed: int, both: Both) -> None:
    stood = 0
    for day, lines in enumerate(files(seed, days=6)):
        new, whole = both(day, lines)
        assert unlike(known(new), known(whole)) == [], day
        newest = deliveries(TAX, new)[-1]
        stood += bool(came_with(landed_folder(newest, new)))
        assert not came_with(landed_folder(newest, whole))
    assert stood > 3


def test_only_what_is_new_is_kept_and_translated(tmp_path: Path) -> None:
    lines = next(files(1, days=1, rows=200))
    deliver(0, lines, current(), tmp_path)
    changed = [*lines[:7], lines[7] + "1", *lines[8:]]
    outcome = deliver(1, changed, current(), tmp_path)
    assert (outcome.translated, len(outcome.stands_on)) == (1, 1)
    kept = read_whole(landed_folder(outcome.delivery, tmp_path) / "rows.parquet")
    assert kept["row"].to_list() == [8]


def test_who_has_ended_did_so_on_the_first_day_that_says_so_whatever_else_has_changed(both: Both) -> None:
    """Struck off on the second day and told otherwise on the third; then alive, and struck off once more."""
    lines = [line for line in next(files(2, days=1, rows=90)) if ",03," in line and "?" not in line]
    one, rest = lines[0], lines[1:]
    gone = one.replace(",03,", ",07,")
    days = [[], ["2026-06-02"], ["2026-06-02"], [], ["2026-06-05"]]
    for day, (told, expected) in enumerate(zip([one, gone, gone + "1", one, gone], days, strict=True)):
        for home in both(day, [told, rest[0] + str(day), *rest[1:]]):
            since = ended(gather(TAX, home), home)
            assert since["since"].cast(pl.String).to_list() == expected, day
            assert set(since["record"]) <= {one.split(",")[0]}


def test_a_file_of_which_much_is_new_stands_alone(tmp_path: Path) -> None:
    first, *_, last = files(1, days=2, rows=40)
    deliver(0, first, current(), tmp_path)
    outcome = deliver(1, [line + "1" for line in last[:20]] + last[20:], current(), tmp_path)
    assert outcome.stands_on == () and not (landed_folder(outcome.delivery, tmp_path) / REPEATS).exists()


def test_a_correction_is_about_repeated_rows_too(both: Both, tmp_path: Path) -> None:
    edited = Path(shutil.copytree(HOME, tmp_path / "edited"))
    days = list(files(5, days=4))
    row = next(line.split(",") for line in days[0] if line.split(",")[4] == "88")
    with (edited / "corrections.csv").open("a") as stream:
        stream.write(f"tax_registration,{row[0]},NSRZT_DM,88,03,2020-01-01,{today()},来函\n")
    for day, lines in enumerate(days):
        new, whole = both(day, lines, edited)
        told = known(new)
        assert unlike(told, known(whole)) == [], day
        assert [each[-1] for each in told["outcome"].corrections] == ["applied"]


def test_a_dictionary_row_is_replayed_where_rows_are_repeated(both: Both, tmp_path: Path) -> None:
    edited = Path(shutil.copytree(HOME, tmp_path / "edited"))
    *days, last = files(6, days=5)
    for day, lines in enumerate(days):
        both(day, lines, edited)
    with (edited / "codes" / "enterprise_status.csv").open("a") as stream:
        stream.write(f"tax_status,88,1,2020-01-01,{today()},测试\n")
    new, whole = both(len(days), last, edited)
    assert unlike(known(new), known(whole)) == []


def test_a_meaning_that_changes_between_two_files_is_no_repetition(both: Both, tmp_path: Path) -> None:
    edited = Path(shutil.copytree(HOME, tmp_path / "edited"))
    first, second, third = files(7, days=3)
    both(0, first, edited)
    with (edited / "codes" / "enterprise_status.csv").open("a") as stream:
        stream.write(f"tax_status,03,9,2026-06-02,{today()},测试\n")
    new, whole = both(1, second, edited)
    told = known(new)
    assert unlike(told, known(whole)) == [] and told["outcome"].stands_on == ()
    assert set(told["holding"].filter(pl.col("status") == "9")["status"]) == {"9"}
    new, whole = both(2, third, edited)
    assert unlike(known(new), known(whole)) == []


def test_what_is_repeated_goes_on_after_a_file_that_was_done_whole(both: Both, tmp_path: Path) -> None:
    edited = Path(shutil.copytree(HOME, tmp_path / "edited"))
    lines = next(files(7, days=1, rows=60))
    with (edited / "codes" / "enterprise_status.csv").open("a") as stream:
        stream.write(f"tax_status,03,9,2026-06-02,{today()},测试\n")
    for day in range(4):
        new, whole = both(day, [line + "1" if at == day else line for at, line in enumerate(lines)], edited)
        told = known(new)
        assert unlike(told, known(whole)) == [], day
        own = read_whole(folder_of(told["outcome"], new) / "standard.parquet", ["row"]).height
        assert (own < 10) == (day > 1), day


def test_a_late_file_and_one_of_the_same_day_change_nothing_of_it(both: Both) -> None:
    days = list(files(8, days=5))
    for day in (0, 2, 1, 3):
        new, whole = both(day, days[day])
        assert unlike(known(new), known(whole)) == [], day


def test_what_is_repeated_must_be_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = files(9, days=2)
    deliver(0, first, current(), tmp_path)
    outcome = deliver(1, second, current(), tmp_path)
    assert [each.name for each in earlier_results(outcome, tmp_path)] == [name for name, _ in outcome.stands_on] != []
    monkeypatch.setattr(grounds, "code_revision", lambda: "another")
    standardise(TAX, deliveries(TAX, tmp_path)[0], current(), tmp_path)
    with pytest.raises(NotKept, match=r"rows of 2026-06-02-\w+ lie with 2026-06-01-\w+, which has been done again"):
        earlier_results(outcome, tmp_path)


def test_what_was_read_by_other_code_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = files(1, days=2)
    deliver(0, first, current(), tmp_path)
    monkeypatch.setattr(landing, "code_revision", lambda: "another")
    outcome = deliver(1, second, current(), tmp_path)
    assert not came_with(landed_folder(outcome.delivery, tmp_path)) and outcome.stands_on == ()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty_file"),
        (b"{header}\r\n{lines}", "truncated"),
        (b"{header}\r\n\x00{lines}\r\n", "not_text"),
        (b"PK\x03\x04{header}\r\n{lines}\r\n", "not_text"),
        (b"{header}\r\n", "no_rows"),
        (b"{header},XX\r\n{lines}\r\n", "extra_column"),
        (b"{header}\r\n{lines}\r\n\xff\xff,\xff\r\n\xff\xff\r\n", "encoding"),
    ],
)
def test_what_is_refused_is_refused_beside_an_earlier_file_too(content: bytes, rule: str, tmp_path: Path) -> None:
    lines = next(files(1, days=1))
    deliver(0, lines, current(), tmp_path)
    file = tmp_path / "inbox" / TAX.key / "20260602.csv"
    filled = content.replace(b"{header}", HEADER.encode()).replace(b"{lines}", "\r\n".join(lines).encode("gb18030"))
    file.write_bytes(filled)
    with pytest.raises(Refusal) as refusal:
        land(TAX, file, tmp_path, current())
    assert refusal.value.finding.rule == rule


def test_a_line_that_is_no_row_is_told_with_its_number(tmp_path: Path) -> None:
    lines = next(files(1, days=1))
    deliver(0, lines, current(), tmp_path)
    outcome = deliver(1, [*lines[:4], "残缺的一行,甲", *lines[4:]], current(), tmp_path)
    assert malformed_rows(outcome.delivery, tmp_path).filter(pl.col("raw") == "残缺的一行,甲")["row"].to_list() == [5]
    assert came_with(landed_folder(outcome.delivery, tmp_path))


def test_a_batch_of_an_exchange_is_told_by_each_of_its_rows(tmp_path: Path) -> None:
    feed = all_feeds()["social_security_employer"]
    head, _, end = (Path(__file__).parents[1] / "feeds" / feed.key / "given.sql").read_text().partition("S001")
    for month in ("202606", "202607"):
        names = [f"杭州青禾软件{month}", *(f"杭州青禾软件{number}" for number in range(20))]
        rows = [f"{name}\t{name}\tMA2ABCD1-3\t余杭区\tI\t1\t正常缴费\t201604\t{month}\n" for name in names]
        (tmp_path / f"{month}.sql").write_text("".join([head, *rows, end[end.index("\\.") :]]))
        land(feed, tmp_path / f"{month}.sql", tmp_path)
        told = [standardise(feed, each, current(), tmp_path) for each in deliveries(feed, tmp_path)][-1]
        batches = pl.concat(standard_batches(told, tmp_path))["batch"]
        assert batches.dt.strftime("%Y%m").to_list() == [month] * len(names)
