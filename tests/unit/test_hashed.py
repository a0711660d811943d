"""What an arrived file hashes to is read once, and again as soon as anything of it may be another: `disk.hashed`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.disk import hashed
from pipelines.disk.hashed import known_sha256

FEED = "tax_registration"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A delivery that has lain there for a while."""
    monkeypatch.setattr(hashed, "_SETTLED_NS", 0)
    arrived = tmp_path / "inbox" / ("税" * 84 + ".c")
    arrived.parent.mkdir()
    arrived.write_text("纳税人,识别号\n")
    return arrived


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose bytes are read."""
    read, whole = list[Path](), hashed.sha256_of

    def counted(file: Path) -> str:
        read.append(file)
        return whole(file)

    monkeypatch.setattr(hashed, "sha256_of", counted)
    return read


def test_an_untouched_file_is_read_once_in_each_home(file: Path, reads: list[Path], tmp_path: Path) -> None:
    told = {known_sha256(FEED, file, tmp_path / home) for home in ("one", "one", "other", "one")}
    assert told == {hashlib.sha256(file.read_bytes()).hexdigest()}
    assert len(reads) == 2


@pytest.mark.parametrize("content", [b"", b"{"])
def test_a_note_that_a_disk_has_cut_short_is_made_anew(
    content: bytes, file: Path, reads: list[Path], tmp_path: Path
) -> None:
    told = known_sha256(FEED, file, tmp_path)
    (note,) = (tmp_path / "hashed" / FEED).iterdir()
    note.write_bytes(content)
    assert [known_sha256(FEED, file, tmp_path) for _ in range(2)] == [told] * 2
    assert len(reads) == 2


def _written_at_the_same_time(file: Path) -> None:
    times = file.stat()
    file.write_text("纳税人,识别码\n")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def _another_in_its_place(file: Path) -> None:
    other = file.with_name("other")
    other.write_text("纳税人,识别码\n")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [_written_at_the_same_time, _another_in_its_place])
def test_other_bytes_are_seen_though_size_and_time_of_writing_are_the_same(
    file: Path, change: Callable[[Path], None], tmp_path: Path
) -> None:
    before = known_sha256(FEED, file, tmp_path)
    size, written = file.stat().st_size, file.stat().st_mtime_ns
    change(file)
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (size, written)
    assert known_sha256(FEED, file, tmp_path) == hashlib.sha256(file.read_bytes()).hexdigest() != before


def test_a_file_that_was_changed_a_moment_ago_is_read_again(
    file: Path, reads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashed, "_SETTLED_NS", 60_000_000_000)
    assert known_sha256(FEED, file, tmp_path) == known_sha256(FEED, file, tmp_path)
    assert len(reads) == 2


def test_a_file_that_changes_while_it_is_read_is_read_again(
    file: Path, reads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = hashed.sha256_of

    def torn(file: Path) -> str:
        sha256 = read(file)
        file.write_text("纳税人,识别码\n")
        return sha256

    with monkeypatch.context() as patch:
        patch.setattr(hashed, "sha256_of", torn)
        known_sha256(FEED, file, tmp_path)
    assert known_sha256(FEED, file, tmp_path) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert len(reads) == 2
