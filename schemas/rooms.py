"""How declarations are found: every module of a room is imported, so that a new file is enough."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import traceback
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

from schemas.here import REPOSITORY
from schemas.mendable import Mendable

T = TypeVar("T")


class Keyed(Protocol):
    """A class that a room finds by its key."""

    key: ClassVar[str]


K = TypeVar("K", bound=Keyed)


class Misdeclared(Mendable, ValueError):
    """A declaration that cannot stand; the message says what was found, what was expected and what to do."""


def import_room(package: str) -> None:
    """Import every module of a package, so that the classes declared there exist.

    Raises Misdeclared, with the file and its line in front, where one of them cannot stand, or Python does not know
    what is written in it.
    """
    room = importlib.import_module(package)
    for module in pkgutil.iter_modules(room.__path__):
        file = f"{package.replace('.', '/')}/{module.name}.py"
        try:
            importlib.import_module(f"{package}.{module.name}")
        except Exception as error:
            if (line := _line_in(file, error)) is None:
                raise
            raise Misdeclared(f"{file} line {line}: {_told(error)}") from None


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, Misdeclared) else f"{_in_words(error)} Mend the line."


def _line_in(file: str, error: Exception) -> int | None:
    """The line of a file at which it could not be imported; None where what it imports is at fault."""
    if isinstance(error, SyntaxError):
        return error.lineno if (error.filename or "").endswith(f"/{file}") else None
    frames = traceback.extract_tb(error.__traceback__)
    return next((each.lineno for each in reversed(frames) if each.filename.endswith(f"/{file}")), None)


def _in_words(error: Exception) -> str:
    """What Python says of it, with what it takes to be meant."""
    (*_, told) = traceback.TracebackException.from_exception(error).format_exception_only()
    said = told.strip()
    return said if said.endswith(("?", ".")) else f"{said}."


def snake_case(name: str) -> str:
    """`TaxRegistration` as `tax_registration`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def file_of(declared: type) -> str:
    """The file that declares a class, as the repository has it."""
    file = Path(inspect.getfile(declared))
    return str(file.relative_to(REPOSITORY) if file.is_relative_to(REPOSITORY) else file)


@cache
def declared_at(declared: type) -> tuple[str, int]:
    """The file and line that declare a class; Python reads all of the file for it."""
    return inspect.getfile(declared), inspect.getsourcelines(declared)[1]


def refuse_elsewhere(file: str, key: str) -> None:
    """Raise Misdeclared where what has a key is declared in a file that is not called by it."""
    if Path(file).stem != key:
        expected = f"a file called {key}.py, as what it declares has the key '{key}'"
        raise Misdeclared(f"{file}: found a file called {Path(file).name}; expected {expected}. Rename one of them.")


def by_key(declared: Iterable[type[K]]) -> dict[str, type[K]]:
    """Classes by key, in alphabetical order.

    Raises Misdeclared for two of one key, of which one would stand for both, and for a file that has another name.
    """
    told: dict[str, type[K]] = {}
    for each in sorted(declared, key=lambda each: (each.key, file_of(each))):
        if each.key in told:
            both = f"{file_of(told[each.key])} and {file_of(each)}: found two classes of the key '{each.key}'"
            raise Misdeclared(f"{both}; expected one. Give one of them, and its file, another name.")
        refuse_elsewhere(file_of(each), each.key)
        told[each.key] = each
    return told


def members_of(package: str, kind: type[T]) -> list[T]:
    """Every instance of a class that a module of an imported package declares."""
    return [value for _, value in members_by_file(package, kind)]


def members_by_file(package: str, kind: type[T]) -> list[tuple[str, T]]:
    """The same, each beside the file that declares it."""
    room = importlib.import_module(package)
    names = [module.name for module in pkgutil.iter_modules(room.__path__)]
    told = [(name, vars(importlib.import_module(f"{package}.{name}")).values()) for name in names]
    front = package.replace(".", "/")
    return [(f"{front}/{name}.py", value) for name, values in told for value in values if isinstance(value, kind)]
