"""What a Parquet file says of itself at its end: schema, statistics, where each column's bytes lie. Reads no row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gateway.refused import damaged

# Delta itself keeps statistics of as many columns.
_STATISTICS = 32
_PRIMITIVE = {
    pa.bool_(): "boolean", pa.int8(): "byte", pa.int16(): "short", pa.int32(): "integer", pa.int64(): "long",
    pa.uint8(): "short", pa.uint16(): "integer", pa.uint32(): "long",
    pa.float32(): "float", pa.float64(): "double", pa.date32(): "date",
    pa.string(): "string", pa.large_string(): "string", pa.binary(): "binary", pa.large_binary(): "binary",
}  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """Where one column's bytes lie in a file: [start, end)."""

    column: str
    start: int
    end: int


@dataclass(frozen=True)
class Footer:
    """A file's rows, columns (name, Delta type, title) and statistics in Delta's form."""

    rows: int
    columns: tuple[tuple[str, str, str], ...]
    statistics: dict[str, object]


@lru_cache(maxsize=1 << 12)
def footer(file: Path) -> Footer:
    """Read a file's footer once: published files never change under their name."""
    metadata, columns = _parts(file)
    schema = columns.with_metadata(metadata.metadata)
    return Footer(metadata.num_rows, _columns(schema.serialize().to_pybytes()), _statistics(metadata))


def _parts(file: Path) -> tuple[pq.FileMetaData, pa.Schema]:
    """A file's metadata and columns; refused as damaged where they cannot be read. Raises FileNotFoundError."""
    try:
        metadata = pq.read_metadata(file)
        return metadata, metadata.schema.to_arrow_schema()
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise damaged(f"{file}: {str(error).splitlines()[0]}") from error


# Ninety counties' files have the same columns; a thousand take longer to tell than the rest of a footer.
@lru_cache(maxsize=256)
def _columns(schema: bytes) -> tuple[tuple[str, str, str], ...]:
    arrow = pa.ipc.read_schema(pa.py_buffer(schema))
    titles = arrow.metadata or {}
    return tuple((each.name, delta_type(each.type), titles.get(each.name.encode(), b"").decode()) for each in arrow)


def touched(file: Path, start: int, end: int) -> tuple[str, ...]:
    """The columns of which bytes lie in [start, end) of a file, in the file's order."""
    return tuple(dict.fromkeys(each.column for each in _chunks(file) if each.start < end and start < each.end))


def delta_type(kind: pa.DataType) -> str:
    """Delta's name of a primitive type. Raises KeyError for one that products do not have."""
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    return "timestamp" if pa.types.is_timestamp(kind) else _PRIMITIVE[kind]


@lru_cache(maxsize=1 << 10)
def _chunks(file: Path) -> tuple[Chunk, ...]:
    """Where each column's bytes lie; asked for only where a reader wants some of them."""
    metadata, _ = _parts(file)
    chunks: list[Chunk] = []
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            column = metadata.row_group(group).column(number)
            offsets = [column.data_page_offset, column.dictionary_page_offset]
            start = min(each for each in offsets if each is not None and each > 0)
            chunks.append(Chunk(column.path_in_schema, start, start + column.total_compressed_size))
    return tuple(chunks)


def _statistics(metadata: pq.FileMetaData) -> dict[str, object]:
    """Records, least and greatest values and nulls over all row groups of the first columns."""
    least: dict[str, object] = {}
    greatest: dict[str, object] = {}
    nulls: dict[str, int] = {}
    for number in range(min(metadata.num_columns, _STATISTICS) if metadata.num_row_groups else 0):
        parts = [metadata.row_group(group).column(number) for group in range(metadata.num_row_groups)]
        name, statistics = parts[0].path_in_schema, [each.statistics for each in parts]
        if any(each is None for each in statistics):
            continue
        nulls[name] = sum(each.null_count or 0 for each in statistics)
        bounded = [each for each in statistics if each.has_min_max]
        if bounded and all(each.has_min_max or each.num_values == 0 for each in statistics):
            least[name] = _plain(min(each.min for each in bounded))
            greatest[name] = _plain(max(each.max for each in bounded))
    return {"numRecords": metadata.num_rows, "minValues": least, "maxValues": greatest, "nullCount": nulls}


def _plain(value: object) -> object:
    """A bound as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value
