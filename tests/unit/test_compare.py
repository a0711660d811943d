"""Changes between two snapshots: base and changes give the next snapshot, each with its cause."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare import Flag, below, changes, compare, difference
from pipelines.releasing.causes import causes
from schemas.snapshot import apply

KEY = ("k",)
ROWS = st.dictionaries(
    st.text("甲乙丙丁戊己", min_size=1, max_size=2), st.one_of(st.none(), st.integers(0, 3)), max_size=8
)


def frame(rows: dict[str, int | None]) -> pl.DataFrame:
    """A snapshot with key `k` and value `v`."""
    return pl.DataFrame({"k": list(rows), "v": list(rows.values())}, schema={"k": pl.String, "v": pl.Int64}).sort("k")


def hashes(rows: dict[str, int | None]) -> pl.DataFrame:
    """Source hashes that follow the values."""
    told = frame(rows).select("k", (pl.col("v").fill_null(9) + 1).cast(pl.UInt64).alias("source_hash"))
    return told.with_columns(pl.lit(1, pl.UInt32).alias("source_rows"))


@given(ROWS, ROWS)
def test_base_and_changes_give_the_next_snapshot(old: dict[str, int | None], new: dict[str, int | None]) -> None:
    changes = compare(frame(old), frame(new), KEY, causes(hashes(old), hashes(new), "k", "dictionary", None))
    assert apply(frame(old), changes, KEY).equals(frame(new))
    expected = sum(old.get(key, "-") != new.get(key, "-") for key in old.keys() | new.keys())
    assert changes.height == expected
    assert changes["_cause"].null_count() == 0


def test_a_row_whose_sources_stand_still_changed_for_another_reason() -> None:
    rows = dict.fromkeys("甲乙丙丁", 1)
    before = hashes(rows)
    now = hashes({"甲": 1, "乙": 3, "丁": 1, "戊": 1}).with_columns(
        pl.when(pl.col("k") == "丁").then(pl.lit(0, pl.UInt32)).otherwise("source_rows").alias("source_rows")
    )
    arrived = pl.DataFrame({"entity_id": ["乙"]})
    told = dict(causes(before, now, "k", "place", arrived).iter_rows())
    # 乙 has a new row, 丙 is gone and 丁 lost one; 戊 was in quarantine and its rows are old.
    assert told == {"甲": "place", "乙": "source", "丙": "source", "丁": "source", "戊": "place"}


def test_where_no_delivery_is_new_nothing_is_the_sources_doing() -> None:
    told = causes(hashes({"甲": 1, "乙": 1}), hashes({"甲": 2, "丙": 1}), "k", "dictionary", None)
    assert set(told["cause"]) == {"dictionary"} and told.height == 3


def test_a_flag_that_alone_turns_has_a_cause_of_its_own_and_its_coming_has_none() -> None:
    columns = {"k": pl.String, "v": pl.Int64, "open": pl.Boolean}
    old = pl.DataFrame([("甲", 1, False), ("乙", 1, False), ("丙", 1, None), ("丁", 1, True)], columns, orient="row")
    new = pl.DataFrame([("甲", 1, True), ("乙", 2, True), ("丙", 1, False), ("丁", 1, True)], columns, orient="row")
    flag, differs = Flag("open", "objection"), difference(old, new, KEY)
    told = changes(differs, new.columns, "place", flag)
    assert dict(told.select("k", "_cause").iter_rows()) == {"甲": "objection", "乙": "place", "丙": "place"}
    # A view without the flag does not change where it alone turns.
    assert changes(differs, ["k", "v"], "place", flag)["k"].to_list() == ["乙"]


LEVELS = st.dictionaries(
    st.text("甲乙丙丁", min_size=1, max_size=2), st.tuples(st.sampled_from(["L1", "L2", "L3"]), st.integers(0, 2)),
    max_size=8,
)  # fmt: skip


@given(LEVELS, LEVELS, st.sampled_from(["L1", "L2", "L3"]))
def test_a_view_changes_as_its_own_snapshots_do(
    old: dict[str, tuple[str, int]], new: dict[str, tuple[str, int]], level: str
) -> None:
    was, now = levelled(old), levelled(new)
    views = [each.filter(pl.col("level") <= level).drop("v") for each in (was, now)]
    told = changes(below(difference(was, now, KEY), "level", level), ["k", "level"], "source")
    assert told.equals(compare(*views, KEY, "source"))
    assert apply(views[0], told, KEY).equals(views[1])


def levelled(rows: dict[str, tuple[str, int]]) -> pl.DataFrame:
    """A snapshot whose rows bear a level."""
    told = [(key, level, value) for key, (level, value) in rows.items()]
    return pl.DataFrame(told, schema={"k": pl.String, "level": pl.String, "v": pl.Int64}, orient="row").sort("k")
