"""Policies as files: all that is declared is read, and what is wrong is named with file, policy, clause and remedy."""

from __future__ import annotations

import contextlib
import copy
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.dictionary import MappingError, current, policy_documents
from pipelines.policies.amounts import amount
from pipelines.policies.fault import PolicyError
from pipelines.policies.match import in_force
from pipelines.policies.read import all_policies, policies
from pipelines.tags.catalogue import whole
from schemas.condition import All, Compare, Holds, Is, Not, OneOf, Under
from schemas.condition import Any as Some
from tests.mistyped import ODD, put

FILE = Path("mappings/policies/made_up.yaml")
VERSION: dict[str, Any] = {
    "since": date(2026, 1, 1), "source": "编造〔2026〕1号", "clause": "第三条", "object": {"tag": "alive"},
    "condition": {"column": "revenue", "at_least": "2000万元"}, "content": "奖励", "method": "申报",
}  # fmt: skip
DOCUMENT: dict[str, Any] = {"title": "编造", "issued_by": "某局", "versions": [VERSION]}


def read(*versions: dict[str, Any], **parts: Any) -> Any:
    document = copy.deepcopy(DOCUMENT) | parts
    document["versions"] = list(versions) or document["versions"]
    return policies({FILE: document}, whole(), current())[0]


def asked(condition: Any) -> Any:
    return read(VERSION | {"condition": condition}).versions[0].condition


def refused(**parts: Any) -> str:
    with pytest.raises(PolicyError) as error:
        read(VERSION | parts)
    return str(error.value)


