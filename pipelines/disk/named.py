"""Which of a day's files comes later, by their names: numbers in them count as numbers. Opens none."""

from __future__ import annotations

import re
from pathlib import Path

# More digits than the name of a file can have.
_WIDEST = 256


def place_by_name(file: str | Path) -> tuple[str, str]:
    """By what files are put in order: 20260701.csv before 20260701-2.csv, and that before 20260701-10.csv."""
    stem = Path(file).stem
    return re.sub("[0-9]+", lambda number: number[0].zfill(_WIDEST), stem), stem
