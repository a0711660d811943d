"""The READMEs' tables of products are those of the classes, and those of rooms are those of pipelines/; SQL of docs."""

from __future__ import annotations

import re

import duckdb
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


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_rows_that_a_readme_shows_stand_under_names_that_a_query_takes(name: str) -> None:
    lines = (REPOSITORY / name).read_text().splitlines()
    heading = lines[next(at for at, line in enumerate(lines) if "91330110216375098T" in line) - 1]
    assert set(heading.split()) <= set(all_products()["enterprise_mirror"].fields)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_a_readme_tells_the_craft_of_each_room_of_pipelines(name: str) -> None:
    told = re.findall(r"^\| `(\w+)/` \|", (REPOSITORY / name).read_text(), re.MULTILINE)
    rooms = {file.parent.name for file in (REPOSITORY / "pipelines").glob("*/__init__.py")}
    house = {"schemas", "mappings", "pipelines", "assets", "gateway", "demo"}
    assert sorted(told) == sorted(rooms | house)


def test_the_secret_by_which_duckdb_reads_an_object_store_is_whole_and_parsed() -> None:
    """No extension can be downloaded here, so that it is only parsed."""
    (sql,) = re.findall(r"```sql\n(.*?)```", (REPOSITORY / "docs" / "object-store.md").read_text(), re.DOTALL)
    with duckdb.connect() as connection:
        statements = [each.query for each in connection.extract_statements(sql)]
    assert [each.split()[0] for each in statements] == ["INSTALL", "LOAD", "CREATE"] and "…" not in sql
    assert {"TYPE", "KEY_ID", "SECRET", "ENDPOINT", "URL_STYLE", "USE_SSL"} <= {*statements[2].split()}
