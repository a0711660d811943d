"""Whole runs that show one thing each: as known on a day, without a feed that is needed, with one that is silent."""

from __future__ import annotations

import shutil
from pathlib import Path

from demo.feeds import DESCRIBING
from schemas.manifest import Manifest
from tests.conftest import run_release
from tests.published import EVERY_COUNTY

EXCHANGE, API = "social_security_employer", "ecology_permit"


def test_what_was_known_on_a_day_is_rebuilt_beside_what_is_served(released: Path) -> None:
    before = {file: file.read_bytes() for file in (released / "supply").rglob("manifest.json")}
    done = run_release(released, "--known", "2026-06-01")
    aside = released / "known" / "2026-06-01"
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"into {aside / 'supply'}, as known on 2026-06-01" in done.stdout
    assert "make shelf KNOWN=2026-06-01" in done.stdout
    assert {file: file.read_bytes() for file in (released / "supply").rglob("manifest.json")} == before
    assert len(list((aside / "supply").glob("*/enterprise_mirror/manifest.json"))) == EVERY_COUNTY
    assert run_release(released, "--known", "昨天").returncode == 2


def test_without_the_feed_that_a_product_needs_the_run_fails_and_says_which(province: Path) -> None:
    shutil.rmtree(province / "inbox" / "market_regulation_enterprise")
    done = run_release(province)
    assert done.returncode == 1
    assert "needs 市场主体登记 (market_regulation_enterprise): not arrived" in done.stderr


def test_a_source_that_does_not_answer_and_a_feed_that_has_not_arrived_are_named_and_block_nothing(
    province: Path,
) -> None:
    for feed in (EXCHANGE, API):
        shutil.rmtree(province / "inbox" / feed)
    done = run_release(province, JUBIAN_EXCHANGE_URL="postgresql://leser:geheim@127.0.0.1:9/exchange")
    assert f"without 社会保险参保单位 ({EXCHANGE})" in done.stdout
    assert "127.0.0.1:9" in done.stdout + done.stderr and "geheim" not in done.stdout + done.stderr
    assert f"released {EVERY_COUNTY} of {EVERY_COUNTY} counties" in done.stdout
    assert "without 排污许可证 (ecology_permit): not arrived" in done.stdout
    manifest = Manifest.model_validate_json((province / "supply/330110/enterprise_mirror/manifest.json").read_bytes())
    assert {absence.feed for absence in manifest.missing} & {*DESCRIBING} == {EXCHANGE, API}
