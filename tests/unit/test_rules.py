"""Rules asked by pandera: who brings it, and that threads which ask at once leave the warnings as they were."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY

# What neither the UI nor whoever verifies what is well waits for.
UNASKED = """
import sys
import assets.definitions, gateway.__main__, pipelines.verify
sys.exit(", ".join(sorted({"pandera", "pandas"} & sys.modules.keys())) or 0)
"""
AT_ONCE = """
import sys, warnings
from concurrent.futures import ThreadPoolExecutor
from pipelines.judge import schema
from schemas.feed import all_feeds
before = list(warnings.filters)
with ThreadPoolExecutor(8) as threads:
    made = list(threads.map(schema, all_feeds().values()))
assert all(each.columns for each in made)
sys.exit(0 if warnings.filters == before else str(warnings.filters))
"""


def test_who_judges_no_row_does_not_wait_for_pandera() -> None:
    done = subprocess.run([sys.executable, "-c", UNASKED], cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_feeds_may_be_judged_at_once_by_whoever_comes_first() -> None:
    done = subprocess.run([sys.executable, "-c", AT_ONCE], cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
