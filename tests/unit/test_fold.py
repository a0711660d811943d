"""A version that stands on an earlier snapshot: the same rows and bytes as if it had been written whole."""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.compare import compare
from pipelines.disk.store import put_parquet
from pipelines.releasing.fold import AT, MOST_VERSIONS, base_for, rows_of_each
from pipelines.releasing.snapshots import main
from schemas.manifest import File, Index, IndexLine, Manifest, View, canonical
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


# The same changes again, two days later, are the same file.
THERE_AND_BACK: States = [{"甲": 1, "乙": 2}, {"甲": 2}, {"甲": 1, "乙": 2}, {"甲": 2}]


@example(THERE_AND_BACK, [*THERE_AND_BACK, THERE_AND_BACK[0], THERE_AND_BACK[0]])
@given(STATES, STATES)
def test_counties_that_are_read_together_have_the_rows_of_their_last_states(one: States, other: States) -> None:
    with tempfile.TemporaryDirectory() as folder:
        versions = [_written(states, Path(folder, county)) for county, states in (("余杭", one), ("慈溪", other))]
        found = rows_of_each(versions, "L1", ["k"])
        some = rows_of_each(versions, "L1", ["k"], ["v"], pl.DataFrame({"k": ["甲", "乙"]}))
    stand = [table(states[-1]).with_columns(pl.lit(at, pl.UInt16).alias(AT)) for at, states in enumerate((one, other))]
    assert found.equals(pl.concat(stand))
    assert some.equals(pl.concat(stand).filter(pl.col("k").is_in(["甲", "乙"])))


def _written(states: States, folder: Path) -> tuple[Path, list[Manifest]]:
    """A county's folder and chain: the first state as a snapshot, then each day's changes."""
    tables = [table(state) for state in states]
    base = put_parquet(tables[0], folder, "snapshot", folder, {})
    nothing = compare(tables[0], tables[0], ("k",), "source")
    changed = [nothing, *(compare(old, new, ("k",), "source") for old, new in itertools.pairwise(tables))]
    put = [put_parquet(each, folder, "changes", folder, {}) for each in changed]
    views = [View(level="L1", snapshot=None if day else base, changes=file) for day, file in enumerate(put)]
    return folder, [Manifest.model_construct(version=day, views={"L1": view}) for day, view in enumerate(views, 1)]


def _standing_on_one(rows: list[int]) -> list[Manifest]:
    """A chain whose first version has snapshots, of two views; `rows` of the wider one have changed since, by day."""
    files = [File.model_construct(rows=count) for count in (0, *rows)]
    every = File.model_construct(rows=10_000)
    return [
        Manifest.model_construct(
            version=day, contract_sha256="a",
            views={"L1": View.model_construct(changes=every), "L2": View.model_construct(changes=file)},
        ) for day, file in enumerate(files, 7)
    ]  # fmt: skip


@pytest.mark.parametrize(("changed", "contract", "base"), [(60, "a", 7), (61, "a", None), (0, "a", 7), (0, "b", None)])
def test_snapshots_are_written_anew_where_an_eighth_has_changed_since_or_more_is_promised(
    changed: int, contract: str, base: int | None
) -> None:
    """Of 800 rows 100 may change; 40 have."""
    assert base_for(_standing_on_one([10, 30]), contract, changed, 800) == base


def test_no_more_versions_stand_on_one_than_may() -> None:
    assert base_for(_standing_on_one([0] * (MOST_VERSIONS - 2)), "a", 0, 800) == 7
    assert base_for(_standing_on_one([0] * (MOST_VERSIONS - 1)), "a", 0, 800) is None


def test_a_published_file_gives_back_its_titles_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.parquet"
    file.write_bytes(parquet(table({"甲": 1}), {"k": "企业", "v": "值"}))
    assert titles_of(file) == {"k": "企业", "v": "值"}


def test_a_county_that_is_not_served_is_told_by_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["snapshots", "999999"])
    supply = tmp_path / "supply"
    assert main() == 1
    assert capsys.readouterr().out == f"Nothing is published below {supply} for 999999. Run `make run` first.\n"
    served = IndexLine(county="330110", county_name="余杭区", version=1, manifest_sha256="", rows=1)
    index = Index(product="any", title="任", as_of="2026-06-30", inputs=(), missing=(), counties=(served,))
    (supply / "index").mkdir(parents=True)
    (supply / "index" / "any.json").write_bytes(canonical(index))
    assert main() == 1
    assert capsys.readouterr().out == f"999999 is no county that is served below {supply}; for example 330110.\n"
