"""What `make run` calls, over which folders: by a Python that only says how it was called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from assets.home import stand_aside
from gateway.settings import settings
from tests.conftest import REPOSITORY, run_release

SAYS = """#!/bin/sh
echo "$@"
env | grep -E '^(JUBIAN|DAGSTER)_' | sort
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home, beside a folder in which Python only says how it was called."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text(SAYS)
    (tmp_path / "bin" / "python").chmod(0o755)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def make(home: Path, *asked: str, **named: str) -> str:
    """What is called, and what it sees of the environment."""
    here = {name: text for name, text in os.environ.items() if not name.startswith(("JUBIAN_", "DAGSTER_"))}
    typed = ["make", "-s", "-o", ".venv/run.stamp", f"BIN={home.parent / 'bin'}", *asked]
    environment = here | {"JUBIAN_HOME": str(home)} | named
    return subprocess.run(typed, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_demo_is_made_in_a_home_of_which_nothing_is_known(home: Path) -> None:
    for asked in (["run"], ["run", "KNOWN=2026-11-26"], ["run", "PRODUCTS=enterprise_mirror"]):
        assert make(home, *asked).startswith(f"-m demo --out {home} ")
    elsewhere = {"JUBIAN_DAGSTER_URL": "postgresql://dagster", "JUBIAN_GATEWAY_URL": "https://share.example"}
    assert make(home, "run", **elsewhere).startswith(f"-m demo --out {home} ")


@pytest.mark.parametrize(
    "named",
    [{"JUBIAN_SUPPLY": "s3://jubian/supply"}, {"JUBIAN_INBOX": "/mnt/inbox"}, {"FEEDS": "/mnt/feeds"},
     {"JUBIAN_EXCHANGE_URL": "postgresql://reader:a$(b`echo c`@exchange"},
     {"JUBIAN_ECOLOGY_PERMIT_URL": "https://permits.example/api"}, {"JUBIAN_DAGSTER_SETTINGS": "deploy/dagster.yaml"}],
    ids=lambda named: next(iter(named)),
)  # fmt: skip
def test_no_demo_is_made_where_an_inbox_a_store_or_production_is_named(home: Path, named: dict[str, str]) -> None:
    assert make(home, "run", **named).startswith("-m assets.run\n")


@pytest.mark.parametrize("asked", ["FEED=../shared/feeds", "feeds=../shared/feeds", "ENTERPRISE=1500"])
def test_a_word_that_no_command_reads_is_refused_before_a_demo_is_made_instead(home: Path, asked: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        make(home, "run", asked)
    assert f"{asked.partition('=')[0]}= is read by no command; expected some of ENTERPRISES" in refused.value.stderr
    assert refused.value.stdout == ""


@pytest.mark.parametrize(("yes", "frees"), [("YES=1", True), ("YES=no", False), ("YES=0", False), ("YES=", False)])
def test_nothing_is_freed_but_at_the_word_that_the_documents_have(home: Path, yes: str, *, frees: bool) -> None:
    assert make(home, "gc", yes).splitlines()[0].endswith("--yes") is frees


@pytest.mark.parametrize("folder", ["supply", "landed", "inbox"])
def test_no_demo_is_made_in_a_home_that_has_landed_or_released(home: Path, folder: str) -> None:
    (home / folder).mkdir()
    assert make(home, "run").startswith("-m assets.run\n")


def test_known_rebuilds_from_the_archive_and_the_objections_that_are_named(home: Path) -> None:
    known = make(home, "run", "KNOWN=2026-11-26", JUBIAN_INBOX="/mnt/archive", JUBIAN_GATEWAY_STATE="/mnt/gateway")
    assert "\nJUBIAN_INBOX=/mnt/archive\n" in known and "\nJUBIAN_OBJECTIONS=/mnt/gateway/objections.jsonl\n" in known
    assert f"\nJUBIAN_INBOX={home / 'inbox'}\n" in make(home, "run", "KNOWN=2026-11-26", JUBIAN_INBOX="")
    assert "\nJUBIAN_INBOX=/mnt/feeds\n" in make(home, "run", "KNOWN=2026-11-26", "FEEDS=/mnt/feeds")


def test_known_is_rebuilt_in_a_home_and_a_dagster_of_its_own(home: Path) -> None:
    production = {"DAGSTER_HOME": f"{home}/dagster", "JUBIAN_DAGSTER_URL": "postgresql://dagster"}
    production |= {"JUBIAN_DAGSTER_SETTINGS": "deploy/dagster.yaml"}
    for command in ("run", "shelf"):
        seen = make(home, command, "KNOWN=2026-11-26", **production)
        assert f"\nJUBIAN_HOME={home}/known/2026-11-26\n" in seen
        assert f"DAGSTER_HOME={home}/known/2026-11-26/dagster\n" in seen
        assert "JUBIAN_DAGSTER" not in seen
    assert f"DAGSTER_HOME={home}/dagster\n" in make(home, "run", **production)


def test_the_shelf_of_what_was_known_is_not_the_served_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"JUBIAN_HOME": str(home), "JUBIAN_SUPPLY": "/srv/supply", "JUBIAN_KNOWN": "2026-11-26"}.items():
        monkeypatch.setenv(name, text)
    assert settings().supply == home / "supply"


def test_standing_aside_leaves_productions_dagster(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"JUBIAN_HOME": str(home), "DAGSTER_HOME": f"{home}/dagster", "JUBIAN_DAGSTER_URL": "postgresql://dagster"}
    monkeypatch.setattr(os, "environ", here)
    stand_aside("2026-11-26")
    assert here["DAGSTER_HOME"] == f"{home}/known/2026-11-26/dagster" and here["JUBIAN_INBOX"] == f"{home}/inbox"
    assert "JUBIAN_DAGSTER_URL" not in here


def test_a_run_without_an_inbox_says_so_and_what_to_do(tmp_path: Path) -> None:
    done = run_release(tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"No inbox is at {tmp_path / 'inbox'}: put the deliveries there, a folder a feed, "
        "or say where they are: JUBIAN_INBOX=…\n"
    )
