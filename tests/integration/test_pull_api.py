"""Pulling from a real HTTP server: all pages or no delivery, through faults, and on from where it stopped."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from pathlib import Path

import pytest

from assets.pulling import pull as pull_into
from pipelines.dictionary import current
from pipelines.disk.deliveries import malformed_rows
from pipelines.land import land
from pipelines.pull.api import pull_api
from pipelines.pull.budget import Budget, PullError
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds
from tests.servers.api import Permits, serving

FEED = all_feeds()["ecology_permit"]
QUICK = Budget(seconds=20, attempts=4, first_wait=0.02)


def rows(count: int) -> list[dict[str, str]]:
    """Permits as the department writes them."""
    return [
        {
            "permitNo": f"913301842539012375{n:03d}V",
            "unitName": "杭州临平丝织厂",
            "divisionCode": "330113",
            "managementClass": "重点管理",
            "issueDate": "2021年4月9日",
            "validUntil": "2026年4月8日",
        }
        for n in range(count)
    ]


def pull(permits: Permits, inbox: Path, since: date | None = None, budget: Budget = QUICK) -> Path | None:
    """One pull of the permits feed."""
    return pull_api(FEED.key, permits.address, "/permits", since, inbox, budget)


def test_all_pages_become_one_delivery_that_the_declaration_lands(tmp_path: Path) -> None:
    with serving(Permits(rows(5))) as permits:
        file = pull(permits, tmp_path)
    assert file == tmp_path / FEED.key / "20260630.jsonl"
    assert [json.loads(line) for line in file.read_text().splitlines()] == rows(5)
    assert land(FEED, file, tmp_path / "home").rows == 5


@pytest.mark.parametrize("fault", ["500", "503", "429", "reset", "junk", "other page"])
def test_a_passing_fault_is_tried_again(fault: str, tmp_path: Path) -> None:
    with serving(Permits(rows(5), faults={2: [fault]})) as permits:
        file = pull(permits, tmp_path)
    assert file is not None and len(file.read_text().splitlines()) == 5
    assert permits.asked == [1, 2, 2, 3, 1, 2, 3]


def test_a_pull_that_gave_up_goes_on_with_the_first_missing_page(tmp_path: Path) -> None:
    with serving(Permits(rows(7), faults={3: ["500"] * 4})) as permits:
        with pytest.raises(PullError, match="goes on behind page 2"):
            pull(permits, tmp_path)
        assert not (tmp_path / FEED.key).exists()
        permits.asked.clear()
        assert pull(permits, tmp_path) is not None
        assert permits.asked == [3, 4, 1, 2, 3, 4]


def test_a_kept_page_is_on_the_disk_before_it_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one, as a power cut would leave, would be no page for ever."""
    synced, sync = set[int](), os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.add(os.fstat(handle).st_ino), sync(handle)))
    with serving(Permits(rows(7), faults={3: ["500"] * 4})) as permits, pytest.raises(PullError):
        pull(permits, tmp_path)
    pages = list(tmp_path.rglob("page-*.json"))
    assert len(pages) == 2 and {page.stat().st_ino for page in pages} <= synced


def test_a_refusal_is_not_tried_again(tmp_path: Path) -> None:
    with serving(Permits(rows(5), faults={1: ["404"] * 9})) as permits:
        with pytest.raises(PullError, match="status 404 at page 1"):
            pull(permits, tmp_path)
        assert permits.asked == [1]


def test_a_source_that_moves_on_midway_is_read_anew(tmp_path: Path) -> None:
    with serving(Permits(rows(6), faults={2: ["moves on"]})) as permits:
        file = pull(permits, tmp_path)
    assert file is not None and file.name == "20260701.jsonl"
    assert len(file.read_text().splitlines()) == 6


def test_a_second_reading_that_gave_up_goes_on_where_it_was(tmp_path: Path) -> None:
    """A source that takes longer than one pull may is read in several."""
    with serving(Permits(rows(7), faults={3: ["none", *["500"] * 4]})) as permits:
        with pytest.raises(PullError, match="goes on behind page 2 of the second reading"):
            pull(permits, tmp_path)
        permits.asked.clear()
        assert pull(permits, tmp_path) is not None
        assert permits.asked == [3, 4]


