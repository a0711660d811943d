"""A query that is stopped from the keyboard stops what has asked it, and is no fault that a run goes on from; one that
needs more than its memory spills where it may."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest

from pipelines.sql.connected import connected

# Seconds of work. DuckDB ends an interrupted query when each of its threads has done the task that it is at, and a task
# may be all of the query.
LONG = "SELECT sum(hash(range) % 7) FROM range(1_000_000_000)"

Ask = Callable[[duckdb.DuckDBPyConnection], None]


def _asked(connection: duckdb.DuckDBPyConnection) -> None:
    connection.sql(LONG).pl()


def _asked_by_others(connection: duckdb.DuckDBPyConnection) -> None:
    """As Splink tells of a query that has failed."""
    try:
        connection.execute(LONG)
    except Exception as error:
        raise Exception("Error executing the following sql") from error


def _stopped(ask: Ask, begun: Event) -> None:
    """Ask in a process of its own, which ends with 130 where it hears of the keyboard and of nothing else."""
    try:
        with connected({"threads": 2}) as connection:
            begun.set()
            ask(connection)
    except KeyboardInterrupt:
        os._exit(130)


@pytest.mark.parametrize("ask", [_asked, _asked_by_others])
def test_a_query_that_is_stopped_from_the_keyboard_is_no_fault_of_the_query(ask: Ask) -> None:
    context = get_context("spawn")
    begun = context.Event()
    child = context.Process(target=_stopped, args=(ask, begun))
    child.start()
    assert begun.wait(60)
    # As a person does: DuckDB may miss a key that is struck in the moment in which a query begins.
    for _ in range(60):
        child.join(0.5)
        if child.pid is None or not child.is_alive():
            break
        os.kill(child.pid, signal.SIGINT)
    child.kill()
    child.join()
    assert child.exitcode == 130


def test_what_else_goes_wrong_is_told_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="of another kind"), connected({"threads": 2}):
        raise RuntimeError("of another kind")
    with pytest.raises(duckdb.CatalogException), connected({"threads": 2}) as connection:
        connection.sql("FROM nowhere")


def test_what_takes_more_than_its_memory_spills_elsewhere_than_where_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit and the image start in a folder that they cannot write."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".tmp").write_text("no folder can be made here")
    with connected({"threads": 2, "memory_limit": "60MB"}) as connection:
        connection.execute("CREATE TABLE t AS SELECT md5(range::VARCHAR) AS a, md5((range * 7)::VARCHAR) AS b "
                           "FROM range(1_000_000)")  # fmt: skip
        assert connection.sql("SELECT count(DISTINCT (a, b)) FROM t").fetchall() == [(1_000_000,)]
        ((spilt,),) = connection.sql("SELECT current_setting('temp_directory')").fetchall()
    assert not Path(spilt).exists()
