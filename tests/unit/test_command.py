"""Commands that a person types: a mapping or a setting at fault is told in a line, whichever command meets it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from gateway.__main__ import main as gateway
from gateway.drawing.illustrate import main as illustrate
from pipelines import verify
from pipelines.dictionary import HOME, Mappings, load
from pipelines.words.gaps import main as gaps
from schemas.product import offered_products

# Each command, and by what name it asks for mappings.
COMMANDS = [
    ("pipelines.words.gaps", "load"),
    ("pipelines.promises.contracts", "current"),
    ("pipelines.promoting.promotions", "all_faults"),
    ("pipelines.objections.answer", "load"),
    ("pipelines.ledger.__main__", "current"),
    ("pipelines.draft.__main__", "load"),
]


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[[], Mappings]:
    """What loads mappings of which one has a line that is none."""
    mappings = Path(shutil.copytree(HOME, tmp_path / "mappings"))
    with (mappings / "codes" / "sex.csv").open("a") as stream:
        stream.write("a line\n")
    return lambda: load(mappings)


@pytest.mark.parametrize(("command", "asked"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_a_faulty_mapping_is_told_in_a_line(
    command: str, asked: str, faulty: Callable[[], Mappings], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "202606.csv"
    file.write_text("a,b\n1,2\n")
    drafted = [str(file), "--key", "water_customer"] if command == "pipelines.draft.__main__" else []
    monkeypatch.setattr(sys, "argv", [command, *drafted])
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    module = import_module(command)
    monkeypatch.setattr(module, asked, faulty)
    assert module.main() == 2
    said = capsys.readouterr().err
    assert said.startswith("A mapping cannot be relied on: ") and "codes/sex.csv" in said and said.count("\n") == 1


def test_a_product_that_there_is_not_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "supply").mkdir()
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_PRODUCTS", "enterprise_miror")
    assert verify.main() == 2
    said = capsys.readouterr().err
    assert said.startswith("JUBIAN_PRODUCTS names enterprise_miror; the products are ") and said.count("\n") == 1


@pytest.mark.parametrize("written", ["data_disputes,enterprise_mirror", " data_disputes  enterprise_mirror,"])
def test_products_are_named_with_commas_or_spaces_between(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list in a Makefile's word has spaces between."""
    monkeypatch.setenv("JUBIAN_PRODUCTS", written)
    assert [*offered_products()] == ["data_disputes", "enterprise_mirror"]


@pytest.mark.parametrize(
    "command",
    ["pipelines.verify", "pipelines.retention.gc", "pipelines.shipping.__main__", "pipelines.shipping.restore",
     "pipelines.releasing.snapshots", "pipelines.ledger.__main__", "pipelines.words.gaps", "pipelines.identity.review",
     "pipelines.door.admit", "pipelines.objections.answer", "pipelines.promoting.promotions"],
)  # fmt: skip
def test_a_home_whose_path_would_be_read_as_a_pattern_is_told_in_a_line(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a home that was moved there whole: of each file it would be said that it cannot be read."""
    home = tmp_path / "h[1]"
    home.mkdir()
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    monkeypatch.setattr(sys, "argv", [command, *(["330110"] if command == "pipelines.releasing.snapshots" else [])])
    assert import_module(command).main() == 2
    said = capsys.readouterr().err
    assert said.startswith(f"JUBIAN_HOME is {home}; expected a path without ") and said.count("\n") == 1


def test_the_gateway_says_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("JUBIAN_SUPPLY", "JUBIAN_GATEWAY_STATE", "JUBIAN_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "h[1]"))
        assert gateway(["shelf", "330110"]) == 1
        assert capsys.readouterr().out.startswith(f"{variable} is {tmp_path}/h[1]; expected a path without ")


def test_who_draws_pictures_is_told_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path / "h[1]"))
    monkeypatch.setattr(sys, "argv", ["gateway.drawing.illustrate", "330110"])
    assert illustrate() == 1
    assert capsys.readouterr().out.startswith(f"JUBIAN_HOME is {tmp_path}/h[1]; expected a path without ")


def test_a_misspelt_variable_is_told_and_the_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_PRODUCT", "enterprise_mirror")
    monkeypatch.setattr(sys, "argv", ["pipelines.words.gaps"])
    assert gaps() == 1
    told = capsys.readouterr()
    assert told.err == "Left alone: the variable JUBIAN_PRODUCT; expected JUBIAN_PRODUCTS\n"
    assert told.out.startswith("Nothing has arrived below ")
