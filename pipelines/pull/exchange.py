"""Pulling from the departments' PostgreSQL exchange database (前置库): one batch, one plain-text dump, or nothing."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg2
from psycopg2 import sql

from pipelines.pull.budget import Budget, Passing, PullError, check_address, cut_at, patiently, without_secrets

_AND = "', '"
# So many bytes a name may have.
_LONGEST = 255
_USED_UP = "the time for this pull is used up"


def pull_exchange(
    feed: str, table: str, batch_column: str, url: str, inbox: Path, have: Collection[tuple[str, int | None]],
    budget: Budget,
) -> list[Path]:  # fmt: skip
    """Write `<inbox>/<feed>/<batch>.sql` for every batch of the table that is not in `have`, oldest first.

    Where the department keeps a control table `<table>_batch(<batch_column>, rows)`, only batches that
    stand there with the row count that the table has are pulled: the others are still being written.
    `have` are batches and rows as they landed, None where other rows are no matter any more. Raises PullError, also
    when all is pulled that can be and a batch has other rows than landed, or no number; a file with its final name is
    always a whole batch.
    """
    check_address(feed, url, ("postgresql", "postgres"), "postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    ends = time.monotonic() + budget.seconds
    folder = inbox / feed
    folder.mkdir(parents=True, exist_ok=True)

    def left() -> float:
        return ends - time.monotonic()

    def waiting() -> dict[str, int]:
        return _batches(url, table, batch_column, left())

    def told(batch: str) -> Path:
        return _write_batch(url, table, batch_column, batch, folder, left())

    try:
        known = {*(batch for batch, _ in have), *(file.stem for file in folder.glob("*.sql"))}
        there = patiently(budget, left, waiting)
        new = [batch for batch in there if batch not in known]
        written = [patiently(budget, left, lambda batch=batch: told(batch)) for batch in new if _names_a_file(batch)]
    except (Passing, psycopg2.Error) as error:
        raise PullError(
            f"{feed}: {without_secrets(url)}, table {table}: {_first_line(error)}. "
            "No half batch was kept; mend the database or its address and run again: it goes on with the missing ones."
        ) from error
    if faults := [*_nameless(new, batch_column), *_others_than_landed(there, have, batch_column)]:
        raise PullError(f"{feed}: {without_secrets(url)}, table {table}: {' '.join(faults)}")
    return written


def _nameless(batches: Collection[str], batch_column: str) -> Iterator[str]:
    if nameless := [batch for batch in batches if not _names_a_file(batch)]:
        yield (
            f"found '{_AND.join(nameless)}' in the column {batch_column}; expected a batch's number that can name a "
            "file, such as 202606. All others were pulled; ask the department to number these."
        )


def _others_than_landed(
    there: Mapping[str, int], have: Collection[tuple[str, int | None]], batch_column: str
) -> Iterator[str]:
    """Batches that have other rows now than when they landed: a number is pulled once."""
    landed = dict(sorted((batch, rows) for batch, rows in have if rows is not None))
    for batch in (batch for batch, rows in there.items() if batch in landed and (batch, rows) not in have):
        yield (
            f"found {there[batch]} rows of the batch '{batch}' in the column {batch_column}; expected the "
            f"{landed[batch]} that have landed, as a number is pulled once. Ask the department to send what it "
            "corrected or added under a new number."
        )


def _names_a_file(batch: str) -> bool:
    return batch != "" and "/" not in batch and len(_aside(batch).encode()) <= _LONGEST


def _aside(batch: str) -> str:
    return f".{batch}.sql.part"


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


@contextmanager
def _connected(url: str, seconds: float) -> Generator[Any]:
    """A read-only connection that sees one moment; one that fails may come back.

    It is cut when its time is over: that a server has fallen silent midway no driver learns by itself.
    """
    if seconds <= 0:
        raise Passing(_USED_UP)
    until = time.monotonic() + seconds
    with cut_at(until) as line:
        connection = _opened(url, seconds)
        line(connection)
        try:
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = %s", (max(1, int(seconds * 1000)),))
            yield connection
        except psycopg2.DatabaseError as error:
            if not (connection.closed or isinstance(error, psycopg2.OperationalError)):
                raise
            raise Passing(_USED_UP if time.monotonic() >= until else _fault(error)) from error
        finally:
            connection.close()


def _opened(url: str, seconds: float) -> Any:
    try:
        return psycopg2.connect(url, connect_timeout=max(2, int(min(seconds, 15))))
    except psycopg2.OperationalError as error:
        raise Passing(_first_line(error)) from error


def _fault(error: psycopg2.DatabaseError) -> str:
    """What went wrong; of a COPY that was cut off midway the driver says nothing."""
    return "the connection was lost" if type(error) is psycopg2.DatabaseError else _first_line(error)


def _batches(url: str, table: str, batch_column: str, seconds: float) -> dict[str, int]:
    """The finished batches of a table and their rows, oldest first; rows without one are of the batch '', which no
    control table can tell."""
    with _connected(url, seconds) as connection, connection.cursor() as cursor:
        counted = sql.SQL("SELECT coalesce({batch}::text, ''), count(*) FROM {table} GROUP BY 1 ORDER BY 1")
        cursor.execute(counted.format(batch=sql.Identifier(batch_column), table=_named(table)))
        counts: dict[str, int] = dict(cursor.fetchall())
        finished = _finished(cursor, table, batch_column)
    return {
        batch: rows for batch, rows in counts.items() if finished is None or batch == "" or finished.get(batch) == rows
    }


def _finished(cursor: Any, table: str, batch_column: str) -> dict[str, int] | None:
    """The control table's batches and rows; None where the department keeps none."""
    control = _named(f"{table}_batch")
    cursor.execute("SELECT to_regclass(%s)", (control.as_string(cursor),))
    if cursor.fetchone()[0] is None:
        return None
    told = sql.SQL("SELECT {batch}::text, rows FROM {control}")
    cursor.execute(told.format(batch=sql.Identifier(batch_column), control=control))
    return dict(cursor.fetchall())


