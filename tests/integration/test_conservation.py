"""No row is lost: whatever befalls a delivery's lines, each is standard, quarantined with its text, or superseded."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.land import land
from pipelines.refusal import Refusal
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds
from tests.codes import credit_code

REGISTER = all_feeds()["market_regulation_enterprise"]
HEADER = "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址"
GOOD = [
    f"某某第{number}公司,{credit_code('330110', number)},2016-03-01,有限责任公司,,300(万元人民币),软件,浙江,杭州,"
    "杭州市余杭区仓前街道文一西路1号"
    for number in range(24)
]
JUNK = st.sampled_from(
    ['"', ",", '""', "N/A", "９", "\u3000", "\ufffd", "2021-02-30", "9.133E+17", "-1", "'", "\t", "江东区"]
)
DEFECT = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 23), st.integers(0, 70), JUNK),
    st.tuples(st.just("cut"), st.integers(0, 23), st.integers(0, 70), st.just("")),
    st.tuples(st.just("repeat"), st.integers(0, 23), st.integers(0, 70), st.just("")),
    st.tuples(st.just("blank"), st.integers(0, 23), st.integers(0, 70), st.just("")),
)


def spoilt(defects: list[tuple[str, int, int, str]]) -> list[str]:
    """Good lines with defects done to them."""
    lines = list(GOOD)
    for sort, row, place, text in defects:
        match sort:
            case "put":
                lines[row] = lines[row][:place] + text + lines[row][place:]
            case "cut":
                lines[row] = lines[row][:place]
            case "repeat":
                lines.append(lines[row])
            case _:
                lines[row] = ""
    return lines


@settings(max_examples=25, deadline=None)
@given(st.lists(DEFECT, max_size=12))
def test_every_line_is_accounted_for(defects: list[tuple[str, int, int, str]]) -> None:
    lines = spoilt(defects)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file = home / "20260630.csv"
        file.write_text("\n".join([HEADER, *lines]) + "\n")
        try:
            delivery = land(REGISTER, file, home)
        except Refusal as refusal:
            assert list((home / "refused").rglob("20260630.csv")) and refusal.finding.todo
            return
        outcome = standardise(REGISTER, delivery, current(), home)
        assert delivery.rows == len(lines) and outcome.conserves
        if outcome.refusal is not None:
            return
        kept = home / "standard" / REGISTER.key / delivery.name
        standard, quarantine = pl.read_parquet(kept / "standard.parquet"), pl.read_parquet(kept / "quarantine.parquet")
        assert sorted([*standard["row"], *quarantine["row"]]) == list(range(1, len(lines) + 1))
        assert quarantine["reasons"].list.len().min() != 0
        told = quarantine.filter(pl.col("raw_form") == "line").select("row", "raw").rows()
        assert all(raw == lines[row - 1] for row, raw in told)
