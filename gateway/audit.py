"""The audit log: one line an event with the hash of the line before, written before anything is answered."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gateway.appended import append

FIRST = "0" * 64
_SEALED = b',"sha256":"'
_SEAL = len(_SEALED) + 64 + len(b'"}\n')


@dataclass
class Audit:
    """A log that several processes append to; the head is remembered and read again where another has written."""

    file: Path
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _end: int = -1
    _head: tuple[int, str] = (0, FIRST)

    def write(self, what: str, **fields: object) -> None:
        """Append an event. A killed process loses nothing that was written; a half line of one is closed first.

        Raises OSError where the disk has no room for it: what is to be answered on its word is not answered.
        """
        with self._lock:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                self._catch_up(handle)
                self._append(handle, what, fields)
            finally:
                os.close(handle)

    def _append(self, handle: int, what: str, fields: dict[str, object]) -> None:
        number, previous = self._head
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line, sha256 = _sealed(n=number + 1, at=at, what=what, **fields, previous=previous)
        end, self._end = self._end, -1  # of what is written by half the next one looks at the end
        append(handle, line, self.file)
        self._end, self._head = end + len(line), (number + 1, sha256)

    def _catch_up(self, handle: int) -> None:
        """Know the last line, whoever wrote it."""
        size = os.fstat(handle).st_size
        if size == self._end:
            return
        if size and os.pread(handle, 1, size - 1) != b"\n":
            # Before lines are read: one that lacks its end alone is a record, and the next one follows it.
            size += os.write(handle, b"\n")
        whole = [each for each in _tail(handle, size) if _is_sealed(each)]
        if whole:
            last = json.loads(whole[-1])
            self._head = (last["n"], last["sha256"])
        self._end = size


def _tail(handle: int, size: int) -> list[bytes]:
    """The last lines of a file, at least two whole ones where there are."""
    reach = 1 << 16
    while True:
        start = max(0, size - reach)
        lines = os.pread(handle, size - start, start).splitlines(keepends=True)
        if start == 0:
            return lines
        if any(map(_is_sealed, lines[1:])):
            return lines[1:]
        reach *= 4


def _is_sealed(line: bytes) -> bool:
    return line[-_SEAL:].startswith(_SEALED) and line.endswith(b'"}\n')


def _sealed(**record: object) -> tuple[bytes, str]:
    """A record's line with its own hash at the end, and that hash. Raises TypeError where a name is told twice."""
    content = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return f'{content[:-1]},"sha256":"{sha256}"}}\n'.encode(), sha256


@dataclass(frozen=True)
class Verdict:
    """How many records a log has, the hash of its last, and what is wrong, line by line."""

    records: int
    head: str
    faults: tuple[str, ...]


def verify(file: Path) -> Verdict:
    """Read a log from its first line: every hash right, every record behind the one before, none left out.

    A half line that a killed process left is no fault: nothing was answered on its word.
    """
    faults: list[str] = []
    number, previous = 0, FIRST
    with file.open("rb") as stream:
        for at, line in enumerate(stream, 1):
            if not _is_sealed(line):
                continue
            content, sha256 = line[:-_SEAL] + b"}", line[-_SEAL + len(_SEALED) : -3].decode()
            if hashlib.sha256(content).hexdigest() != sha256:
                faults.append(f"line {at}: changed after it was written")
            record, before = _place(content)
            if (record, before) != (number + 1, previous):
                faults.append(f"line {at}: record {record} does not follow record {number}")
            number, previous = record, sha256
    return Verdict(number, previous, tuple(faults))


def _place(content: bytes) -> tuple[int, str]:
    """The number that a record bears and the hash that it says to follow."""
    try:
        record = json.loads(content)
        return int(record["n"]), str(record["previous"])
    except (ValueError, KeyError, TypeError):
        return 0, ""
