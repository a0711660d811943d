"""Operation under faults: everything in PostgreSQL, the database gone for a while, a lost worker."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg2

from pipelines.checking.whole import verify
from schemas.manifest import Index
from schemas.product import all_products
from tests.conftest import ENTERPRISE_PRODUCTS, REPOSITORY
from tests.killing import PRODUCT
from tests.servers.gateway import serving, told
from tests.servers.postgres import Server


def _url(database: Server) -> str:
    return database.url.replace("postgresql://", "postgresql+psycopg2://")


def _start(home: Path, database: Server) -> subprocess.Popen[str]:
    """A release under the production settings, in a process of its own."""
    production = {"JUBIAN_DAGSTER_URL": _url(database), "JUBIAN_DAGSTER_SETTINGS": "deploy/dagster.yaml"}
    here = {"JUBIAN_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), "PYTHONWARNINGS": "ignore",
            "JUBIAN_PRODUCTS": ",".join(ENTERPRISE_PRODUCTS)}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "assets.run"], cwd=REPOSITORY, env=os.environ | production | here, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _published(home: Path) -> dict[str, str]:
    """The sha256 of every published manifest and index."""
    named = [*(home / "supply").glob("*/*/manifest.json"), *(home / "supply" / "index").glob("*.json")]
    return {str(file.relative_to(home)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(named)}


def test_a_release_and_its_grants_live_in_postgresql(
    province: Path, first_release: Path, database: Server, tmp_path: Path
) -> None:
    run = _start(province, database)
    said, wrong = run.communicate()
    assert run.returncode == 0, said + wrong
    assert _published(province) == _published(first_release)
    assert _statuses(database) == ["SUCCESS"]
    assert not list((province / "dagster").glob("history/**/*.db"))
    with serving(told(province / "supply", tmp_path / "state", database=_url(database))) as gateway:
        token = gateway.recipient("330110", "L2")
        asked = {"base_url": gateway.settings.address, "headers": {"Authorization": f"Bearer {token}"}}
        with httpx.Client(**asked) as http:
            (product,) = http.get("/counties/330110/products").json()["items"]
            assert product["view"] == "L2"
            database.stop()
            away = http.get("/counties/330110/products")
            assert (away.status_code, away.headers["retry-after"]) == (503, "30")
            assert "database does not answer" in away.json()["message"]
            database.start()
            assert http.get("/counties/330110/products").status_code == 200
    assert not (tmp_path / "state" / "grants.db").exists()


def test_the_database_goes_whenever_it_likes_and_the_next_run_goes_on(
    province: Path, first_release: Path, database: Server
) -> None:
    moments = ("1 new", "fused", "counties")
    for moment in moments:
        wrong = _left_alone(province, database, moment)
        assert "the database that Dagster remembers by does not answer" in wrong, wrong[-3000:]
        index = province / "supply" / "index" / f"{PRODUCT.key}.json"
        as_of = Index.model_validate_json(index.read_bytes()).as_of if index.exists() else None
        assert (f"{PRODUCT.key} as of {as_of}" if as_of else "What is published is whole: ") in wrong
        assert all(verify(all_products()[key], province / "supply") == [] for key in ENTERPRISE_PRODUCTS)
        database.start()
    again = _start(province, database)
    assert (again.communicate(timeout=300) and again.returncode) == 0
    assert _published(province) == _published(first_release)
    assert _statuses(database) == [*("FAILURE" for _ in moments), "SUCCESS"]


def _left_alone(home: Path, database: Server, moment: str) -> str:
    """A release whose database goes as soon as a line tells of a moment; gives what it says of that."""
    run = _start(home, database)
    assert run.stdout is not None
    seen = next((each for each in run.stdout if moment in each.lower()), None)
    assert seen is not None, f"no line says {moment!r}"
    database.stop()
    said, wrong = run.communicate(timeout=300)
    assert run.returncode != 0, said
    return wrong


def _statuses(database: Server) -> list[str]:
    """How each run stands that Dagster remembers, in order."""
    with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT status FROM runs ORDER BY id")
        return [status for (status,) in cursor.fetchall()]


def test_a_lost_worker_is_told_of_and_the_next_run_finishes(
    province: Path, first_release: Path, database: Server
) -> None:
    run = _start(province, database)
    assert run.stdout is not None
    assert next(each for each in run.stdout if "counties" in each)
    run.kill()
    run.wait()
    assert verify(PRODUCT, province / "supply") == []
    again = _start(province, database)
    assert (again.communicate(timeout=300) and again.returncode) == 0
    assert _published(province) == _published(first_release)
    assert _statuses(database) == ["FAILURE", "SUCCESS"]
