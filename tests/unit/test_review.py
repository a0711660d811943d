"""The review list: every row that is not identified, why, and the correction that a person may paste."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.correct import correct, edits, fates, row_key
from pipelines.dictionary import HOME, current, load
from pipelines.disk.settled import mark_of
from pipelines.disk.tables import put_batch
from pipelines.identity.review import counted, main, review_list
from pipelines.identity.told import numbers
from pipelines.judge import judge
from pipelines.refusal import REASONS
from pipelines.translate import translate
from schemas.china import today
from schemas.entity import all_entities
from schemas.feed import Feed, all_feeds, column
from schemas.kinds import TEXT

FEED = "science_technology_list"
ONE, OTHER = "91330110MA2ABCD132", "913301842539012375"


def candidate(code: str, name: str) -> dict[str, str]:
    """A candidate of the last rung."""
    return {"entity_id": code, "name": name, "match": "probable 0.91"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose list holds a row without candidates, one with a single one and one with two."""
    near, far = candidate(ONE, "永康鸿鑫机械有限公司"), candidate(OTHER, "永康鸿信机械有限公司")
    rows = pl.DataFrame(
        {
            "row": [1, 2, 3],
            "delivery": ["2026-06-30-abc"] * 3,
            "record": ["KJ1", "KJ2", "KJ3"],
            "name": ["无此公司", "永康鸿天机械有限公司", "永康鸿新机械有限公司"],
            "rule": ["unidentified", "improbable", "ambiguous"],
            "candidates": [[], [near], [near, far]],
        }
    )
    keep(rows.with_columns(found="name"), FEED, tmp_path)
    landed = {"证书编号": rows["record"], "企业名称": rows["name"]}
    lay(all_feeds()[FEED], pl.DataFrame({"row": [1, 2, 3], **landed}), tmp_path)
    return tmp_path


def lay(feed: type[Feed], landed: pl.DataFrame, home: Path) -> None:
    """Lay rows, empty but for what is told, where a feed's delivery lands."""
    told = [pl.lit(None, pl.String).alias(name) for name in feed.headers() if name not in landed.columns]
    put_batch(landed.with_columns(told), home / "landed" / feed.key / "2026-06-30-abc" / "rows.parquet", 0)


def keep(rows: pl.DataFrame, feed: str, home: Path) -> None:
    """Write rows that say what is `found` of them as those of a feed that are not identified."""
    told = pl.struct(column=pl.lit("identity"), rule="rule", found="found", expected=pl.lit("one"))
    folder = home / "fused" / "enterprise" / "unidentified"
    folder.mkdir(parents=True, exist_ok=True)
    listed = rows.with_columns(pl.concat_list(told).cast(REASONS).alias("reasons")).drop("rule", "found")
    listed.write_parquet(folder / f"{feed}.parquet")


def test_every_row_is_listed_those_that_can_be_decided_first(home: Path) -> None:
    listed = review_list(all_entities()["enterprise"], home)
    assert listed["row"].to_list() == [3, 2, 1]
    assert counted(listed).rows() == [(FEED, "ambiguous", 1), (FEED, "improbable", 1), (FEED, "unidentified", 1)]


