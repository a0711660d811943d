"""What the README promises: a feed and a product more are new files, and nothing else is edited."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl

from schemas.manifest import Manifest
from tests.conftest import REPOSITORY

ROOMS = ("schemas", "pipelines", "mappings", "demo", "tests")
ADDED = ("schemas/feeds/water_customer.py", "schemas/products/large_taxpayers.py")
DRIVE = """
from pathlib import Path; import sys
from pipelines.publishing.publish import release_product
from pipelines.dictionary import current
from schemas.product import all_products
from tests.chain import fused
from demo import feeds
feeds.named(feeds.DESCRIBING)
home = Path(sys.argv[1])
fused(home / "inbox", home)
product = all_products()["large_taxpayers"]
release_product(product, current(), home, home / "supply", lambda _: None, ["330110", "330782"])
"""


def added_files() -> dict[str, str]:
    """The new files that the README shows as diffs, by path."""
    files: dict[str, str] = {}
    for block in re.findall(r"```diff\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL):
        for path, body in re.findall(r"^\+\+\+ (\S+)\n((?:\+(?!\+\+).*\n?)+)", block, re.MULTILINE):
            files[path] = "\n".join(line[1:] for line in body.splitlines()) + "\n"
    return files


def test_the_readmes_feed_and_product_work_as_written(province: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for room in ROOMS:
        shutil.copytree(REPOSITORY / room, project / room, ignore=shutil.ignore_patterns("__pycache__"))
    files = added_files()
    assert set(ADDED) <= set(files)
    for path, body in files.items():
        (project / path).write_text(body)
    code = pl.read_parquet(province / "truth" / "enterprises.parquet")["credit_code"][0]
    inbox = province / "inbox" / "water_customer"
    inbox.mkdir()
    (inbox / "202606.csv").write_bytes(f"YHBH,YHMC,TYSHXYDM\n001,某用户,{code}\n".encode("gb18030"))
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-c", DRIVE, str(province)], cwd=project, env=environment, check=True)
    manifest = Manifest.model_validate_json((province / "supply/330782/large_taxpayers/manifest.json").read_bytes())
    assert "water_customer" in {each.feed for each in manifest.inputs}
    assert manifest.rows > 0 and set(manifest.views) == {"L1", "L3"}
    (rows,) = (province / "fused/enterprise/feeds/water_customer").glob("*/*.parquet")
    assert pl.read_parquet(rows)["entity_id"].to_list() == [code]
