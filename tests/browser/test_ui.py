"""The Dagster UI in a real browser: lineage, a passing freshness policy, a county partition, a failed check."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import ENTERPRISE_PRODUCTS, REPOSITORY
from tests.published import EVERY_COUNTY
from tests.servers.postgres import free_port

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PATIENCE = 30_000
# Wide enough for Dagster to draw nodes whole; it leaves their details out when they get small.
SCREEN = {"width": 1800, "height": 960}
# The whole of it has a group for each department, one under another.
TALL_SCREEN = {"width": 1800, "height": 1500}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="module")
def ui(first_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dagster UI over a home that has just been released."""
    home = shutil.copytree(first_release, tmp_path_factory.mktemp("ui") / "home")
    port = free_port()
    variables = os.environ | {"JUBIAN_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"),
                              "PYTHONWARNINGS": "ignore", "JUBIAN_PRODUCTS": ",".join(ENTERPRISE_PRODUCTS),
                              "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}  # fmt: skip
    command = [
        str(Path(sys.executable).parent / "dagster"),
        "dev",
        "-w",
        "workspace.yaml",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    with (home / "ui.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=REPOSITORY, env=variables, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield _answering(f"http://127.0.0.1:{port}", server)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def _answering(address: str, server: subprocess.Popen[bytes]) -> str:
    for _ in range(120):
        if server.poll() is not None:
            raise RuntimeError("the UI's server ended by itself")
        try:
            urllib.request.urlopen(f"{address}/server_info", timeout=1)
            return address
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of Debian's chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=SCREEN)
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield page
        browser.close()


def picture(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep a screenshot, of what is seen or of the whole page, where JUBIAN_SCREENSHOTS says so."""
    folder = os.environ.get("JUBIAN_SCREENSHOTS")
    if folder:
        page.wait_for_timeout(2000)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=whole)


def shown(page: Page, *texts: str) -> None:
    """Wait until each text can be seen."""
    for text in texts:
        expect(page.get_by_text(text, exact=True).first).to_be_visible()


def test_the_lineage_leads_from_the_departments_to_the_product(ui: str, page: Page) -> None:
    page.set_viewport_size(TALL_SCREEN)
    page.goto(f"{ui}/asset-groups")
    shown(page, "mappings", "market_regulation", "tax", "ecology", "social_security", "entities", "products")
    expect(page.get_by_text("fetching statuses")).to_have_count(0)
    picture(page, "lineage")
    page.set_viewport_size(SCREEN)


def test_the_job_shows_the_run_that_was_made_outside_the_ui(ui: str, page: Page) -> None:
    page.goto(f"{ui}/locations/jubian/jobs/nightly_release/runs")
    shown(page, "Success", "Manually launched")


def test_every_room_of_a_feed_stands_in_the_lineage(ui: str, page: Page) -> None:
    groups = ("tax", "entities", "products")
    selection = " or ".join(f'group:"{group}"' for group in groups)
    expanded = ",".join(f"global@global:{group}" for group in groups)
    page.goto(f"{ui}/asset-groups~{quote(selection, safe='')}/?expanded={quote(expanded, safe='')}")
    shown(page, "tax_registration", "enterprise", "enterprise_mirror")
    shown(page, "landed", "standard", "quarantine", "fused", "disputes", "published", f"{EVERY_COUNTY} partitions")
    picture(page, "lineage-feed")


def test_a_feed_that_arrived_passes_its_freshness_policy(ui: str, page: Page) -> None:
    page.goto(f"{ui}/assets/landed/tax_registration")
    shown(page, "Freshness policy", "Passing", "NSRSBH", "纳税人识别号")
    expect(page.get_by_text("税务登记").first).to_be_visible()
    picture(page, "freshness")


def test_a_county_is_a_partition_with_its_own_version(ui: str, page: Page) -> None:
    page.goto(f"{ui}/assets/published/enterprise_mirror?partition=330110&view=partitions")
    shown(page, f"Materialized ({EVERY_COUNTY})", "Missing (0)", "余杭区 330110", "2026-06-30")
    picture(page, "partition")


def test_a_failed_check_shows_its_reasons_and_examples(ui: str, page: Page) -> None:
    page.goto(f"{ui}/assets/standard/tax_registration?view=checks&checkDetail=pandera")
    shown(page, "pandera", "Failed")
    expect(page.get_by_text("taxpayer_id/check_digit").first).to_be_visible()
    picture(page, "check")
    page.get_by_text("[Show Markdown]").first.click()
    shown(page, "found", "expected", "20260630.csv")
    picture(page, "check-examples")
