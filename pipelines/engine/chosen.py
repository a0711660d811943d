"""Which engine runs a verb: this machine, or Spark where JUBIAN_ENGINE says so. Verbs call this and know no engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from types import ModuleType
from typing import TypeVar

from pipelines.engine import local
from pipelines.engine.named import ENGINE, LOCAL, SPARK, NoEngine

Group = TypeVar("Group")
Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(items: Iterable[Item], verb: Callable[[Item], Result]) -> Iterator[Result]:
    """What the verb makes of each item, in order; the verb's first error ends it.

    Inside Spark an item is a task: it, the verb and the result are pickled, and the verb may run a second time where
    a worker was lost, so that it writes each file whole and the same again. Raises NoEngine where Spark cannot run.
    """
    return _spark().in_order(items, verb) if chosen() == SPARK else local.in_order(items, verb)


def in_groups(
    groups: Iterable[Group], items: Callable[[Group], Iterable[Item]], verb: Callable[[Item], Result]
) -> Generator[Result]:
    """What the verb makes of each item of each group, in order: a few items at a time, inside Spark a task a group.

    Here a group's items are made while those of the one before are done: two groups are held at once. Inside Spark they
    come into being where the verb runs, so that no row passes through the driver.
    """
    if chosen() == SPARK:
        for results in _spark().in_order(groups, partial(_each, items=items, verb=verb)):
            yield from results
    else:
        with closing(local.in_order(groups, lambda group: list(items(group)), threads=1, ahead=2)) as made:
            yield from local.in_order(chain.from_iterable(made), verb)


def chosen() -> str:
    """The engine's name. Raises NoEngine for one that does not exist."""
    name = os.environ.get(ENGINE) or LOCAL
    if name not in (LOCAL, SPARK):
        raise NoEngine(f"{ENGINE}={name} is no engine; expected {LOCAL} or {SPARK}.")
    return name


def make_ready() -> None:
    """Start the engine that is chosen, so that what it lacks is told before any work. Raises NoEngine."""
    if chosen() == SPARK:
        _spark().session()


def _each(group: Group, items: Callable[[Group], Iterable[Item]], verb: Callable[[Item], Result]) -> list[Result]:
    return [verb(item) for item in items(group)]


def _spark() -> ModuleType:
    """Read only where it is chosen."""
    from pipelines.engine import spark

    return spark