def test_every_policy_of_the_project_is_read_and_says_that_it_is_an_example() -> None:
    assert len(all_policies()) >= 12
    for policy in all_policies():
        assert policy.example.startswith("示例") and "编造" in policy.example, policy.key
        assert all(version.source.startswith("示例") for version in policy.versions), policy.key


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"tag": "alive"}, Is("alive")),
        ({"column": "is_branch"}, Is("is_branch")),
        ({"not": {"tag": "alive"}}, Not(Is("alive"))),
        ({"all": [{"tag": "alive"}, {"any": [{"tag": "branch"}]}]}, All((Is("alive"), Some((Is("branch"),))))),
        ({"column": "revenue", "more_than": "1.5亿元"}, Compare("revenue", "more_than", 150_000_000)),
        ({"column": "insured", "at_least": "20人", "at_most": "300人"},
         All((Compare("insured", "at_least", 20), Compare("insured", "at_most", 300)))),
        ({"column": "insured", "at_least": "20人", "at_most": "20人"},
         All((Compare("insured", "at_least", 20), Compare("insured", "at_most", 20)))),
        ({"tag": "research_share", "at_least": "3%"}, Compare("research_share", "at_least", 0.03)),
        ({"column": "layoff_rate", "at_most": 0.055}, Compare("layoff_rate", "at_most", 0.055)),
        ({"tag": "tax_per_mu", "at_least": "30万元/亩"}, Compare("tax_per_mu", "at_least", 300_000)),
        ({"column": "status", "one_of": ["1", "7"]}, OneOf("status", ("1", "7"))),
        ({"column": "technology_lists", "holds": "高新技术企业"}, Holds("technology_lists", "高新技术企业")),
        ({"industry": ["C", "6513"]}, Under(("C", "6513"))),
        ({"column": "enterprise_type", "one_of": ["4530", "4531", "4533"]},
         OneOf("enterprise_type", ("4530", "4531", "4533"))),
        ({"column": "industry", "one_of": ["2614"]}, OneOf("industry", ("2614",))),
        ({"column": "industry_section", "one_of": ["C"]}, OneOf("industry_section", ("C",))),
    ],
)  # fmt: skip
def test_a_condition_is_read_as_it_is_meant(said: Any, meant: Any) -> None:
    assert asked(said) == meant


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"tag": "aliv"}, ["condition.tag", "found 'aliv'", "a tag of the catalogue", "Did you mean alive"]),
        ({"tag": "高新技术企业"}, ["By its title it is high_technology"]),
        ({"column": "revenu", "at_least": "1元"}, ["found 'revenu'", "a column of the catalogue", "revenue"]),
        ({"all": [{"tag": "alive"}, {"any": [{"tag": "no_such"}]}]}, ["condition.all[2].any[1].tag"]),
        ({"column": "revenue", "at_least": "2000万"}, ["an amount in 元", "with its unit"]),
        ({"column": "revenue", "at_least": 20_000_000}, ["an amount in 元"]),
        ({"column": "revenue", "at_least": "2000万人"}, ["an amount in 元"]),
        ({"column": "layoff_rate", "at_most": "5.5"}, ["a ratio such as 0.05 or 5%"]),
        ({"column": "insured", "at_least": "300人", "at_most": "20人"}, ["at_least 300、at_most 20", "Nobody would"]),
        ({"column": "insured", "at_least": "20人", "less_than": "20人"}, ["bounds between which a value can lie"]),
        ({"tag": "alive", "at_least": 1}, ["a bound on alive", "Name a flag without a comparison"]),
        ({"column": "revenue"}, ["revenue alone", "at_least"]),
        ({"column": "status", "one_of": ["存续"]},
         ["found '存续'", "a word that status may have", "Write its code, '1'."]),
        ({"column": "status", "one_of": [1]}, ["a list of texts", "between quotation marks"]),
        ({"column": "technology_lists", "holds": "高新企业"}, ["Did you mean 高新技术企业"]),
        ({"column": "per_mu_grade", "one_of": ["E"]}, ["a word that per_mu_grade may have"]),
        ({"column": "status_name", "one_of": ["存续企业"]},
         ["one_of on status_name, the names of status", "Did you mean {column: status, one_of: ['1']}, 存续?"]),
        ({"column": "status_name", "one_of": ["存续"]}, ["Did you mean {column: status, one_of: ['1']}, 存续?"]),
        ({"column": "status_name", "one_of": ["没有"]}, ["the codes of status. Mend the word."]),
        ({"column": "county_name", "one_of": ["上城", "萧山县"]},
         ["Did you mean {column: county, one_of: ['330102', '330121']}, 上城区、萧山县?"]),
        ({"column": "industry_section_name", "one_of": ["制造"]}, ["Did you mean {industry: ['C']}, 制造业?"]),
        ({"column": "industry", "one_of": ["2614", "26"]},
         ["found '26', under which others lie", "a class of GB/T 4754-2017", "Write {industry: ['2614', '26']}."]),
        ({"column": "enterprise_type", "one_of": ["1200", "4530"]},
         ["found '4530', under which 4531、4533 lie", "all that lie below it", "['1200', '4530', '4531', '4533']"]),
        ({"column": "enterprise_type", "one_of": ["5000"]}, ["found '5000', under which 5100、5200、", "lie;"]),
        ({"column": "registered", "at_least": "2020-01-01"}, ["which is 日期", "A day cannot be asked", "age_years"]),
        ({"column": "registered", "one_of": ["2020-01-01"]}, ["A day cannot be asked"]),
        ({"column": "penalties_market", "at_most": "0次"}, ["Write the number alone, without a unit"]),
        ({"tag": "research_share", "at_least": "0.05"}, ["Write it without quotation marks, or as per cent"]),
        ({"tag": "age_years", "at_least": "3年"}, ["It is a column: write {column: age_years, …}"]),
        ({"column": "alive"}, ["It is a tag: write {tag: alive, …}"]),
        ({"column": "objected"}, ["found 'objected'; expected a column of the catalogue. No rule can ask it: a rel"]),
        ({"column": "revenue", "atleast": "1元"}, ["Did you mean at_least"]),
        ({"industry": ["9999"]}, ["a code of GB/T 4754-2017"]),
        ({"every": [{"tag": "alive"}]}, ["all, any, not, tag, column or industry"]),
        ({"all": []}, ["a list of conditions"]),
        ({"all": [{"tag": "alive"}], "any": [{"tag": "alive"}]}, ["all alone", "Join the conditions"]),
        ("alive", ["a condition: all, any"]),
        ({"column": "technology_lists", "one_of": ["高新技术企业"]},
         ["one_of: found one_of on technology_lists, whose cells join several words; expected holds", "join several"]),
        ({"column": "town_name", "holds": "余杭街道"}, ["holds on town_name, whose cells have one word", "one_of"]),
        ({"column": "layoff_rate", "at_most": float("nan")}, ["found 'nan'; expected a ratio such as 0.05 or 5%"]),
        ({"column": "layoff_rate", "at_most": float("inf")}, ["found 'inf'; expected a ratio"]),
        ({"column": "layoff_rate", "at_most": 10**400}, ["expected a ratio"]),
        ({"tag": ["alive", "independent"]}, ["condition.tag: found ['alive', 'independent']; expected one text"]),
        ({"tag": {"alive": True}}, ["condition.tag", "expected one text, a tag of the catalogue"]),
        ({"column": None, "at_least": 1}, ["condition.column: found None; expected one text"]),
        ({"column": "technology_lists", "holds": ["高新技术企业"]}, ["expected one text", "without brackets"]),
        ({"column": "technology_lists", True: "高新技术企业"}, ["one of at_least"]),
    ],
)  # fmt: skip
def test_a_condition_that_says_nothing_is_refused_with_its_place_and_a_remedy(condition: Any, told: list[str]) -> None:
    message = refused(condition=condition if isinstance(condition, dict) else {"not": condition})
    assert message.startswith(f"{FILE}, policy made_up, 第三条, versions[1].condition")
    assert [word for word in told if word not in message] == []


