"""Quarantine: a row is read out of it in the very texts in which it landed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.refusal import REASONS
from pipelines.standard.quarantined import LINE, as_landed, source_columns, with_raw

_TEXT = (
    st.none()
    | st.text(max_size=12)
    | st.sampled_from(["", "null", "1e3", '{"甲":1}', "\x00", "\u2028", "某某😀", '"\\'])
)


@given(st.lists(st.tuples(_TEXT, _TEXT), min_size=1, max_size=8), st.sets(st.integers(0, 7)))
def test_what_is_read_out_of_quarantine_is_what_landed(
    texts: list[tuple[str | None, str | None]], bad: set[int]
) -> None:
    rows = pl.DataFrame(texts, schema={"名称": pl.String, "raw": pl.String}, orient="row").with_row_index("row")
    landed = rows.with_columns(pl.col("row").cast(pl.Int64), hash=pl.col("row").hash())
    some = landed.filter(pl.col("row").is_in(sorted(bad)))
    none = pl.Series("reasons", [[]] * some.height, dtype=REASONS)
    line = pl.DataFrame(
        {"row": [99], "raw": ["残缺"], "reasons": [[]], "raw_form": [LINE]}, schema_overrides={"reasons": REASONS}
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "00000.parquet"
        pl.concat([with_raw(some.select("row").with_columns(none), landed), line]).write_parquet(file)
        assert as_landed(file, source_columns(landed)).equals(some.select("row", "名称", "raw"))
        assert as_landed(file, ["名称"]).equals(some.select("row", "名称"))
