"""Feeds that no product waits for: a run without them does not speak of them."""

from __future__ import annotations

from pathlib import Path

from schemas.behind import feeds_behind
from schemas.feed import all_feeds
from schemas.manifest import Index
from schemas.product import all_products

MIRROR = all_products()["enterprise_mirror"]


def test_a_run_does_not_ask_for_feeds_that_no_product_waits_for(first_release: Path) -> None:
    said = (first_release.parent / "said").read_text()
    arrived = {folder.name for folder in (first_release / "inbox").iterdir()}
    unbound = [feed for feed in all_feeds().values() if feed.entity is None and feed.key not in arrived]
    assert unbound and not [feed.key for feed in unbound if f"{feed.title} {feed.key}" in said]
    index = Index.model_validate_json((first_release / "supply" / "index" / "enterprise_mirror.json").read_bytes())
    assert {each.feed for each in index.missing} == {each.key for each in feeds_behind(MIRROR)} - arrived
