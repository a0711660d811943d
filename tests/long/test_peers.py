"""The peers that a full release is measured against publish what we publish; a difference is told where it is."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from benchmarks.chain import chain
from benchmarks.peers.__main__ import python_of
from benchmarks.peers.decode import decoded
from benchmarks.peers.equal import differences
from benchmarks.peers.lookups import write_lookups
from benchmarks.peers.measure import measured
from demo.__main__ import main as write_province
from demo.feeds import DESCRIBING
from pipelines.dictionary import current
from schemas.product import all_products
from tests.conftest import REPOSITORY

ENTERPRISES = 1_000
NEEDS = {"duckdb_sql": "duckdb", "pandas_pandera": "pandas, pandera.pandas", "spark_local": "pyspark"}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own release of a demo, and the tables that peers are handed beside it."""
    home = tmp_path_factory.mktemp("peers")
    write_province(["--out", str(home), "--enterprises", str(ENTERPRISES), "--feeds", *DESCRIBING])
    told_by_several(home / "inbox")
    assert [spent.wall for *_, spent in chain(home, [all_products()["enterprise_mirror"]], current())]
    write_lookups(home / "lookups", date(2026, 6, 30))
    return home


def told_by_several(inbox: Path) -> None:
    """Give every third enterprise a cancelled registration, and a unit that has stopped paying elsewhere."""
    (tax,), (insured,) = (list((inbox / feed).iterdir()) for feed in ("tax_registration", "social_security_employer"))
    header, *taxpayers = tax.read_bytes().splitlines(keepends=True)
    ended = [_cancelled(line.split(b",")) for line in taxpayers[::3] if line.index(b",") == 18 and b'"' not in line]
    tax.write_bytes(b"".join([header, *taxpayers, *ended]))
    before, rows, after = re.split(r"(?<=FROM stdin;\n)(.*?\n)(?=\\\.\n)", insured.read_text(), flags=re.DOTALL)
    units = [_stopped(line.split("\t")) for line in rows.splitlines(keepends=True)[::3] if line.count("\t") == 8]
    insured.write_text("".join([before, rows, *units, after]))


def _cancelled(line: list[bytes]) -> bytes:
    return b",".join([line[0] + b"99", *line[1:4], b"07", *line[5:7], b"7.25", *line[8:]])


def _stopped(line: list[str]) -> str:
    return "\t".join(["9" + line[0][1:], *line[1:3], "诸暨市", line[4], "3", "终止缴费", *line[7:]])


def run(peer: str, released: Path, out: Path) -> None:
    python = python_of(peer)
    if not Path(python).exists():
        pytest.skip(f"{peer} has no environment; make .venv-peers/run.stamp makes it")
    if subprocess.run([python, "-c", f"import {NEEDS[peer]}"], capture_output=True).returncode:
        pytest.skip(f"{python} cannot import {NEEDS[peer]}; make .venv-peers/run.stamp installs it")
    if peer == "spark_local" and shutil.which("java") is None:
        pytest.skip("Spark needs Java 17: apt-get install openjdk-17-jre-headless")
    command = [python, "-m", f"benchmarks.peers.{peer}", *map(str, (released / "inbox", released / "lookups", out))]
    subprocess.run(command, cwd=REPOSITORY, check=True)


@pytest.mark.parametrize("peer", NEEDS)
def test_a_peer_publishes_what_we_do(peer: str, released: Path, tmp_path: Path) -> None:
    run(peer, released, tmp_path / "out")
    assert differences(released, tmp_path / "out") == []
    assert len(list((tmp_path / "out" / "supply").rglob("*.parquet"))) >= 3 * 80


def test_a_changed_value_a_lost_row_and_a_miscounted_reason_are_told(released: Path, tmp_path: Path) -> None:
    run("duckdb_sql", released, tmp_path / "out")
    out = tmp_path / "out"
    files = sorted((out / "supply").glob("*/L3/snapshot.parquet"), key=lambda file: -file.stat().st_size)
    rows = pl.read_parquet(files[0], hive_partitioning=False)
    rows.with_columns(pl.lit("另一个").alias("name")).write_parquet(files[0])
    assert differences(released, out) == [f"published: {rows.height} rows differ in name"]
    rows.head(-1).write_parquet(files[0])
    reasons = pl.read_parquet(out / "quarantine.parquet")
    reasons.tail(-1).write_parquet(out / "quarantine.parquet")
    lost, miscounted = differences(released, out)
    assert lost.startswith("published: 1 rows are missing and 0 are extra")
    assert miscounted.startswith(f"quarantine: {reasons['feed'][0]}:{reasons['rule'][0]}")


def test_halves_of_a_gb18030_file_are_the_whole(tmp_path: Path) -> None:
    lines = ["列一,列二", *(f"{number},钛合金𠀀{number}" for number in range(999)), "坏,尾"]
    content = "\r\n".join([*lines, ""]).encode("gb18030").replace("坏".encode("gb18030"), b"\xff")
    (tmp_path / "given.csv").write_bytes(content)
    first, second = (each.read_text().splitlines() for each in decoded(tmp_path / "given.csv", tmp_path))
    assert first[0] == second[0] == lines[0]
    assert len(second) > 300
    assert [*first, *second[1:]] == [*lines[:-1], "\ufffd,尾"]


def test_what_a_command_and_its_children_take_is_measured(tmp_path: Path) -> None:
    # Looked at every 50 ms, so that the memory must be held longer than that.
    held = "import time; x = b'1' * 200_000_000; sum(x[:9**7]); time.sleep(1)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"
    spent = measured([python_of("ours"), "-c", program], tmp_path)
    assert not spent.failed
    assert spent.peak > 200_000_000
    assert 0 < spent.cpu < 4 * spent.wall
    assert measured([python_of("ours"), "-c", "raise ValueError('why')"], tmp_path).failed == "ValueError: why"
