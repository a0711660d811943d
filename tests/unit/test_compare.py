"""Changes between two snapshots: base and changes give the next snapshot, each with its cause."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare import apply, causes, compare

ROWS = st.dictionaries(
    st.text("甲乙丙丁戊己", min_size=1, max_size=2), st.one_of(st.none(), st.integers(0, 3)), max_size=8
)


def frame(rows: dict[str, int | None]) -> pl.DataFrame:
    """A snapshot with key `k` and value `v`."""
    return pl.DataFrame({"k": list(rows), "v": list(rows.values())}, schema={"k": pl.String, "v": pl.Int64}).sort("k")


def hashes(rows: dict[str, int | None]) -> pl.DataFrame:
    """Source hashes that follow the values."""
    return frame(rows).select("k", (pl.col("v").fill_null(9) + 1).cast(pl.UInt64).alias("source_hash"))


@given(ROWS, ROWS)
def test_base_and_changes_give_the_next_snapshot(old: dict[str, int | None], new: dict[str, int | None]) -> None:
    changes = compare(frame(old), frame(new), "k", causes(hashes(old), hashes(new), "k", "dictionary"))
    assert apply(frame(old), changes, "k").equals(frame(new))
    expected = sum(old.get(key, "-") != new.get(key, "-") for key in old.keys() | new.keys())
    assert changes.height == expected
    assert changes["cause"].null_count() == 0


def test_a_row_whose_sources_stand_still_changed_for_another_reason() -> None:
    old, new = frame({"甲": 1, "乙": 1}), frame({"甲": 2, "乙": 2})
    before, after = hashes({"甲": 1, "乙": 1}), hashes({"甲": 1, "乙": 3})
    changes = compare(old, new, "k", causes(before, after, "k", "dictionary"))
    assert dict(changes.select("k", "cause").iter_rows()) == {"甲": "dictionary", "乙": "source"}
