"""A supply of three versions for every county, made once for all tests of the gateway."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.dictionary import current
from pipelines.disk.store import only_one
from pipelines.publishing.publish import release_product
from schemas.product import all_products
from tests.chain import fused
from tests.conftest import REPOSITORY

COUNTY, PRODUCT = "330110", "enterprise_mirror"
SCHEMA = f"{PRODUCT}_v{all_products()[PRODUCT].version.split('.')[0]}"
DAYS = 3


@pytest.fixture(scope="session")
def three_versions(small_province: Path, shared_folder: Path) -> Path:
    """A home of which three days were released, with the truth beside it; not to be written to."""
    folder = shared_folder / "versions"
    with only_one(folder):
        if not (folder / "done").exists():
            home = shutil.copytree(small_province, folder / "home", ignore=shutil.ignore_patterns(".lock"))
            for day in range(DAYS):
                if day:
                    again = [sys.executable, "-m", "demo", "--out", str(home), "--refresh"]
                    subprocess.run(again, cwd=REPOSITORY, check=True, capture_output=True)
                fused(home / "inbox", home)
                release_product(all_products()[PRODUCT], current(), home, home / "supply", lambda _: None)
            (folder / "done").touch()
    return folder / "home"