def test_all_faults_of_all_parts_are_told_at_once() -> None:
    message = refused(object={"tag": "aliv"}, condition={"tag": "brunch"})
    assert len(message.splitlines()) == 2 and "object.tag" in message and "condition.tag" in message


def test_a_part_that_lacks_or_is_too_much_is_refused() -> None:
    assert "versions[1].content: found ''; expected a text. Mend it." in refused(content="")
    assert "versions[1].content: found ' '; expected a text. Mend it." in refused(content=" ")
    assert "found 'contents'" in refused(contents="奖励")
    for odd in (True, 5, ["示例"], {"示例": 1}, date(2026, 1, 1), None, " "):
        with pytest.raises(PolicyError, match=r"the file\.example: found .*; expected a text\. Mend it\."):
            read(example=odd)
    with pytest.raises(PolicyError, match=r"the file\.title: found None; expected a text\. Add it\."):
        policies({FILE: {name: DOCUMENT[name] for name in ("issued_by", "versions")}}, whole(), current())
    with pytest.raises(PolicyError, match="the parts title, issued_by, versions"):
        policies({FILE: ["编造"]}, whole(), current())


@pytest.mark.parametrize("part", [["title"], ["versions"], *(["versions", 0, name] for name in VERSION)])
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_a_part_is_read_or_refused_by_name(part: list[Any], odd: Any) -> None:
    with contextlib.suppress(PolicyError):
        for policy in policies({FILE: put(DOCUMENT, part, odd)}, whole(), current()):
            in_force([policy], date(2026, 6, 1))


def test_a_version_begins_on_a_day_and_not_at_an_hour() -> None:
    assert "versions[1].since: found datetime" in refused(since=datetime(2026, 1, 1))


def test_versions_hold_from_their_day_until_the_next_and_a_repeal_ends_them() -> None:
    later = VERSION | {"since": date(2026, 6, 1), "condition": {"tag": "specialised"}}
    repeal = {"since": date(2026, 12, 1), "source": "编造〔2026〕9号", "clause": "附则", "repealed": "期满"}
    policy = read(VERSION, later, repeal)
    on = {
        day: in_force([policy], day)
        for day in (date(2025, 12, 31), date(2026, 5, 31), date(2026, 6, 1), date(2026, 12, 1))
    }
    first, second = (version.asks for version in policy.versions[:2])
    assert list(on.values()) == [{}, {"made_up": first}, {"made_up": second}, {}]


