"""Golden pairs: each feed's `given` deliveries give `expect` (standard rows) and `refused` (quarantine with reasons).

A feed that comes in parts has `given.<name>.csv` for each, delivered as `<name>.csv`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.disk.deliveries import landed_rows, malformed_rows
from pipelines.judge import judge
from pipelines.land import land
from pipelines.standard.once_each import once_each
from pipelines.translate import translate
from schemas.feed import Feed, all_feeds

HERE = Path(__file__).parent


@pytest.mark.parametrize("feed", all_feeds().values(), ids=all_feeds())
def test_given_gives_expect_and_refused(feed: type[Feed], tmp_path: Path) -> None:
    folder = HERE / feed.key
    expect, refused = standardised(feed, folder, tmp_path)
    assert expect == (folder / "expect.csv").read_text()
    assert refused == (folder / "refused.csv").read_text()


def standardised(feed: type[Feed], folder: Path, home: Path) -> tuple[str, str]:
    """The given deliveries in a folder as the text of expect.csv and refused.csv; `file` tells parts apart."""
    files = sorted(folder.glob(f"given*{feed.arrives.suffix}"))
    assert files, f"{folder} has no given*{feed.arrives.suffix}; write the feed's golden pair, as docs/adding.md says"
    pairs = [_one(feed, file, home) for file in files]
    standard, refused = (pl.concat(tables) for tables in zip(*pairs, strict=True))
    if feed.part is None:
        return standard.drop("file").write_csv(), refused.drop("file").write_csv()
    return standard.write_csv(), refused.write_csv()


def _one(feed: type[Feed], file: Path, home: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    name = file.stem.removeprefix("given").removeprefix(".") or "20260630"
    given = home / f"{name}{feed.arrives.suffix}"
    given.write_bytes(file.read_bytes())
    delivery = land(feed, given, home)
    on = date.fromisoformat(delivery.as_of)
    judged = judge(feed, translate(feed, landed_rows(delivery, home), current(), on))
    standard = once_each(feed, judged.standard).drop("hash")
    lists = [name for name, dtype in standard.schema.items() if dtype == pl.List(pl.String)]
    quarantined = pl.concat(
        [judged.quarantine.select("row", "reasons"), malformed_rows(delivery, home).select("row", "reasons")]
    )
    reasons = quarantined.sort("row").explode("reasons").unnest("reasons")
    told = pl.lit(name).alias("file")
    return standard.with_columns(pl.col(lists).list.join(";")).select(told, pl.all()), reasons.select(told, pl.all())


def test_a_feed_without_a_golden_pair_is_told_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"has no given\*\.csv; write the feed's golden pair"):
        standardised(all_feeds()["tax_registration"], tmp_path, tmp_path)
