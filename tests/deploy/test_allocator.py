"""Whether what we ask of Polars' allocator is one thing everywhere, and is understood by the allocator that it has."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

NAME = "_RJEM_MALLOC_CONF"
WHERE = ("Makefile", "deploy/jubian.env", "deploy/kubernetes/jubian.yaml")


def asked(file: str) -> str:
    """The options that a file asks for."""
    found = re.search(rf"^[a-z ]*{NAME} ?\??[=:] ?(\S+)$", (REPOSITORY / file).read_text(), re.MULTILINE)
    assert found is not None, f"{file} does not set {NAME}"
    return found[1]


def complaints(options: str) -> str:
    """What the allocator says of some options when Polars is read."""
    run = [sys.executable, "-c", "import polars"]
    return subprocess.run(run, env=os.environ | {NAME: options}, capture_output=True, text=True, check=True).stderr


def test_every_place_asks_for_the_same() -> None:
    assert len({asked(file) for file in WHERE}) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="Polars has this allocator on Linux")
def test_the_allocator_understands_what_is_asked() -> None:
    assert complaints(asked("Makefile")) == ""
    assert "oversize_limit" in complaints("oversize_limit:0"), "another allocator, or another name: measure again"
