"""Golden pairs: each feed's `given` delivery gives `expect` (standard rows) and `refused` (quarantine with reasons)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.judge import judge
from pipelines.land import land, landed_rows, malformed_rows
from pipelines.standardise import once_each
from pipelines.translate import translate
from schemas.feed import Feed, all_feeds

HERE = Path(__file__).parent
ON = date(2026, 6, 30)


@pytest.mark.parametrize("feed", all_feeds().values(), ids=all_feeds())
def test_given_gives_expect_and_refused(feed: type[Feed], tmp_path: Path) -> None:
    expect, refused = standardised(feed, tmp_path)
    folder = HERE / feed.key
    assert expect == (folder / "expect.csv").read_text()
    assert refused == (folder / "refused.csv").read_text()


def standardised(feed: type[Feed], home: Path) -> tuple[str, str]:
    """The feed's given delivery as the text of expect.csv and refused.csv."""
    given = home / f"20260630{feed.arrives.suffix}"
    given.write_bytes((HERE / feed.key / f"given{feed.arrives.suffix}").read_bytes())
    delivery = land(feed, given, home)
    judged = judge(feed, translate(feed, landed_rows(delivery, home), current(), ON))
    standard = once_each(feed, judged.standard).drop("hash")
    lists = [name for name, dtype in standard.schema.items() if dtype == pl.List(pl.String)]
    quarantined = pl.concat(
        [judged.quarantine.select("row", "reasons"), malformed_rows(delivery, home).select("row", "reasons")]
    )
    reasons = quarantined.sort("row").explode("reasons").unnest("reasons")
    return standard.with_columns(pl.col(lists).list.join(";")).write_csv(), reasons.write_csv()
