"""The gateway's small parts: the audit chain, predicates, timestamps, net changes."""

from __future__ import annotations

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.__main__ import main
from gateway.audit import Audit, verify
from gateway.limits import Limits
from gateway.refused import Refused
from gateway.serving.plain import last_of_each
from gateway.serving.predicates import may_hold
from gateway.serving.signing import secret_of
from gateway.settings import Settings
from gateway.settings import settings as told
from gateway.supply.increment import CAUSE, CHANGE, DELETE, INSERT, UPDATE, net
from gateway.supply.made import keep
from gateway.supply.released import Line, Moment
from gateway.supply.times import as_of, milliseconds, since
from pipelines.compare import compare
from pipelines.promises.downloads import served_lines
from schemas.snapshot import STEP, apply, parquet


def written(folder: Path, count: int = 5) -> Path:
    audit = Audit(folder / "审计.jsonl")
    for number in range(count):
        audit.write("served", county="330110", file=f"第{number}份", columns=["名称"])
    return audit.file


def test_a_log_is_whole_from_its_first_record_to_its_last(tmp_path: Path) -> None:
    verdict = verify(written(tmp_path))
    assert (verdict.records, verdict.faults) == (5, ())


def test_a_record_that_the_disk_had_no_room_for_is_an_error_and_breaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path)
    log, write = Audit(file), os.write
    log.write("allowed", county="330110")
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, content: write(handle, content[: len(content) // 2]))
        with pytest.raises(OSError, match="No space left"):
            log.write("served", county="330110")
    log.write("allowed", county="330782")
    verdict = verify(file)
    assert (verdict.records, verdict.faults) == (7, ())


@pytest.mark.parametrize("name", ["n", "at", "previous"])
def test_what_is_told_takes_the_place_of_nothing_that_a_record_says_of_itself(name: str, tmp_path: Path) -> None:
    file = written(tmp_path)
    with pytest.raises(TypeError, match=name):
        Audit(file).write("webhook", **{name: "oapi.dingtalk.com"})
    assert verify(file).records == 5


def test_what_the_gateway_keeps_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an empty secret, as a power cut would leave, anybody could sign addresses."""
    synced, sync = set[int](), os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.add(os.fstat(handle).st_ino), sync(handle)))
    assert len(secret_of(Settings(tmp_path, tmp_path, "", ""))) == 32
    made = keep(parquet(pl.DataFrame({"row": [1]}), {}), tmp_path, "snapshot", tmp_path)
    assert {(tmp_path / "secret").stat().st_ino, made.path.stat().st_ino} <= synced


def test_a_line_that_a_half_one_was_glued_to_counts_for_nothing(tmp_path: Path) -> None:
    lines = written(tmp_path).read_bytes().splitlines(keepends=True)
    glued = lines[1][: len(lines[1]) // 2] + lines[2]
    (tmp_path / "glued.jsonl").write_bytes(b"".join([lines[0], glued, *lines[3:]]))
    assert served_lines(tmp_path / "glued.jsonl").height == 3


def test_a_line_that_is_cut_inside_a_character_counts_for_nothing(tmp_path: Path) -> None:
    file = written(tmp_path)
    with file.open("ab") as stream:
        stream.write('{"n":6,"at":"2026-11-29","what":"served","file":"第'.encode()[:-1])
    Audit(file).write("served", county="330782", file="第六份")
    assert served_lines(file)["county"].to_list() == ["330110"] * 5 + ["330782"]
    assert verify(file).faults == ()


def test_who_asks_too_often_is_still_answered_at_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    limits, clock, answered = Limits(600), [0.0], 0
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    for _ in range(20 * 120):
        clock[0] += 1 / 20
        try:
            limits.take("余杭区")
        except Refused as refused:
            assert refused.status == 429
        else:
            answered += 1
    assert 600 + 2 * 600 - 5 <= answered <= 600 + 2 * 600 + 5


def test_who_waits_as_told_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    limits, clock = Limits(10), [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    for _ in range(10):
        limits.take("余杭区")
    clock[0] += 3.6
    with pytest.raises(Refused) as refused:
        limits.take("余杭区")
    clock[0] += int(refused.value.headers["Retry-After"])
    limits.take("余杭区")


@pytest.mark.parametrize("harm", ["changed", "left out", "swapped", "doubled"])
def test_whatever_is_done_to_a_record_is_seen(harm: str, tmp_path: Path) -> None:
    file = written(tmp_path)
    lines = file.read_bytes().splitlines(keepends=True)
    done = {
        "changed": [*lines[:2], lines[2].replace(b"330110", b"330782"), *lines[3:]],
        "left out": [*lines[:2], *lines[3:]],
        "swapped": [*lines[:2], lines[3], lines[2], lines[4]],
        "doubled": [*lines, lines[-1]],
    }
    file.write_bytes(b"".join(done[harm]))
    assert verify(file).faults


def test_two_processes_and_a_torn_line_leave_one_chain(tmp_path: Path) -> None:
    file = written(tmp_path, 3)
    other = Audit(file)
    other.write("served", county="330782")
    Audit(file).write("served", county="330110")
    other.write("served", county="330782")
    with file.open("ab") as stream:
        stream.write(b'{"n":7,"at":"2026')
    other.write("served", county="330110")
    verdict = verify(file)
    assert (verdict.records, verdict.faults) == (7, ())
    assert json.loads(file.read_bytes().splitlines()[-1])["n"] == 7


def test_a_line_that_lacks_its_end_alone_is_a_record_and_the_next_one_follows_it(tmp_path: Path) -> None:
    file = written(tmp_path, 2)
    file.write_bytes(file.read_bytes()[:-1])
    Audit(file).write("served", county="330782")
    verdict = verify(file)
    assert (verdict.records, verdict.faults) == (3, ())


def test_two_that_keep_the_same_file_at_once_keep_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = parquet(pl.DataFrame({"k": ["甲", "乙"]}), {})
    both, write = threading.Barrier(2, timeout=10), Path.write_bytes

    def together(file: Path, told: bytes) -> int:
        written = write(file, told)
        both.wait()
        return written

    monkeypatch.setattr(Path, "write_bytes", together)
    with ThreadPoolExecutor(2) as pool:
        kept = list(pool.map(lambda _: keep(content, tmp_path / "made", "1-3", tmp_path), range(2)))
    assert kept[0] == kept[1] and [each.name for each in (tmp_path / "made").iterdir()] == [kept[0].path.name]
    assert kept[0].path.read_bytes() == content


STATISTICS = {"numRecords": 3, "minValues": {"a": 5, "b": "杭州"}, "maxValues": {"a": 9, "b": "温州"},
              "nullCount": {"a": 0, "b": 3}}  # fmt: skip


def hint(op: str, value: object, name: str = "a", kind: str = "int") -> str:
    column = {"op": "column", "name": name, "valueType": kind}
    return json.dumps({"op": op, "children": [column, {"op": "literal", "value": value, "valueType": kind}]})


@given(
    st.sampled_from(["equal", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"]), st.integers(0, 15)
)
def test_a_file_is_left_out_only_where_no_value_can_be_meant(op: str, value: int) -> None:
    means = {"equal": int.__eq__, "lessThan": int.__lt__, "lessThanOrEqual": int.__le__, "greaterThan": int.__gt__,
             "greaterThanOrEqual": int.__ge__}[op]  # fmt: skip
    assert may_hold(hint(op, str(value)), STATISTICS) == any(means(each, value) for each in range(5, 10))


def test_a_whole_number_that_no_float_holds_is_judged_as_it_is() -> None:
    large = 2**53 + 1
    alone = STATISTICS | {"minValues": {"a": large}, "maxValues": {"a": large}}
    assert may_hold(hint("equal", str(large), kind="long"), alone)
    assert not may_hold(hint("lessThan", str(large), kind="long"), alone)
    assert not may_hold(hint("equal", str(large - 1), kind="long"), alone)


def test_what_cannot_be_judged_is_kept() -> None:
    for text in ("", "{", "[]", "null", hint("equal", "x"), hint("equal", 1, "无此列"), '{"op":"未知","children":[]}'):
        assert may_hold(text, STATISTICS)
    assert not may_hold(json.dumps({"op": "isNull", "children": [{"name": "a"}]}), STATISTICS)
    absent = {"op": "isNull", "children": [{"op": "column", "name": "b"}]}
    assert may_hold(json.dumps(absent), STATISTICS)
    assert not may_hold(json.dumps({"op": "not", "children": [absent]}), STATISTICS)
    both = {"op": "and", "children": [json.loads(hint("equal", "7")), json.loads(hint("equal", "1"))]}
    assert not may_hold(json.dumps(both), STATISTICS) and may_hold(json.dumps(both | {"op": "or"}), STATISTICS)


def line(*days: str) -> Line:
    return Line("330110", "x", 1, tuple(Moment(at, 1, milliseconds(day)) for at, day in enumerate(days, 1)))


def test_a_timestamp_means_a_version_in_chinas_time() -> None:
    told = line("2026-06-30", "2026-07-01", "2026-07-03")
    assert as_of(told, "2026-7-1 23:59:59").version == 2 and since(told, "2026-7-1 00:00:01").version == 3
    assert milliseconds("2026-07-01 08:00:00") == milliseconds("2026-07-01T00:00:00Z")
    assert milliseconds("2026-07-01 00:00:00.5") - milliseconds("2026-07-01") == 500
    for wrong in ("昨天", "2026-02-30", "2026-07-01 25:00:00", "", "99999999-1-1"):
        with pytest.raises(Refused, match="is no timestamp"):
            milliseconds(wrong)
    with pytest.raises(Refused, match="Nothing had been released"):
        as_of(told, "2026-06-29")
    with pytest.raises(Refused, match="Nothing has been released since"):
        since(told, "2026-07-04")


def test_what_is_released_now_of_an_old_day_stands_in_the_feed_beside_a_daily_product() -> None:
    daily = replace(line(*(f"2026-0{month}-{day:02}" for month in (5, 6) for day in range(1, 29))), product="daily")
    yearly = replace(line("2024-12-31", "2025-12-31", "2025-12-31"), product="yearly")
    held = last_of_each([daily, yearly])
    assert len(held) == 30 and [each.product for _, each, _ in held[:3]] == ["daily"] * 3
    assert [version for _, each, version in held if each is yearly] == [3, 2, 1]
    assert [version for _, each, version in held if each is daily] == [*range(56, 29, -1)]


KEYS = st.dictionaries(st.sampled_from("甲乙丙丁"), st.integers(0, 2))


@settings(max_examples=60, deadline=None)
@given(st.lists(KEYS, min_size=2, max_size=6))
def test_net_changes_lead_where_the_single_ones_lead(days: list[dict[str, int]]) -> None:
    tables = [
        pl.DataFrame({"k": list(day), "v": list(day.values())}, schema={"k": pl.String, "v": pl.Int64}).sort("k")
        for day in days
    ]
    why = pl.DataFrame({"k": list("甲乙丙丁"), "cause": ["source"] * 4})
    parts = [
        compare(old, new, ("k",), why).with_columns(pl.lit(at).alias(STEP))
        for at, (old, new) in enumerate(pairwise(tables))
    ]
    told = net(parts, ["k"], dict(tables[-1].schema))
    assert apply(tables[0], told, ("k",)).equals(tables[-1])
    was = set(tables[0]["k"])
    assert all((row[CHANGE] == INSERT) == (row["k"] not in was) for row in told.iter_rows(named=True))
    assert set(told[CHANGE]) <= {INSERT, UPDATE, DELETE} and set(told[CAUSE]) <= {"source"}


def test_a_column_of_any_name_is_told_in_net_changes_as_it_is() -> None:
    names = ("first", "version", "last", "cause")
    told = {"k": ["甲"], **{name: [f"{name}的值"] for name in names}, CHANGE: [INSERT], CAUSE: ["source"]}
    parts = [pl.DataFrame({**told, STEP: [at]}) for at in (2, 3)]
    made = net(parts, ["k"], {name: pl.String() for name in ("k", *names)})
    assert made.select("k", *names).equals(pl.DataFrame(told).select("k", *names))


@pytest.mark.parametrize("address", ["postgres://u:secret@h/d", "postgresql://u:secret@h/d", ""])
def test_a_database_that_cannot_be_opened_is_told_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_GATEWAY_DATABASE", address)
    assert main(["grants", "330110"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("JUBIAN_GATEWAY_DATABASE ") and "write it postgresql+psycopg2://" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JUBIAN_GATEWAY_RATE", "0"), ("JUBIAN_GATEWAY_RATE", "10/s"), ("JUBIAN_GATEWAY_SECONDS", "-5"),
        ("JUBIAN_GATEWAY_SECONDS", "5m"), ("JUBIAN_GATEWAY_URL", "share.example"),
        ("JUBIAN_GATEWAY_URL", "https://"), ("JUBIAN_GATEWAY_URL", "http://127.0.0.1:99999"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_work_is_told_by_its_variable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """Each request failed, each address had ended at once, or a county had a profile file that nothing could open."""
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv(variable, value)
    assert main(["grants", "330110"]) == 1
    assert capsys.readouterr().out.startswith(f"{variable} is '{value}'; expected ")
    monkeypatch.setenv(variable, "")
    assert told() == Settings(
        tmp_path / "supply", tmp_path / "gateway", f"sqlite:///{tmp_path / 'gateway' / 'grants.db'}",
        "http://127.0.0.1:8400",
    )  # fmt: skip
