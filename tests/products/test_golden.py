"""Golden pairs of products: what is fused, as CSV, gives `expect.csv`; each view has its rows and columns alone."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.cut import viewed
from pipelines.promises.verdict import verdicts
from pipelines.shelf import whole
from schemas.entity import all_entities
from schemas.manifest import BEYOND_RULE
from schemas.product import Product, all_products
from tests.products.given import given, made

HERE = Path(__file__).parent
WITH_A_PAIR = {key: whole(product) for key, product in all_products().items() if (HERE / key).is_dir()}
# A row of more columns than these is told as a line a cell that says something.
_WIDE = 256


@pytest.mark.parametrize("product", WITH_A_PAIR.values(), ids=WITH_A_PAIR)
def test_given_gives_expect(product: type[Product], tmp_path: Path) -> None:
    told = made(product, given(product, HERE / product.key), tmp_path)
    assert as_lines(told, product).write_csv() == (HERE / product.key / "expect.csv").read_text()


def as_lines(told: pl.DataFrame, product: type[Product]) -> pl.DataFrame:
    """The table, or of a wide one a line a cell that is neither empty nor no."""
    if told.width <= _WIDE:
        return told
    cells = told.drop(product.grain).select(pl.all().cast(pl.String))
    lines = pl.concat([told.select(product.grain), cells], how="horizontal").unpivot(index=product.grain)
    return lines.filter(pl.col("value") != "false").sort(product.grain, maintain_order=True)


@pytest.mark.parametrize("product", WITH_A_PAIR.values(), ids=WITH_A_PAIR)
def test_a_view_holds_nothing_above_its_level(product: type[Product], tmp_path: Path) -> None:
    table = made(product, given(product, HERE / product.key), tmp_path)
    for level in product.views():
        view = viewed(product, table, level)
        assert all(product.fields[name].level <= level for name in view.columns)
        if product.row_level is not None:
            assert set(view[product.row_level]) == {each for each in table[product.row_level] if each <= level}
            assert verdicts(product, table) == {}
            beyond = table.with_columns(pl.lit("L4").alias(product.row_level))
            rules = [{one.rule for one in held.broken} for held in verdicts(product, beyond).values()]
            assert rules and all(each == {BEYOND_RULE} for each in rules)


def test_no_word_of_a_higher_level_stands_in_a_lower_view(tmp_path: Path) -> None:
    disputes = all_products()["data_disputes"]
    table = made(disputes, given(disputes, HERE / disputes.key), tmp_path)
    text = viewed(disputes, table, "L2").write_csv()
    assert "5000000" not in text and "revenue" not in text and "营业收入" not in text and "insured" in text
    assert "insured" not in viewed(disputes, table, "L1").write_csv()


def test_a_products_column_is_never_below_the_level_of_what_it_shows() -> None:
    of_one_level = [product for product in all_products().values() if product.row_level is None]
    for product in of_one_level:
        entity = all_entities().get(product.entity)
        levels = (
            {} if entity is None else {f"{entity.key}.{name}": each.level for name, each in entity.attributes.items()}
        )
        shown = [(each, of) for each in product.fields.values() for of in each.of or (f"{product.entity}.{each.name}",)]
        assert [(each.name, of) for each, of in shown if of in levels and each.level < levels[of]] == []


def test_a_dispute_bears_the_level_that_its_column_has_in_the_mirror() -> None:
    mirror, attributes = all_products()["enterprise_mirror"].fields, all_entities()["enterprise"].attributes
    shared = mirror.keys() & attributes.keys()
    assert len(shared) > 10 and {name: mirror[name].level for name in shared} == {
        name: attributes[name].level for name in shared
    }


@pytest.mark.parametrize("product", WITH_A_PAIR.values(), ids=WITH_A_PAIR)
def test_a_day_on_which_nothing_happens_changes_no_row(product: type[Product], tmp_path: Path) -> None:
    tables = given(product, HERE / product.key)
    days = pl.Series("day", ["2026-06-27", "2026-06-28"]).str.to_date("%Y-%m-%d")
    (before, after) = (made(product, tables | {"today": day.to_frame()}, tmp_path) for day in (days[:1], days[1:]))
    assert before.height > 0
    assert before.equals(after)
