"""Some columns of a table that is encoded already are the very file that Polars would write of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disk import encoded as module
from pipelines.disk.encoded import encoded
from pipelines.disk.thrift import read_struct, write_struct
from schemas.snapshot import parquet

KINDS: dict[pl.DataType, st.SearchStrategy[object]] = {
    pl.String(): st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["杭州市", "在业", ""]),
    pl.Int64(): st.integers(-(2**63), 2**63 - 1),
    pl.UInt32(): st.integers(0, 9),
    pl.Float64(): st.floats(allow_nan=False),
    pl.Boolean(): st.booleans(),
    pl.Date(): st.dates(date(1949, 10, 1), date(2100, 1, 1)),
    pl.Datetime("us"): st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),
    pl.Decimal(24, 6): st.decimals(Decimal(-(10**12)), Decimal(10**12), places=6),
    pl.List(pl.String()): st.lists(st.text(max_size=3), max_size=3),
    pl.Struct({"code": pl.String(), "share": pl.Float64()}): st.fixed_dictionaries(
        {"code": st.text(max_size=3), "share": st.floats(0, 1)}
    ),
}


@pytest.fixture(autouse=True, scope="module")
def of_any_height() -> Iterator[None]:
    """However few bytes a column has, pages are put together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_WORTH", 0)
        yield


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """A table of any kinds of columns under Chinese names, with gaps."""
    height = draw(st.integers(0, 30))
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=6))
    columns = [
        pl.Series(f"列{place}", draw(st.lists(st.none() | KINDS[kind], min_size=height, max_size=height)), kind)
        for place, kind in enumerate(kinds)
    ]
    return pl.DataFrame(columns)


@given(tables(), st.data())
@settings(max_examples=150, deadline=None)
def test_some_columns_of_a_table_are_the_bytes_that_polars_writes(table: pl.DataFrame, data: st.DataObject) -> None:
    asked = [
        (table.select(data.draw(st.permutations(table.columns))[: data.draw(st.integers(1, table.width))]), titles)
        for titles in ({}, {"列0": "名称"}, {"列0": "企业名称", "列1": "地址"})
    ]
    given_them = dict(encoded([*asked, (table, {"列0": "全部"})]))
    assert [given_them[place] for place in range(3)] == [parquet(*each) for each in asked]


def test_the_same_rows_are_the_same_bytes_however_they_lie_in_memory() -> None:
    rows = pl.select(pl.int_range(325_499).alias("number")).with_columns(code=pl.col("number").cast(pl.String))
    odd = pl.concat([rows.head(300_000), rows.slice(300_000)], rechunk=False)
    made = rows.lazy().select(pl.lit("insert").alias("_change_type"), pl.all()).collect().select(rows.columns)
    assert odd.n_chunks() == 2
    assert parquet(odd, {}) == parquet(rows, {}) == parquet(made, {})
    wider = (odd.select(pl.lit("企业").alias("kind"), pl.all()), {})
    assert dict(encoded([wider, (rows, {})]))[1] == parquet(rows, {})


def test_row_groups_and_pages_are_put_together_as_polars_lays_them() -> None:
    number = pl.int_range(600_000)
    wide = pl.select(
        number.alias("number"),
        (number % 97).cast(pl.String).alias("code"),
        (number * 7919 % 1_000_003).cast(pl.String).alias("name"),
    )
    some = [(wide.select("name", "number"), {"name": "名称"}), (wide.select("code"), {})]
    written = dict(encoded([(wide, {}), *some]))
    assert pq.read_metadata(BytesIO(written[1])).num_row_groups > 1
    assert [written[1], written[2]] == [parquet(*each) for each in some]


def test_a_table_is_encoded_once_however_many_show_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pl.DataFrame({"code": ["330102", "330105"], "name": ["上城区", "拱墅区"], "revenue": [1, 2]})
    whole: list[list[str]] = []

    def counted(rows: pl.DataFrame, titles: dict[str, str]) -> bytes:
        if rows.height:
            whole.append(rows.columns)
        return parquet(rows, titles)

    monkeypatch.setattr(module, "parquet", counted)
    others = table.with_columns(pl.Series("name", ["上城区", "西湖区"]))
    shown = [(table, {}), (table.select("name", "code"), {}), (table, {}), (others.select("code", "name"), {}),
             (table.select("name", "revenue", "code"), {})]  # fmt: skip
    written = dict(encoded(shown))
    assert whole == [["code", "name", "revenue"], ["code", "name"]]
    assert [pl.read_parquet(written[place]).equals(rows) for place, (rows, _) in enumerate(shown)] == [True] * 5


def test_what_differs_in_a_type_a_column_or_the_order_of_titles_has_bytes_of_its_own() -> None:
    table = pl.DataFrame({"code": ["330102"], "name": ["上城区"], "rows": [1]})
    titles = {"code": "代码", "name": "名称"}
    shown = [
        (table, titles), (table, dict(reversed(titles.items()))), (table.select("code", pl.lit(1).alias("other")), {}),
        (table.select("code", pl.col("rows").cast(pl.UInt32)), {}),
    ]  # fmt: skip
    written = dict(encoded(shown))
    assert [written[place] for place in range(4)] == [parquet(*each) for each in shown]
    assert written[0] != written[1]


def test_what_is_encoded_sooner_than_put_together_is_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH", 5_000)
    monkeypatch.delattr(module, "of_columns")
    table = pl.DataFrame({"code": ["330102", "330105"], "name": ["上城区", "拱墅区"]})
    shown = [(table, {}), (table.select("name"), {"name": "名称"})]
    assert [content for _, content in encoded(shown)] == [parquet(*each) for each in shown]


@pytest.mark.parametrize("writer", ["polars", "pyarrow", "duckdb"])
def test_a_footer_that_is_read_and_written_is_the_same_bytes(writer: str, tmp_path: Path) -> None:
    file = tmp_path / "表.parquet"
    rows = pl.DataFrame({f"列{place}": ["杭州", None, "宁波"] for place in range(40)}).with_columns(n=pl.lit(-1.5))
    match writer:
        case "polars":
            rows.write_parquet(file)
        case "pyarrow":
            pq.write_table(rows.to_arrow(), file, write_page_index=True)
        case _:
            duckdb.sql("SELECT * FROM rows").write_parquet(str(file))
    content = file.read_bytes()
    footer = content[-8 - int.from_bytes(content[-8:-4], "little") : -8]
    assert write_struct(read_struct(footer, 0)) == footer


def test_a_footer_of_another_kind_is_told_with_its_place() -> None:
    with pytest.raises(ValueError, match="type 11 at byte 1 of a footer"):
        read_struct(b"\x1b\x00", 0)
