"""How declarations are found: every module of a room is imported, so that a new file is enough."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import TypeVar

T = TypeVar("T")


def import_room(package: str) -> None:
    """Import every module of a package, so that the classes declared there exist."""
    room = importlib.import_module(package)
    for module in pkgutil.iter_modules(room.__path__):
        importlib.import_module(f"{package}.{module.name}")


def snake_case(name: str) -> str:
    """`TaxRegistration` as `tax_registration`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def members_of(package: str, kind: type[T]) -> list[T]:
    """Every instance of a class that a module of an imported package declares."""
    room = importlib.import_module(package)
    modules = [importlib.import_module(f"{package}.{module.name}") for module in pkgutil.iter_modules(room.__path__)]
    return [value for module in modules for value in vars(module).values() if isinstance(value, kind)]
