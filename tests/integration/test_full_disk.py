"""A disk that fills up while a release writes: the old or the new stays served, and room lets it finish."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.checking.whole import verify
from tests.integration.test_release import days
from tests.killing import PRODUCT, Days, digest, release

__all__ = ["days"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that a test may fill; mounted in memory, which needs root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"a disk of its own cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("left", [0, 40_000, 300_000])
def test_a_full_disk_leaves_the_old_or_the_new_and_room_lets_it_finish(left: int, days: Days, small_disk: Path) -> None:
    supply = small_disk / "supply"
    shutil.copytree(days.first, supply)
    filler = small_disk / "filler"
    with filler.open("wb") as stream:
        free = shutil.disk_usage(small_disk).free
        stream.write(b"\0" * (free - left))
    with pytest.raises(OSError, match="No space left"):
        release(days.home, supply)
    assert verify(PRODUCT, supply) == []
    filler.unlink()
    release(days.home, supply)
    assert digest(supply) == digest(days.second)
