"""Dagster's events in SQLite as `make run` writes them: each database stays open until the run ends. Nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, inspect

_INDEX = "index"
# As Dagster waits for a database that another process writes to.
_WAIT = {"timeout": 30}


class OpenEventLog(SqliteEventLogStorage):
    """Dagster's own event log below `<base_dir>/history/runs`, in the same files, with one engine a database.

    Dagster's opens an engine and a connection for each event, compiles each statement anew and, as the last one to
    close, writes the log back each time. A release of one product for all counties is some thousand events.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(str(Path(base_dir) / "history" / "runs"), inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> OpenEventLog:
        """The storage of a settings file, whose `base_dir` is Dagster's home."""
        return cls(config_value["base_dir"], inst_data)

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            with super().run_connection(shard):  # makes the database where there is none
                self._engines[shard] = create_engine(self.conn_string_for_shard(shard), connect_args=_WAIT)
        return self._engines[shard]

    @contextmanager
    def run_connection(self, run_id: str | None = None) -> Iterator[Connection]:
        """A transaction of one run's database."""
        with self._engine(str(run_id)).begin() as connection:
            yield connection

    @contextmanager
    def index_connection(self) -> Iterator[Connection]:
        """A transaction of the database over all runs."""
        with self._engine(_INDEX).begin() as connection:
            yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the database over all runs has a table."""
        return inspect(self._engine(_INDEX)).has_table(table_name)

    def store_event(self, event: Any) -> None:
        """Store an event, and touch the run's file: a UI that shows the run watches it, and SQLite writes beside it."""
        super().store_event(event)
        os.utime(self.path_for_shard(event.run_id))

    def dispose(self) -> None:
        """Close what is open, after which SQLite has written all back."""
        for engine in self._engines.values():
            engine.dispose()
        super().dispose()
