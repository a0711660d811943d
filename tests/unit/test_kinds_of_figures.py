"""Kinds that a department writes with a mark behind the figure, or in two ways."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import AREA, COUNT, DAY, MILLISECOND_DAY, Kind, either, followed_by, narrowed, trimmed


def read(kind: Kind, text: str) -> object:
    return pl.DataFrame({"text": [text]}).select(kind.read(kind.tidy(pl.col("text")))).item()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (followed_by("套", COUNT), "4375套", 4375), (followed_by("套", COUNT), "4375", None),
        (followed_by("套", COUNT), "1.2万套", None), (followed_by("套", COUNT), "套", None),
        (followed_by("m2", AREA), "698109.63m²", Decimal("698109.63")), (followed_by("m2", AREA), "0.21万m²", None),
        (followed_by("m2", AREA), "nanm²", None), (either(DAY, MILLISECOND_DAY), "2023-06-18", date(2023, 6, 18)),
        (either(DAY, MILLISECOND_DAY), "1627464632000", date(2021, 7, 28)),
        # Sixteen hours after midnight in UTC it is the next day in China.
        (MILLISECOND_DAY, "1685635200000", date(2023, 6, 2)), (MILLISECOND_DAY, "16274646", None),
        (either(DAY, MILLISECOND_DAY), "0000-00-00", None),
    ],
)  # fmt: skip
def test_a_figure_is_read_with_its_mark_and_not_without(kind: Kind, text: str, value: object) -> None:
    assert read(kind, text) == value


@given(
    st.lists(
        st.one_of(st.none(), st.text(st.sampled_from("甲９9Ａa（(①ﬁ㈱é\u0301\u3000 鿿豈ー"), max_size=6)), max_size=8
    )
)
def test_only_normalising_what_may_change_changes_nothing(texts: list[str | None]) -> None:
    table = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    told = table.select(narrowed(pl.col("text")), whole=trimmed(pl.col("text").str.normalize("NFKC")))
    assert told["text"].to_list() == told["whole"].to_list() and table["text"].to_list() == texts
