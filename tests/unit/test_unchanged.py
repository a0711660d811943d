"""When a county is told nothing: no row of any view has changed, no objection, and the promise is the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import polars as pl

from pipelines.releasing.differing import is_unchanged
from pipelines.releasing.served import Served
from schemas.manifest import Manifest, Objected
from tests.manifests import manifest

OPEN = Objected(
    id="330110-1", product="enterprise_mirror", key={"credit_code": "1"}, column="name", level="L1",
    raised="2026-07-01", due="2026-07-15", state="open", answered=None, answer=None,
)  # fmt: skip
ANSWERED = OPEN.model_copy(update={"state": "declined", "answered": "2026-07-02", "answer": "复函"})
NOTHING, ONE_ROW = {"L1": pl.DataFrame()}, {"L1": pl.DataFrame({"credit_code": ["1"]})}


@dataclass
class _County:
    objections: tuple[Objected, ...]


@dataclass
class _Found:
    served: Served
    county: _County


def _is_still(before: Manifest | None, now: tuple[Objected, ...], changes: dict[str, pl.DataFrame]) -> bool:
    found = _Found(Served(before, None, Path(), None), _County(now))
    return is_unchanged(cast(Any, found), cast(Any, None), changes)


def test_an_objection_that_comes_or_is_answered_is_told_though_no_row_has_changed() -> None:
    stood = manifest(objections=(OPEN,))
    assert _is_still(stood, (OPEN,), NOTHING)
    assert not _is_still(stood, (ANSWERED,), NOTHING)
    assert not _is_still(stood, (), NOTHING)
    assert not _is_still(manifest(), (OPEN,), NOTHING)


def test_a_row_that_has_changed_in_any_view_and_a_first_version_are_told() -> None:
    assert not _is_still(manifest(), (), {**NOTHING, "L2": ONE_ROW["L1"]})
    assert not _is_still(None, (), NOTHING)
