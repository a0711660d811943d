"""A name's parts: one form for many spellings, and never one form for two enterprises."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.identity.names import comparable_address, parted, places
from pipelines.identity.sounds import sound

PLACES = places(current())


def part(name: str, which: str) -> object:
    """One part of one name."""
    return parted(pl.Series([name], dtype=pl.String), PLACES)[which].item()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州青禾软件有限公司", "杭州市青禾软件有限责任公司"),
        ("丰力(杭州)电镀有限公司", "丰力（杭州）电镀 有限公司"),
        ("ＡＢＣ科技有限公司", "abc科技有限公司"),
        ("杭州市余杭区青禾软件有限公司", "杭州余杭青禾软件有限公司"),
        ("浙江省青禾软件有限公司", "浙江青禾软件有限公司"),
        ("景宁畲族自治县茶厂", "景宁茶厂"),
        ("宁波·甬江“海天”机械厂", "宁波甬江海天机械厂"),
    ],
)
def test_spellings_of_one_name_have_one_form(one: str, other: str) -> None:
    assert part(one, "whole") == part(other, "whole")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("杭州青禾软件有限公司", "宁波青禾软件有限公司"),
        ("杭州青禾软件有限公司", "杭州青禾软件有限公司余杭分公司"),
        ("杭州青禾软件有限公司", "杭州青禾软件股份有限公司"),
        ("丰力(杭州)电镀有限公司", "杭州丰力电镀有限公司"),
    ],
)
def test_names_of_two_have_two_forms(one: str, other: str) -> None:
    assert part(one, "whole") != part(other, "whole")


def test_the_places_in_front_are_told_from_the_rest() -> None:
    assert (part("杭州市余杭区青禾软件有限公司", "place"), part("杭州市余杭区青禾软件有限公司", "short")) == (
        "杭州余杭", "青禾软件有限公司",
    )  # fmt: skip
    assert (part("青禾软件有限公司", "place"), part("青禾软件有限公司", "short")) == ("", "青禾软件有限公司")


@pytest.mark.parametrize(
    "name",
    [
        "杭州青禾软件有限公司余杭分公司",
        "某某有限公司仓前营业部",
        "某某公司临平分店",
        "某银行余杭支行",
        "某某有限公司城北门市部",
    ],
)
def test_a_branch_is_known_by_its_name(name: str) -> None:
    assert part(name, "branch") is True


@pytest.mark.parametrize("name", ["杭州青禾软件有限公司", "余杭恒通经营部", "临平永兴门市部"])
def test_a_business_of_its_own_is_no_branch(name: str) -> None:
    assert part(name, "branch") is False


def test_nothing_is_made_of_no_name() -> None:
    assert parted(pl.Series([None, "", " （） "], dtype=pl.String), PLACES)["whole"].to_list() == [None] * 3


def test_an_address_counts_from_the_street_on_and_only_with_a_house_number() -> None:
    told = pl.Series(["浙江省杭州市余杭区文一西路969号", "余杭区 文一西路969号", "杭州市余杭区", "文一西路"])
    assert comparable_address(told, PLACES).to_list() == ["文一西路969号", "文一西路969号", None, None]


def test_names_that_sound_alike_sound_alike() -> None:
    told = sound(pl.Series(["鑫达机械", "新达机械", "天达机械", None])).to_list()
    assert told[0] == told[1] == "xin.da.ji.xie." and told[2] != told[0] and told[3] is None
