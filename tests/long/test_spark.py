"""The verbs inside Spark: equal bytes also where executors are killed, work shared, mappings sent once, errors kept."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.disk.tables import put_whole
from pipelines.engine import chosen
from pipelines.engine.local import Sizes
from pipelines.engine.named import ENGINE
from pipelines.fusing.assemble import fuse_entity
from pipelines.publishing.publish import release_product
from pipelines.refusal import Finding, Refusal
from schemas.entity import all_entities
from schemas.product import all_products
from tests.chain import standardised
from tests.conftest import ENTERPRISE_PRODUCTS
from tests.published import bytes_below
from tests.servers.spark import MISSING, WORKERS, environment, executor_of, executors

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

ENTERPRISE = all_entities()["enterprise"]
SMALL = Sizes(part=400, group=2_000, bucket=1_000)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], list[int]]]:
    """Spark chosen in this process; asked, it tells its executors."""
    from pipelines.engine import spark

    with pytest.MonkeyPatch.context() as context:
        for name, value in environment(tmp_path_factory.mktemp("spark")).items():
            context.setenv(name, value)
        chosen.make_ready()
        yield lambda: executors(os.getpid())
        spark.session().stop()
        spark.session.cache_clear()


def fused_and_released(home: Path) -> dict[str, bytes]:
    """Fuse in many parts and buckets, and release; gives what is published and what is fused.

    A product's note of what it was made of tells the folder and the moment of each file, so that it is no other
    home's: of it the name is given. That it holds is seen by a second release, which finds nothing to do.
    """
    fuse_entity(ENTERPRISE, current(), home, SMALL)
    assert published_anew(home) > 0
    assert published_anew(home) == 0
    tables = {name: table for name, table in bytes_below(home / "fused").items() if not name.endswith(".part")}
    notes = {f"fused/{name}": b"" for name in tables if "/released/" in name}
    return {f"fused/{name}": table for name, table in tables.items()} | notes | bytes_below(home / "supply")


def published_anew(home: Path) -> int:
    """Release every product; how many new versions there are."""
    products, supply = [all_products()[key] for key in ENTERPRISE_PRODUCTS], home / "supply"
    released = (release_product(product, current(), home, supply, lambda _: None) for product in products)
    return sum(each.is_new for published in released for each in published)


def test_executors_that_are_killed_lose_and_double_nothing(
    small_province: Path, tmp_path: Path, cluster: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with monkeypatch.context() as context:
        context.delenv(ENGINE)
        standardised(small_province / "inbox", here)
        shutil.copytree(here, there)
        expected = fused_and_released(here)
    moments = ["fused/enterprise.part/feeds/*/*/*.parquet", "fused/enterprise/buckets.json", "supply/*/*/L1/*.parquet"]
    killed = list[int]()

    def kill_at_each_moment() -> None:
        for moment in moments:
            while not any(there.glob(moment)):
                time.sleep(0.01)
            victim = cluster()[0]
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    killer = threading.Thread(target=kill_at_each_moment, daemon=True)
    killer.start()
    told = fused_and_released(there)
    killer.join(timeout=5)
    assert len(set(killed)) == len(moments)
    assert sorted(told) == sorted(expected)
    assert [name for name in expected if told[name] != expected[name]] == []


def test_a_task_whose_executor_dies_under_it_is_done_again(tmp_path: Path, cluster: Callable[[], list[int]]) -> None:
    def write(number: int) -> int:
        died = tmp_path / f"{number}.died"
        if number == 3 and not died.exists():
            died.touch()
            os.kill(executor_of(os.getpid()), signal.SIGKILL)
            time.sleep(60)
        put_whole(pl.DataFrame({"number": [number]}), tmp_path / f"{number}.parquet")
        return number

    assert list(chosen.in_order(range(8), write)) == list(range(8))
    assert (tmp_path / "3.died").exists()
    assert pl.read_parquet(tmp_path / "*.parquet")["number"].sort().to_list() == list(range(8))


def test_work_is_shared_and_the_mappings_come_once_to_each_worker(cluster: Callable[[], list[int]]) -> None:
    mappings = current()

    def seen(_: int) -> tuple[int, int, int]:
        time.sleep(0.3)
        return os.getpid(), id(mappings), mappings.codes.height

    met = defaultdict[int, set[tuple[int, int]]](set)
    for process, known, rows in [*chosen.in_order(range(8), seen), *chosen.in_order(range(8), seen)]:
        met[process].add((known, rows))
    assert len(met) >= WORKERS and os.getpid() not in met
    assert {len(each) for each in met.values()} == {1}
    assert {rows for each in met.values() for _, rows in each} == {mappings.codes.height}


def test_a_verbs_first_error_arrives_as_it_was(cluster: Callable[[], list[int]]) -> None:
    def refuse(number: int) -> int:
        if number:
            raise Refusal(Finding("表.csv", number, "列", "rule", "found", "expected", "todo"))
        return number

    results = chosen.in_order(range(3), refuse)
    assert next(results) == 0
    with pytest.raises(Refusal) as error:
        next(results)
    assert error.value.finding.row == 1
    assert "in refuse" in error.value.__notes__[0]
