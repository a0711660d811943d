"""How declarations are found: every module of a room is imported, so that a new file is enough."""

from __future__ import annotations

import importlib
import pkgutil
import re


def import_room(package: str) -> None:
    """Import every module of a package, so that the classes declared there exist."""
    room = importlib.import_module(package)
    for module in pkgutil.iter_modules(room.__path__):
        importlib.import_module(f"{package}.{module.name}")


def snake_case(name: str) -> str:
    """`TaxRegistration` as `tax_registration`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
