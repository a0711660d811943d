"""Golden pairs of products: what is fused, as CSV, gives `expect.csv`; each view has its rows and columns alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.cut import Tables, build, code_tables, viewed
from pipelines.dictionary import current
from pipelines.fuse import disputes_schema
from pipelines.promises.verdict import verdicts
from pipelines.publish import attribute_list, feed_list
from schemas.entity import all_entities
from schemas.product import Product, all_products

HERE = Path(__file__).parent
WITH_A_PAIR = {key: product for key, product in all_products().items() if (HERE / key).is_dir()}


def made(product: type[Product]) -> pl.DataFrame:
    """The product's table from the given one."""
    entity = all_entities()[product.entity]
    folder = HERE / product.key
    kinds = {name: each.kind.dtype for name, each in entity.attributes.items()}
    return build(
        product,
        Tables(
            {
                entity.key: pl.read_csv(folder / f"{entity.key}.csv", schema_overrides=kinds),
                "disputes": pl.read_csv(folder / "disputes.csv", schema=disputes_schema(entity)),
                "attribute_list": attribute_list(entity),
                "feed_list": feed_list(entity),
                **code_tables(current()),
            }
        ),
    )


@pytest.mark.parametrize("product", WITH_A_PAIR.values(), ids=WITH_A_PAIR)
def test_given_gives_expect(product: type[Product]) -> None:
    assert made(product).write_csv() == (HERE / product.key / "expect.csv").read_text()


@pytest.mark.parametrize("product", WITH_A_PAIR.values(), ids=WITH_A_PAIR)
def test_a_view_holds_nothing_above_its_level(product: type[Product]) -> None:
    table = made(product)
    for level in product.views():
        view = viewed(product, table, level)
        assert all(product.fields[name].level <= level for name in view.columns)
        if product.row_level is not None:
            assert set(view[product.row_level]) == {each for each in table[product.row_level] if each <= level}
            assert verdicts(product, table) == {}
            beyond = table.with_columns(pl.lit("L4").alias(product.row_level))
            assert all("beyond" in fault for fault in verdicts(product, beyond).values()) and verdicts(product, beyond)


def test_no_word_of_a_higher_level_stands_in_a_lower_view() -> None:
    disputes = all_products()["data_disputes"]
    text = viewed(disputes, made(disputes), "L2").write_csv()
    assert "5000000" not in text and "revenue" not in text and "营业收入" not in text and "insured" in text
    assert "insured" not in viewed(disputes, made(disputes), "L1").write_csv()


def test_a_products_column_is_never_below_the_level_of_what_it_shows() -> None:
    for product in all_products().values():
        attributes = all_entities()[product.entity].attributes
        shown = {name: field for name, field in product.fields.items() if name in attributes}
        assert {name for name, field in shown.items() if field.level < attributes[name].level} == set()
