"""Why a county's newest data is held back, as the county reads it: each reason that a release gives, in Chinese."""

from __future__ import annotations

import pickle
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
from schemas.manifest import Coverage, Held, IndexLine, Manifest, NoFile, NoIndex, NoManifest, NoRecord
from schemas.product import all_products
from tests.products.given import given, made

PAIRS = Path(__file__).resolve().parents[1] / "products"
MIRROR = all_products()["enterprise_mirror"]


def chinese(held: Held | None) -> str:
    """What a county reads where this holds its newest data back."""
    assert held is not None
    return in_chinese(IndexLine.model_construct(held=held.words, broken=held.broken))


def test_a_fall_is_told_by_its_rows() -> None:
    held = fall(MIRROR, "330110/2026-07-01", 490, Manifest.model_construct(rows=1000))
    assert chinese(held) == "行数由 1,000 行骤减为 490 行"


def test_a_contract_that_is_lost_names_no_path_of_the_server(tmp_path: Path) -> None:
    manifest = Manifest.model_construct(version=3, contract_sha256="0" * 64)
    with pytest.raises(Lost) as lost:
        contract_behind(manifest, tmp_path)
    assert chinese(lost.value.held) == "省里保存的数据契约缺失或受损"


def test_a_manifest_or_file_that_is_lost_names_no_path_of_the_server() -> None:
    assert chinese(NoManifest(Path("/srv/supply/330110"), "no file").held) == "省里保存的版本清单缺失或受损"
    assert chinese(NoFile(Path("/srv/supply/330110"), "no file").held) == "省里保存的数据文件缺失或受损"


@pytest.mark.parametrize("kind", [NoManifest, NoFile, NoIndex, NoRecord])
def test_what_is_lost_is_told_alike_by_a_worker_of_spark(kind: type[NoManifest]) -> None:
    told = kind(Path("/srv/supply/330110"), "no file")
    again = pickle.loads(pickle.dumps(told))
    assert (type(again), str(again)) == (kind, str(told)) and "found no file, expected the " in str(told)


def test_codes_below_the_floor_are_told_by_column_and_share(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Coverage(feed="tax_registration", column="status", values=8, mapped=5, codes=2, mapped_codes=1)
    monkeypatch.setattr(ready, "coverage", lambda _: [row])
    monkeypatch.setattr(ready, "newest", lambda _: date(2026, 7, 1))
    held = ready.below_floor(MIRROR, list[Gathered](), current())
    assert chinese(held) == "代码列 tax_registration.status 的对照表覆盖率为 62.5%，低于承诺的 90%"
    with pytest.raises(ready.NotReady, match="only 5 of 8 values"):
        ready.refuse_below_floor(MIRROR, list[Gathered](), current())


def test_rows_that_break_the_contract_are_told_by_column(tmp_path: Path) -> None:
    items = all_products()["service_items"]
    rows = made(items, given(items, PAIRS / items.key), tmp_path).filter(county="330110")
    unnamed = rows.with_columns(pl.lit(None, pl.String).alias("name"))
    broken = {
        "主键 county+local_code 有 2 行重复": pl.concat([rows, rows]),
        "列 name 有 2 行缺值": unnamed,
        "列 county 有 2 行不合规则 form": rows.with_columns(pl.lit("33011").alias("county")),
        "列 name 有 4 行缺值；主键 county+local_code 有 2 行重复": pl.concat([unnamed, unnamed]),
    }
    for told, table in broken.items():
        assert [chinese(held) for held in verdicts(items, table).values()] == [told]


def test_an_index_of_before_rules_were_told_in_it_is_read_and_has_the_provinces_words() -> None:
    written = {"county": "330110", "county_name": "余杭区", "version": 2, "manifest_sha256": "", "rows": 1}
    line = IndexLine(**written | {"held": "a reason of its own; do this"})  # pyright: ignore[reportArgumentType]
    assert in_chinese(line) == "省里的记录为“a reason of its own”"


def test_of_a_county_that_is_not_held_the_index_says_what_it_said_before_rules_were_told_in_it() -> None:
    line = IndexLine(county="330110", county_name="余杭区", version=2, manifest_sha256="", rows=1)
    assert "broken" not in line.model_dump()
