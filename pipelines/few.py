"""Names in a sentence that stays short however many there are. Says nothing of what they name."""

from __future__ import annotations

from collections.abc import Sequence


def few(names: Sequence[str], most: int = 10) -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
