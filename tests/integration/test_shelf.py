"""The whole shelf of a province in which every feed of the demo has arrived: released, whole, and as promised."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.checking.complete import incomplete
from pipelines.checking.whole import verify
from schemas.product import Product, all_products
from tests.published import EVERY_COUNTY, everywhere


@pytest.mark.parametrize("product", all_products().values(), ids=all_products())
def test_a_run_releases_every_product_for_every_county(product: type[Product], whole_release: Path) -> None:
    pointers = sorted((whole_release / "supply").glob(f"*/{product.key}/manifest.json"))
    assert len(pointers) == EVERY_COUNTY
    assert verify(product, whole_release / "supply") == incomplete(product, whole_release) == []


def test_a_county_has_more_than_a_thousand_tags_and_matches_of_policies(whole_release: Path) -> None:
    tags, matches = (everywhere(whole_release, product) for product in ("enterprise_tags", "policy_matches"))
    assert tags.width > 1_000 and tags["tax_per_mu"].drop_nulls().len() > 0
    assert {"符合", "待补"} == {*matches["verdict"]}
    assert (matches["lacks"].is_null() == (matches["verdict"] == "符合")).all()
    assert {*matches["credit_code"]} <= {*tags["credit_code"]}
