"""Which of two rows of a file holds by their order there, whether the file before it had them already or not."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.cut import code_tables
from pipelines.dictionary import HOME, current
from pipelines.disk.deliveries import deliveries
from pipelines.disk.outcome import Outcome
from pipelines.gather import gather
from pipelines.land import land
from pipelines.standard.standardise import standardise
from pipelines.surveying.survey import lay, survey
from schemas.feed import all_feeds
from schemas.product import all_products

FEED, PRODUCT = all_feeds()["service_item"], all_products()["service_items"]
HEADER = "QXMC,SXBM,SXMC,CLS,FDQX,CNQX,HJS,DXCCS,SFWB,WBSD"


def line(county: str, code: str, days: int) -> str:
    """An item of a county's list as the department writes it."""
    return f"{county},{code},食品经营许可,4,20,{days},3,0,是,互联网受理"


def codes() -> list[str]:
    """Forty items that the dictionary knows: of so many a file that repeats them need not be read whole."""
    with (HOME / "codes" / "service_item.csv").open(encoding="utf-8") as file:
        known = [row["code"] for row in csv.DictReader(file) if row["source"] == "zhejiang_item" and row["standard"]]
    return list(dict.fromkeys(known))[:40]


def read(home: Path, *files: tuple[str, list[str]]) -> Outcome:
    """Land and standardise files of two days; what became of the last."""
    inbox = home / "inbox" / FEED.key
    inbox.mkdir(parents=True)
    for name, lines in files:
        (inbox / name).write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
        land(FEED, inbox / name, home)
    return [standardise(FEED, each, current(), home) for each in deliveries(FEED, home)][-1]


def listed(home: Path) -> list[tuple[object, ...]]:
    """What is published of 余杭区."""
    scratch = home / "scratch"
    scratch.mkdir()
    today = date(2026, 7, 3)
    laid = lay(PRODUCT, [gather(FEED, home)], code_tables(current(), today), today, home, scratch)
    return pl.read_parquet(survey(PRODUCT, laid, scratch)).filter(county="330110").select("days", "listed").rows()


def test_the_last_row_of_the_newest_file_holds_also_where_the_file_before_had_it(tmp_path: Path) -> None:
    """It lies with the first file, and the row above it with the second."""
    first, *others = codes()
    between = [line("杭州市临平区", code, 9) for code in (first, *others)]
    before = [line("余杭区", first, 7), *between, line("杭州市余杭区", first, 12)]
    newest = [line("余杭区", first, 5), *between, line("杭州市余杭区", first, 12)]
    both = read(tmp_path / "both", ("20260603.csv", before), ("20260703.csv", newest))
    assert both.refusal is None and len(both.stands_on) == 1
    read(tmp_path / "alone", ("20260703.csv", newest))
    assert listed(tmp_path / "both") == listed(tmp_path / "alone") == [(12, 2)]
