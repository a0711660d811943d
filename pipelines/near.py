"""What is written almost like a word that nobody knows. Says nothing else of it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def near(word: object, words: Iterable[str]) -> str:
    """What to do about a word that is not known, with those that are written almost so."""
    close = get_close_matches(str(word), list(words), n=3, cutoff=0.5)
    return f"Did you mean {'、'.join(close)}?" if close else "Mend the word."
