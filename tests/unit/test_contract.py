"""A contract: what its class leaves unsaid, one way of being written, and what is kept of it beside the code."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given

from pipelines.dictionary import HOME, current, load
from pipelines.meaning import codes
from pipelines.meaning.codes import code_lists
from pipelines.promises import contracts, row_levels
from pipelines.tags.catalogue import whole
from schemas.china import today
from schemas.contract import Contract, Department, contract_of, physical
from schemas.entity import all_entities
from schemas.indicator import Figure, all_indicators
from schemas.kinds import COUNT, DAY, FLAG, LONGITUDE, MONEY, TEXT
from schemas.odcs import NotOurs, Written, read
from schemas.product import all_products
from tests.conftest import REPOSITORY
from tests.unit.test_steps import CONTRACT, with_list

MIRROR = all_products()["enterprise_mirror"]


def mirror() -> Written:
    """The contract of the enterprise mirror."""
    return Written(contract_of(MIRROR, code_lists(current())))


def test_what_a_class_leaves_unsaid_comes_from_its_feeds_and_lists() -> None:
    made = mirror().contract
    feeds = all_entities()["enterprise"].rested_on(all_products()["enterprise_mirror"])
    assert {each.key for each in made.departments} == {feed.department for feed in feeds}
    assert (made.every_days, made.fresh_within_days) == (1, 2)
    assert (made.cycle, made.freshness) == ("每日更新", "数据时点之后2日内发布")
    assert (made.sharing, made.scheme, made.levels) == ("有条件共享", "DB33/T 2351-2021", ("L1", "L2", "L3"))
    assert made.catalogue_code == "330000/enterprise/enterprise_mirror"
    assert made.grain == ("credit_code",)
    lists = {each.name: each for each in made.lists}
    industries = load().lists.filter(load().lists["list"] == "gbt4754_2017")
    assert lists["gbt4754_2017"].rows == industries.height
    assert lists["gbt4754_2017"].version == str(industries["known"].max())
    assert {each.code_list for each in made.columns if each.code_list} == set(lists)


@pytest.mark.parametrize(
    ("levels", "sharing"),
    [(("L1",), "无条件共享"), (("L1", "L2"), "有条件共享"), (("L3",), "有条件共享"), (("L1", "L4"), "不予共享")],
)
def test_the_sharing_type_follows_the_highest_level_unless_said(
    levels: tuple[str, ...], sharing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MIRROR, "levels", levels)
    assert mirror().contract.sharing == sharing
    monkeypatch.setattr(MIRROR, "sharing", "不予共享")
    assert mirror().contract.sharing == "不予共享"


def test_a_slower_feed_makes_a_slower_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MIRROR, "needs", ("market_regulation_enterprise", "social_security_employer"))
    made = mirror().contract
    assert (made.every_days, made.fresh_within_days, made.cycle) == (28, 29, "每月更新")


def test_types_are_told_in_the_words_of_sql() -> None:
    told = [physical(kind.dtype) for kind in (TEXT, COUNT, MONEY, DAY, FLAG, LONGITUDE)]
    assert told == ["VARCHAR", "BIGINT", "DECIMAL(24,6)", "DATE", "BOOLEAN", "DOUBLE"]


def test_a_list_as_known_on_an_earlier_day_is_an_earlier_version(tmp_path: Path) -> None:
    mappings = shutil.copytree(HOME, tmp_path / "mappings")
    before = code_lists(load(mappings))["enterprise_type"]
    with (mappings / "lists" / "enterprise_type.csv").open("a") as file:
        file.write(f"9990,后来才有的类型,9000,2,{today()},后来才知道的文件\n")
    known = load(mappings)
    after = code_lists(known)["enterprise_type"]
    assert (after.version, after.rows) == (f"{today()}", before.rows + 1) and after.sha256 != before.sha256
    earlier = known.lists["known"].sort()[0]
    assert code_lists(load(mappings, earlier))["enterprise_type"].version <= before.version


@given(CONTRACT)
def test_a_contract_is_read_as_it_was_written(contract: Contract) -> None:
    written = Written(contract)
    assert read(written.content) == contract
    assert Written(read(written.content)).content == written.content
    assert yaml.safe_load(written.content)["apiVersion"] == "v3.1.0"


def test_another_process_writes_the_same_bytes() -> None:
    ask = "from pipelines.promises.contracts import *; print(classes_promise()['enterprise_mirror'].sha256)"
    told = [
        subprocess.run([sys.executable, "-c", ask], cwd=REPOSITORY, capture_output=True, text=True, check=True,
                       env={"PYTHONHASHSEED": seed, "PYTHONWARNINGS": "ignore"}).stdout.strip()
        for seed in ("1", "2")
    ]  # fmt: skip
    assert told == [mirror().sha256] * 2


@pytest.mark.parametrize(
    "content", [b"", b"- 1", b"a: [", b"apiVersion: v3.1.0", b"\xff\xfe", b"customProperties: []\nslaProperties: []"]
)
def test_what_is_no_contract_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(NotOurs, match="expected a contract"):
        read(content)


def test_nothing_is_promised_that_has_not_been_reviewed() -> None:
    news = contracts.unreviewed(contracts.classes_promise())
    assert news == [], "run `make contracts` and review what it writes"


def test_the_lock_names_the_bytes_that_are_kept() -> None:
    lock = contracts.locked()
    assert lock == {
        path: hashlib.sha256((REPOSITORY / path).read_bytes()).hexdigest()
        for path in sorted(contracts.kept_path(key) for key in all_products())
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A repository's kept contracts, to change."""
    contracts.keep(contracts.classes_promise(), tmp_path)
    return tmp_path


