"""What several rooms of tests share: the servers, and a small demo that is made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from demo.feeds import DESCRIBING
from pipelines.disk.store import only_one

# Machines are noisy: what a property costs is no part of it.
settings.register_profile("noisy", deadline=None)
settings.load_profile("noisy")

# Every run of Dagster waits for the disk hundreds of times; what a kill leaves behind is the same in memory.
_MEMORY, _ENOUGH = Path("/dev/shm"), 6 * 2**30
if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

pytest_plugins = ["tests.servers.fixtures", "tests.gateway"]

REPOSITORY = Path(__file__).resolve().parent.parent
ENTERPRISE_PRODUCTS = ("data_disputes", "enterprise_mirror")
SHARED = Path(os.environ.get("JUBIAN_SHARED", REPOSITORY.parent / "shared"))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made once, however many processes run the tests."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def small_province(shared_folder: Path) -> Path:
    """A folder with the inbox of a demo of 1,500 enterprises, in the feeds that describe one; copy before writing."""
    return _made(shared_folder / "province", "--feeds", *DESCRIBING)


@pytest.fixture(scope="session")
def whole_province(shared_folder: Path) -> Path:
    """The same in all feeds of the demo, for what rests on the others."""
    return _made(shared_folder / "whole")


def _made(folder: Path, *feeds: str) -> Path:
    with only_one(folder):
        if not (folder / "truth").exists():
            command = [
                sys.executable,
                "-m",
                "demo",
                "--out",
                str(folder),
                "--enterprises",
                "1500",
                "--seed",
                "7",
                *feeds,
            ]
            subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def first_release(small_province: Path, shared_folder: Path) -> Path:
    """A home after one release of the small demo, with what the run said in `said`; copy it before writing to it."""
    folder = shared_folder / "released"
    with only_one(folder):
        if not (folder / "said").exists():
            home = shutil.copytree(small_province, folder / "home", ignore=shutil.ignore_patterns(".lock"))
            done = run_release(home)
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "said").write_text(done.stdout)
    return folder / "home"


@pytest.fixture(scope="session")
def whole_release(whole_province: Path, shared_folder: Path) -> Path:
    """A home after one release of every product of the shelf; copy it before writing to it."""
    folder = shared_folder / "shelf"
    with only_one(folder):
        if not (folder / "said").exists():
            home = shutil.copytree(whole_province, folder / "home", ignore=shutil.ignore_patterns(".lock"))
            done = run_release(home, JUBIAN_PRODUCTS="")
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "said").write_text(done.stdout)
    return folder / "home"


@pytest.fixture
def released(first_release: Path, tmp_path: Path) -> Path:
    """A released home of one's own."""
    return shutil.copytree(first_release, tmp_path / "released")


@pytest.fixture
def province(small_province: Path, tmp_path: Path) -> Path:
    """A home of one's own with the small demo in its inbox."""
    return shutil.copytree(small_province, tmp_path / "home")


@pytest.fixture(scope="session")
def real_feeds() -> Path:
    """The real feeds, which are not in the repository."""
    feeds = SHARED / "feeds"
    if not feeds.is_dir():
        pytest.skip(f"the real feeds are not at {feeds}; set JUBIAN_SHARED to the folder that holds feeds/")
    return feeds


def run_release(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`python -m assets.run` in a process of its own, as `make run` calls it, for the products of each enterprise.

    The whole shelf costs many times as much; `tests/integration/test_shelf.py` releases it.
    """
    variables = os.environ | {
        "JUBIAN_HOME": str(home),
        "DAGSTER_HOME": str(home / "dagster"),
        "PYTHONWARNINGS": "ignore",
        "JUBIAN_PRODUCTS": ",".join(ENTERPRISE_PRODUCTS),
    }
    variables.pop("JUBIAN_INBOX", None)
    return subprocess.run(
        [sys.executable, "-m", "assets.run", *arguments],
        cwd=REPOSITORY,
        env=variables | environment,
        text=True,
        capture_output=True,
        check=False,
    )
