"""What a run says of where a feed's rows were placed: nothing under a heading is no heading."""

from __future__ import annotations

import polars as pl

from pipelines.words.placing import Placing, lines

BY = pl.DataFrame({"evidence": ["county+town", "code"], "rows": [1_200, 3]})
DISPUTED = "of these, in dispute because another evidence says otherwise"


def test_each_count_stands_beside_what_it_counts() -> None:
    otherwise = pl.DataFrame({"evidence": ["code"], "rows": [7]})
    assert lines(Placing(1_203, BY, otherwise, {"unknown_place": 4})) == [
        "1,203 rows placed in a county of today (99.7%), by",
        "      1,200  county+town",
        "          3  code",
        DISPUTED,
        "          7  code",
        "not placed, in quarantine",
        "          4  unknown_place",
    ]


def test_what_there_is_none_of_has_no_heading() -> None:
    said = lines(Placing(1_203, BY, BY.clear(), {}))
    assert said[0] == "1,203 rows placed in a county of today (100.0%), by"
    assert said[1:] == ["      1,200  county+town", "          3  code"]
