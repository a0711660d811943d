"""Spark: a verb runs in its workers, a task an item; it and what it holds are shipped once. Knows no verb."""

from __future__ import annotations

import atexit
import io
import os
import pickle
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pipelines.engine.named import ENGINE, LOCAL, NoEngine
from pipelines.engine.shipped_once import ShippedOnce
from schemas.here import REPOSITORY

MASTER = "JUBIAN_SPARK_MASTER"
_HERE = "local[*,4]"
# It bears no types.
arrow: Any = import_module("pyarrow")
_MADE = arrow.schema([("number", arrow.int32()), ("made", arrow.binary())])

Item = TypeVar("Item")
Result = TypeVar("Result")
Value = TypeVar("Value", covariant=True)


class Broadcast(Protocol[Value]):
    """Something that Spark brings to each worker once."""

    @property
    def value(self) -> Value:
        """It, as this process has it."""
        ...

    def destroy(self) -> None:
        """Let workers forget it."""
        ...


@dataclass(frozen=True)
class _Shipped:
    """A verb on its way: its pickle, and what is left out of it, each in a broadcast of its own."""

    verb: Broadcast[bytes]
    held: tuple[Broadcast[ShippedOnce], ...]


def in_order(items: Iterable[Item], verb: Callable[[Item], Result]) -> Iterator[Result]:
    """What the verb makes of each item in a worker, in order. Its first error is raised as it was, with its traces.

    Items and results are pickled and small; rows lie in files that every worker sees.
    """
    pickler = _pyspark("cloudpickle")
    packed = [pickler.dumps(item) for item in items]
    if not packed:
        return
    shipped = _ship(verb)
    try:
        made = _made(packed, shipped)
    finally:
        shipped.verb.destroy()
    for number in range(len(made)):
        result, error = pickle.loads(made.pop(number))
        if error is not None:
            raise error
        yield result


@cache
def session() -> Any:
    """The session of this process, which ends with it. Raises NoEngine where pyspark or Java is missing."""
    sql = _pyspark("sql")
    _refuse_without_java()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.appName("jubian").master(os.environ.get(MASTER) or _HERE)
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    # Two tries of one task at the same time would get in each other's way where a county's files are put.
    builder = builder.config("spark.speculation", "false")
    for name, value in _workers().items():
        builder = builder.config(f"spark.executorEnv.{name}", value)
    try:
        begun = builder.getOrCreate()
    except Exception as error:
        raise NoEngine(f"Spark did not start at {os.environ.get(MASTER) or _HERE}: {error}") from error
    begun.sparkContext.setLogLevel("ERROR")
    atexit.register(begun.stop)
    return begun


def _pyspark(name: str) -> Any:
    """A module of pyspark, which is no part of what one machine needs."""
    try:
        return import_module(f"pyspark.{name}")
    except ImportError as error:
        raise NoEngine(
            f"{ENGINE}=spark needs pyspark, which {sys.executable} does not have. Install it: make spark. "
            f"Or leave {ENGINE} away."
        ) from error


def _refuse_without_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").is_file() if home else shutil.which("java")):
        found = f"JAVA_HOME={home} has no bin/java" if home else "there is no java on the PATH"
        raise NoEngine(
            f"{ENGINE}=spark needs Java 17 or newer, and {found}. On Debian: apt-get install openjdk-17-jre-headless; "
            f"elsewhere set JAVA_HOME. Or leave {ENGINE} away."
        )


def _workers() -> dict[str, str]:
    """What workers find in their environment: this checkout and Python, and one thread of Polars a task."""
    return {
        "PYTHONPATH": str(REPOSITORY),
        "PYSPARK_PYTHON": os.environ["PYSPARK_PYTHON"],
        "POLARS_MAX_THREADS": os.environ.get("POLARS_MAX_THREADS", "1"),
        ENGINE: LOCAL,
    }


def _made(packed: list[bytes], shipped: _Shipped) -> dict[int, bytes]:
    """Each item's pickled result, or error, by its number: a partition a row, a row a task."""
    numbers = arrow.array(range(len(packed)), arrow.int32())
    rows = session().createDataFrame(
        arrow.table({"number": numbers, "item": arrow.array(packed, arrow.large_binary())})
    )

    def tasks(batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            for row in batch.to_pylist():
                made = {"number": row["number"], "made": _outcome(shipped, row["item"])}
                yield arrow.RecordBatch.from_pylist([made], schema=_MADE)

    alone = rows.repartitionById(len(packed), rows["number"])
    done = alone.mapInArrow(tasks, "number int, made binary").collect()
    return {row["number"]: bytes(row["made"]) for row in done}


def _outcome(shipped: _Shipped, item: bytes) -> bytes:
    """In a worker: what the verb makes of an item and None, or None and the error."""
    pickler = _pyspark("cloudpickle")
    try:
        return pickler.dumps((_verb(shipped.verb.value, shipped.held)(pickle.loads(item)), None))
    except Exception as error:
        error.add_note("".join(traceback.format_exception(error)))
        return pickler.dumps((None, error))


def _ship(verb: Callable[[Any], Any]) -> _Shipped:
    """Broadcast a verb; what is shipped once is left out of its pickle, each a number among those found."""
    found: list[ShippedOnce] = []

    def number_of(value: object) -> int | None:
        if not isinstance(value, ShippedOnce):
            return None
        if not any(value is each for each in found):
            found.append(value)
        return next(number for number, each in enumerate(found) if each is value)

    stream = io.BytesIO()
    pickler = _pyspark("cloudpickle").Pickler(stream)
    pickler.persistent_id = number_of
    pickler.dump(verb)
    return _Shipped(session().sparkContext.broadcast(stream.getvalue()), tuple(map(_broadcast, found)))


_SHIPPED: dict[tuple[tuple[str, str], ...], Broadcast[ShippedOnce]] = {}


def _broadcast(held: ShippedOnce) -> Broadcast[ShippedOnce]:
    """Shipped once a session, however many verbs need it."""
    key = tuple(sorted(held.fingerprints.items()))
    if key not in _SHIPPED:
        _SHIPPED[key] = session().sparkContext.broadcast(held)
    return _SHIPPED[key]


@lru_cache(maxsize=1)
def _verb(packed: bytes, shipped: tuple[Broadcast[ShippedOnce], ...]) -> Callable[[Any], Any]:
    """A verb, unpacked once a worker, with what this worker has of what it holds."""
    unpickler = pickle.Unpickler(io.BytesIO(packed))

    def held(number: int) -> ShippedOnce:
        return shipped[number].value

    unpickler.persistent_load = held
    return unpickler.load()