def test_what_an_answer_has_of_its_own_is_no_change_of_the_source(tmp_path: Path) -> None:
    with serving(Permits(rows(5), is_numbered=True)) as permits:
        assert pull(permits, tmp_path) is not None
    assert permits.asked == [1, 2, 3, 1, 2, 3]


def test_a_row_that_moves_from_one_page_to_another_is_not_lost(tmp_path: Path) -> None:
    with serving(Permits(rows(6), faults={2: ["a row moves"]})) as permits:
        file = pull(permits, tmp_path)
    assert file is not None
    told = [json.loads(line) for line in file.read_text().splitlines()]
    assert sorted(told, key=lambda row: row["permitNo"]) == rows(6)


def test_a_source_without_an_order_of_its_own_is_never_delivered(tmp_path: Path) -> None:
    permits = Permits(rows(6), faults={2: ["a row moves"] * 9})
    with serving(permits), pytest.raises(PullError, match="in no order of their own"):
        pull(permits, tmp_path)
    assert not (tmp_path / FEED.key).exists()


def test_a_source_that_is_still_at_the_day_of_the_last_pull_is_asked_again_later(tmp_path: Path) -> None:
    """What it has got since then comes with its next day."""
    with serving(Permits(rows(5))) as permits:
        assert pull(permits, tmp_path, since=date(2026, 6, 30)) is None and not (tmp_path / FEED.key).exists()
        assert permits.asked == [1]
        permits.as_of = "2026-07-01"
        file = pull(permits, tmp_path, since=date(2026, 6, 30))
    assert file is not None and file.name == "20260701.jsonl"


def test_a_total_that_the_pages_do_not_reach_is_never_delivered(tmp_path: Path) -> None:
    with serving(Permits(rows(5), total=6)) as permits, pytest.raises(PullError):
        pull(permits, tmp_path)
    assert not (tmp_path / FEED.key).exists()


def test_a_source_that_hangs_ends_within_the_budget(tmp_path: Path) -> None:
    with serving(Permits(rows(5), faults={1: ["hang"] * 9})) as permits:
        began = time.monotonic()
        with pytest.raises(PullError):
            pull(permits, tmp_path, budget=Budget(seconds=1, attempts=9, first_wait=0.02))
        assert time.monotonic() - began < 3


@pytest.mark.parametrize("fault", ["trickle", "headers trickle"])
def test_a_source_that_trickles_ends_within_the_budget(fault: str, tmp_path: Path) -> None:
    with serving(Permits(rows(5), faults={1: [fault] * 9})) as permits:
        began = time.monotonic()
        with pytest.raises(PullError, match="the time for this pull is used up"):
            pull(permits, tmp_path, budget=Budget(seconds=1, attempts=9, first_wait=0.02))
        assert time.monotonic() - began < 3


def test_a_source_that_has_moved_is_told_with_where_it_is_and_no_key(tmp_path: Path) -> None:
    with serving(Permits(rows(5), faults={1: ["302"]})) as permits, pytest.raises(PullError) as error:
        pull(permits, tmp_path)
    assert "status 302 at page 1, which leads to https://new.example/permits." in str(error.value)
    assert "mend the source or its address" in str(error.value) and "geheim" not in str(error.value)


def test_why_no_connection_came_about_is_told(tmp_path: Path) -> None:
    """A certificate, a name and a port that is closed are mended by different people."""
    with serving(Permits(rows(1))) as permits, pytest.raises(PullError, match=r"ConnectError at page 1 \(.*SSL"):
        pull_api(FEED.key, permits.address.replace("http:", "https:"), "/permits", None, tmp_path, QUICK)
    with pytest.raises(PullError, match=r"ConnectError at page 1 \(.*[Cc]onnection refused") as error:
        pull_api(FEED.key, "http://user:geheim@127.0.0.1:9", "/permits", None, tmp_path, QUICK)
    assert "geheim" not in str(error.value)


def test_nothing_new_is_no_delivery(tmp_path: Path) -> None:
    with serving(Permits([])) as permits:
        assert pull(permits, tmp_path, since=date(2026, 6, 30)) is None
    assert not (tmp_path / FEED.key).exists()


