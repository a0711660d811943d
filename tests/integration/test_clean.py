"""`make clean`: what can be made again goes at one word, what was delivered and released only at a second one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like one in which things were run."""
    for name in (".venv/bin", "schemas/__pycache__", ".ruff_cache", "var/demo/landed", "var/feeds/landed"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def clean(checkout: Path, *settings: str) -> str:
    """What the command says."""
    asked = ["make", "-f", str(REPOSITORY / "Makefile"), "clean", *settings]
    return subprocess.run(asked, cwd=checkout, capture_output=True, text=True, check=True).stdout


def test_environments_and_caches_go_and_data_stays(checkout: Path) -> None:
    said = clean(checkout)
    assert sorted(file.name for file in checkout.iterdir()) == ["schemas", "var"]
    assert list((checkout / "schemas").iterdir()) == []
    assert (checkout / "var" / "demo" / "landed").is_dir()
    assert "Kept; YES=1 would remove:" in said and "var/demo" in said and "var/feeds" in said


def test_data_go_at_a_second_word_and_are_named(checkout: Path) -> None:
    said = clean(checkout, "YES=1")
    assert not (checkout / "var").exists()
    assert "Removing:" in said and "var/demo" in said and "var/feeds" in said
    assert "var" not in clean(checkout, "YES=1").replace(".venv", "")
