"""What a release needs is in requirements.lock: it is made where nothing else can be imported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.published import manifest_of

# Two days, so that what is told anew is told in this environment too.
_TWO_DAYS = """
import json, sys
from pathlib import Path

class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in refused:
            raise ModuleNotFoundError(f"No module named '{name}': it is not in requirements.lock", name=name)

refused = set(json.loads(sys.argv[2]))
sys.meta_path.insert(0, Refused())
from benchmarks.chain import chain, chained_products
from demo.__main__ import main
from pipelines.dictionary import current

home = Path(sys.argv[1])
for _ in range(2):
    for _ in chain(home, chained_products(), current()):
        pass
    main(["--out", str(home), "--refresh"])
"""


def foreign() -> list[str]:
    """The modules that are installed here for tests alone."""
    lock = (REPOSITORY / "requirements.lock").read_text()
    owed = {_plain(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", lock, re.MULTILINE)}
    here = packages_distributions().items()
    return sorted(module for module, owners in here if not owed & {_plain(owner) for owner in owners})


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_a_release_needs_nothing_but_what_the_run_lock_names(province: Path) -> None:
    refused = foreign()
    assert {"numpy", "pytest"} <= set(refused)
    command = [sys.executable, "-c", _TWO_DAYS, str(province), json.dumps(refused)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert manifest_of(province / "supply" / "330110" / "enterprise_mirror").version == 2
