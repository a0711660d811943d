"""Why a county's newest data is held back, as the county reads it: each reason that a release gives, in Chinese."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import pipelines.publishing.ready as ready
from gateway.supply.held import in_chinese
from pipelines.dictionary import current
from pipelines.gather import Gathered
from pipelines.promises.promised import Lost, contract_behind
from pipelines.promises.verdict import fall, verdicts
from schemas.manifest import Coverage, Manifest
from schemas.product import all_products
from tests.products.given import given, made

PAIRS = Path(__file__).resolve().parents[1] / "products"
MIRROR = all_products()["enterprise_mirror"]


def test_a_fall_is_told_by_its_rows() -> None:
    held = fall(MIRROR, "330110/2026-07-01", 490, Manifest.model_construct(rows=1000))
    assert held and in_chinese(held) == "行数由 1,000 行骤减为 490 行"


def test_a_contract_that_is_lost_names_no_path_of_the_server(tmp_path: Path) -> None:
    manifest = Manifest.model_construct(version=3, contract_sha256="0" * 64)
    with pytest.raises(Lost) as lost:
        contract_behind(manifest, tmp_path)
    assert in_chinese(str(lost.value)) == "省里保存的数据契约缺失或受损"


def test_codes_below_the_floor_are_told_by_column_and_share(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Coverage(feed="tax_registration", column="status", values=8, mapped=5, codes=2, mapped_codes=1)
    monkeypatch.setattr(ready, "coverage", lambda _: [row])
    monkeypatch.setattr(ready, "newest", lambda _: date(2026, 7, 1))
    with pytest.raises(ready.NotReady) as refusal:
        ready.refuse_below_floor(MIRROR, list[Gathered](), current())
    told = "代码列 tax_registration.status 的对照表覆盖率为 62.5%，低于承诺的 90%"
    assert in_chinese(str(refusal.value)) == told


def test_rows_that_break_the_contract_are_told_by_column(tmp_path: Path) -> None:
    items = all_products()["service_items"]
    rows = made(items, given(items, PAIRS / items.key), tmp_path).filter(county="330110")
    broken = {
        "主键 county+local_code 有 2 行重复": pl.concat([rows, rows]),
        "列 name 有 2 行缺值": rows.with_columns(pl.lit(None, pl.String).alias("name")),
        "列 county 有 2 行不合规则 form": rows.with_columns(pl.lit("33011").alias("county")),
    }
    for told, table in broken.items():
        assert [in_chinese(held) for held in verdicts(items, table).values()] == [told]


def test_what_has_no_sentence_is_told_as_the_province_wrote_it() -> None:
    assert in_chinese("a reason of its own; do this") == "省里的记录为“a reason of its own”"