def test_a_single_candidate_comes_with_the_correction_to_paste(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    assert main() == 0
    said = capsys.readouterr().out
    assert "企业 enterprise: 3 rows are not identified" in said
    assert (
        f"永康鸿新机械有限公司 is ambiguous: 永康鸿鑫机械有限公司 {ONE} (probable 0.91); 永康鸿信机械有限公司 {OTHER}"
        in said
    )
    corrections = [line.strip() for line in said.splitlines() if line.startswith(f"  {FEED},")]
    pasted = f"{FEED},KJ2,企业名称,永康鸿天机械有限公司,永康鸿鑫机械有限公司,<since>,<known>,<basis>"
    assert corrections == [pasted]


def said_of(feed: str, record: str, found: str | None, home: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the list says of a feed's only row, whose one candidate is `ONE`."""
    row = {"row": [1], "delivery": ["2026-06-30-abc"], "record": [record], "rule": ["improbable"], "found": [found]}
    near = {"candidates": [[candidate(ONE, "绍兴百雅莱机械配件有限公司")]]}
    keep(pl.DataFrame(row | near, schema_overrides={"found": pl.String}), feed, home)
    assert main() == 0
    _, _, *told, _, _ = capsys.readouterr().out.splitlines()
    return [line.strip() for line in told]


def test_a_pasted_proposal_of_a_feed_that_bears_credit_codes_identifies_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    feed = all_feeds()["power_customer"]
    written = dict.fromkeys(feed.headers(), "1") | {
        "YHBH": "3300000303", "YHMC": "绍兴县百雅莱机械配件有限公司", "TYSHXYDM": None, "ND": "2026", "YF": "6",
        "YDLB": "100", "JLDW": "kWh", "GDDW": "国网浙江杭州市临平区供电公司",
    }  # fmt: skip
    landed = pl.DataFrame({"row": 1, "hash": 1} | written, schema_overrides={"TYSHXYDM": pl.String, "hash": pl.UInt64})
    lay(feed, landed, tmp_path)
    told, line = said_of(feed.key, landed.select(row_key(feed)).item(), None, tmp_path, capsys)
    assert ": a row without an identifier is improbable: 绍兴百雅莱" in told
    assert told.endswith("; it takes 0.95, and all others together no more than 0.05")
    _, key, column, old, new, *_ = next(csv.reader([line]))
    edit = pl.DataFrame({"column": [column], "key": [key], "old": [old], "new": [new]})
    judged = judge(feed, translate(feed, correct(feed, landed, edit), current(), date(2026, 6, 30)))
    assert judged.quarantine.is_empty()
    assert judged.standard.select(numbers(feed)[0]).to_series().to_list() == [ONE]


def test_a_number_that_leads_nowhere_is_corrected_to_the_credit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    landed = pl.DataFrame({"row": [1], "NSRSBH": "330110MA2ABCD"})
    lay(all_feeds()["tax_registration"], landed, tmp_path)
    _, line = said_of("tax_registration", "330110MA2ABCD", "330110MA2ABCD", tmp_path, capsys)
    assert line == f"tax_registration,330110MA2ABCD,NSRSBH,330110MA2ABCD,{ONE},<since>,<known>,<basis>"


@pytest.mark.parametrize(
    ("certificate", "name"),
    [("kj2024000123", "永康鸿天机械有限公司"), ("KJ2024 000123", " 永康鸿天机械有限公司"),
     ("KJ1", f"{'永康' * 45}公司"), (" KJ1", '永康"鸿天",有限公司')],
)  # fmt: skip
def test_a_pasted_proposal_meets_the_row_however_it_was_written(
    certificate: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    feed = all_feeds()[FEED]
    landed = pl.DataFrame({"row": [1, 2], "证书编号": [certificate, "KJ2"], "企业名称": [name, "无此公司"]})
    lay(feed, landed, tmp_path)
    _, line = said_of(FEED, certificate.upper().replace(" ", ""), name.strip()[:80], tmp_path, capsys)
    mappings = Path(shutil.copytree(HOME, tmp_path / "mappings"))
    with (mappings / "corrections.csv").open("a") as file:
        file.write(line.replace("<since>,<known>,<basis>", f"2020-01-01,{today()},来函") + "\n")
    held = edits(feed, load(mappings), date(2026, 6, 30))
    assert fates(feed, landed, held)["fate"].to_list() == ["applied"]
    assert correct(feed, landed, held)["企业名称"].to_list() == ["绍兴百雅莱机械配件有限公司", "无此公司"]


def test_a_correction_meets_a_row_whose_columns_are_called_as_its_own_are() -> None:
    class Meters(Feed):
        grain = ("number",)
        number = column("key", TEXT, "编号")
        street = column("old", TEXT, "原路名")
        renamed = column("new", TEXT, "新路名")

    rows = pl.DataFrame({"row": [1, 2], "key": ["甲", "乙"], "old": ["旧街", None], "new": ["新街", "新路"]})
    slips = [
        ("key", "甲", "甲", "丙"),
        ("old", "乙", "", "古街"),
        ("new", "乙", "别路", "大路"),
        ("new", "丁", "", "巷"),
    ]
    held = pl.DataFrame(slips, schema=["column", "key", "old", "new"], orient="row")
    told = fates(Meters, rows, held).select("column", "key", "fate")
    assert told.rows() == [
        ("key", "甲", "applied"), ("new", "丁", "absent"), ("new", "乙", "spent"), ("old", "乙", "applied"),
    ]  # fmt: skip
    assert correct(Meters, rows, held)["old"].to_list() == ["旧街", "古街"]


def test_no_correction_is_proposed_of_a_row_that_is_freed(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    folder = home / "landed" / FEED / "2026-06-30-abc"
    shutil.rmtree(folder / "rows.parquet")
    mark_of(folder).write_text("{}")
    assert main() == 0
    said = capsys.readouterr().out
    assert "永康鸿天机械有限公司 is improbable" in said and f"  {FEED},KJ2" not in said


def test_no_correction_is_proposed_where_the_identity_is_a_part_of_another_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    lay(all_feeds()["ecology_permit"], pl.DataFrame({"row": [1], "permitNo": f"{ONE}001P"}), tmp_path)
    (told,) = said_of("ecology_permit", f"{ONE}001P", ONE, tmp_path, capsys)
    assert f"{ONE} is improbable" in told


def test_nothing_is_listed_before_anything_is_fused(tmp_path: Path) -> None:
    assert review_list(all_entities()["enterprise"], tmp_path).is_empty()
