"""A version that stands on an earlier snapshot: the same rows and bytes as if it had been written whole."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare import compare
from pipelines.fold import main
from schemas.manifest import Index, Standing, canonical
from schemas.snapshot import folded, parquet, titles_of

States = list[dict[str, int | None]]
STATES = st.lists(
    st.dictionaries(st.text("甲乙丙丁戊", min_size=1, max_size=2), st.none() | st.integers(0, 3), max_size=8),
    min_size=1, max_size=6,
)  # fmt: skip


def table(state: dict[str, int | None]) -> pl.DataFrame:
    return pl.DataFrame(list(state.items()), {"k": pl.String, "v": pl.Int64}, orient="row").sort("k")


@given(STATES)
def test_a_snapshot_and_any_changes_since_give_the_bytes_of_the_last_state(states: States) -> None:
    tables = [table(state) for state in states]
    steps = [compare(old, new, ("k",), "source") for old, new in itertools.pairwise(tables)]
    made = folded(tables[0].lazy(), (step.lazy() for step in steps), ["k"])
    assert parquet(made, {"v": "值"}) == parquet(tables[-1], {"v": "值"})


def test_a_published_file_gives_back_its_titles_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.parquet"
    file.write_bytes(parquet(table({"甲": 1}), {"k": "企业", "v": "值"}))
    assert titles_of(file) == {"k": "企业", "v": "值"}


def test_a_county_that_is_not_served_is_told_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["fold", "999999"])
    supply = tmp_path / "supply"
    assert main() == 1
    assert capsys.readouterr().out == f"Nothing is published below {supply} for 999999. Run `make run` first.\n"
    served = Standing(county="330110", county_name="余杭区", version=1, manifest_sha256="", rows=1)
    index = Index(product="any", title="任", as_of="2026-06-30", inputs=(), missing=(), counties=(served,))
    (supply / "index").mkdir(parents=True)
    (supply / "index" / "any.json").write_bytes(canonical(index))
    assert main() == 1
    assert capsys.readouterr().out == f"999999 is no county that is served below {supply}; for example 330110.\n"
