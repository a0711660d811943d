"""Which words a row must contain to be read anew after an edit to the places: of all that leads to what has changed."""

from __future__ import annotations

import polars as pl

from pipelines.replay import Tables, place_words

COUNTIES = [
    ("330101", "甲乙县", "杭州市"), ("330102", "丙丁市", "杭州市"), ("330103", "戊己区", "杭州市"),
    ("330104", "庚辛区", "杭州市"),
]  # fmt: skip
CHANGES = [("330101", "330102", ""), ("330102", "330103", "")]
TOWNSHIPS = [("330103001", "壬癸镇", "330103"), ("330104001", "子丑街道", "330104")]
ROADS = [("杭州市", "文一路", "330103"), ("杭州市", "文二路", "330104")]


def _places(counties: list[tuple[str, str, str]], changes: list[tuple[str, str, str]]) -> Tables:
    """The place tables in the columns that words are taken from."""
    tables = {
        ("counties", "code", "name", "city"): counties,
        ("changes", "from_code", "to_code", "towns"): changes,
        ("townships", "code", "name", "county"): TOWNSHIPS,
        ("zones", "name", "city", "county"): [],
        ("roads", "city", "road", "county"): ROADS,
    }
    return {
        name: pl.DataFrame(rows, dict.fromkeys(columns, pl.String), orient="row")
        for (name, *columns), rows in tables.items()
    }


def test_what_led_to_a_county_that_changes_is_sought_however_many_changes_ago() -> None:
    new = ("330199", "新戊区", "杭州市")
    words = place_words(_places(COUNTIES, CHANGES), _places([*COUNTIES, new], [*CHANGES, ("330103", "330199", "")]))
    assert {"330101", "330102", "330103", "330199", "甲乙", "丙丁", "戊己", "新戊", "壬癸"} <= {*words.anywhere}
    assert not {"330104", "庚辛", "子丑"} & {*words.anywhere}
    assert words.in_city == {"杭州": ["文一路"]}


def test_a_city_that_only_one_of_two_states_knows_is_sought_by_its_name() -> None:
    words = place_words(_places(COUNTIES, []), _places([*COUNTIES, ("339901", "寅卯区", "新城市")], []))
    assert {"新城", "寅卯", "339901"} == {*words.anywhere}
