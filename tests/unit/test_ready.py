"""What is refused before a product is made, on a day on which its words were not known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.dictionary import current, load
from pipelines.gather import NotReady
from pipelines.meaning.codes import code_lists
from pipelines.publishing.publish import release_product
from pipelines.publishing.ready import promise_of
from pipelines.shelf import whole
from schemas.contract import lists_named_by
from schemas.product import Product, all_products

EARLY = date(2026, 6, 1)
KNOWN = code_lists(load(known=EARLY))
UNKNOWN = [each for each in map(whole, all_products().values()) if not set(lists_named_by(each)) <= KNOWN.keys()]


def test_a_product_whose_words_are_known_is_promised_with_the_lists_that_it_names() -> None:
    for product in map(whole, all_products().values()):
        contract = promise_of(product, code_lists(current())).contract
        assert [each.name for each in contract.lists] == lists_named_by(product)


@pytest.mark.parametrize("product", UNKNOWN, ids=lambda product: product.key)
def test_before_a_list_was_known_the_products_that_name_it_are_not_ready(product: type[Product]) -> None:
    name = next(name for name in lists_named_by(product) if name not in KNOWN)
    with pytest.raises(NotReady, match=rf"{product.key}\): no row of mappings/lists/{name}.csv is known.*KNOWN="):
        promise_of(product, KNOWN)


def test_a_release_of_such_a_product_tells_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"mappings/lists/online_depth\.csv"):
        release_product(all_products()["service_items"], load(known=EARLY), tmp_path, tmp_path / "supply", print)
    assert list(tmp_path.iterdir()) == []
