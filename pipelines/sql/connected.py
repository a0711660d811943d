"""DuckDB, opened for as long as something is asked of it. Knows no question and no table."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import duckdb

Config = dict[str, str | bool | int | float | list[str]]
# What DuckDB says in place of whatever a signal's handler has raised while a query ran.
_INTERRUPTED = "Query interrupted"


@contextmanager
def connected(config: Config) -> Generator[duckdb.DuckDBPyConnection]:
    """A database of its own in memory, which spills into a temporary folder where the config names none: else it would
    into the folder in which the process was started, where a service may not write.

    Raises KeyboardInterrupt where a query is stopped from the keyboard: for a fault of one step a run would go on.
    """
    try:
        with (
            TemporaryDirectory(prefix="jubian-spilt-") as spilt,
            duckdb.connect(config={"temp_directory": spilt} | config) as connection,
        ):
            yield connection
    except Exception as error:
        # Whoever asks by way of others has it told by theirs.
        told = [each for each in (error, error.__cause__) if isinstance(each, RuntimeError)]
        if _INTERRUPTED in map(str, told):
            raise KeyboardInterrupt from error
        raise
