"""The run book as commands and the lines that are seen under them. Used by the short and the long test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.conftest import REPOSITORY

BOOK = REPOSITORY / "docs" / "runbook.md"


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command of the run book with the lines that are then seen."""
    for block in re.findall(r"```console\n(.*?)```", BOOK.read_text(), re.DOTALL):
        for told in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *seen = told.splitlines()
            yield command, seen