def test_versions_are_appended() -> None:
    with pytest.raises(PolicyError, match="found 2026-01-01; expected a day after 2026-01-01"):
        read(VERSION, VERSION)


@pytest.mark.parametrize(
    ("written", "unit", "number"),
    [("3亩", "亩", 3), ("-1.5万元", "元", -15_000), ("5%", None, 0.05), (0.05, None, 0.05), ("5", None, None),
     (True, None, None), (float("-inf"), None, None), ("9" * 400 + "元", "元", None),
     ("1.1亿元", "元", 110_000_000), ("2.3亿元", "元", 230_000_000), ("1.1%", None, 0.011), ("0.7%", None, 0.007),
     ("5万%", None, None), ("９人", "人", None), ("٣%", None, None), ("三亩", "亩", None), (3, "亩", None)],
)  # fmt: skip
def test_amounts_are_read_in_the_unit_of_what_they_are_held_against(
    written: Any, unit: str | None, number: float | None
) -> None:
    assert amount(written, unit, ratio=unit is None) == number


@pytest.mark.parametrize(
    ("text", "told"),
    [("title: a\ntitle: b\n", "line 2: found the key 'title' a second time"), ("title: [\n", "line 2: "),
     ("title: a\n[b]: c\n", "line 2: found a key that is no text"),
     ("title：a\nissued_by: b\n", "here; write the '：' behind the key in line 1 as ': ', half-width."),
     ("title：a\nissued_by: b\n[\n", "line 2: mapping values are not allowed here; write the '：' behind the key"),
     ("text: |\n  title：a\nb: c\nd: [\n", "; mend the line."),
     ("title: a\nsince: 2026-13-01\n", "line 2: found 2026-13-01; expected a day that the calendar has, as yyyy-"),
     ("since: !!int x\n", "write the value without a type of its own"),
     ("title: a\nissued_by: b\x07\n", "line 2: special characters are not allowed, found '\\x07'"),
     ("title: a\nissued_by: \udcbc\n", "line 2: found a byte that is not UTF-8, 0xbc")],
)  # fmt: skip
def test_a_file_that_is_no_yaml_or_says_a_thing_twice_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "bad.yaml").write_text(text, errors="surrogateescape")
    with pytest.raises(MappingError, match=r"bad\.yaml") as error:
        policy_documents(tmp_path)
    assert told in str(error.value)


@pytest.mark.parametrize("key", ["Award", "award (1)", "award-2", "奖励", "credit_code", "county", "2026"])
def test_a_name_that_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(PolicyError, match=rf"policy {re.escape(key)}, its name: found '{re.escape(key)}'; expected sm"):
        policies({FILE.with_stem(key): DOCUMENT}, whole(), current())


def test_a_file_that_was_copied_for_its_next_version_is_told() -> None:
    copied, other = FILE.with_stem("made_up_2027"), FILE.with_stem("of_another")
    with pytest.raises(PolicyError) as error:
        policies({FILE: DOCUMENT, copied: DOCUMENT, other: DOCUMENT | {"issued_by": "另一局"}}, whole(), current())
    (fault,) = str(error.value).splitlines()
    assert fault.startswith(f"{copied}, policy made_up_2027, the file.title: found '编造', as {FILE} has; expected")
    assert "Append a version there" in fault


@pytest.mark.parametrize("name", ["award.yml", "award.yaml.bak"])
def test_a_file_that_nobody_would_read_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / name).write_text("title: 奖励\n")
    with pytest.raises(MappingError, match=rf"{re.escape(name)} is read by nobody; call it award\.yaml, or"):
        policy_documents(tmp_path)