def _write_batch(url: str, table: str, batch_column: str, batch: str, folder: Path, seconds: float) -> Path:
    """One batch as a dump; it gets its name when every row is on the disk."""
    final, partial = folder / f"{batch}.sql", folder / _aside(batch)
    with (
        _connected(url, seconds) as connection,
        connection.cursor() as cursor,
        partial.open("w", encoding="utf-8", newline="\n") as stream,
    ):
        _dump(cursor, stream, table, batch_column, batch)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(partial, final)
    return final


def _dump(cursor: Any, stream: IO[str], table: str, batch_column: str, batch: str) -> None:
    names = _columns(cursor, table)
    listed = [sql.Identifier(name) for name in names]
    rows = sql.SQL("SELECT {listed} FROM {table} WHERE {batch}::text = {value} ORDER BY {texts}").format(
        listed=sql.SQL(", ").join(listed), table=_named(table),
        batch=sql.Identifier(batch_column), value=sql.Literal(batch),
        # Some types have no order, as json has none; every one has a text.
        texts=sql.SQL(", ").join(sql.SQL("{}::text").format(name) for name in listed),
    )  # fmt: skip
    stream.write("SET client_encoding = 'UTF8';\n\n")
    schema = "" if "." in table else "public."
    stream.write(f"COPY {schema}{table} ({', '.join(map(_quoted, names))}) FROM stdin;\n")
    cursor.execute("SET client_encoding = 'UTF8'")
    cursor.copy_expert(sql.SQL("COPY ({}) TO STDOUT").format(rows), stream)
    stream.write("\\.\n")


def _named(table: str) -> sql.Identifier:
    """A table as it is declared, in capitals or not, and in a schema or not."""
    return sql.Identifier(*table.split("."))


def _quoted(name: str) -> str:
    """A column's name as a list of columns has it: in quotes where it is more than a word."""
    doubled = name.replace('"', '""')
    return name if re.fullmatch(r"\w+", name) else f'"{doubled}"'


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        (_named(table).as_string(cursor),),
    )
    return [name for (name,) in cursor.fetchall()]
