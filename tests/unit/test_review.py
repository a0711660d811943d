"""The review list: every row that is not identified, why, and the correction that a person may paste."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.identity.review import counted, main, review_list
from pipelines.refusal import REASONS
from schemas.entity import all_entities

FEED = "science_technology_list"
ONE, OTHER = "91330110MA2ABCD132", "913301842539012375"


def candidate(code: str, name: str) -> dict[str, str]:
    """A candidate of the last rung."""
    return {"entity_id": code, "name": name, "match": "probable 0.91"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose list holds a row without candidates, one with a single one and one with two."""
    near, far = candidate(ONE, "永康鸿鑫机械有限公司"), candidate(OTHER, "永康鸿信机械有限公司")
    rows = pl.DataFrame(
        {
            "row": [1, 2, 3],
            "delivery": ["2026-06-30-abc"] * 3,
            "record": ["KJ1", "KJ2", "KJ3"],
            "name": ["无此公司", "永康鸿天机械有限公司", "永康鸿新机械有限公司"],
            "rule": ["unidentified", "improbable", "ambiguous"],
            "candidates": [[], [near], [near, far]],
        }
    )
    told = pl.struct(column=pl.lit("name"), rule="rule", found="name", expected=pl.lit("one"))
    folder = tmp_path / "fused" / "enterprise" / "unidentified"
    folder.mkdir(parents=True)
    listed = rows.with_columns(pl.concat_list(told).cast(REASONS).alias("reasons")).drop("rule")
    listed.write_parquet(folder / f"{FEED}.parquet")
    return tmp_path


def test_every_row_is_listed_those_that_can_be_decided_first(home: Path) -> None:
    listed = review_list(all_entities()["enterprise"], home)
    assert listed["row"].to_list() == [3, 2, 1]
    assert counted(listed).rows() == [(FEED, "ambiguous", 1), (FEED, "improbable", 1), (FEED, "unidentified", 1)]


def test_a_single_candidate_comes_with_the_correction_to_paste(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    assert main() == 0
    said = capsys.readouterr().out
    assert "企业 enterprise: 3 rows are not identified" in said
    assert (
        f"永康鸿新机械有限公司 is ambiguous: 永康鸿鑫机械有限公司 {ONE} (probable 0.91); 永康鸿信机械有限公司 {OTHER}"
        in said
    )
    corrections = [line.strip() for line in said.splitlines() if line.startswith(f"  {FEED},")]
    pasted = f"{FEED},KJ2,企业名称,永康鸿天机械有限公司,永康鸿鑫机械有限公司,<since>,<known>,<basis>"
    assert corrections == [pasted]


def test_nothing_is_listed_before_anything_is_fused(tmp_path: Path) -> None:
    assert review_list(all_entities()["enterprise"], tmp_path).is_empty()
