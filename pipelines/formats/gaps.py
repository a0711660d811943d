"""Empty cells of a sheet that do not mean nothing: merged into another, or a formula whose value was not saved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree

import polars as pl

_PLACE = rb'<c r="([A-Z]+)([0-9]+)"'
_FORMULA = rb"<f(?:[^>]*/>|[^>]*>[^<]*</f>)"
_FILLED = re.compile(_PLACE + rb"[^>]*>(?:" + _FORMULA + rb")?<(?:v>[^<]|is>)")
# A formula's cell as most are written: place, further attributes, formula, and its value, if any.
_TOLD = re.compile(_PLACE + rb'((?: [\w:]+="[^"]*")*)>' + _FORMULA + rb"(?:(<v>)[^<]|(?:<v ?/>|<v></v>)?</c>)")
# A formula whose value is an empty text says so by its type.
_EMPTY_TEXT = b' t="str"'
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_ANY_FORMULA, _ANY_MERGED, _ANY_VALUE = b"<f", b"<mergeCells", b"<v"
_FORMULAS, _BLOCKS = re.compile(rb"<f[\s/>]"), re.compile(rb"<mergeCell\s")
_NO_VALUE = (b"<v></v>", b"<v/>", b"<v />")
_REFERENCE = re.compile(rb"([A-Z]+)([0-9]+)")

Place = tuple[int, int]
Block = tuple[Place, Place]


class _Marks(NamedTuple):
    """What a sheet's XML says of its cells: which are filled, which are formulas without a value, which merged."""

    filled: list[Place]
    unsaved: list[Place]
    merged: list[Block]


def gaps(content: bytes, cells: pl.DataFrame, above: int) -> Iterator[tuple[int, int, str]]:
    """Such cells of a sheet, whose XML is the `content`: row and column in `cells`, from 0, and what they are.

    Blocks within the `above` rows, which are title and header, are layout.
    """
    if _ANY_MERGED not in content and _ANY_FORMULA not in content:
        return
    filled, unsaved, merged = _by_patterns(content, above) or _by_elements(content)
    if filled:
        top, left = filled[0][0], min(column for _, column in filled)
        end = (top + cells.height, left + cells.width)
        below = [block for block in merged if block[1][0] >= top + above]
        found = [*_unsaved(unsaved, end), *_merged(below, end, {row for row, _ in filled})]
        yield from ((row - top, column - left, what) for (row, column), what in found if column >= left)


def _by_patterns(content: bytes, above: int) -> _Marks | None:
    """The marks of a sheet that is written as most are, none where there is no gap; None of any other sheet."""
    first = _FILLED.search(content)
    told, formulas = [each.findall(content) for each in (_TOLD, _FORMULAS)] if _ANY_FORMULA in content else ([], [])
    behind = content[content.rfind(_ANY_MERGED) :]
    merged = [(_place(each[:2]), _place(each[2:])) for each in _MERGED.findall(behind)]
    as_most = len(told) == len(formulas) and len(merged) == len(_BLOCKS.findall(behind))
    if first is None or not as_most or _values(content[: first.start()]):
        return None
    unsaved = [_place(each[:2]) for each in told if not each[3] and _EMPTY_TEXT not in each[2]]
    top = _place(first.groups())[0]
    if not unsaved and all(last[0] < top + above for _, last in merged):
        return _Marks([], [], [])
    filled = [_place(each) for each in _FILLED.findall(content)]
    return _Marks(filled, unsaved, merged) if len(filled) == _values(content) else None


def _values(content: bytes) -> int:
    """How many cells of a sheet have a value, however they are written."""
    return content.count(_ANY_VALUE) + content.count(b"<is") - sum(map(content.count, _NO_VALUE))


def _by_elements(content: bytes) -> _Marks:
    """The marks of any sheet; a row or cell that does not say its place follows the one before."""
    marks, row, column = _Marks([], [], []), -1, -1
    for event, each in ElementTree.iterparse(BytesIO(content), ("start", "end")):
        match event, each.tag.rpartition("}")[2]:
            case "start", "row":
                row, column = int(each.get("r", row + 2)) - 1, -1
            case "end", "c":
                told = each.get("r")
                row, column = _first_and_last(told)[0] if told else (row, column + 1)
                _mark(marks, (row, column), each)
                each.clear()
            case "end", "mergeCell":
                marks.merged.append(_first_and_last(each.get("ref", "")))
            case _:
                pass
    return marks


def _mark(marks: _Marks, place: Place, cell: ElementTree.Element) -> None:
    if cell.findtext("{*}v") or cell.find("{*}is") is not None:
        marks.filled.append(place)
    elif cell.find("{*}f") is not None and cell.get("t") != "str":
        marks.unsaved.append(place)


def _first_and_last(reference: str) -> Block:
    """The corners of a block such as B3:C4; of B3 it is both."""
    first, *last = _REFERENCE.findall(reference.encode())
    return _place(first), _place(last[0] if last else first)


def _unsaved(places: list[Place], end: Place) -> Iterator[tuple[Place, str]]:
    for row, column in places:
        if row < end[0] and column < end[1]:
            yield (row, column), "a formula without its value"


def _merged(blocks: list[Block], end: Place, filled: set[int]) -> Iterator[tuple[Place, str]]:
    """The cells of blocks but each first one, in rows where some cell is filled."""
    for first, last in blocks:
        for place in _covered(first, last, end):
            if place[0] in filled:
                yield place, f"a cell merged into row {first[0] + 1} of the sheet"


def _covered(first: Place, last: Place, end: Place) -> Iterator[Place]:
    """The cells of a merged block but the first one, as far as there are any."""
    for row in range(first[0], min(last[0] + 1, end[0])):
        for column in range(first[1], min(last[1] + 1, end[1])):
            if (row, column) != first:
                yield row, column


def _place(written: Sequence[bytes]) -> Place:
    """Row and column of a cell as it is called: of B3 2 and 1."""
    column = 0
    for letter in written[0]:
        column = column * 26 + letter - 64
    return int(written[1]) - 1, column - 1
