"""Pulling from a real PostgreSQL server: whole batches, the oldest first, the same bytes as a dump, never half."""

from __future__ import annotations

import itertools
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2 import sql

from assets.pulling import pull
from pipelines.disk.deliveries import landed_rows
from pipelines.formats.dump import read_dump
from pipelines.formats.layout import Layout
from pipelines.formats.rows import whole
from pipelines.land import land
from pipelines.pull.budget import Budget, PullError
from pipelines.pull.exchange import pull_exchange
from pipelines.refusal import Refusal
from schemas.feed import Dump, all_feeds

FEED = all_feeds()["social_security_employer"]
TABLE = "social_security_employer"
QUICK = Budget(seconds=10, attempts=2, first_wait=0.05)
COLUMNS = ("dwbh", "dwmc", "zzjgdm", "xzqhmc", "hyml", "cbrs", "jfzt", "sccbny", "pc")


@pytest.fixture
def exchange(postgres_url: str) -> Iterator[str]:
    """An exchange database with two batches of employers."""
    with psycopg2.connect(postgres_url) as connection, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'")
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}, {TABLE}_batch")
        cursor.execute(f"CREATE TABLE {TABLE} ({', '.join(f'{name} text' for name in COLUMNS)})")
    for batch in ("202605", "202606"):
        insert(postgres_url, batch, 3)
    yield postgres_url


def insert(url: str, batch: str, rows: int, name: str = "杭州青禾软件有限公司") -> None:
    """Add rows of a batch."""
    row = ["'S' || lpad(n::text, 6, '0')", "%s", "'MA2ABCD1-3'", "'余杭区'", "'I'", "'12'", "'正常缴费'", "NULL", "%s"]
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} SELECT {', '.join(row)} FROM generate_series(1, {rows}) AS n", (name, batch)
        )


def pulled(url: str, inbox: Path, have: tuple[tuple[str, int], ...] = ()) -> list[str]:
    """The names of the files that a pull brings."""
    return [file.name for file in pull_exchange(TABLE, TABLE, "pc", url, inbox, have, QUICK)]


def test_batches_come_oldest_first_and_only_once(exchange: str, tmp_path: Path) -> None:
    assert pulled(exchange, tmp_path) == ["202605.sql", "202606.sql"]
    assert pulled(exchange, tmp_path) == []
    insert(exchange, "202607", 1)
    assert pulled(exchange, tmp_path) == ["202607.sql"]


def test_a_batch_that_was_landed_before_is_not_pulled_again(exchange: str, tmp_path: Path) -> None:
    assert pulled(exchange, tmp_path, have=(("202605", 3),)) == ["202606.sql"]


def test_what_is_pulled_is_landed_by_the_same_declaration(exchange: str, tmp_path: Path) -> None:
    insert(exchange, "202607", 1, name="宁波\t制表\n换行\\反斜杠有限公司")
    pulled(exchange, tmp_path)
    delivery = land(FEED, tmp_path / TABLE / "202607.sql", tmp_path / "home")
    assert delivery.as_of == "2026-07-31"
    assert landed_rows(delivery, tmp_path / "home")["dwmc"].to_list() == ["宁波\t制表\n换行\\反斜杠有限公司"]
    assert landed_rows(delivery, tmp_path / "home")["sccbny"].to_list() == [None]


def test_a_batch_that_is_still_being_written_waits(exchange: str, tmp_path: Path) -> None:
    with psycopg2.connect(exchange) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE}_batch (pc text PRIMARY KEY, rows bigint)")
        cursor.execute(f"INSERT INTO {TABLE}_batch VALUES ('202605', 3), ('202606', 99)")
    assert pulled(exchange, tmp_path) == ["202605.sql"]


def test_a_batch_that_has_other_rows_than_landed_is_told_and_holds_up_no_other(exchange: str, tmp_path: Path) -> None:
    """Whether the department corrected it under its old number, or was still writing it when it was pulled."""
    with pytest.raises(PullError, match="found 3 rows of the batch '202605' in the column pc; expected the 2") as error:
        pulled(exchange, tmp_path, have=(("202605", 2),))
    assert "under a new number" in str(error.value)
    assert [file.name for file in (tmp_path / TABLE).iterdir()] == ["202606.sql"]
    assert pulled(exchange, tmp_path, have=(("202605", 2), ("202605", 3))) == []


