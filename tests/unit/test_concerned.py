"""Of which edits of mappings/ a product's changes may be told as the cause."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.dictionary import HOME, load
from pipelines.publishing.concerned import of_its_feeds
from schemas.product import all_products

ITEM = "zhejiang_item,其他-90002-000,000101002000,2015-01-01,2026-11-26,测试文件"
EDIT = "tax_registration,91330102MA2QD7R57K,ZCZB,150000000.00,100000000.00,2026-01-01,2026-11-26,来函"


@pytest.mark.parametrize(
    ("file", "row", "concerned"),
    [
        ("codes/service_item.csv", ITEM, {"service_items": {"dictionary"}}),
        ("corrections.csv", EDIT, {"enterprise_mirror": {"correction"}, "data_disputes": {"correction"}}),
    ],
)
def test_an_edit_concerns_the_products_alone_whose_feeds_read_it(
    file: str, row: str, concerned: dict[str, set[str]], tmp_path: Path
) -> None:
    shutil.copytree(HOME, tmp_path / "mappings")
    before = load(tmp_path / "mappings")
    with (tmp_path / "mappings" / file).open("a") as stream:
        stream.write(f"{row}\n")
    after = load(tmp_path / "mappings")
    for key in ("enterprise_mirror", "data_disputes", "service_items", "cross_county_haulage"):
        then, now = (of_its_feeds(all_products()[key], each) for each in (before, after))
        assert {name.split("_")[0] for name in now if now[name] != then[name]} == concerned.get(key, set())


@pytest.mark.parametrize("key", ["industry_profile", "policy_matches"])
def test_a_product_that_reads_dictionaries_besides_may_change_by_any_row(key: str) -> None:
    assert set(of_its_feeds(all_products()[key], load())) == {"correction_of_its_feeds"}
