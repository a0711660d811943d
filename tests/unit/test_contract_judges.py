"""Outside judges of what is kept in contracts/: the standard's own JSON schema, and `datacontract lint`."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

from schemas.product import all_products
from tests.conftest import REPOSITORY

KEPT = sorted((REPOSITORY / "contracts").glob("*.odcs.yaml"))
# The judge as its command calls it, with every way to another machine shut.
LINT = """
import socket
def refuse(*_): raise RuntimeError("the judge asked for the network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from datacontract.cli import app
app()
"""


def schema() -> dict[str, Any]:
    """The JSON schema of ODCS 3.1.0, as the judge bundles it."""
    return json.loads(resources.files("datacontract").joinpath("schemas", "odcs-3.1.0.schema.json").read_text())


def lint(file: Path) -> subprocess.CompletedProcess[str]:
    """What `datacontract lint` says of a file."""
    arguments = [sys.executable, "-c", LINT, "lint", str(file), "--all-errors"]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def broken(file: Path, folder: Path) -> Path:
    """A contract that says of a column what the standard has no word for."""
    told = yaml.safe_load(file.read_bytes())
    told["schema"][0]["properties"][0] |= {"logicalType": "money", "计量单位": "元"}
    (folder / file.name).write_text(yaml.safe_dump(told, allow_unicode=True))
    return folder / file.name


def test_every_product_has_its_contract_kept() -> None:
    assert [file.name for file in KEPT] == [f"{key}.odcs.yaml" for key in sorted(all_products())]


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.name)
def test_a_contract_is_valid_by_the_schema_of_the_standard(file: Path) -> None:
    told = yaml.safe_load(file.read_bytes())
    assert told["apiVersion"] == "v3.1.0"
    assert [each.message for each in Draft201909Validator(schema()).iter_errors(told)] == []


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.name)
def test_a_contract_passes_the_lint_of_an_outside_judge_without_a_network(file: Path) -> None:
    judged = lint(file)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "valid against ODCS v3.1.0" in judged.stdout


def test_the_judges_refuse_what_the_standard_does_not_have(tmp_path: Path) -> None:
    file = broken(KEPT[0], tmp_path)
    assert list(Draft201909Validator(schema()).iter_errors(yaml.safe_load(file.read_bytes())))
    judged = lint(file)
    assert judged.returncode != 0 and "logicalType" in judged.stdout
