"""A row that increments tell again word for word: it is of the newest day, and stands so since the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.disk.outcome import Outcome
from pipelines.engine.local import Sizes
from pipelines.gather import gather
from pipelines.land import land
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds
from tests.codes import credit_code

REGISTER = all_feeds()["market_regulation_enterprise"]
HEADER = "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址"
AT_ONCE, IN_GROUPS = Sizes(), Sizes(part=2, group=1)


def registered(serial: int, name: str = "某公司") -> str:
    code = credit_code("330100", serial)
    return f"{name},{code},2015-03-01,有限责任公司,,300(万元人民币),软件,浙江,杭州,杭州市西湖区某路{serial}号"


def deliver(day: int, rows: Sequence[str], home: Path) -> Outcome:
    """Land an increment of a day of June and standardise it."""
    file = home / "inbox" / REGISTER.key / f"202606{day:02}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([HEADER, *rows, ""]))
    return standardise(REGISTER, land(REGISTER, file, home), current(), home)


def held(home: Path, sizes: Sizes = AT_ONCE) -> dict[str, tuple[int, int]]:
    """Of each enterprise that holds, by its code, the day of June that its row is of, and since which it stands so."""
    standing = gather(REGISTER, home, sizes).current
    assert standing is not None
    days = standing.rows.select("credit_code", pl.col("as_of", "since").dt.day())
    assert days["credit_code"].is_unique().all()
    return {code: (of, since) for code, of, since in days.iter_rows()}


@pytest.mark.parametrize("sizes", [AT_ONCE, IN_GROUPS], ids=["at once", "in groups"])
def test_what_is_told_again_stands_since_it_was_told_first(sizes: Sizes, tmp_path: Path) -> None:
    same, other, back, new = (credit_code("330100", serial) for serial in range(4))
    deliver(1, [registered(0), registered(1), registered(2)], tmp_path)
    assert held(tmp_path, sizes) == {same: (1, 1), other: (1, 1), back: (1, 1)}
    deliver(2, [registered(0), registered(1, "改名公司"), registered(2, "改名公司"), registered(3)], tmp_path)
    assert held(tmp_path, sizes) == {same: (2, 1), other: (2, 2), back: (2, 2), new: (2, 2)}
    deliver(3, [registered(0), registered(1, "改名公司"), registered(2)], tmp_path)
    assert held(tmp_path, sizes) == {same: (3, 1), other: (3, 2), back: (3, 3), new: (2, 2)}


def test_a_delivery_that_arrives_late_begins_or_breaks_the_run(tmp_path: Path) -> None:
    longer, broken, new = (credit_code("330100", serial) for serial in range(3))
    deliver(5, [registered(0), registered(1)], tmp_path)
    deliver(9, [registered(0), registered(1), registered(2)], tmp_path)
    assert held(tmp_path) == {longer: (9, 5), broken: (9, 5), new: (9, 9)}
    names = part_names(tmp_path)
    deliver(3, [registered(0)], tmp_path)
    deliver(7, [registered(1, "改名公司")], tmp_path)
    assert held(tmp_path) == {longer: (9, 3), broken: (9, 9), new: (9, 9)}
    assert set(names) - set(part_names(tmp_path)), "what is kept of a part by its name would be taken for true"


def part_names(home: Path) -> list[str]:
    standing = gather(REGISTER, home).current
    assert standing is not None
    return [each.name for each in standing.parts]


def test_some_rows_and_some_columns_are_read_with_their_days(tmp_path: Path) -> None:
    deliver(1, [registered(serial) for serial in range(6)], tmp_path)
    deliver(2, [registered(4), registered(5, "改名公司"), registered(1)], tmp_path)
    standing = gather(REGISTER, tmp_path).current
    assert standing is not None
    last = standing.parts[-1]
    numbers = last.every(["row"], None)["row"]
    told = last.every(["since", "name"], numbers[1:])
    assert told.columns == ["name", "since"]
    assert told.rows() == [("改名公司", date(2026, 6, 2)), ("某公司", date(2026, 6, 1))]
    assert last.every(["name"], numbers[:1]).rows() == [("某公司",)]
