"""Which engine runs: what is chosen, and what is said where it cannot run; and files that a second try may write."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from pipelines.disk.tables import linked, put_whole
from pipelines.engine import chosen, spark
from pipelines.engine.local import AHEAD
from pipelines.engine.named import ENGINE, LOCAL, NoEngine
from tests.conftest import run_release


def test_one_machine_is_the_default_and_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENGINE, raising=False)
    assert chosen.chosen() == LOCAL
    monkeypatch.setenv(ENGINE, "flink")
    with pytest.raises(NoEngine, match="JUBIAN_ENGINE=flink is no engine; expected local or spark"):
        next(chosen.in_order([1], str))


def test_groups_give_their_items_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENGINE, raising=False)
    assert list(chosen.in_groups([2, 0, 3], range, str)) == ["0", "1", "0", "1", "2"]


def test_the_next_group_is_made_while_one_is_done_and_none_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENGINE, raising=False)
    begun = [threading.Event() for _ in range(20)]

    def items(group: int) -> Iterator[int]:
        begun[group].set()
        yield from [group] * (AHEAD + 1)

    def verb(group: int) -> bool:
        return begun[min(group + 1, 19)].wait(10)

    results = chosen.in_groups(range(20), items, verb)
    for done, is_begun in enumerate(results):
        assert is_begun and sum(each.is_set() for each in begun) <= (done + AHEAD) // (AHEAD + 1) + 2


def test_who_stops_reading_stops_the_making(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENGINE, raising=False)
    made: list[int] = []

    def items(group: int) -> Iterator[int]:
        made.append(group)
        yield group

    results = chosen.in_groups(range(1_000), items, str)
    next(results)
    results.close()
    assert len(made) <= AHEAD + 2


def test_without_pyspark_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(NoEngine, match=r"does not have\. Install it: make spark"):
        spark.session.__wrapped__()


def test_without_java_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", SimpleNamespace())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(NoEngine, match=r"has no bin/java.*apt-get install openjdk-17-jre-headless"):
        spark.session.__wrapped__()
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEngine, match="there is no java on the PATH"):
        spark.session.__wrapped__()


def test_a_run_that_cannot_have_its_engine_begins_nothing(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    done = run_release(tmp_path, JUBIAN_ENGINE="flink")
    assert done.returncode == 2
    assert "JUBIAN_ENGINE=flink is no engine" in done.stderr and "Traceback" not in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["inbox"]


def test_a_file_stands_under_another_name_and_is_written_as_often_as_it_is_tried(tmp_path: Path) -> None:
    source, target = tmp_path / "source.parquet", tmp_path / "folder" / "00007.parquet"
    put_whole(pl.DataFrame({"row": [1]}), source)
    for _ in range(2):
        linked(source, target)
        assert pl.read_parquet(target)["row"].to_list() == [1]
    put_whole(pl.DataFrame({"row": [2]}), target)
    put_whole(pl.DataFrame({"row": [3]}), target)
    assert pl.read_parquet(target)["row"].to_list() == [3]
    assert pl.read_parquet(source)["row"].to_list() == [1]
    assert [each.name for each in target.parent.iterdir()] == ["00007.parquet"]
