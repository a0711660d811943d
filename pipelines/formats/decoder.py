"""Bytes to UTF-8; as a script, for whoever asks through a pipe. Imports nothing of ours, so that it starts in a moment.

A request is a line of JSON: file, start, length, encoding. The answer is two numbers of eight bytes, how long the text
is and how many of its characters are broken, and then the text.
"""

from __future__ import annotations

import json
import struct
import sys

REPLACEMENT_CHARACTER = "\ufffd"
_ZERO = b"\x00"
ANSWER = struct.Struct("<QQ")


def in_utf8(content: bytes, encoding: str) -> tuple[bytes, int]:
    """A text in UTF-8 whose lines end in line feeds alone, and how many of its characters are broken.

    A zero byte becomes a replacement character too; it says nothing of the encoding, so it is not counted.
    """
    text = content.decode(encoding, errors="replace")
    # To look for one is twenty times as fast as to count them, and mostly there is none.
    broken = text.count(REPLACEMENT_CHARACTER) if REPLACEMENT_CHARACTER in text else 0
    told = content if encoding == "utf-8" and not broken else text.encode()
    told = told.replace(_ZERO, REPLACEMENT_CHARACTER.encode()) if _ZERO in told else told
    return told.replace(b"\r\n", b"\n") if b"\r" in told else told, broken


def main() -> None:
    """Answer one request after another, until nobody asks any more."""
    for request in sys.stdin:
        file, start, length, encoding = json.loads(request)
        with open(file, "rb") as stream:  # noqa: PTH123  pathlib would be half of the start
            stream.seek(start)
            text, broken = in_utf8(stream.read(length), encoding)
        sys.stdout.buffer.write(ANSWER.pack(len(text), broken))
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
