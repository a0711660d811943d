"""What the run book speaks of, and that its commands exist; the long tests type them."""

from __future__ import annotations

import re

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
    locks, packed = taken.split(" tar ")
    assert locks == 'flock "$JUBIAN_HOME/.lock" flock "$JUBIAN_HOME/supply/.lock"'
    kept = set(packed.partition('"$BACKUP" ')[2].split())
    assert kept == {"inbox", "landed", "refused", "standard", "places", "supply", "gateway"}