def test_a_day_that_is_none_is_no_page(tmp_path: Path) -> None:
    with serving(Permits(rows(1), as_of="昨天")) as permits, pytest.raises(PullError, match="no page, at page 1"):
        pull(permits, tmp_path, since=date(2026, 6, 30))


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PullError, match=r"127\.0\.0\.1:9"):
        pull_api(FEED.key, "http://user:geheim@127.0.0.1:9", "/permits", None, tmp_path, QUICK)


def test_half_a_character_lands_as_a_row_that_cannot_be_read_and_the_others_as_they_are(tmp_path: Path) -> None:
    told = rows(3)
    told[1]["unitName"] = "杭州\ud83d"
    with serving(Permits(told)) as permits:
        file = pull(permits, tmp_path)
    assert file is not None and file.read_text("utf-8").splitlines()[0] == json.dumps(told[0], ensure_ascii=False)
    delivery = land(FEED, file, tmp_path / "home")
    assert (delivery.rows, delivery.malformed) == (3, 1)


def test_a_page_that_is_nested_too_deep_is_told_and_blocks_nothing(tmp_path: Path) -> None:
    with serving(Permits(rows(1))) as permits, pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipelines.pull.api.json.loads", _too_deep)
        with pytest.raises(PullError, match="an answer that is no page"):
            pull(permits, tmp_path)


def _too_deep(*_: object, **__: object) -> object:
    raise RecursionError("maximum recursion depth exceeded while decoding a JSON array")


def test_an_address_that_no_name_can_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(PullError, match=FEED.key):
        pull_api(FEED.key, f"http://{'a' * 64}.cn", "/permits", None, tmp_path, QUICK)


def test_a_key_that_stands_twice_is_not_read_as_its_last_value(tmp_path: Path) -> None:
    with serving(Permits(rows(2), faults={1: ["a key twice"]})) as permits:
        file = pull(permits, tmp_path)
    assert file is not None
    bad = malformed_rows(land(FEED, file, tmp_path / "home"), tmp_path / "home")
    assert bad["row"].to_list() == [2] and '["unitName", "1"], ["unitName", "杭州临平丝织厂"]' in bad["raw"].item()


@pytest.mark.parametrize("fault", ["no rows", "no number"])
def test_a_page_without_rows_or_numbers_is_told_and_not_delivered(fault: str, tmp_path: Path) -> None:
    with serving(Permits(rows(2), faults={1: [fault] * 9})) as permits, pytest.raises(PullError, match="run again"):
        pull(permits, tmp_path)
    assert not (tmp_path / FEED.key).exists()


def test_what_a_stopped_delivery_brought_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the source's day had ended all pulling, and rows that came on a stopped day came never again."""
    with serving(Permits(rows(2))) as permits:
        monkeypatch.setenv("JUBIAN_ECOLOGY_PERMIT_URL", permits.address)
        for day in ("2026-06-30", "2062-07-01"):
            permits.as_of, permits.rows = day, rows(len(permits.rows) + 1)
            assert pull_into(FEED, tmp_path / "inbox", tmp_path) is None
            file = tmp_path / "inbox" / FEED.key / f"{day.replace('-', '')}.jsonl"
            refusal = standardise(FEED, land(FEED, file, tmp_path), current(), tmp_path).refusal
        assert refusal is not None and refusal.rule == "leap"
        permits.asked.clear()
        written = file.stat()
        assert pull_into(FEED, tmp_path / "inbox", tmp_path) is None
        assert permits.asked == [1, 2, 1, 2] and file.stat() == written
        permits.as_of = "2026-07-02"
        assert pull_into(FEED, tmp_path / "inbox", tmp_path) is None
    assert (tmp_path / "inbox" / FEED.key / "20260702.jsonl").exists()


def test_a_quiet_day_brings_the_rows_of_the_last_one_again_and_stops_nothing(tmp_path: Path) -> None:
    """A pull brings the day since which it asks; the rows of an older delivery under a new day are an old file."""
    told: list[str | None] = []
    for day, count in (("2026-06-29", 1), ("2026-06-30", 3), ("2026-07-01", 3), ("2026-07-02", 1)):
        with serving(Permits(rows(count), as_of=day)) as permits:
            file = pull(permits, tmp_path / "inbox")
        assert file is not None
        outcome = standardise(FEED, land(FEED, file, tmp_path), current(), tmp_path)
        told.append(outcome.refusal.rule if outcome.refusal else None)
    assert told == [None, None, None, "repeated_content"]