def test_an_unreviewed_difference_is_found_and_a_small_step_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert contracts.unreviewed(contracts.classes_promise(), home) == []
    fields = {name: field for name, field in MIRROR.fields.items() if name != "tax_paid"}
    monkeypatch.setattr(MIRROR, "fields", fields)
    small, least = MIRROR.version, f"{int(MIRROR.version.split('.')[0]) + 1}.0.0"
    promised = contracts.classes_promise()
    assert any("column tax_paid (实缴税额) goes" in each for each in contracts.unreviewed(promised, home))
    (refusal,) = contracts.refusals(promised, home)
    assert f"version {small}" in refusal and f"the least is {least}" in refusal and "major: column tax_paid" in refusal
    monkeypatch.setattr(MIRROR, "version", least)
    promised = contracts.classes_promise()
    assert contracts.refusals(promised, home) == []
    contracts.keep(promised, home)
    assert contracts.unreviewed(promised, home) == []


def test_a_version_that_is_none_is_told_with_its_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(MIRROR, "version", "1.0.0x")
    assert contracts.main() == 1
    told = "schemas/products/enterprise_mirror.py: version '1.0.0x': expected three numbers, such as 1.0.0; "
    assert capsys.readouterr().out == f"{told}write the version so.\n"


def test_a_lock_with_a_merges_marks_is_told_by_its_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / contracts.LOCK
    file.write_text(f"<<<<<<< HEAD\n{file.read_text()}")
    monkeypatch.setattr(contracts, "LOCK", str(file))
    assert contracts.main() == 1
    told = f"{file} line 1: found '<<<<<<< HEAD', expected a sha256, two blanks and a path; take a merge's marks out"
    assert capsys.readouterr().out.startswith(told)


def test_a_list_that_grew_needs_no_review_of_the_contract(home: Path) -> None:
    promised = contracts.classes_promise()
    grown = with_list(promised["enterprise_mirror"].contract, rows=99_999, version="2031-01-01", sha256="f" * 64)
    assert contracts.unreviewed(promised | {"enterprise_mirror": Written(grown)}, home) == []


