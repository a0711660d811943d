"""Files that appear whole or not at all, also where two write the same name at once or the disk is full."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.disk import store


def test_a_published_file_that_the_disk_has_damaged_is_written_again(tmp_path: Path) -> None:
    told = store.put_encoded(b"PAR1 whole PAR1", 1, tmp_path, "snapshot", tmp_path)
    file = tmp_path / told.path
    written = file.stat().st_ino
    assert store.put_encoded(b"PAR1 whole PAR1", 1, tmp_path, "snapshot", tmp_path) == told
    assert file.stat().st_ino == written
    file.write_bytes(b"PAR1 wh")
    assert store.put_encoded(b"PAR1 whole PAR1", 1, tmp_path, "snapshot", tmp_path) == told
    assert file.read_bytes() == b"PAR1 whole PAR1"


def test_who_writes_a_name_that_another_is_about_to_write_takes_nothing_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, met, synced = tmp_path / "L1" / "快照.parquet", list[bytes](), os.fsync

    def fsync(handle: int) -> None:
        if not met:
            met.append(b"the second")
            store.put_bytes(b"the second", file)
            met.append(file.read_bytes())
        synced(handle)

    monkeypatch.setattr("pipelines.disk.store.os.fsync", fsync)
    store.put_bytes(b"the first, at work for longer", file)
    assert met == [b"the second"] * 2 and file.read_bytes() == b"the first, at work for longer"
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_what_stood_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "index.json"
    store.put_bytes(b"before", file)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.disk.store.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put_bytes(b"after", file)
    assert list(tmp_path.iterdir()) == [file] and file.read_bytes() == b"before"
