"""What several rooms of tests share: the servers, and a small demo that is made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# Machines are noisy: what a property costs is no part of it.
settings.register_profile("noisy", deadline=None)
settings.load_profile("noisy")

pytest_plugins = ["tests.servers.fixtures"]

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("JUBIAN_SHARED", REPOSITORY.parent / "shared"))


@pytest.fixture(scope="session")
def small_province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the inbox of a demo of 1,500 enterprises; copy it before writing to it."""
    folder = tmp_path_factory.mktemp("province")
    arguments = ["--out", str(folder), "--enterprises", "1500", "--seed", "7"]
    subprocess.run([sys.executable, "-m", "demo", *arguments], cwd=REPOSITORY, check=True, capture_output=True)
    return folder


@pytest.fixture
def province(small_province: Path, tmp_path: Path) -> Path:
    """A home of one's own with the small demo in its inbox."""
    home = tmp_path / "home"
    shutil.copytree(small_province, home)
    return home


@pytest.fixture(scope="session")
def real_feeds() -> Path:
    """The real feeds, which are not in the repository."""
    feeds = SHARED / "feeds"
    if not feeds.is_dir():
        pytest.skip(f"the real feeds are not at {feeds}; set JUBIAN_SHARED to the folder that holds feeds/")
    return feeds


def run_release(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m assets.run` in a process of its own, as `make run` calls it."""
    variables = os.environ | {
        "JUBIAN_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "PYTHONWARNINGS": "ignore",
    }
    variables.pop("JUBIAN_INBOX", None)
    for module in (["assets.instance"], ["assets.run", *arguments]):
        done = subprocess.run(
            [sys.executable, "-m", *module],
            cwd=REPOSITORY,
            env=variables | environment,
            text=True,
            capture_output=True,
            check=False,
        )
    return done
