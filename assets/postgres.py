"""What Dagster remembers in PostgreSQL, over connections that stay open. Named by Dagster's settings; nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster_postgres import DagsterPostgresStorage, PostgresEventLogStorage
from dagster_postgres.utils import create_pg_engine, pg_url_from_config

# What a process keeps open; whoever finds both at work opens one more for as long as it is needed.
_KEPT, _MORE = 2, 50


class OpenPostgres(DagsterPostgresStorage):
    """Dagster's own runs, events and ticks in the same tables, over one pool of connections.

    Dagster's opens a connection for each statement, and PostgreSQL a process for each connection: a release of two
    products for all counties opened 3,745. One that the server has closed meanwhile is noticed and opened anew.
    """

    def __init__(self, postgres_url: str, inst_data: Any = None) -> None:
        super().__init__(postgres_url, inst_data=inst_data)
        self._event_log_storage = _Closing(postgres_url, should_autocreate_tables=False)
        pool = create_pg_engine(
            postgres_url, isolation_level="AUTOCOMMIT", pool_size=_KEPT, max_overflow=_MORE, pool_pre_ping=True
        )
        for each in (self._run_storage, self._event_log_storage, self._schedule_storage):
            each._engine = pool

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> OpenPostgres:
        """The storage of a settings file, whose `postgres_url` is the database's."""
        return cls(pg_url_from_config(config_value), inst_data)


class _Closing(PostgresEventLogStorage):
    """Closes the pool where Dagster needs it no more: a daemon makes storages by the minute."""

    def dispose(self) -> None:
        super().dispose()
        self._engine.dispose()
