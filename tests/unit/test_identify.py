"""Identity: each rung but the last leads to one credit code, and two candidates to a person."""

from __future__ import annotations

import pytest

from pipelines.identify import LADDER, PROBABLE
from tests.identity import ONE, QINGHE, TWO, credit, fate, found, listed, organisation, registered, rows


@pytest.fixture(autouse=True)
def without_the_last_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last rung is dear and stands in tests/integration/test_identity.py."""
    monkeypatch.delitem(LADDER, PROBABLE)


def test_a_credit_code_is_taken_from_a_code_and_from_a_tax_number_of_twenty() -> None:
    tables = registered(QINGHE) | {"tax_registration": rows(taxpayer_id=[ONE, f"{ONE}00"], name=["甲", "乙"])}
    assert found(tables)["tax_registration"].rows["entity_id"].to_list() == [ONE, ONE]
    assert found(tables)["tax_registration"].rows["match"].unique().to_list() == ["credit_code"]


def test_an_organisation_code_leads_to_the_credit_code_that_contains_it() -> None:
    table = rows(organisation_code=[organisation(1)], name=["甲"], county=["330110"])
    assert fate(found(registered(QINGHE) | {"social_security_employer": table})["social_security_employer"]) == (
        ONE, "organisation_code",
    )  # fmt: skip


def test_an_organisation_code_in_two_credit_codes_is_for_a_person() -> None:
    here, there = credit(1, "330110"), credit(1, "330106")
    table = rows(organisation_code=[organisation(1)], name=["杭州青禾软件有限公司"], county=["330110"])
    tables = registered((here, *QINGHE[1:]), (there, "杭州别家有限公司", "330106", None))
    told = fate(found(tables | {"social_security_employer": table})["social_security_employer"])
    assert told == ("ambiguous", sorted([here, there]))


@pytest.mark.parametrize(
    ("number", "name", "told"),
    [
        (f"330106{organisation(1)}", "别的名称", (ONE, "tax_number")),
        (f"330702{organisation(1)}", "杭州市青禾软件有限责任公司", (ONE, "tax_number")),
        (f"330702{organisation(1)}", "金华永兴五金厂", ("contradicted", [ONE])),
        (f"330110{organisation(9)}", "金华永兴五金厂", ("unidentified", [])),
        (f"330110{organisation(9)}", "杭州青禾软件有限公司", ("unidentified", [])),
    ],
)
def test_an_old_tax_number_needs_the_city_or_the_name(number: str, name: str, told: tuple[object, ...]) -> None:
    table = rows(taxpayer_id=[number], name=[name])
    assert fate(found(registered(QINGHE) | {"tax_registration": table})["tax_registration"]) == told


def test_a_registration_number_leads_nowhere_by_its_form_alone() -> None:
    number = f"330110{organisation(1)}"
    table = rows(licence=["1"], number=[number], name=[None], address=[None])
    assert fate(found(registered(QINGHE) | {"licences": table})["licences"]) == ("unidentified", [])


def test_a_registration_number_leads_to_the_credit_code_that_replaced_it() -> None:
    number = f"330110{organisation(1)}"
    crosswalk = rows(credit_code=[TWO], registration_number=[number])
    table = rows(licence=["1"], number=[number], name=[None], address=[None])
    told = found(registered(QINGHE) | {"conversions": crosswalk, "licences": table})
    assert fate(told["licences"]) == (TWO, "crosswalk")


def test_a_tax_number_that_is_another_enterprises_registration_number_is_for_a_person() -> None:
    number = f"330110{organisation(1)}"
    crosswalk = rows(credit_code=[TWO], registration_number=[number])
    table = rows(taxpayer_id=[number], name=["甲"])
    told = found(registered(QINGHE) | {"conversions": crosswalk, "tax_registration": table})
    assert fate(told["tax_registration"]) == ("ambiguous", sorted([ONE, TWO]))


def test_a_crosswalk_that_confirms_a_tax_number_is_no_rival_of_it() -> None:
    number = f"330106{organisation(1)}"
    crosswalk = rows(credit_code=[ONE], registration_number=[number])
    table = rows(taxpayer_id=[number], name=["别的名称"])
    told = found(registered(QINGHE) | {"conversions": crosswalk, "tax_registration": table})
    assert fate(told["tax_registration"]) == (ONE, "tax_number")


def test_a_tax_number_without_city_or_name_may_be_led_by_the_crosswalk() -> None:
    number = f"330702{organisation(1)}"
    crosswalk = rows(credit_code=[TWO], registration_number=[number])
    table = rows(taxpayer_id=[number], name=["甲"])
    told = found(registered(QINGHE) | {"conversions": crosswalk, "tax_registration": table})
    assert fate(told["tax_registration"]) == (TWO, "crosswalk")


@pytest.mark.parametrize(
    ("name", "county", "told"),
    [
        ("杭州市青禾软件有限责任公司", "330110", (ONE, "name+county")),
        ("杭州青禾软件（有限公司）", "330110", (ONE, "name+county")),
        ("青禾软件有限公司", "330110", (ONE, "short_name+county")),
        ("杭州青禾软件有限公司", "330106", (ONE, "name+city")),
        ("杭州青禾软件有限公司余杭分公司", "330110", ("unidentified", [])),
        ("（杭州）无此公司", "330110", ("unidentified", [])),
    ],
)
def test_a_name_counts_with_its_place(name: str, county: str, told: tuple[object, ...]) -> None:
    assert listed(name, county, QINGHE) == told


def test_a_name_alone_is_never_enough() -> None:
    assert listed("杭州青禾软件有限公司", None, QINGHE) == ("unidentified", [])
    assert listed("杭州青禾软件有限公司", "330702", QINGHE) == ("unidentified", [])


def test_two_of_one_name_in_two_counties_are_told_apart_by_the_county() -> None:
    both = (QINGHE, (TWO, "杭州青禾软件有限公司", "330106", None))
    assert listed("杭州青禾软件有限公司", "330110", *both) == (ONE, "name+county")
    assert listed("杭州青禾软件有限公司", "330106", *both) == (TWO, "name+county")
    assert listed("杭州青禾软件有限公司", "330108", *both) == ("ambiguous", sorted([ONE, TWO]))


def test_two_of_one_name_in_one_county_are_for_a_person() -> None:
    both = (QINGHE, (TWO, "杭州市青禾软件有限责任公司", "330110", None))
    assert listed("杭州青禾软件有限公司", "330110", *both) == ("ambiguous", sorted([ONE, TWO]))


def test_places_in_front_that_contradict_make_two_names() -> None:
    assert listed("浙江青禾软件有限公司", "330110", QINGHE) == ("unidentified", [])
    both = (QINGHE, (TWO, "浙江青禾软件有限公司", "330110", None))
    assert listed("浙江青禾软件有限公司", "330110", *both) == (TWO, "name+county")
    assert listed("青禾软件有限公司", "330110", *both) == ("ambiguous", sorted([ONE, TWO]))


def test_an_address_tells_two_of_one_name_apart() -> None:
    both = (QINGHE, (TWO, "杭州青禾软件有限公司", "330110", "余杭区仓兴街1号"))
    table = rows(licence=["1"], number=["330110000000017"], name=["杭州青禾软件有限公司"], address=["余杭区 仓兴街1号"])
    assert fate(found(registered(*both) | {"licences": table})["licences"]) == (TWO, "name+address")


def test_a_name_that_another_department_writes_counts_after_the_registers() -> None:
    taxed = {"tax_registration": rows(taxpayer_id=[ONE], name=["杭州旧名软件有限公司"])}
    named = rows(name=["杭州旧名软件有限公司"], county=["330110"])
    tables = registered(QINGHE) | taxed | {"science_technology_list": named}
    assert fate(found(tables)["science_technology_list"]) == (ONE, "other_name+county")
    owned = registered(QINGHE, (TWO, "杭州旧名软件有限公司", "330110", None)) | taxed
    assert fate(found(owned | {"science_technology_list": named})["science_technology_list"]) == (TWO, "name+county")


def test_a_branch_is_an_enterprise_of_its_own_and_does_not_bear_its_parents_name() -> None:
    branch = (TWO, "杭州青禾软件有限公司余杭分公司", "330110", None)
    taxed = {"tax_registration": rows(taxpayer_id=[TWO], name=["杭州青禾软件有限公司"])}
    named = rows(name=["杭州青禾软件有限公司", "杭州青禾软件有限公司余杭分公司"], county=["330110", "330110"])
    told = found(registered(QINGHE, branch) | taxed | {"science_technology_list": named})["science_technology_list"]
    assert told.rows["entity_id"].to_list() == [ONE, TWO]
    without_parent = found(registered(branch) | taxed | {"science_technology_list": named.head(1)})
    assert fate(without_parent["science_technology_list"]) == ("unidentified", [])


def test_a_name_does_not_outweigh_a_number_of_ones_own() -> None:
    table = rows(organisation_code=[organisation(9)], name=["杭州青禾软件有限公司"], county=["330110"])
    told = fate(found(registered(QINGHE) | {"social_security_employer": table})["social_security_employer"])
    assert told == ("contradicted", [ONE])


def test_the_review_list_keeps_the_row_and_names_the_candidates() -> None:
    both = (QINGHE, (TWO, "杭州市青禾软件有限责任公司", "330110", None))
    table = rows(name=["杭州青禾软件有限公司"], county=["330110"])
    left = found({**registered(*both), "science_technology_list": table})["science_technology_list"].unidentified
    assert left.select("row", "name", "county").row(0) == (1, "杭州青禾软件有限公司", "330110")
    assert {each["name"] for each in left["candidates"].item()} == {each[1] for each in both}
    assert {each["match"] for each in left["candidates"].item()} == {"name+county"}
