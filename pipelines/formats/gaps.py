"""Empty cells of a sheet that do not mean nothing: merged into another, or a formula whose value was not saved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

_PLACE = rb'<c r="([A-Z]+)([0-9]+)"[^>]*>'
_FORMULA = rb"<f(?:[^>]*/>|[^>]*>[^<]*</f>)"
_FILLED = re.compile(_PLACE + rb"(?:" + _FORMULA + rb")?<(?:v>[^<]|is>)")
# A formula whose value is an empty text says so by its type, `str`.
_UNSAVED = re.compile(rb'<c r="([A-Z]+)([0-9]+)"(?:(?! t="str")[^>])*>' + _FORMULA + rb"(?:<v ?/>|<v></v>)?</c>")
_ANY_FORMULA = b"<f"
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')

Place = tuple[int, int]
Block = tuple[Place, Place]


def gaps(content: bytes, cells: pl.DataFrame, above: int) -> Iterator[tuple[int, int, str]]:
    """Such cells of a sheet, whose XML is the `content`: row and column in `cells`, from 0, and what they are.

    Blocks within the `above` rows, which are title and header, are layout.
    """
    first = _FILLED.search(content)
    top = _place(first.groups())[0] if first else 0
    unsaved = [_place(each) for each in _UNSAVED.findall(content)] if _ANY_FORMULA in content else []
    merged = [(_place(each[:2]), _place(each[2:])) for each in _MERGED.findall(content)]
    below = [block for block in merged if block[1][0] >= top + above]
    if first and (unsaved or below):
        filled = [_place(each) for each in _FILLED.findall(content)]
        left = min(column for _, column in filled)
        end = (top + cells.height, left + cells.width)
        found = [*_unsaved(unsaved, end), *_merged(below, end, {row for row, _ in filled})]
        yield from ((row - top, column - left, what) for (row, column), what in found if column >= left)


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