def test_what_is_purged_of_a_batch_that_a_later_full_file_has_replaced_is_not_told(
    exchange: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be told at every pull for ever, as no later batch ends it; of the one in use it is."""
    monkeypatch.setenv("JUBIAN_EXCHANGE_URL", exchange)
    assert pull(FEED, tmp_path, tmp_path / "home") is None
    for batch in ("202605", "202606"):
        land(FEED, tmp_path / TABLE / f"{batch}.sql", tmp_path / "home")
    purge(exchange, "202605")
    assert pull(FEED, tmp_path, tmp_path / "home") is None
    purge(exchange, "202606")
    told = pull(FEED, tmp_path, tmp_path / "home")
    assert told and "found 2 rows of the batch '202606'" in told and "202605" not in told


def purge(url: str, batch: str) -> None:
    """Delete a row of a batch."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE pc = %s AND dwbh = 'S000001'", (batch,))


def test_rows_without_a_batch_are_told_beside_a_control_table_too(exchange: str, tmp_path: Path) -> None:
    with psycopg2.connect(exchange) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE}_batch (pc text PRIMARY KEY, rows bigint)")
        cursor.execute(f"INSERT INTO {TABLE}_batch VALUES ('202605', 3), ('202606', 99)")
        cursor.execute(f"INSERT INTO {TABLE} (dwbh, pc) VALUES ('S1', NULL)")
    with pytest.raises(PullError, match="found '' in the column pc"):
        pulled(exchange, tmp_path)
    assert [file.name for file in (tmp_path / TABLE).iterdir()] == ["202605.sql"]


@pytest.mark.parametrize("batch", ["2026/07", "长" * 90, "", None])
def test_a_batch_that_cannot_name_a_file_is_told_and_holds_up_no_other(
    batch: str | None, exchange: str, tmp_path: Path
) -> None:
    with psycopg2.connect(exchange) as connection, connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (dwbh, pc) VALUES ('S1', %s)", (batch,))
    with pytest.raises(PullError, match="column pc") as error:
        pulled(exchange, tmp_path)
    assert f"'{batch or ''}'" in str(error.value)
    assert sorted(file.name for file in (tmp_path / TABLE).iterdir()) == ["202605.sql", "202606.sql"]


def test_a_pull_killed_midway_leaves_no_delivery_and_the_next_brings_the_same_bytes(
    exchange: str, tmp_path: Path
) -> None:
    insert(exchange, "202604", 200_000)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    pulled(exchange, whole)
    code = (
        "import sys; from pathlib import Path; from pipelines.pull.exchange import pull_exchange;"
        "from pipelines.pull.budget import Budget;"
        f"pull_exchange('{TABLE}', '{TABLE}', 'pc', sys.argv[1], Path(sys.argv[2]), (), Budget())"
    )
    child = subprocess.Popen([sys.executable, "-c", code, exchange, str(cut)])
    partial = cut / TABLE / ".202604.sql.part"
    while not partial.exists() and child.poll() is None:
        time.sleep(0.002)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert list((cut / TABLE).glob("*.sql")) == [] or child.returncode == 0
    pulled(exchange, cut)
    for batch in ("202604", "202605", "202606"):
        assert (cut / TABLE / f"{batch}.sql").read_bytes() == (whole / TABLE / f"{batch}.sql").read_bytes()


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(PullError) as error:
        pulled("postgresql://leser:geheim@127.0.0.1:9/exchange", tmp_path)
    said = str(error.value)
    assert "127.0.0.1:9" in said and "run again" in said
    assert "geheim" not in said


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg2://leser:geheim@127.0.0.1:5432/exchange", "postgres:/leser:geheim@h",
        "host=h password=geheim",
        "'postgresql://leser:geheim@127.0.0.1:9/exchange'", "postgresql://leser:100%geheim@127.0.0.1:9/exchange",
        "postgresql://leser:a@geheim@127.0.0.1:9/exchange", "postgresql://leser:geheim/1@127.0.0.1:9/exchange",
    ],
)  # fmt: skip
def test_an_address_of_another_form_is_refused_and_not_repeated(address: str, tmp_path: Path) -> None:
    with pytest.raises(PullError, match="is not of the form postgresql://") as error:
        pulled(address, tmp_path)
    told = "".join(traceback.format_exception(error.value))
    assert "%40" in told and "geheim" not in str(error.value) and "geheim" not in told.split("PullError")[-1]


def test_a_table_that_is_not_there_is_named(exchange: str, tmp_path: Path) -> None:
    with pytest.raises(PullError, match="no_such_table"):
        pull_exchange(TABLE, "no_such_table", "pc", exchange, tmp_path, (), QUICK)


def test_a_database_that_answers_too_slowly_ends_within_the_budget(exchange: str, tmp_path: Path) -> None:
    with psycopg2.connect(exchange) as blocker, blocker.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(PullError):
            pull_exchange(TABLE, TABLE, "pc", exchange, tmp_path, (), Budget(seconds=1.5, attempts=5, first_wait=0.05))
        assert time.monotonic() - began < 8
    assert list((tmp_path / TABLE).glob("*.sql")) == []


