"""Stretches of a file in UTF-8, decoded by processes of their own: Python's decoder lets no other thread of one run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from subprocess import PIPE, Popen
from typing import IO

from pipelines.engine.local import in_order
from pipelines.formats import decoder

# So many keep up with what reads their text on as many cores.
_DECODERS = 2

Stretch = tuple[int, int]
Idle = SimpleQueue["Popen[bytes]"]


def decoded(file: Path, encoding: str, stretches: Iterable[Stretch]) -> Iterator[tuple[bytes, int]]:
    """The text of each stretch (start and length, in bytes, at line ends), in order, as `decoder.in_utf8` gives it.

    Raises OSError where a process that decodes has been ended.
    """
    with ExitStack() as started:
        idle: Idle = SimpleQueue()
        for _ in range(_DECODERS):
            idle.put(started.enter_context(_decoder()))
        yield from in_order(stretches, lambda stretch: _asked(idle, file, encoding, stretch), threads=_DECODERS)


def _decoder() -> Popen[bytes]:
    """A process that decodes until its input ends; what interrupts this one does not reach it before."""
    command = [sys.executable, "-P", "-S", decoder.__file__]
    return Popen(command, bufsize=0, stdin=PIPE, stdout=PIPE, start_new_session=True)


def _asked(idle: Idle, file: Path, encoding: str, stretch: Stretch) -> tuple[bytes, int]:
    one = idle.get()
    try:
        return _answer(one, json.dumps([str(file), *stretch, encoding]).encode() + b"\n")
    except (BrokenPipeError, EOFError) as error:
        raise OSError(f"A process that decoded {file} was ended with code {one.wait()}; run again.") from error
    finally:
        idle.put(one)


def _answer(one: Popen[bytes], request: bytes) -> tuple[bytes, int]:
    assert one.stdin is not None and one.stdout is not None
    one.stdin.write(request)
    length, broken = decoder.ANSWER.unpack(_read(one.stdout, decoder.ANSWER.size))
    return _read(one.stdout, length), broken


def _read(stream: IO[bytes], length: int) -> bytes:
    """So many bytes; a pipe gives them piece by piece. Raises EOFError where it ends before."""
    content = bytearray(length)
    left = memoryview(content)
    while left:
        got: int = stream.readinto(left)  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        left = left[got:]
    return bytes(content)
