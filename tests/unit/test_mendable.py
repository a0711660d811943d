"""What a person can mend: whichever it is, a command ends with its message, and another process says it as it was."""

from __future__ import annotations

import copy
import pickle
from datetime import date
from pathlib import Path

import pytest

from pipelines.command import command
from pipelines.dictionary import MappingError, current
from pipelines.engine.named import NoEngine
from pipelines.policies.fault import PolicyError
from pipelines.policies.read import policies
from pipelines.refusal import Finding, Refusal
from pipelines.tags.catalogue import whole
from schemas.manifest import NoFile
from schemas.mendable import Mendable

_FAULTS: list[Mendable] = [
    MappingError("mappings/codes/sex.csv line 3: found 'a line'."),
    NoEngine("JUBIAN_ENGINE=sparks is no engine; expected local or spark."),
    NoFile(Path("330110/enterprise_mirror/L2/1.parquet"), "no file"),
    Refusal(Finding("表.csv", 2, "列", "rule", "found", "expected", "Deliver it again.")),
]


def _of_two_policies() -> PolicyError:
    """As it is raised, with a line for each of two files."""
    nothing = {"title": 1, "issued_by": "某局", "versions": [{"since": date(2026, 1, 1)}]}
    with pytest.raises(PolicyError) as raised:
        policies({Path(f"policies/{name}.yaml"): copy.deepcopy(nothing) for name in ("a", "b")}, whole(), current())
    return raised.value


@pytest.mark.parametrize("fault", _FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_command_ends_with_its_message(fault: Mendable, capsys: pytest.CaptureFixture[str]) -> None:
    @command
    def ended() -> int:
        raise fault

    assert ended() == 2
    told = capsys.readouterr()
    assert told.err == f"{'A mapping cannot be relied on: ' if isinstance(fault, MappingError) else ''}{fault}\n"
    assert told.out == ""


def test_another_process_says_it_as_it_was() -> None:
    """As a worker of Spark hands it to whoever waits for it."""
    for fault in (*_FAULTS, _of_two_policies()):
        again = pickle.loads(pickle.dumps(fault))
        assert (type(again), str(again), vars(again)) == (type(fault), str(fault), vars(fault))
    assert str(_of_two_policies()).count("\n") >= 1