def test_a_list_that_is_rewritten_after_it_grew_is_reviewed_and_asks_a_major_step(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicators = all_indicators()
    one = indicators["tax_per_revenue"]
    more = {"a_new_one": replace(one, code="a_new_one", since=date(2030, 1, 1)), **indicators}
    monkeypatch.setattr(codes, "all_indicators", lambda: more)
    assert contracts.unreviewed(contracts.classes_promise(), home) == []
    monkeypatch.setattr(codes, "all_indicators", lambda: more | {one.code: replace(one, unit="‰", scale=1000)})
    promised = contracts.classes_promise()
    assert any(
        "codes went, mean something else or stand behind new" in each for each in contracts.unreviewed(promised, home)
    )
    (refusal,) = contracts.refusals(promised, home)
    assert "business_indicators" in refusal and "major: code list indicator: " in refusal


def _entity(monkeypatch: pytest.MonkeyPatch) -> None:
    attributes = all_entities()["enterprise"].attributes
    monkeypatch.setitem(attributes, "revenue", replace(attributes["revenue"], level="L1"))


def _indicator(monkeypatch: pytest.MonkeyPatch) -> None:
    told = all_indicators()
    per_revenue = replace(told["tax_per_revenue"], of=Figure("tax_of_revenue", "实缴税额", "L1"), per=None)
    monkeypatch.setattr(row_levels, "all_indicators", lambda: told | {per_revenue.code: per_revenue})


def _asked(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = whole().tags
    monkeypatch.setitem(tags, "tax_per_mu", replace(tags["tax_per_mu"], level="L1"))


@pytest.mark.parametrize(
    ("falls", "product", "what"),
    [(_entity, "data_disputes", "revenue"), (_indicator, "business_indicators", "tax_per_revenue"),
     (_asked, "policy_matches", "tax_per_mu")],
)  # fmt: skip
def test_a_row_level_that_falls_is_reviewed_and_asks_a_major_step(
    falls: Callable[[pytest.MonkeyPatch], None], product: str, what: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    falls(monkeypatch)
    promised = contracts.classes_promise()
    told = f"row level (行分级) of {what}: L3 → L1"
    assert f"{product}: {told}" in contracts.unreviewed(promised, home)
    (refusal,) = [each for each in contracts.refusals(promised, home) if f"({product})" in each]
    assert f"major: {told}" in refusal


def test_a_product_whose_rows_differ_in_level_promises_the_level_of_each() -> None:
    promised = {key: written.contract for key, written in contracts.classes_promise().items()}
    assert {key for key, each in promised.items() if each.row_levels} == {
        key for key, product in all_products().items() if product.row_level is not None
    }


def test_what_a_feed_that_was_added_brings_into_a_contract_is_told_when_it_is_written(home: Path) -> None:
    promised = contracts.classes_promise()
    for name in ("README.md", "README.zh.md"):
        (home / name).write_text((contracts.HOME / name).read_text())
    written = promised["school_seats"].contract
    more = (*written.departments, Department(key="water", title="水务集团"))
    joined = written.model_copy(update={"departments": more})
    told = contracts.renew(promised | {"school_seats": Written(joined)}, home)
    assert told == ["school_seats: source department water (水务集团) comes; no version has to step"]


def test_a_kept_file_that_was_touched_and_a_product_that_is_gone_are_told(home: Path) -> None:
    promised = contracts.classes_promise()
    left = {key: written for key, written in promised.items() if key != "data_disputes"}
    assert any("data_disputes.odcs.yaml has no class" in each for each in contracts.refusals(left, home))
    assert any("data_disputes.odcs.yaml has no class" in each for each in contracts.unreviewed(left, home))
    file = home / contracts.kept_path("enterprise_mirror")
    file.write_bytes(file.read_bytes() + b"# touched\n")
    assert any("is not the file that contracts.lock names" in each for each in contracts.unreviewed(promised, home))


def test_a_product_that_is_not_kept_yet_is_told(home: Path) -> None:
    (home / contracts.LOCK).write_text("")
    told = contracts.unreviewed(contracts.classes_promise(), home)
    assert told == [f"contracts/{key}.odcs.yaml is not in contracts.lock" for key in sorted(all_products())]


def test_a_new_product_is_told_as_written_and_to_be_reviewed(home: Path) -> None:
    promised = contracts.classes_promise()
    for name in ("README.md", "README.zh.md"):
        (home / name).write_text((contracts.HOME / name).read_text())
    lines = (home / contracts.LOCK).read_text().splitlines(keepends=True)
    (home / contracts.LOCK).write_text("".join(line for line in lines if "school_seats" not in line))
    told = "contracts/school_seats.odcs.yaml, and its lines in contracts.lock and the READMEs"
    assert contracts.renew(promised, home) == [f"written: {told}; review them"]
    assert contracts.renew(promised, home) == []
