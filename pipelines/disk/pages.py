"""Some columns of a Parquet file of Polars as a file of their own, in the very bytes that Polars would have written.

A column's pages do not depend on the columns beside it: they are copied, and only the footer is written anew.

Source: Apache Parquet, parquet.thrift (FileMetaData, RowGroup, ColumnChunk, ColumnMetaData, OffsetIndex).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pipelines.disk.thrift import STRUCT, Struct, read_struct, write_around, write_number, write_struct

_MAGIC = b"PAR1"
# The fields of a footer that say how much there is and where it lies.
_NUM_ROWS, _ROW_GROUPS = 3, 4
_CHUNKS, _TOTAL_BYTES, _GROUP_AT, _GROUP_COMPRESSED = 1, 2, 5, 6
_CHUNK_AT, _META, _OFFSETS_AT, _OFFSETS_LENGTH, _INDEX_AT, _INDEX_LENGTH = 2, 3, 4, 5, 6, 7
_PATH, _UNCOMPRESSED, _COMPRESSED, _DATA_AT, _DICTIONARY_AT = 3, 6, 7, 9, 11
_LOCATIONS, _PAGE_AT = 1, 1


@dataclass(frozen=True)
class Group:
    """What a footer says of a row group, and the chunks of each column in it: one that holds others has several."""

    fields: Struct
    chunks: dict[str, list[_Chunk]]


@dataclass(frozen=True)
class _Chunk:
    """A column's part of a row group: its pages, what they hold, and what else a footer says of them.

    `begins` is where its pages begin by their sort: the first data page, and the dictionary, if there is one. `meta`
    and `around` are the bytes between which all that stands that is another in another file. `end` is what Polars
    calls the chunk's own offset.
    """

    pages: bytes
    index: bytes
    offsets: Struct
    begins: dict[int, int]
    size: int
    meta: list[bytes]
    around: list[bytes]
    end: int


def groups_in(content: bytes) -> list[Group]:
    """The row groups of a file."""
    return [Group(group, _by_column(content, group)) for group in _structs(footer_of(content), _ROW_GROUPS)]


def of_columns(groups: Sequence[Group], names: Sequence[str], rows: int, head: Struct) -> bytes:
    """The file of some columns of one with these row groups and so many rows; `head` is its footer without rows."""
    told = bytearray(_MAGIC)
    laid = [[_lay(chunk, told) for name in names for chunk in group.chunks[name]] for group in groups]
    held = [[_put(each.chunk.index, told)[0] for each in some] for some in laid]
    lies = [[_put(_offsets(each), told) for each in some] for some in laid]
    told_of = [_group(*each) for each in zip(groups, laid, held, lies, strict=True)]
    footer = write_struct(_with(head, {_NUM_ROWS: rows, _ROW_GROUPS: (STRUCT, told_of)}))
    told += footer + len(footer).to_bytes(4, "little") + _MAGIC
    return bytes(told)


def footer_of(content: bytes) -> Struct:
    """What stands at the end of a file."""
    length = int.from_bytes(content[-8:-4], "little")
    return read_struct(content, len(content) - 8 - length)


@dataclass(frozen=True)
class _Laid:
    """A chunk whose pages are written: how far they have moved, and what is said of them behind them."""

    chunk: _Chunk
    moved: int
    meta: bytes


def _lay(chunk: _Chunk, told: bytearray) -> _Laid:
    """Write a chunk's pages, and behind them what is said of them, as Polars does."""
    moved = len(told) - min(chunk.begins.values())
    meta = _filled(chunk.meta, [write_number(at + moved) for at in chunk.begins.values()])
    told += chunk.pages + meta
    return _Laid(chunk, moved, meta)


def _offsets(laid: _Laid) -> bytes:
    """Where a chunk's pages lie."""
    pages = _structs(laid.chunk.offsets, _LOCATIONS)
    moved = [_with(page, {_PAGE_AT: _of(page, _PAGE_AT) + laid.moved}) for page in pages]
    return write_struct(_with(laid.chunk.offsets, {_LOCATIONS: (STRUCT, moved)}))


def _group(group: Group, laid: list[_Laid], held: list[int], lies: list[tuple[int, int]]) -> Struct:
    """What a footer says of a row group of these chunks, by where lies what they hold and where they lie."""
    chunks = [
        _filled(each.chunk.around, [write_number(each.chunk.end + each.moved), each.meta,
                                    *(write_number(number) for number in (at, length, index))])
        for each, (at, length), index in zip(laid, lies, held, strict=True)
    ]  # fmt: skip
    return _with(
        group.fields,
        {
            _CHUNKS: (STRUCT, chunks),
            _TOTAL_BYTES: sum(each.chunk.size for each in laid),
            _GROUP_AT: min(laid[0].chunk.begins.values()) + laid[0].moved,
            _GROUP_COMPRESSED: sum(len(each.chunk.pages) for each in laid),
        },
    )


def _by_column(content: bytes, group: Struct) -> dict[str, list[_Chunk]]:
    told: dict[str, list[_Chunk]] = {}
    for chunk in _structs(group, _CHUNKS):
        path = _of(_of(chunk, _META), _PATH)[1]
        told.setdefault(path[0].decode(), []).append(_chunk(content, chunk))
    return told


def _chunk(content: bytes, told: Struct) -> _Chunk:
    meta = _of(told, _META)
    begins = {number: at for number, _, at in meta if number in (_DATA_AT, _DICTIONARY_AT)}
    first, index = min(begins.values()), _of(told, _INDEX_AT)
    return _Chunk(
        pages=content[first : first + _of(meta, _COMPRESSED)],
        index=content[index : index + _of(told, _INDEX_LENGTH)],
        offsets=read_struct(content, _of(told, _OFFSETS_AT)),
        begins=begins,
        size=_of(meta, _UNCOMPRESSED),
        meta=write_around(meta, begins),
        around=write_around(told, (_CHUNK_AT, _META, _OFFSETS_AT, _OFFSETS_LENGTH, _INDEX_AT)),
        end=_of(told, _CHUNK_AT),
    )


def _put(content: bytes, told: bytearray) -> tuple[int, int]:
    """Write what is said; gives where it lies and its length."""
    at = len(told)
    told += content
    return at, len(content)


def _filled(pieces: list[bytes], values: list[bytes]) -> bytes:
    """Pieces with the values between them."""
    return b"".join(chain.from_iterable(zip(pieces, [*values, b""], strict=True)))


def _of(fields: Struct, number: int) -> Any:
    """The value of a field; None where it is not there."""
    return next((value for known, _, value in fields if known == number), None)


def _structs(fields: Struct, number: int) -> list[Struct]:
    """The structs in a field that is a list."""
    return _of(fields, number)[1]


def _with(fields: Struct, values: dict[int, Any]) -> Struct:
    """The same fields with some other values."""
    return [(number, kind, values.get(number, value)) for number, kind, value in fields]
