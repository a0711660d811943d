"""What the run book speaks of, and that its commands exist; the long tests type them."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.kept import grants, tokens
from gateway.kept.database import open_database
from gateway.settings import settings
from tests.conftest import REPOSITORY
from tests.runbook import BOOK, commands


def test_the_run_book_speaks_of_what_may_happen() -> None:
    titles = re.findall(r"^## (.+)$", BOOK.read_text(), re.MULTILINE)
    assert len(titles) == 10
    assert {"A county is held", "A past release is rebuilt", "A file of the home is not whole"} <= set(titles)


def test_each_make_command_of_the_run_book_is_one_of_ours() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    typed = [command.split()[1] for command, _ in commands() if command.startswith("make ")]
    assert len(typed) >= 12 and set(typed) <= targets


def test_the_backup_holds_what_cannot_be_made_anew_and_is_taken_under_the_locks_of_runs() -> None:
    (taken,) = [command for command, _ in commands() if " -cf " in command]
    copied, _, packing = taken.partition(" && ")
    locks, packed = packing.split(" tar ")
    assert copied == ".venv/bin/python -m gateway backup"
    assert locks == 'flock "$JUBIAN_HOME/.lock" flock "$JUBIAN_HOME/supply/.lock"'
    kept, _, state = packed.partition('"$BACKUP" ')[2].partition(" -C ")
    assert set(kept.split()) == {"inbox", "landed", "refused", "standard", "places", "supply"}
    assert state == '"${JUBIAN_GATEWAY_STATE:-$JUBIAN_HOME/gateway}" .'


@pytest.mark.parametrize("state", ["", "elsewhere"])
def test_the_backup_has_the_grants_whole_whatever_the_gateway_writes_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    if state:
        monkeypatch.setenv("JUBIAN_GATEWAY_STATE", str(tmp_path / state))
    home, done = tmp_path / "home", threading.Event()
    for name in ("inbox", "landed", "refused", "standard", "places", "supply"):
        (home / name).mkdir(parents=True)
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    engine = open_database(settings())
    offices = [grants.add_recipient(engine, "330110", f"第{number}处") for number in range(20)]
    for each in offices:
        grants.grant(engine, each, "enterprise_mirror", "L1", purpose="试用", approver="测试", days=30)

    def write() -> None:
        while not done.is_set():
            tokens.issue(engine, offices[0].id)

    writes = threading.Thread(target=write)
    writes.start()
    try:
        assert main(["backup"]) == 0
        _pack(home, tmp_path / "backup.tar")
    finally:
        done.set()
        writes.join()
    subprocess.run(["tar", "-C", tmp_path, "-xf", tmp_path / "backup.tar"], check=True)
    assert sorted(each.name for each in (tmp_path / "gateway").glob("grants*")) == ["grants.db"]
    with sqlite3.connect(tmp_path / "gateway" / "grants.db") as restored:
        assert restored.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert restored.execute("SELECT count(*) FROM grants").fetchall() == [(20,)]


def _pack(home: Path, backup: Path) -> None:
    """What the run book packs once the grants are copied."""
    (taken,) = [command for command, _ in commands() if " -cf " in command]
    environment = os.environ | {"JUBIAN_HOME": str(home), "BACKUP": str(backup)}
    subprocess.run(["bash", "-c", taken.partition(" && ")[2]], env=environment, check=True)


def test_grants_in_a_database_server_are_backed_up_by_its_own_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], postgres_url: str
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_GATEWAY_DATABASE", postgres_url.replace("postgresql://", "postgresql+psycopg2://"))
    assert main(["backup"]) == 0
    assert "pg_dump" in capsys.readouterr().out and not [*tmp_path.rglob("grants*")]
