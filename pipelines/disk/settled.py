"""Deliveries whose rows are freed: what became of them stands as it was written. Says how such a one is known."""

from __future__ import annotations

from pathlib import Path

_MARK = "freed.json"


def mark_of(landed: Path) -> Path:
    """The file in a landed delivery's folder that says that its rows are freed."""
    return landed / _MARK


def is_settled(landed: Path) -> bool:
    """Whether a landed delivery's rows are freed, so that it is not read again."""
    return mark_of(landed).exists()
