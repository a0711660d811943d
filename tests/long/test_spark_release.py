"""A whole release inside Spark, as a run makes it: equal bytes from several worker processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import run_release
from tests.published import bytes_below
from tests.servers.spark import MISSING, environment

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


def test_a_whole_release_in_worker_processes_gives_every_byte_that_one_machine_gives(
    first_release: Path, province: Path, tmp_path: Path
) -> None:
    done = run_release(province, **environment(tmp_path / "spark"))
    assert done.returncode == 0, done.stdout + done.stderr
    told, expected = bytes_below(province / "supply"), bytes_below(first_release / "supply")
    assert len(expected) > 1_000
    assert sorted(told) == sorted(expected)
    assert [name for name in expected if told[name] != expected[name]] == []
