"""Overlays as files: what is wished is read, and what bends or loosens the core is refused with place and remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.dictionary import current
from pipelines.meaning.codes import code_lists, growth
from pipelines.overlays.edition import edition
from pipelines.overlays.form import normal, ordered
from pipelines.overlays.own import columns
from pipelines.overlays.read import Wishes, all_faults, read, understood, wishes
from pipelines.promises.steps import Step, numbers
from pipelines.shelf import whole
from pipelines.tags.catalogue import whole as catalogue
from schemas.condition import All, Compare, Holds, Is, Not, OneOf
from schemas.condition import Any as Some
from schemas.contract import contract_of
from schemas.feed import all_feeds, column
from schemas.kinds import ENERGY
from schemas.measure import Per, Sum
from schemas.overlay import Taken, Tighter
from schemas.product import all_products, taken_names
from tests.mistyped import ODD, parts_of, put

FILE, COUNTY, TAGS = Path("mappings/overlays/330110.yaml"), "330110", "enterprise_tags"
MAJOR = int(all_products()[TAGS].version.split(".")[0])
SINCE = {"since": date(2026, 7, 1)}


def wish(product: str = TAGS, **parts: Any) -> Wishes:
    return understood(COUNTY, FILE, {product: SINCE | parts})


def add(**own: Any) -> Wishes:
    return wish(add={"one": {"title": "编造的标签"} | own})


def refused(wished: Wishes) -> str:
    (faults,) = wished.faults.values()
    assert wished.overlays == {}
    return "\n".join(faults)


def test_the_projects_overlays_are_in_order_and_say_that_they_are_examples() -> None:
    assert all_faults() == []
    assert len(wishes()) >= 2
    for file in sorted(Path("mappings/overlays").glob("*.yaml")):
        assert file.read_text().startswith("example: 示例：内容为编造"), file


@pytest.mark.parametrize(
    ("own", "rule", "unit"),
    [
        ({"when": {"tag": "alive"}}, Is("alive"), None),
        ({"when": {"tag": "size_by_insured_micro"}}, Is("size_by_insured_micro"), None),
        ({"when": {"not": {"column": "insured", "less_than": "10人"}}}, Compare("insured", "at_least", 10), None),
        ({"measure": {"per": ["revenue", "capital"]}}, Per("revenue", "capital"), None),
        ({"measure": {"per": ["capital", "insured"]}, "unit": "元/人"}, Per("capital", "insured"), "元/人"),
        ({"measure": {"sum": ["tax_paid", "revenue"]}, "unit": "元"}, Sum(("revenue", "tax_paid")), "元"),
        ({"take": "science_technology_list.issued"}, Taken("science_technology_list", "issued"), None),
    ],
)  # fmt: skip
def test_a_wish_is_read_as_it_is_meant(own: dict[str, Any], rule: object, unit: str | None) -> None:
    overlay = add(**own).overlays[TAGS]
    assert (overlay.adds[0].rule, overlay.adds[0].unit) == (rule, unit)


def test_a_column_is_taken_in_the_unit_of_its_standard_values(monkeypatch: pytest.MonkeyPatch) -> None:
    written = column("YDL", ENERGY, "用电量", unit="万千瓦时")
    monkeypatch.setitem(all_feeds()["power_customer"].columns, "energy", replace(written, name="energy"))
    assert "found '万千瓦时'; expected 千瓦时" in refused(add(take="power_customer.energy", unit="万千瓦时"))
    overlay = add(take="power_customer.energy", unit="千瓦时").overlays[TAGS]
    field = columns(overlay, whole(all_products()[TAGS])).fields["one"]
    assert (field.unit, field.kind.unit, field.kind.size) == ("千瓦时", "千瓦时", 1)


def test_a_level_and_a_meaning_follow_from_the_sources_and_nobody_says_them() -> None:
    wished = add(when={"all": [{"tag": "alive"}, {"column": "revenue", "at_least": "2000万元"}]}).overlays[TAGS]
    field = columns(wished, whole(all_products()[TAGS])).fields["one"]
    assert (field.level, field.meaning) == ("L3", "营业收入不低于2000万元，且存续在营企业（自2026-07-01起）")
    assert set(field.of) == {"enterprise.revenue", "enterprise.status"}


@pytest.mark.parametrize(
    ("taken", "level"),
    [("market_regulation_enterprise.name", "L1"), ("tax_registration.revenue", "L3"), ("tax_annual.name", "L3"),
     ("science_technology_list.issued", "L3")],
)  # fmt: skip
def test_only_a_feed_that_describes_the_entity_brings_its_attributes_with_their_levels(taken: str, level: str) -> None:
    unit = {"unit": "元"} if taken.endswith("revenue") else {}
    assert columns(add(take=taken, **unit).overlays[TAGS], whole(all_products()[TAGS])).fields["one"].level == level


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"when": {"tag": "aliv"}}, ["add.one.when.tag: found 'aliv'", "Did you mean alive"]),
        ({"when": {"column": "revenu", "at_least": "1元"}}, ["found 'revenu'", "a column of the catalogue"]),
        ({"when": {"not": {"column": "objected"}}}, ["when.not.column: found 'objected'", "No rule can ask it"]),
        ({"when": {"column": "assets", "at_least": "1元"}}, ["needs assets", "no feed brings it yet", "for its feed"]),
        ({"when": {"tag": "strained"}}, ["strained, which needs liabilities of", "no feed brings it yet"]),
        ({"measure": {"per": ["capital", "insured"]}}, ["one.unit: found None; expected 元/人. Add unit: 元/人"]),
        ({"measure": {"per": ["capital", "insured"]}, "unit": "万元/人"}, ["found '万元/人'; expected 元/人"]),
        ({"measure": {"sum": ["capital", "insured"]}}, ["capital in 元、insured in 人", "numbers in one unit"]),
        ({"measure": {"per": ["name", "insured"]}}, ["name, which is", "expected a number"]),
        ({"measure": {"multiple": {"of": "capital", "among": "industry"}}}, ["ask for it as a tag of the core"]),
        ({"take": "science_technology_list.isued"}, ["Did you mean science_technology_list.issued"]),
        ({"when": {"tag": "alive"}, "level": "L1"}, ["'level'", "A level follows from the sources"]),
        ({"when": {"tag": "alive"}, "measure": {"years": "registered"}}, ["found when、measure; expected one of"]),
        ({"title": "", "when": {"tag": "alive"}}, ["one.title: found ''"]),
        ({"title": whole(all_products()[TAGS]).fields["alive"].title, "when": {"tag": "branch"}}, ["alive already"]),
    ],
)  # fmt: skip
def test_a_column_that_says_nothing_or_too_much_is_refused(own: dict[str, Any], told: list[str]) -> None:
    message = refused(add(**own))
    assert message.startswith(f"{FILE}, {TAGS}.add.one") and [word for word in told if word not in message] == []


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"add": {"alive": {"title": "编造", "when": {"tag": "branch"}}}}, ["alive, which says something else"]),
        ({"add": {"revenue": {"title": "编造", "when": {"tag": "alive"}}}}, ["a name that the core does not have"]),
        ({"add": {"version": {"title": "编造", "when": {"tag": "alive"}}}}, ["'version', which every product has"]),
        ({"add": {"One": {"title": "编造", "when": {"tag": "alive"}}}}, ["small letters"]),
        ({"omit": ["credit_code"]}, ["credit_code, of the key", "Keep it"]),
        ({"omit": ["name"]}, ["name, never empty"]),
        ({"omit": ["nosuch"]}, ["a column of enterprise_tags"]),
        ({"tighten": {"alive": {"never_empty": False}}}, ["A check of the core is never loosened"]),
        ({"tighten": {"alive": {"may_be_empty": True}}}, ["only never_empty, at_least, at_most"]),
        ({"tighten": {"alive": {"at_least": 1}}}, ["a column of numbers"]),
        ({"tighten": {"alive": {"never_empty": True}}, "omit": ["alive"]}, ["Omit it, or tighten it"]),
        ({"coverage_floor": "50%"}, ["found '50%'; expected a share from 90% to 100%", "never loosened"]),
        ({"major": MAJOR + 1}, [f"found {MAJOR + 1}; expected a major version that is served, 1 to {MAJOR}"]),
        ({"ommit": ["alive"]}, ["found 'ommit'", "Did you mean omit"]),
        ({"since": "soon"}, ["a day, written yyyy-mm-dd"]),
    ],
)  # fmt: skip
def test_the_core_is_never_bent_or_loosened(parts: dict[str, Any], told: list[str]) -> None:
    message = refused(wish(**parts))
    assert message.startswith(f"{FILE}, {TAGS}") and [word for word in told if word not in message] == []


def test_a_column_called_like_what_every_product_has_is_refused_before_a_class_is_made_of_it() -> None:
    named = [name for name in sorted(taken_names()) if not name.startswith("_")]
    assert {"key", "entity", "views"} <= {*named}
    for name in named:
        assert "Give it another" in refused(wish(add={name: {"title": "编造的标签", "when": {"tag": "alive"}}}))


def test_a_products_faults_are_its_own_and_a_files_are_every_products(tmp_path: Path) -> None:
    good = SINCE | {"omit": ["first_insured"]}
    told = understood(COUNTY, FILE, {"enterprise_mirror": good, TAGS: SINCE | {"omit": ["name"]}})
    assert (told.wrong("enterprise_mirror"), len(told.wrong(TAGS))) == ([], 1)
    assert told.overlays["enterprise_mirror"].omits == ("first_insured",)
    assert "Did you mean enterprise_tags" in understood(COUNTY, FILE, {"enterprise_tag": good}).wrong(TAGS)[0]
    assert "one of today's counties" in understood("330100", FILE, {TAGS: good}).wrong(TAGS)[0]
    file = tmp_path / f"{COUNTY}.yaml"
    file.write_text("enterprise_tags:\n  since: 2026-07-01\n  since: 2026-07-02\n")
    assert read(COUNTY, file).wrong(TAGS)[0].startswith(f"mappings/overlays/{COUNTY}.yaml line 3")


@pytest.mark.parametrize(
    ("code", "became"), [("330183", "330111 (富阳区)"), ("330104", "330102 (上城区)、330114 (钱塘区)")]
)
def test_of_a_county_that_has_ended_the_file_is_to_be_called_as_what_it_became(code: str, became: str) -> None:
    (fault,) = understood(code, FILE, {TAGS: SINCE | {"omit": ["name"]}}).wrong(TAGS)
    assert fault.endswith(f"By mappings/places/changes.csv it has become {became}: call the file so, or take it out.")


def test_every_fault_of_a_file_is_told(tmp_path: Path) -> None:
    told = understood(
        COUNTY, FILE, {name: SINCE | {"omit": ["name"]} for name in ("enterprise_tag", "enterprise_miror")}
    )
    assert [fault.split(": found")[0] for fault in told.wrong(TAGS)] == [
        f"{FILE}, enterprise_tag",
        f"{FILE}, enterprise_miror",
    ]


def test_a_file_that_nobody_reads_is_told_and_holds_its_county(tmp_path: Path) -> None:
    (tmp_path / "overlays").mkdir()
    good = "enterprise_mirror:\n  since: 2026-07-01\n  omit: [first_insured]\n"
    for name in ("330110.yml", "330109.yaml", "330109.json", "330681.yaml.bak", ".330109.yaml.swp"):
        (tmp_path / "overlays" / name).write_text(good)
    assert all_faults(tmp_path) == [
        f"mappings/overlays/{name}, its name: found {name}; expected {name[:6]}.yaml. "
        "Call it so, or take it out: nothing else is read."
        for name in ("330109.json", "330110.yml", "330681.yaml.bak")
    ]
    assert "enterprise_mirror" in wishes(tmp_path)["330109"].overlays and wishes(tmp_path)["330110"].wrong(TAGS)
    assert wishes(tmp_path)["330681"].wrong(TAGS)


WHOLE: dict[str, Any] = {
    TAGS: SINCE | {
        "add": {
            "one": {"title": "甲", "when": {"all": [{"tag": "alive"}, {"column": "insured", "at_least": "3人"}]}},
            "two": {"title": "乙", "unit": "元/人", "measure": {"per": ["capital", "insured"]}},
            "three": {"title": "丙", "measure": {"multiple": {"of": "insured", "among": "county"}}},
            "four": {"title": "丁", "take": "science_technology_list.issued"},
            "five": {"title": "戊", "unit": "人", "measure": {"given": "insured", "when": {"industry": ["C"]}}},
        },
        "omit": ["alive"], "tighten": {"branch": {"never_empty": True}}, "coverage_floor": "95%", "major": 2,
    },
    "enterprise_mirror": SINCE | {"tighten": {"insured": {"at_most": "1万人"}}},
}  # fmt: skip


@pytest.mark.parametrize("part", list(parts_of(WHOLE)), ids=str)
def test_whatever_a_county_writes_is_read_or_told_and_nothing_is_raised(part: list[Any]) -> None:
    assert understood(COUNTY, FILE, WHOLE).faults == {}
    for odd in ODD:
        wished = understood(COUNTY, FILE, put(WHOLE, part, odd))
        assert wished.faults or wished.overlays, odd


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"add": {"one": {"title": "甲", "when": {"tag": ["alive", "branch"]}}}}, ["when.tag", "expected one text"]),
        ({"add": {"one": {"title": "甲", "take": ["x"]}}}, ["one.take: found ['x']; expected one text"]),
        ({"add": {1: {}, "one": {}}}, ["found '1'"]),
        ({"omit": [["alive"]]}, ["found '['alive']'"]),
        ({"since": datetime(2026, 7, 1)}, ["a day, written yyyy-mm-dd"]),
    ],
)  # fmt: skip
def test_what_is_no_name_is_told_with_its_place(parts: dict[str, Any], told: list[str]) -> None:
    message = refused(wish(**parts))
    assert [word for word in told if word not in message] == []


def test_bounds_are_read_with_their_units() -> None:
    (tighter,) = (
        wish("enterprise_mirror", tighten={"insured": {"at_most": "1万人"}}).overlays["enterprise_mirror"].tightens
    )
    assert tighter == Tighter("insured", at_most=10_000)


@pytest.mark.parametrize(("bound", "told"), [("0.00000001%", "0.0000000001 or more"), ("50%", "0.5 or more")])
def test_the_contract_tells_a_bound_with_all_its_digits(bound: str, told: str) -> None:
    overlay = wish(tighten={"research_share": {"at_least": bound}}).overlays[TAGS]
    made = edition(whole(all_products()[TAGS]), COUNTY, overlay, None, code_lists(current()), growth(current()))
    assert [rule.expected for rule in made.product.fields["research_share"].kind.rules][-1:] == [told]


def test_a_changed_rule_is_a_major_step_in_whichever_digit() -> None:
    core, standing, steps = whole(all_products()[TAGS]), None, list[int]()
    for bound in ("1234.5678万元", "1234.5699万元"):
        overlay = add(when={"column": "revenue", "at_least": bound}).overlays[TAGS]
        standing = edition(core, COUNTY, overlay, standing, code_lists(current()), growth(current())).contract
        steps.append(numbers(standing.version)[0])
    assert steps == [MAJOR, MAJOR + 1]


@pytest.mark.parametrize(
    ("stands", "overlay", "step"),
    [
        ("经营状态代码为1（自2026-07-01起）", {"column": "status", "one_of": ["1"]}, Step.PATCH),
        ("存续在营企业（自2026-07-01起）", {"tag": "alive"}, Step.PATCH),
        ("经营状态代码为2（自2026-07-01起）", {"tag": "alive"}, Step.MAJOR),
        ("经营状态代码为1（自2026-06-01起）", {"column": "status", "one_of": ["1"]}, Step.MAJOR),
        ("经营状态代码为1（自2026-07-01起）", None, Step.MAJOR),
    ],
)  # fmt: skip
def test_a_line_that_the_core_takes_over_is_a_patch_where_it_stands_as_it_is_written(
    stands: str, overlay: dict[str, Any] | None, step: Step
) -> None:
    core, lists, title = whole(all_products()[TAGS]), code_lists(current()), catalogue().tags["alive"].title
    promised = contract_of(core, lists)
    own = [each.model_copy(update={"own": True, "meaning": stands} if each.name == "alive" else {})
           for each in promised.columns]  # fmt: skip
    standing = promised.model_copy(update={"columns": tuple(own), "core": core.version})
    wished = None if overlay is None else wish(add={"alive": {"title": title, "when": overlay}}).overlays[TAGS]
    made = edition(core, COUNTY, wished, standing, lists, growth(current())).contract
    before, after = numbers(standing.version), numbers(made.version)
    assert after == ((before[0] + 1, 0, 0) if step is Step.MAJOR else (*before[:2], before[2] + 1))
    assert made.columns == promised.columns


def test_the_core_that_says_the_same_takes_the_line_over() -> None:
    alive = catalogue().tags["alive"]
    told = wish(add={"alive": {"title": alive.title, "when": {"not": {"not": {"tag": "alive"}}}}})
    assert told.faults == {} and told.overlays[TAGS].adds == ()
    assert [each.key for each in told.overlays[TAGS].spent] == ["alive"]


def test_a_column_that_says_the_same_as_the_core_under_its_title_keeps_its_own_name() -> None:
    alive = catalogue().tags["alive"]
    overlay = add(title=alive.title, when={"not": {"not": {"tag": "alive"}}}).overlays[TAGS]
    assert columns(overlay, whole(all_products()[TAGS])).fields["one"].title == alive.title
    twice = {key: {"title": alive.title, "when": {"tag": "alive"}} for key in ("one", "two")}
    assert f"found '{alive.title}', which is one already" in refused(wish(add=twice))


def test_conditions_that_say_the_same_have_one_form() -> None:
    known, small, sme = catalogue(), Compare("insured", "less_than", 10), Is("technology_sme")
    one = All((Is("alive"), All((sme, Not(small)))))
    other = Not(Some((small, Not(Holds("technology_lists", "科技型中小企业")), Not(Is("alive")))))
    assert normal(one, known) == normal(other, known) != normal(All((Is("alive"), sme)), known)
    assert ordered(OneOf("status", ("2", "1", "2"))) == OneOf("status", ("1", "2"))
    assert ordered(Some((sme, sme))) == sme
