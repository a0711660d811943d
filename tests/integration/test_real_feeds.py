"""The real registry through the whole chain: every row accounted for, 96 in a hundred placed with evidence."""

from __future__ import annotations

from pathlib import Path

from schemas.manifest import Index
from tests.conftest import run_release
from tests.published import EVERY_COUNTY


def test_real_feeds_are_accounted_for_and_placed(real_feeds: Path, tmp_path: Path) -> None:
    register = "market_regulation_enterprise"
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / register).symlink_to(real_feeds / register)
    done = run_release(tmp_path / "home", "--feeds", str(tmp_path / "feeds"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "122,375 rows" in done.stdout and f"released {EVERY_COUNTY} of {EVERY_COUNTY} counties" in done.stdout
    assert (
        "code+county+town+city" in done.stdout and "in dispute because another evidence says otherwise" in done.stdout
    )
    index = Index.model_validate_json((tmp_path / "home" / "supply" / "index" / "enterprise_mirror.json").read_bytes())
    assert sum(each.rows for each in index.counties) >= 0.96 * 122_375
