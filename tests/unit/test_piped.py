"""A command of which nobody reads what it prints ends with a line, and not where the code stood."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

ENDED = (141, "Stopped: what is printed is read no more. What was still to be done is not.\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("command", [["pipelines.retention.gc"], ["gateway", "pins"], ["assets.run"]])
def test_a_command_whose_output_nobody_reads_says_so_and_ends(
    command: list[str], unbuffered: str, tmp_path: Path
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    environment = os.environ | {"JUBIAN_HOME": str(tmp_path), "PYTHONUNBUFFERED": unbuffered}
    asked = [sys.executable, "-m", *command]
    done = subprocess.run(
        asked, cwd=REPOSITORY, env=environment, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == ENDED
