"""The whole shelf of a province in which every feed of the demo has arrived: released, whole, and as promised."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.promises.complete import incomplete
from pipelines.promises.whole import verify
from schemas.product import Product, all_products
from tests.published import manifest_of


@pytest.mark.parametrize("product", all_products().values(), ids=all_products())
def test_a_run_releases_every_product_for_every_county(product: type[Product], whole_release: Path) -> None:
    pointers = sorted((whole_release / "supply").glob(f"*/{product.key}/manifest.json"))
    assert len(pointers) == 90
    assert verify(product, whole_release / "supply") == incomplete(product, whole_release) == []


def test_a_county_has_more_than_a_thousand_tags_and_matches_of_policies(whole_release: Path) -> None:
    tags, matches = (_rows(whole_release, product) for product in ("enterprise_tags", "policy_matches"))
    assert tags.width > 1_000 and tags["tax_per_mu"].drop_nulls().len() > 0
    assert {"符合", "待补"} == {*matches["verdict"]}
    assert (matches["lacks"].is_null() == (matches["verdict"] == "符合")).all()
    assert {*matches["credit_code"]} <= {*tags["credit_code"]}


def _rows(home: Path, product: str) -> pl.DataFrame:
    """What all counties have of a product in its widest view."""
    folders = [pointer.parent for pointer in sorted((home / "supply").glob(f"*/{product}/manifest.json"))]
    files = [folder / view.path for folder in folders if (view := manifest_of(folder).views["L3"].snapshot) is not None]
    return pl.concat([pl.read_parquet(file) for file in files], how="diagonal")
