"""A draft as the text of a declaration, laid out as the formatter would. Nothing is recognised here."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import fields

from pipelines.draft.declaration import Draft
from pipelines.draft.recognise import Guess
from schemas.feed import Format

_WIDTH = 120
_LONGEST_NAME = 56
_LEAST_COMMENT = 28
_NEARLY_ALWAYS = 0.005


def declaration(draft: Draft) -> str:
    """The module that declares the feed."""
    body = list(_body(draft))
    name = _cut(draft.sample.file.name, _LONGEST_NAME)
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
    yield from (f"    # {_cut(f'left out: {guess.header}, {guess.evidence}', _WIDTH - 6)}" for guess in guesses)
    names = [quoted(guess.header) for guess in guesses]
    yield from _wrapped("ignored = (", names, ",)" if len(names) == 1 else ")")


def _line(code: str, comment: str) -> Iterator[str]:
    """A line of the class with its comment behind it, or above it where there is no room."""
    line = f"    {code}"
    if width(line) > _WIDTH:
        yield from ([f"    # {_cut(comment, _WIDTH - 6)}"] if comment else [])
        yield from _over_lines(code)
        return
    room = _WIDTH - width(line) - 4
    above = room < _LEAST_COMMENT and room < width(comment)
    yield from ([f"    # {_cut(comment, _WIDTH - 6)}"] if above else [])
    yield line if above or not comment else f"{line}  # {_cut(comment, room)}"


def _over_lines(code: str) -> Iterator[str]:
    """A column's line, a tuple's or a text's that is too wide: its parts together, else each by itself."""
    name, _, said = code.partition(" = ")
    value = ast.parse(said, mode="eval").body
    parts = _parts(value)
    yield f"    {name} = {said.partition('(')[0] if isinstance(value, ast.Call) else ''}("
    together = ", ".join(ast.get_source_segment(said, each) or "" for each in parts)
    if width(together) + 8 <= _WIDTH and len(parts) > 1:
        yield f"        {together}"
    else:
        end = "" if parts == [value] else ","
        for each in parts:
            yield from _part(each, ast.get_source_segment(said, each) or "", end)
    yield "    )"


def _parts(value: ast.expr) -> list[ast.expr | ast.keyword]:
    """What stands between the brackets; of a text, which has none, itself."""
    match value:
        case ast.Call():
            return [*value.args, *value.keywords]
        case ast.Tuple():
            return [*value.elts]
        case _:
            return [value]


def _part(value: ast.expr | ast.keyword, said: str, end: str) -> list[str]:
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    lines = in_pieces(ast.literal_eval(said), 8) if is_text and width(said) + 9 > _WIDTH else [said]
    return [f"        {line}" for line in [*lines[:-1], f"{lines[-1]}{end}"]]


def in_pieces(text: str, indent: int) -> list[str]:
    """A text as one literal, or as several that Python joins, each on a line behind an indent."""
    most = (_WIDTH - indent - 4) // 2
    return [quoted(text[at : at + most]) for at in range(0, max(1, len(text)), most)]


def _wrapped(start: str, parts: list[str], end: str) -> Iterator[str]:
    """One line where all parts find room, else lines filled with them."""
    whole = f"    {start}{', '.join(parts)}{end}"
    if width(whole) <= _WIDTH:
        yield whole
        return
    yield f"    {start}"
    line = ""
    for part in parts:
        if line and width(f"        {line} {part},") > _WIDTH:
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


def width(text: str) -> int:
    """How many columns a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def quoted(text: str) -> str:
    """A string as the formatter writes it."""
    written = json.dumps(text, ensure_ascii=False)
    return "'" + written[1:-1].replace('\\"', '"') + "'" if '"' in text and "'" not in text else written


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
    code = re.sub(r'r?"(?:[^"\\]|\\.)*"|\'[^\']*\'', '""', "\n".join(line.split("  # ")[0] for line in body
                                                                  if not line.lstrip().startswith("#")))  # fmt: skip
    used = set(re.findall(r"(?<![\w.])[A-Za-z]\w*(?=\()|\b[A-Z][A-Z_]+\b", code))
    feed = used & {"Csv", "Workbook", "Dump", "JsonLines", "Place", "column", "optional", "monthly"} | {"Feed"}
    kinds = {name for name in used if name.isupper()} | (used & {"day", "month", "code", "either", "followed_by"})
    days = ["from datetime import date", ""] if "date" in used else []
    return [*days, *_import("schemas.feed", feed), *(_import("schemas.kinds", kinds) if kinds else [])]


def _import(module: str, names: Iterable[str]) -> list[str]:
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    line = f"from {module} import {', '.join(ordered)}"
    return [line] if width(line) <= _WIDTH else [f"from {module} import (", *(f"    {each}," for each in ordered), ")"]
