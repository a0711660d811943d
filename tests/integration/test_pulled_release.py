"""A release whose feeds come from a real PostgreSQL server and a real HTTP server is the release of their files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import psycopg2

from demo.feeds import DESCRIBING
from schemas.manifest import Index
from tests.conftest import run_release
from tests.servers.api import Permits, serving

EXCHANGE, API = "social_security_employer", "ecology_permit"


def fill(url: str, dump: Path) -> None:
    """Put a dump's rows into the table that it came from, as the department has it."""
    text = dump.read_text()
    columns = re.search(rf"^COPY public\.{EXCHANGE} \((.+)\) FROM stdin;$", text, re.MULTILINE)
    assert columns is not None
    body = text[columns.end() + 1 : text.index("\n\\.\n")]
    rows = dump.with_name("rows.txt")
    rows.write_text(body + "\n")
    with psycopg2.connect(url) as connection, connection.cursor() as cursor, rows.open() as stream:
        cursor.execute(f"DROP TABLE IF EXISTS {EXCHANGE}, {EXCHANGE}_batch")
        typed = ", ".join(f"{name} text" for name in columns[1].split(", "))
        cursor.execute(f"CREATE TABLE {EXCHANGE} ({typed})")
        cursor.copy_expert(f"COPY {EXCHANGE} ({columns[1]}) FROM STDIN", stream)


def rows_of(home: Path) -> dict[str, int]:
    """Rows by county of what is served, of a mirror that lacks no feed that describes enterprises."""
    index = Index.model_validate_json((home / "supply" / "index" / "enterprise_mirror.json").read_bytes())
    assert not {each.feed for each in index.missing} & {*DESCRIBING}
    return {each.county: each.rows for each in index.counties}


def test_pulled_feeds_release_what_their_files_would_and_the_run_is_kept_in_postgresql(
    province: Path, first_release: Path, postgres_url: str
) -> None:
    fill(postgres_url, province / "inbox" / EXCHANGE / "202606.sql")
    permits = [json.loads(line) for line in (province / "inbox" / API / "20260630.jsonl").read_text().splitlines()]
    for feed in (EXCHANGE, API):
        shutil.rmtree(province / "inbox" / feed)
    with serving(Permits(permits, size=50)) as api:
        addresses = {"JUBIAN_EXCHANGE_URL": postgres_url, "JUBIAN_ECOLOGY_PERMIT_URL": api.address}
        runs = {"JUBIAN_DAGSTER_URL": postgres_url.replace("postgresql://", "postgresql+psycopg2://")}
        done = run_release(province, **addresses, **runs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OpenPostgres" in (province / "dagster" / "dagster.yaml").read_text()
    assert not (province / "dagster" / "history").exists()
    assert (province / "inbox" / API / "20260630.jsonl").read_text().count("\n") == len(permits)
    assert rows_of(province) == rows_of(first_release)
