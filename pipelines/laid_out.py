"""Declarations as Python, laid out as the formatter would: no line wider than the linter allows. Declares nothing."""

from __future__ import annotations

import ast
import json
import unicodedata
from collections.abc import Iterator

WIDTH = 120
_INDENT = "    "


def laid_out(code: str, indent: str = "") -> Iterator[str]:
    """An assignment that stands on one line: so where there is room, else its parts on one, else each on its own."""
    name, _, said = code.partition(" = ")
    yield from _lines(f"{name} = ", ast.parse(said, mode="eval").body, said, "", indent)


def width(text: str) -> int:
    """How many columns a text takes; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def quoted(text: str) -> str:
    """A string as the formatter writes it."""
    written = json.dumps(text, ensure_ascii=False)
    return "'" + written[1:-1].replace('\\"', '"') + "'" if '"' in text and "'" not in text else written


def _lines(start: str, value: ast.expr | ast.keyword, said: str, end: str, indent: str) -> Iterator[str]:
    text, parts, below = _source(value, said), _parts(value), indent + _INDENT
    whole = f"{indent}{start}{text}{end}"
    if width(whole) <= WIDTH or not parts:
        yield whole
        return
    if parts == [value] and not start:
        *most, last = _in_pieces(ast.literal_eval(text), len(indent))
        yield from (f"{indent}{each}" for each in [*most, f"{last}{end}"])
        return
    yield f"{indent}{start}{_source(value.func, said) if isinstance(value, ast.Call) else ''}("
    together = below + ", ".join(_source(each, said) for each in parts)
    if width(together) <= WIDTH and len(parts) > 1:
        yield together
    else:
        comma = "" if parts == [value] else ","
        for each in parts:
            yield from _lines("", each, said, comma, below)
    yield f"{indent}){end}"


def _source(value: ast.expr | ast.keyword, said: str) -> str:
    return ast.get_source_segment(said, value) or ""


def _parts(value: ast.expr | ast.keyword) -> list[ast.expr | ast.keyword]:
    """What stands between the brackets; of a text, which has none, itself; nothing of what cannot be parted."""
    match value:
        case ast.Call():
            return [*value.args, *value.keywords]
        case ast.Tuple():
            return [*value.elts]
        case ast.Constant(str()):
            return [value]
        case _:
            return []


def _in_pieces(text: str, indent: int) -> list[str]:
    """A text as one literal, or as several that Python joins, each on a line behind an indent."""
    most = (WIDTH - indent - 4) // 2
    return [quoted(text[at : at + most]) for at in range(0, max(1, len(text)), most)]
