"""Whether a regular expression of a declaration can be read, and picks anything out. Nothing is matched here."""

from __future__ import annotations

import re

import polars as pl

from schemas.rooms import Misdeclared

_GROUP = "one with a group around what is meant, such as '编号(.+)'"
_NAMED = "one whose named groups are the source columns, such as '(?P<area>[a-z]+)'"


def refuse_broken(attribute: str, pattern: str | None) -> None:
    """Raise Misdeclared for a pattern that Polars cannot read, or of which no group picks anything out.

    Its syntax is that of Rust's regex, which knows no look-around.
    """
    if pattern is None:
        return
    try:
        groups = pl.Series([""]).str.extract_groups(pattern).struct.fields
    except pl.exceptions.ComputeError as error:
        why = str(error).strip().splitlines()[-1].removeprefix("error: ")
        raise Misdeclared(_told(attribute, pattern, f"a regular expression ({why})")) from None
    if not groups:
        raise Misdeclared(_told(attribute, pattern, _GROUP))


def refuse_broken_name(attribute: str, pattern: str | None) -> None:
    """The same for what is sought in a file's name, which Python reads."""
    if pattern is None:
        return
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise Misdeclared(_told(attribute, pattern, f"a regular expression ({error})")) from None
    if not groups:
        raise Misdeclared(_told(attribute, pattern, _NAMED))


def _told(attribute: str, pattern: str, expected: str) -> str:
    return f"{attribute}: found '{pattern}'; expected {expected}. Mend it."
