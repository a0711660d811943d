"""Files between inbox and release that a disk has emptied or cut short, each with the way back. Mends none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

_MARK = b"PAR1"
# A Parquet file of no column: a mark, a footer's length, a mark.
_LEAST = 12
_BACKUP = "take {folder} from the backup"
_AWAY = "move {folder} away and run again, which makes it anew"
# By room: how deep below it what has to go lies, and what to do.
_BACK = {
    "landed": (2, f"{_BACKUP}; without one move landed/{{feed}} away and bring all its files again, which lie there as "
                  "bytes.*, each under the name in its delivery.json"),
    "standard": (2, f"{_AWAY}; where its landed rows are freed, {_BACKUP}"),
    "identity": (1, _AWAY),
    "fused": (1, _AWAY),
}  # fmt: skip


def cut_short(home: Path) -> Iterator[str]:
    """Every table and note below a home that is not whole by its ends, in words, but for those without a name yet."""
    for room, (depth, todo) in _BACK.items():
        for file in sorted((home / room).rglob("*")):
            name = file.relative_to(home)
            if not any(each.endswith(".part") for each in name.parts) and (why := _fault(file)) is not None:
                folder = "/".join(name.parts[: depth + 1])
                yield f"{name}: {why}. Mend it: {todo.format(folder=folder, feed=name.parts[1])}."


def _fault(file: Path) -> str | None:
    match file.suffix:
        case ".parquet" if file.is_file():
            return None if _has_ends(file) else f"found {file.stat().st_size:,} bytes, expected a whole Parquet file"
        case ".json":
            return None if _is_json(file) else f"found {file.stat().st_size:,} bytes, expected whole JSON"
        case _:
            return None


def _has_ends(file: Path) -> bool:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        if size < _LEAST:
            return False
        stream.seek(0)
        first = stream.read(len(_MARK))
        stream.seek(size - len(_MARK))
        return first == stream.read() == _MARK


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except ValueError:
        return False
    return True
