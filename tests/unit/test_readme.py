"""The READMEs' tables of products are those of the classes."""

from __future__ import annotations

import pytest

from pipelines.promises.readme import tables, with_table
from schemas.product import all_products
from tests.conftest import REPOSITORY


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_a_readme_has_the_table_of_the_classes(name: str) -> None:
    text, table = (REPOSITORY / name).read_text(), tables()[name]
    assert text == with_table(text, table), "run `make contracts`"
    assert all(product.title in table for product in all_products().values())


def test_a_text_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="put them where the table of products belongs"):
        with_table("# Jubian\n", "")
