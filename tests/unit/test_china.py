"""The day that a person reads is China's, on a machine of any zone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.objections import answer
from schemas import china
from schemas.objection import Objection, line, objections_file

_EARLY = int(datetime(2026, 12, 31, 20, tzinfo=UTC).timestamp())
_CHINAS = timedelta(hours=8)


@pytest.fixture(params=["Asia/Shanghai", "UTC", "Etc/GMT+12", "Etc/GMT-14"], autouse=True)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The zone that the machine is set to; of the last two one has another day than China, whatever time it is."""
    with monkeypatch.context() as own:
        own.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


def test_a_moment_and_this_moment_have_chinas_day() -> None:
    assert china.day_of(_EARLY) == "2027-01-01" and china.day_of(_EARLY - 4 * 3600 - 1) == "2026-12-31"
    before, told = datetime.now(UTC) + _CHINAS, china.today()
    assert before.date() <= told <= (datetime.now(UTC) + _CHINAS).date()


def test_an_answer_is_known_since_chinas_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Objection(
        id="330110-a", county="330110", product="enterprise_mirror", version=1, key={"credit_code": "甲"},
        column="name", level="L1", found="旧", right="新", why="因", contact="人", raised="2026-07-01",
    )  # fmt: skip
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    objections_file(tmp_path).parent.mkdir(parents=True)
    objections_file(tmp_path).write_bytes(line(one))
    told = dict[str, str]()
    monkeypatch.setattr(answer, "answer", told.update)
    words = ["--objection", one.id, "--verdict", "accepted", "--by", "王工", "--basis", "复函"]
    monkeypatch.setattr("sys.argv", ["answer", *words])
    assert answer.main() == 0 and told["known"] == f"{china.today()}"
