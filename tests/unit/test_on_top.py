"""When an entity is told anew on top of what lies there, and when all of it is fused: by what has changed since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import Mappings, current
from pipelines.disk import fused
from pipelines.disk.fused_grounds import FusedGrounds
from pipelines.fusing.anew import MOST_STEPS, is_on_top
from schemas.entity import all_entities

ENTERPRISE = all_entities()["enterprise"]
PRESENT = [feed.key for feed in ENTERPRISE.described_by()]
KEPT = FusedGrounds({"code": "a", "place": "b", "authority": "c", "dictionary": "d", "feed/tax_registration/1": "e"},
             "2026-06-30", 4, {"entities": 9})  # fmt: skip
SOURCE, RANK = pl.col("source"), pl.col("rank")


def now(on: str = "2026-07-01", buckets: int = 4, **grounds: str) -> FusedGrounds:
    return FusedGrounds(KEPT.grounds | grounds, on, buckets, {})


def ranked(*edit: pl.Expr, known: Callable[[pl.DataFrame], pl.DataFrame] = lambda rows: rows) -> Mappings:
    return replace(current(), authority=known(current().authority.with_columns(*edit)))


def without(*feeds: str) -> Mappings:
    """Ranks as they are where feeds have been added of which authority.csv does not tell."""
    return ranked(known=lambda rows: rows.filter(~SOURCE.is_in(feeds)))


def later(rows: pl.DataFrame) -> pl.DataFrame:
    """With a rank that the last feed has since the new day."""
    last = rows.tail(1).with_columns(since=pl.lit(date(2026, 7, 1)), rank=pl.lit(9, pl.Int64))
    return pl.concat([rows, last])


@pytest.mark.parametrize(
    ("grounds", "mappings", "present", "steps", "expected"),
    [
        (now(), current(), PRESENT, 0, True),
        (now(**{"dictionary": "D", "feed/tax_registration/2": "E"}), current(), PRESENT, 0, True),
        (now(place="B"), current(), PRESENT, 0, False),
        (now(on="2027-01-01"), current(), PRESENT, 0, False),
        (now(buckets=8), current(), PRESENT, 0, False),
        (now(), current(), PRESENT[1:], 0, False),
        (now(), current(), PRESENT, MOST_STEPS, False),
        (now(), current(), PRESENT, MOST_STEPS - 1, True),
        (now(), ranked(known=later), PRESENT, 0, False),
        (now(), ranked(pl.when(SOURCE == "tax_registration").then(1).otherwise(RANK).alias("rank")), PRESENT, 0, False),
        (now(), without("tax_registration"), PRESENT, 0, True),
        (now(), without("tax_registration", "social_security_employer"), PRESENT, 0, False),
    ],
    ids=["a day", "rows", "places", "a year", "buckets", "a feed that is gone", "too many steps", "steps enough",
         "a rank since", "equal ranks", "one without a rank", "two without a rank"],
)  # fmt: skip
def test_steps_tell_what_has_changed_where_rows_alone_have(
    grounds: FusedGrounds, mappings: Mappings, present: list[str], steps: int, *, expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(fused, "present", lambda *_: sorted(PRESENT))
    monkeypatch.setattr(fused, "steps", lambda *_: steps)
    assert is_on_top(ENTERPRISE, KEPT, grounds, present, mappings, Path()) is expected
