"""Days of full files and edits to the mappings, in any order, end as if every file were done whole under the last."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import Mappings, load
from pipelines.disk.deliveries import deliveries
from pipelines.land import land
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds
from tests.codes import credit_code
from tests.editing import STATUS, UNTIL, Edited, go_through
from tests.repeating import TAX, deliver, files, known, unlike

REGISTER = all_feeds()["market_regulation_enterprise"]
HEADER = "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址"


@pytest.mark.parametrize("seed", [0, 2])
def test_days_and_edits_end_as_if_all_were_done_whole(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"whole", "repeats", "replayed"} <= go_through(seed, 4, 60, tmp_path, monkeypatch)


def test_increments_are_replayed_each_and_the_newest_row_holds(tmp_path: Path) -> None:
    edited = Edited(tmp_path / "edited")
    first = [_registered(serial, "淳安县" if serial % 3 else "西湖区") for serial in range(60)]
    second = [_registered(serial, "西湖区" if serial % 8 else "淳安县") for serial in range(0, 60, 4)]
    for day, rows in enumerate([first, second], start=1):
        _register(day, rows, load(edited.folder), tmp_path / "new")
    edited.append("places/counties.csv", f"339901,淳安县,杭州市,2026-07-01,{UNTIL}")
    edited.append("places/changes.csv", f"2026-07-01,recode,330127,339901,,{UNTIL}")
    for day, rows in enumerate([first, second], start=1):
        _register(day, rows, load(edited.folder), tmp_path / "whole")
    told = [
        standardise(REGISTER, each, load(edited.folder), tmp_path / "new")
        for each in deliveries(REGISTER, tmp_path / "new")
    ]
    assert [each.translated for each in told] == [40, 8] and all(each.stands_on for each in told)
    new, whole = (known(tmp_path / home, REGISTER) for home in ("new", "whole"))
    assert unlike(new, whole) == []
    assert set(new["holding"]["county"]) == {"330106", "339901"} and new["holding"].height == 60


def test_a_row_of_an_increment_that_an_edit_sends_to_quarantine_holds_no_more(tmp_path: Path) -> None:
    edited = Edited(tmp_path / "edited")
    first = [_registered(serial, "西湖区") for serial in range(60)]
    renamed = [row.replace("杭州第", "改名第", 1) for row in first[:20]]
    days = list(enumerate([first, renamed], start=1))
    for day, rows in days:
        _register(day, rows, load(edited.folder), tmp_path / "new")
    code = credit_code("330100", 7)
    edited.append("corrections.csv", f"{REGISTER.key},{code},企业名称,改名第7公司,改,2020-01-01,{UNTIL}")
    for day, rows in days:
        _register(day, rows, load(edited.folder), tmp_path / "whole")
    for each in deliveries(REGISTER, tmp_path / "new"):
        standardise(REGISTER, each, load(edited.folder), tmp_path / "new")
    new, whole = (known(tmp_path / home, REGISTER) for home in ("new", "whole"))
    assert unlike(new, whole) == []
    names = new["holding"].filter(pl.col("credit_code") == code)["name"].to_list()
    assert names == ["杭州第7公司"]


def _registered(serial: int, county: str) -> str:
    name, address = f"杭州第{serial}公司", f"杭州市{county}某路{serial}号"
    code = credit_code("330100", serial)
    return f"{name},{code},2015-03-01,有限责任公司,,300(万元人民币),软件,浙江,杭州,{address}"


def _register(day: int, rows: list[str], mappings: Mappings, home: Path) -> None:
    """Land an increment of the register and standardise it."""
    file = home / "inbox" / REGISTER.key / f"2026060{day}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([HEADER, *rows, ""]))
    standardise(REGISTER, land(REGISTER, file, home), mappings, home)


def test_an_edit_that_touches_no_row_writes_none(tmp_path: Path) -> None:
    edited = Edited(tmp_path / "edited")
    first, second = files(3, days=2)
    deliver(0, first, load(edited.folder), tmp_path)
    before = deliver(1, second, load(edited.folder), tmp_path)
    edited.add(STATUS, f"tax_status,一个没有的,1,2020-01-01,{UNTIL}")
    after = [standardise(TAX, each, load(edited.folder), tmp_path) for each in deliveries(TAX, tmp_path)][-1]
    assert after.stamp != before.stamp and (after.written, after.stands_on) == (before.written, before.stands_on)
    assert after.translated == 0


def test_after_many_edits_all_is_done_once_more(tmp_path: Path) -> None:
    edited = Edited(tmp_path / "edited")
    lines = next(files(4, days=1, rows=40))
    stood = []
    for step in range(19):
        edited.add(STATUS, f"tax_status,88,{1 + step % 2},2020-01-01,{UNTIL}")
        stood.append(len(deliver(0, lines, load(edited.folder), tmp_path).stands_on))
    assert max(stood) == 16 and stood.count(0) == 2
    (folder,) = (tmp_path / "standard" / TAX.key).iterdir()
    assert len(list((folder / "quarantine.parquet").iterdir())) <= 3
