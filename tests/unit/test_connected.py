"""A query that is stopped from the keyboard stops what has asked it, and is no fault that a run goes on from."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Timer

import duckdb
import pytest

from pipelines.sql.connected import connected

# Minutes of work.
LONG = "SELECT count(*) FROM range(10_000_000) one, range(1_000_000) other WHERE one.range % 7 = other.range % 11"


def _asked(connection: duckdb.DuckDBPyConnection) -> None:
    connection.sql(LONG).pl()


def _asked_by_others(connection: duckdb.DuckDBPyConnection) -> None:
    """As Splink tells of a query that has failed."""
    try:
        connection.execute(LONG)
    except Exception as error:
        raise Exception("Error executing the following sql") from error


@pytest.mark.parametrize("ask", [_asked, _asked_by_others])
def test_a_query_that_is_stopped_from_the_keyboard_is_no_fault_of_the_query(
    ask: Callable[[duckdb.DuckDBPyConnection], None],
) -> None:
    stop = Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt), connected({"threads": 2}) as connection:
        stop.start()
        ask(connection)
    stop.join()


def test_what_else_goes_wrong_is_told_as_it_is() -> None:
    with pytest.raises(RuntimeError, match="of another kind"), connected({"threads": 2}):
        raise RuntimeError("of another kind")
    with pytest.raises(duckdb.CatalogException), connected({"threads": 2}) as connection:
        connection.sql("FROM nowhere")
