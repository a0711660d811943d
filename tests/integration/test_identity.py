"""Identity as a whole: the last rung, the law that no row is lost, and what is owed on a demo's truth."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.quality import ALL, NAMES_ONLY, OWED, deliver_and_standardise, judged, scores
from tests.identity import ONE, TWO, credit, found, listed, organisation, registered, rows


def test_a_name_of_the_same_sound_in_the_same_county_is_probable_and_another_character_is_not() -> None:
    register = (ONE, "永康市鸿鑫缝纫机有限公司", "330784", None)
    assert listed("永康市鸿新缝纫机有限公司", "330784", register) == (ONE, "probable 0.99")
    assert listed("永康市鸿天缝纫机有限公司", "330784", register)[0] == "improbable"
    assert listed("金华鸿新缝纫机有限公司", "330784", register)[0] == "improbable"


def test_two_of_the_same_sound_are_for_a_person() -> None:
    both = ((ONE, "永康市鸿鑫缝纫机有限公司", "330784", None), (TWO, "永康市鸿信缝纫机有限公司", "330784", None))
    told = listed("永康市鸿新缝纫机有限公司", "330784", *both)
    assert told == ("improbable", sorted([ONE, TWO]))


@pytest.mark.parametrize("slipped", ["浙江永盛纺织有限公司", "浙江荣晟纺织有限公司", "浙江荣盛纺纱有限公司"])
def test_one_other_character_of_another_sound_is_for_a_person_wherever_it_stands(slipped: str) -> None:
    register = (ONE, "浙江荣盛纺织有限公司", "330621", None)
    assert listed(slipped, "330621", register) == ("improbable", [ONE])


def test_a_crowd_of_one_trade_in_the_county_leaves_no_doubt() -> None:
    brands = ("大发", "东升", "国泰", "华丰", "嘉禾", "金龙", "立信", "明达", "天元", "万通", "远航", "正大")
    crowd = [(credit(serial), f"永康市{each}缝纫机有限公司", "330784", None) for serial, each in enumerate(brands, 3)]
    register = (ONE, "永康市鸿鑫缝纫机有限公司", "330784", None)
    assert listed("永康市鸿新缝纫机有限公司", "330784", register, *crowd) == (ONE, "probable 0.99")


def test_a_name_alone_is_never_enough() -> None:
    register = (ONE, "杭州青禾软件有限公司", "330110", None)
    assert listed("杭州青禾软件有限公司", None, register)[0] == "unidentified"
    assert listed("杭州青禾软件有限公司", "330702", register)[0] == "improbable"
    assert listed("浙江青禾软件有限公司", "330110", register)[0] == "improbable"


def test_what_is_decided_of_a_row_does_not_hang_on_which_others_are_open() -> None:
    register = (ONE, "杭州青禾软件有限公司", "330110", None)
    alone = listed("杭州青禾软件有限公司", "330702", register)
    both = rows(name=["杭州青禾软件有限公司", "杭州永兴五金厂"], county=["330702", "330106"])
    told = found({**registered(register), "science_technology_list": both})["science_technology_list"].unidentified
    reasons, candidates = told.filter(pl.col("county") == "330702").select("reasons", "candidates").row(0)
    assert alone == (reasons[0]["rule"], [each["entity_id"] for each in candidates]) == ("improbable", [ONE])


def test_a_branch_is_not_taken_for_its_parent_however_alike() -> None:
    register = (ONE, "杭州青禾软件有限公司", "330110", None)
    assert listed("杭州青禾软件有限公司分公司", "330110", register) == ("unidentified", [])


NAMES = (
    "杭州青禾软件有限公司", "青禾软件有限责任公司", "杭州市青禾软件有限公司", "杭州青合软件有限公司",
    "杭州青禾软件有限公司分公司",
)  # fmt: skip
COUNTIES = ("330110", "330106", "330702")
ENTERPRISES = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(NAMES), st.sampled_from(COUNTIES)), max_size=6)
NUMBERED = st.lists(
    st.tuples(st.integers(1, 8), st.sampled_from([organisation, credit]), st.sampled_from(NAMES)), max_size=6
)
NAMED = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([*COUNTIES, None])), min_size=1, max_size=6)


def drawn(enterprises: list, numbered: list, named: list) -> dict[str, pl.DataFrame]:
    """A register, a feed of organisation codes and a list of names."""
    return {
        "market_regulation_enterprise": rows(
            credit_code=[credit(serial) for serial, _, _ in enterprises],
            name=[name for _, name, _ in enterprises],
            county=[county for _, _, county in enterprises],
        ),
        "social_security_employer": rows(
            organisation_code=[number(serial) for serial, number, _ in numbered],
            name=[name for _, _, name in numbered],
            county=["330110" for _ in numbered],
        ),
        "science_technology_list": rows(name=[name for name, _ in named], county=[county for _, county in named]),
    }


@given(enterprises=ENTERPRISES, numbered=NUMBERED, named=NAMED, seed=st.integers(0, 99))
@settings(max_examples=10)
def test_every_row_is_given_once_and_the_order_of_rows_does_not_matter(
    enterprises: list, numbered: list, named: list, seed: int
) -> None:
    tables = drawn(enterprises, numbered, named)
    told = found(tables)
    for key, table in tables.items():
        given_rows = [*told[key].rows["row"], *told[key].unidentified["row"]]
        assert sorted(given_rows) == table["row"].to_list()
        assert set(told[key].rows["entity_id"]) <= {credit(serial) for serial in range(1, 9)}
    mixed = {key: table.sample(fraction=1, shuffle=True, seed=seed) for key, table in tables.items()}
    order = list(mixed)
    random.Random(seed).shuffle(order)
    again = found({key: mixed[key] for key in order})
    for key in tables:
        for part in ("rows", "unidentified"):
            assert getattr(again[key], part).sort("row").equals(getattr(told[key], part).sort("row"))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """What becomes of the rows of a demo of 3,000 enterprises."""
    home: Path = tmp_path_factory.mktemp("quality")
    deliver_and_standardise(home, ["--enterprises", "3000"])
    return judged(home)


@pytest.mark.parametrize("feeds", [ALL, NAMES_ONLY])
def test_what_is_owed_is_met_on_the_demos_truth(verdicts: pl.DataFrame, feeds: str) -> None:
    _, _, _, precision, recall = scores(verdicts)[feeds]
    assert precision >= OWED[feeds][0] and recall >= OWED[feeds][1]


@pytest.mark.parametrize(
    "defect", ["old_tax_number_15", "lower_case_x", "branch_same_name", "name_brackets_full_width"]
)
def test_no_row_with_a_trap_is_led_to_another(verdicts: pl.DataFrame, defect: str) -> None:
    trapped = verdicts.filter(pl.col("defects").list.contains(defect))
    assert trapped.height > 0 and "wrong" not in trapped["fate"].to_list()
