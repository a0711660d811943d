"""What Dagster remembers in PostgreSQL: the same as in its own storage, over connections that stay open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psycopg2
import pytest
import sqlalchemy
from dagster._core.instance.ref import InstanceRef

from assets.inprocess import remembered
from assets.instance import prepare
from tests.integration.test_event_log import COUNTIES, released, told
from tests.servers.postgres import Server


@pytest.fixture
def place(database: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of Dagster's that nothing has run in, whose settings name the database."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_DAGSTER_URL", database.url.replace("postgresql://", "postgresql+psycopg2://"))
    monkeypatch.delenv("JUBIAN_DAGSTER_SETTINGS", raising=False)
    prepare()
    return tmp_path


@contextmanager
def its_own(place: Path) -> Iterator[dg.DagsterInstance]:
    """The same database through the storage that Dagster brings."""
    own = {"storage": {"postgres": {"postgres_url": {"env": "JUBIAN_DAGSTER_URL"}}}}
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(place), overrides=own)) as dagster:
        yield dagster


@contextmanager
def opened() -> Iterator[list[object]]:
    """Each connection that is opened to a database."""
    connections: list[object] = []

    def connected(connection: object, _: object) -> None:
        connections.append(connection)

    sqlalchemy.event.listen(sqlalchemy.Pool, "connect", connected)
    yield connections
    sqlalchemy.event.remove(sqlalchemy.Pool, "connect", connected)


def is_left_alone(database: Server, seconds: float = 10) -> bool:
    """Whether nobody else is connected, or soon is: the server's process outlives its connection by a moment."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres' AND pid <> pg_backend_pid()"
    ends = time.monotonic() + seconds
    with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute(others)
            if cursor.fetchall() == [(0,)]:
                return True
            connection.rollback()
            time.sleep(0.1)
    return False


def test_dagster_reads_what_a_run_has_written_as_it_reads_its_own(place: Path) -> None:
    with remembered() as run, its_own(place) as dagster:
        assert type(run.event_log_storage) is not type(dagster.event_log_storage)
        ours, its = released(run), released(dagster)
        assert told(dagster, ours) == told(run, its) and len(told(dagster, ours)) > len(COUNTIES)
        assert dagster.get_materialized_partitions(dg.AssetKey("published")) == set(COUNTIES)


def test_a_run_opens_few_connections_and_leaves_none(place: Path, database: Server) -> None:
    with remembered() as run, its_own(place) as dagster:
        with opened() as ours:
            released(run)
        with opened() as its:
            released(dagster)
    assert 0 < 10 * len(ours) < len(its)
    assert is_left_alone(database)


def test_a_connection_that_the_server_has_closed_is_opened_anew(place: Path, database: Server) -> None:
    with remembered() as run:
        before = released(run)
        database.stop()
        database.start()
        after = released(run)
        assert told(run, after) == told(run, before)
