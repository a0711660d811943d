"""Whether titles tell things apart: none is empty, and no two are the same. Who bears them is not known here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def wrong_titles(titled: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Of names beside their titles those whose title says nothing or stands before: name, found, expected, to do."""
    first: dict[str, str] = {}
    for name, title in titled:
        if not title.strip():
            yield name, repr(title), "a text", "Say in Chinese what it is called."
        elif (other := first.setdefault(title.strip(), name)) != name:
            yield name, f"'{title}', as {other} is called", "a title of its own", "Give one of them another."