def _end(line: socket.socket) -> None:
    """Close a line; one that a thread still reads would stay open, and the database keep its locks, if it were not
    shut down first."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


@contextmanager
def line_to(url: str, after: int, harm: str) -> Iterator[str]:
    """The database behind a line that is "silent" or "lost" once its first connection has brought so many bytes."""
    to = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as door, ExitStack() as held:
        connections = itertools.count()

        def carry(one: socket.socket, other: socket.socket, most: float) -> None:
            with suppress(OSError):
                while most > 0 and (some := one.recv(1 << 16)):
                    most -= len(some)
                    other.sendall(some)
                if most > 0 or harm == "lost":
                    other.shutdown(socket.SHUT_RDWR)

        def answer() -> None:
            with suppress(OSError):
                while True:
                    near, far = door.accept()[0], socket.create_connection((to.hostname or "", to.port or 0))
                    for each in (near, far):
                        held.callback(_end, each)
                    most = math.inf if next(connections) != 1 else after
                    threading.Thread(target=carry, args=(near, far, math.inf), daemon=True).start()
                    threading.Thread(target=carry, args=(far, near, most), daemon=True).start()

        threading.Thread(target=answer, daemon=True).start()
        yield url.replace(f":{to.port}/", f":{door.getsockname()[1]}/")
        door.shutdown(socket.SHUT_RDWR)


def test_a_database_that_falls_silent_midway_ends_within_the_budget(exchange: str, tmp_path: Path) -> None:
    """No driver learns of it by itself: a run would stand still for ever."""
    insert(exchange, "202604", 50_000)
    with line_to(exchange, 1 << 20, "silent") as url:
        began = time.monotonic()
        with pytest.raises(PullError, match="the time for this pull is used up"):
            pull_exchange(TABLE, TABLE, "pc", url, tmp_path, (), Budget(seconds=2, attempts=5, first_wait=0.05))
        assert time.monotonic() - began < 8
    assert list((tmp_path / TABLE).glob("*.sql")) == []


def test_a_connection_that_is_lost_midway_is_tried_again(exchange: str, tmp_path: Path) -> None:
    insert(exchange, "202604", 50_000)
    with line_to(exchange, 1 << 20, "lost") as url:
        assert pulled(url, tmp_path) == ["202604.sql", "202605.sql", "202606.sql"]
    assert (tmp_path / TABLE / "202604.sql").read_text().count("\n") == 50_000 + 4


@pytest.mark.parametrize("table", ["T_EMP", "qzk.emp", "qzk.T_EMP"])
def test_a_table_in_capitals_or_in_a_schema_is_pulled_by_its_control_table(
    table: str, postgres_url: str, tmp_path: Path
) -> None:
    names = [sql.Identifier(*f"{table}{end}".split(".")) for end in ("", "_batch")]
    with psycopg2.connect(postgres_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS qzk")
        for name, columns, rows in zip(names, ("pc text, a text", "pc text, rows bigint"), ("'x'", "9"), strict=True):
            cursor.execute(sql.SQL(f"DROP TABLE IF EXISTS {{0}}; CREATE TABLE {{0}} ({columns})").format(name))
            cursor.execute(sql.SQL(f"INSERT INTO {{0}} VALUES ('202605', {rows}), ('202606', '1')").format(name))
    (file,) = pull_exchange("employer", table, "pc", postgres_url, tmp_path, set(), QUICK)
    told = whole(read_dump(file, Dump(table=table.split(".")[-1]), Layout(("pc", "a"), {}))).good
    assert file.name == "202606.sql" and told.select("pc", "a").rows() == [("202606", "1")]


def test_a_column_whose_type_has_no_order_holds_up_no_batch(exchange: str, tmp_path: Path) -> None:
    with psycopg2.connect(exchange) as connection, connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} ADD bz json DEFAULT '{{}}'")
    assert pulled(exchange, tmp_path) == ["202605.sql", "202606.sql"]


def test_a_column_whose_name_has_what_ends_names_is_read_as_it_is_called(exchange: str, tmp_path: Path) -> None:
    odd = ("人数,其中女", 'say "x"', "two\nlines", "a) FROM stdin;", "UPPER")
    with psycopg2.connect(exchange) as connection, connection.cursor() as cursor:
        for name in odd:
            quoted = sql.Identifier(name)
            cursor.execute(sql.SQL("ALTER TABLE {} ADD {} text DEFAULT '7'").format(sql.Identifier(TABLE), quoted))
    pulled(exchange, tmp_path)
    file = tmp_path / TABLE / "202605.sql"
    rows = whole(read_dump(file, Dump(TABLE), Layout((*COLUMNS, *odd), {}))).good
    assert rows.select(odd).unique().rows() == [("7",) * len(odd)]
    with pytest.raises(Refusal, match=f"{len(odd)} columns that are not declared"):
        land(FEED, file, tmp_path)
