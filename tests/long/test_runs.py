"""Whole runs that show one thing each: rebuilt as known on a day, failed without a feed that a product needs."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import run_release


def test_what_was_known_on_a_day_is_rebuilt_beside_what_is_served(released: Path) -> None:
    before = {file: file.read_bytes() for file in (released / "supply").rglob("manifest.json")}
    done = run_release(released, "--known", "2026-06-01")
    aside = released.with_name("released-known-2026-06-01")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"into {aside / 'supply'}, as known on 2026-06-01" in done.stdout
    assert "make shelf KNOWN=2026-06-01" in done.stdout
    assert {file: file.read_bytes() for file in (released / "supply").rglob("manifest.json")} == before
    assert len(list((aside / "supply").glob("*/enterprise_mirror/manifest.json"))) == 90
    assert run_release(released, "--known", "昨天").returncode == 2


def test_without_the_feed_that_a_product_needs_the_run_fails_and_says_which(province: Path) -> None:
    shutil.rmtree(province / "inbox" / "market_regulation_enterprise")
    done = run_release(province)
    assert done.returncode == 1
    assert "needs 市场主体登记 (market_regulation_enterprise): not arrived" in done.stderr
