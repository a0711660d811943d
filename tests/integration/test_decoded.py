"""Text that other processes decode: the same as is decoded here, whole or not at all, and none of them stays."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.formats import decoded as beside
from pipelines.formats.text import blocks_of
from pipelines.refusal import Refusal

_LINE = st.text(st.sampled_from('某甲乙丽水,1a"€㐀𠮷'), max_size=30).map(lambda text: text.encode("gb18030"))
_END = st.sampled_from([b"\n", b"\r\n"])
_BROKEN = st.sampled_from([b"", b"", b"", b"\x00", b"\xff", b"\x81", b"\xd0\xff"])
_FILE = st.lists(st.tuples(_LINE, _BROKEN, _END), min_size=1, max_size=40).map(
    lambda parts: b"".join(map(b"".join, parts))
)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Popen[bytes]]]:
    """The processes that decode; none may be left behind."""
    begun: list[Popen[bytes]] = []
    start = beside._decoder
    monkeypatch.setattr("pipelines.formats.text._WORTH", 0)
    monkeypatch.setattr(beside, "_decoder", lambda: begun.append(start()) or begun[-1])
    yield begun
    assert begun and all(each.poll() is not None for each in begun)


@settings(max_examples=40, deadline=None)
@given(_FILE, st.sampled_from([1, 7, 64, 1 << 20]), st.booleans())
def test_what_is_decoded_beside_is_what_is_decoded_here(content: bytes, size: int, marked: bool) -> None:  # noqa: FBT001
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "税务 登记.csv"
        file.write_bytes(("\ufeff".encode("gb18030") if marked else b"") + content)
        here = told(file, size)
        with mock.patch("pipelines.formats.text._WORTH", 0):
            assert told(file, size) == here


def told(file: Path, size: int) -> str | bytes:
    """The text of a file, or why there is none."""
    try:
        return b"".join(blocks_of(file, "gb18030", size))
    except Refusal as refusal:
        return str(refusal)


def test_a_text_that_is_not_read_to_its_end_leaves_no_process(tmp_path: Path, started: list[Popen[bytes]]) -> None:
    file = tmp_path / "20260630.csv"
    file.write_bytes("某某,1\n".encode("gb18030") * 5_000)
    texts = blocks_of(file, "gb18030", 100)
    assert next(texts).startswith("某某,1\n".encode())
    texts.close()


def test_a_process_that_is_ended_ends_the_reading(tmp_path: Path, started: list[Popen[bytes]]) -> None:
    file = tmp_path / "20260630.csv"
    file.write_bytes("某某,1\n".encode("gb18030") * 5_000)
    texts = blocks_of(file, "gb18030", 100)
    next(texts)
    for each in started:
        each.kill()
    with pytest.raises(OSError, match=r"20260630.csv was ended with code -9; run again\."):
        list(texts)
