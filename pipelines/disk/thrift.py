"""Thrift's compact protocol, in which Parquet writes its footers: read into fields and written back. Knows no Parquet.

A struct is a list of fields: number, type, value; of a list the value is the type of its elements and these. What is
read and not touched is written back in the same bytes, whatever it means: so no field can be lost for being unknown.

Source: Apache Thrift, thrift-compact-protocol.md, struct and list encoding.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

Field = tuple[int, int, Any]
Struct = list[Field]

STRUCT = 12
_TRUE, _FALSE = 1, 2
# A list of so many elements or more has its length behind its head; a field whose number is further from the last
# one's has it whole.
_LONG = 15
_FAR = 15


def read_struct(content: bytes, at: int) -> Struct:
    """The struct that begins at a place. Raises ValueError for a type that Parquet does not use."""
    return _struct(content, at)[0]


def _struct(content: bytes, at: int) -> tuple[Struct, int]:
    fields: Struct = []
    number = 0
    while (head := content[at]) != 0:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _signed(content, at)
        value, at = _value(content, at, head & 15)
        fields.append((number, head & 15, value))
    return fields, at + 1


def _value(content: bytes, at: int, kind: int) -> tuple[Any, int]:
    match kind:
        case 1 | 2:
            return kind == _TRUE, at
        case 3:
            return content[at], at + 1
        case 4 | 5 | 6:
            return _signed(content, at)
        case 7:
            return content[at : at + 8], at + 8
        case 8:
            length, at = _unsigned(content, at)
            return content[at : at + length], at + length
        case 9 | 10:
            return _list(content, at)
        case 12:
            return _struct(content, at)
        case _:
            raise ValueError(f"type {kind} at byte {at} of a footer is none of those that Parquet uses")


def _list(content: bytes, at: int) -> tuple[tuple[int, list[Any]], int]:
    head, at = content[at], at + 1
    kind, length = head & 15, head >> 4
    if length == _LONG:
        length, at = _unsigned(content, at)
    if kind in (_TRUE, _FALSE):
        return (kind, list(content[at : at + length])), at + length
    values: list[Any] = []
    for _ in range(length):
        value, at = _value(content, at, kind)
        values.append(value)
    return (kind, values), at


def _unsigned(content: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while (byte := content[at]) >= 128:
        number |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
    return number | byte << shift, at + 1


def _signed(content: bytes, at: int) -> tuple[int, int]:
    number, at = _unsigned(content, at)
    return (number >> 1) ^ -(number & 1), at


def write_struct(fields: Struct) -> bytes:
    """The bytes of a struct; of a value that is a struct its bytes may stand."""
    return write_around(fields, ())[0]


def write_around(fields: Struct, left_open: Collection[int]) -> list[bytes]:
    """The bytes of a struct in pieces, between which the values of some of its fields are to stand."""
    pieces = [bytearray()]
    before = 0
    for number, kind, value in fields:
        _put_head(number, before, kind, pieces[-1])
        if number in left_open:
            pieces.append(bytearray())
        else:
            _put_value(value, kind, pieces[-1])
        before = number
    pieces[-1].append(0)
    return [bytes(piece) for piece in pieces]


def write_number(number: int) -> bytes:
    """The bytes of a whole number."""
    told = bytearray()
    _put_signed(number, told)
    return bytes(told)


def _put_head(number: int, before: int, kind: int, told: bytearray) -> None:
    """How a field begins: by how far its number is from the last one's, if that is not far."""
    if 0 < number - before <= _FAR:
        told.append((number - before) << 4 | kind)
    else:
        told.append(kind)
        _put_signed(number, told)


def _put_value(value: Any, kind: int, told: bytearray) -> None:
    """Write a value; of a truth the type tells it already."""
    match kind:
        case 1 | 2:
            return
        case 3:
            told.append(value)
        case 7:
            told += value
        case 8:
            _put_unsigned(len(value), told)
            told += value
        case 9 | 10:
            _put_list(value, told)
        case 12:
            told += value if isinstance(value, bytes) else write_struct(value)
        case _:
            _put_signed(value, told)


def _put_list(elements: tuple[int, list[Any]], told: bytearray) -> None:
    kind, values = elements
    if len(values) < _LONG:
        told.append(len(values) << 4 | kind)
    else:
        told.append(_LONG << 4 | kind)
        _put_unsigned(len(values), told)
    if kind in (_TRUE, _FALSE):
        told += bytes(values)
        return
    for value in values:
        _put_value(value, kind, told)


def _put_unsigned(number: int, told: bytearray) -> None:
    while number >= 128:
        told.append(number & 127 | 128)
        number >>= 7
    told.append(number)


def _put_signed(number: int, told: bytearray) -> None:
    _put_unsigned(number << 1 if number >= 0 else -number * 2 - 1, told)
