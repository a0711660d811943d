"""Whether the image is what a checkout holds and no more, and make finds there what make would have installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tests.conftest import REPOSITORY

STEPS = (REPOSITORY / "deploy" / "Containerfile").read_text().splitlines()


def _lines(name: str) -> set[str]:
    """What an ignore file names, wherever in the checkout it lies."""
    told = (line.removeprefix("**/").removesuffix("/") for line in (REPOSITORY / name).read_text().splitlines())
    return {line for line in told if not line.startswith("#")}


def test_what_git_ignores_does_not_go_into_the_image() -> None:
    assert _lines(".dockerignore") == _lines(".gitignore") | {".git"}


def test_make_is_there_and_installs_nothing_anew(tmp_path: Path) -> None:
    (installed,) = [line for line in STEPS if "apt-get install" in line]
    assert "make" in installed.split()
    stamped = [at for at, line in enumerate(STEPS) if "touch .venv/run.stamp" in line]
    assert stamped and STEPS.index("COPY . .") < stamped[0] < STEPS.index("USER 10001")
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()
    (touch,) = re.findall(r"touch \S+", STEPS[stamped[0]])
    subprocess.run(["bash", "-c", touch], cwd=tmp_path, check=True)
    would = subprocess.run(
        ["make", "-n", "--no-print-directory", "verify"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert would.stdout == ".venv/bin/python -m pipelines.verify\n"
