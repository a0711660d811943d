"""A draft as the text of a declaration, laid out as the formatter would. Nothing is recognised here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields

from pipelines.draft.declaration import Draft
from pipelines.draft.recognise import Guess
from pipelines.laid_out import WIDTH, laid_out, quoted, width
from schemas.feed import Format

_LONGEST_NAME = 56
_ENDS_A_TEXT = r'["\\]'
_TEXT = re.compile(r'r?"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_LEAST_COMMENT = 28
_NEARLY_ALWAYS = 0.005


def declaration(draft: Draft) -> str:
    """The module that declares the feed."""
    body = list(_body(draft))
    name = re.sub(_ENDS_A_TEXT, "_", _cut(draft.sample.file.name, _LONGEST_NAME))
    head = f'"""Drafted from {name}: say here whose feed this is and of what."""'
    rows = f"{draft.sample.rows.height:,} rows"
    return "\n".join([
        head, "", *_imports(body), "", "",
        f"class {class_name(draft.key)}(Feed):",
        f'    """Drafted from one delivery of {rows}: read every line, then say here what a row is."""', "",
        *body, "",
    ])  # fmt: skip


def class_name(key: str) -> str:
    """`tax_registration` as `TaxRegistration`."""
    return "".join(part.capitalize() for part in key.split("_"))


def _body(draft: Draft) -> Iterator[str]:
    title = draft.sample.title or draft.key
    yield from _line(f"title = {quoted(title)}", "open: what the department calls it")
    yield from _line('department = "open"', "open: who delivers it")
    yield from _line('department_title = "待定"', "open: who delivers it, in Chinese")
    yield from _line('due = monthly(1, "08:00")', "open: one delivery does not tell when the next is due")
    yield from _line(f"arrives = {_form(draft.sample.form)}", draft.sample.evidence)
    yield from _line('delivers = "snapshot"', "open: whether the next adds to this one or replaces it")
    yield from _line(f"grain = {_tuple(draft.grain)}", draft.grain_evidence)
    if draft.identity:
        yield from _line(f'identity = "{draft.identity}"', "")
    yield from _line("entity = None", "open: leave this line out when its rows are to be fused as enterprises")
    if draft.nulls != ("",):
        yield from _line(f"nulls = {_tuple(draft.nulls)}", "found as values; without them nothing else is empty")
    yield from _place(draft.place)
    yield from _ignored(draft.ignored)
    yield ""
    for guess in draft.columns:
        yield from _column(guess, draft.grain)


def _column(guess: Guess, grain: tuple[str, ...]) -> Iterator[str]:
    verb = "optional" if guess.lacking > _NEARLY_ALWAYS and guess.name not in grain else "column"
    more = [f"take={_regex(guess.take)}"] if guess.take and guess.part != "place" else []
    more += [f"unit={quoted(guess.unit)}"] if guess.unit else []
    arguments = ", ".join([quoted(guess.header), guess.declared, quoted(guess.title), *more])
    lacking = f"{guess.lacking:.1%} are empty" if 0 < guess.lacking <= _NEARLY_ALWAYS else ""
    told = "; ".join(part for part in (f"open: {guess.open}" if guess.open else "", guess.evidence, lacking) if part)
    yield from _line(f"{guess.name} = {verb}({arguments})", told)


def _place(arguments: dict[str, str]) -> Iterator[str]:
    if not arguments:
        return
    told = [f"{name}={_regex(value) if name == 'take' else quoted(value)}" for name, value in arguments.items()]
    if arguments.get("take", "").startswith("^.."):
        told.append("division_since=date(2015, 10, 1)")
    yield from _wrapped("place = Place(", told, ")")


def _ignored(guesses: tuple[Guess, ...]) -> Iterator[str]:
    if not guesses:
        return
    yield from (f"    # {_cut(f'left out: {guess.header}, {guess.evidence}', WIDTH - 6)}" for guess in guesses)
    names = [quoted(guess.header) for guess in guesses]
    yield from _wrapped("ignored = (", names, ",)" if len(names) == 1 else ")")


def _line(code: str, comment: str) -> Iterator[str]:
    """A line of the class with its comment behind it, or above it where there is no room."""
    line = f"    {code}"
    if width(line) > WIDTH:
        yield from ([f"    # {_cut(comment, WIDTH - 6)}"] if comment else [])
        yield from laid_out(code, "    ")
        return
    room = WIDTH - width(line) - 4
    above = room < _LEAST_COMMENT and room < width(comment)
    yield from ([f"    # {_cut(comment, WIDTH - 6)}"] if above else [])
    yield line if above or not comment else f"{line}  # {_cut(comment, room)}"


def _wrapped(start: str, parts: list[str], end: str) -> Iterator[str]:
    """One line where all parts find room, else lines filled with them."""
    whole = f"    {start}{', '.join(parts)}{end}"
    if width(whole) <= WIDTH:
        yield whole
        return
    yield f"    {start}"
    line = ""
    for part in parts:
        if line and width(f"        {line} {part},") > WIDTH:
            yield f"        {line}"
            line = ""
        line = f"{line} {part},".lstrip()
    yield f"        {line}"
    yield f"    {end.lstrip(',')}  # fmt: skip"


def _cut(text: str, room: int) -> str:
    """A text on one line, no wider than there is room."""
    plain = " ".join(text.split())
    if width(plain) <= room:
        return plain
    while width(plain) > room - 1:
        plain = plain[:-1]
    return f"{plain.rstrip()}…"


def _regex(pattern: str) -> str:
    return f'r"{pattern}"'


def _tuple(names: tuple[str, ...]) -> str:
    return f"({', '.join(map(quoted, names))}{',' if len(names) == 1 else ''})"


def _form(form: Format) -> str:
    """The form with what differs from its defaults."""
    told = [
        f"{each.name}={value if isinstance(value, bool | int) else quoted(value)}"
        for each in fields(form)
        if (value := getattr(form, each.name)) != each.default
    ]
    return f"{type(form).__name__}({', '.join(told)})"


def _imports(body: list[str]) -> list[str]:
    """What the body names, in the order that the linter wants."""
    lines = (_TEXT.sub('""', line) for line in body if not line.lstrip().startswith("#"))
    code = "\n".join(line.split("  # ")[0] for line in lines)
    used = set(re.findall(r"(?<![\w.])[A-Za-z]\w*(?=\()|\b[A-Z][A-Z_]+\b", code))
    feed = used & {"Csv", "Workbook", "Dump", "JsonLines", "Place", "column", "optional", "monthly"} | {"Feed"}
    kinds = {name for name in used if name.isupper()} | (used & {"day", "month", "code", "either", "followed_by"})
    days = ["from datetime import date", ""] if "date" in used else []
    return [*days, *_import("schemas.feed", feed), *(_import("schemas.kinds", kinds) if kinds else [])]


def _import(module: str, names: Iterable[str]) -> list[str]:
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    line = f"from {module} import {', '.join(ordered)}"
    return [line] if width(line) <= WIDTH else [f"from {module} import (", *(f"    {each}," for each in ordered), ")"]
