"""What the run book says: each of its commands is typed, in order, and the lines under it are looked for."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.conftest import ENTERPRISE_PRODUCTS, REPOSITORY
from tests.runbook import commands
from tests.servers.s3 import BUCKET, store
from tests.servers.s3 import environment as store_environment


def _typed(command: str, environment: dict[str, str]) -> str:
    """What a command says. What is installed already is not installed anew."""
    installed = re.sub(r"^make ", "make --old-file=.venv/run.stamp --old-file=requirements.lock ", command)
    done = subprocess.run(
        ["bash", "-c", installed], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def test_every_command_of_the_run_book_does_what_it_says(released: Path, tmp_path: Path) -> None:
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("JUBIAN_", "DAGSTER_"))}
    environment |= {"JUBIAN_HOME": str(released), "JUBIAN_PRODUCTS": ",".join(ENTERPRISE_PRODUCTS)}
    environment |= {"BACKUP": str(tmp_path / "backup.tar")}
    with store() as address:
        _type_all(environment | store_environment(address) | {"STORE": f"s3://{BUCKET}/supply"})


def _type_all(environment: dict[str, str]) -> None:
    typed = list(commands())
    assert len(typed) >= 23
    for command, seen in typed:
        said = _typed(command, environment)
        for line in seen:
            pattern = ".*".join(map(re.escape, line.split("…")))
            assert re.search(pattern, said), f"{command}: {line!r} is not in\n{said[-3000:]}"
