"""What is decided again after any change is what is decided from nothing, row by row; the touched are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.identify import LADDER, PROBABLE
from pipelines.identity import likely, probable
from tests.identity import ONE, TWO, credit
from tests.reidentifying import (
    Part,
    decided_again,
    decided_anew,
    follow,
    go_through,
    said,
    standings,
    tables_of,
)


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_changes_ends_in_what_is_decided_from_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LADDER, PROBABLE)
    go_through(seed, 6, tmp_path)


@pytest.mark.parametrize("seed", range(100, 102))
def test_so_it_does_with_the_last_rung_whose_prior_moves_with_births(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probable, "SMALLEST", 2)
    go_through(seed, 4, tmp_path)


@pytest.mark.parametrize("seed", range(200, 203))
def test_many_entities_met_part_by_part_are_those_met_together(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probable, "SMALLEST", 2)
    for parts in standings(seed, 4):
        together = tables_of(decided_anew(parts))
        with monkeypatch.context() as many:
            many.setattr(likely, "_FEW", 0)
            apart = tables_of(decided_anew(parts))
        assert apart.keys() == together.keys()
        assert all(apart[name].equals(table) for name, table in together.items())


REGISTER, LIST = "market_regulation_enterprise", "science_technology_list"
SEWING = (ONE, "永康市鸿鑫缝纫机有限公司", "330784")
LISTED = said(
    LIST, 1, ("永康市鸿新缝纫机有限公司", "330784"), ("杭州青禾软件有限公司", "330110"),
    ("天马缝纫机有限公司", "330784"),
)  # fmt: skip


@pytest.mark.parametrize(
    "births",
    [
        pytest.param((TWO, "永康市鸿信缝纫机有限公司", "330784"), id="another of the same sound"),
        pytest.param((TWO, "杭州青禾软件有限公司", "330110"), id="one of the name, where there was none"),
        pytest.param((TWO, "青禾软件有限公司", "330110"), id="one of the short name"),
        pytest.param((TWO, "宁波永兴五金厂", "330203"), id="one that shares nothing, and the prior moves"),
    ],
)
def test_a_birth_moves_what_hangs_on_it(
    births: tuple[str, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probable, "SMALLEST", 2)
    others = [(credit(serial), f"宁波第{serial}五金厂", "330203") for serial in (7, 8)]
    first = [said(REGISTER, 1, SEWING, *others), LISTED]
    follow([first, [*first, said(REGISTER, 2, births)], first], tmp_path)


def test_a_name_that_moves_from_one_row_to_another_is_looked_up_at_every_seat(tmp_path: Path) -> None:
    here, named = (ONE, None, "330784"), (ONE, "永康市鸿鑫缝纫机有限公司", None)
    seat = said(REGISTER, 1, here)
    follow([[seat, LISTED], [seat, LISTED, said(REGISTER, 2, named)], [seat, LISTED]], tmp_path)


def test_a_row_delivered_again_may_be_the_newest_and_its_name_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LADDER, PROBABLE)
    old, new = (ONE, "杭州青禾软件有限公司", "330110"), (ONE, "杭州丰禾软件有限公司", "330110")
    steps: list[list[Part]] = [[said(REGISTER, day, old), said(REGISTER, 5, new), LISTED] for day in (4, 6, 3)]
    follow(steps, tmp_path)


@pytest.mark.parametrize("column", ["address", "scope"])
def test_a_row_of_which_another_column_changes_may_be_the_newest_too(
    column: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LADDER, PROBABLE)
    old, new = (ONE, "杭州青禾软件有限公司", "330110"), (ONE, "杭州丰禾软件有限公司", "330110")
    other, before = said(REGISTER, 5, new, **{column: "文一西路"}), said(REGISTER, 4, old, **{column: "文一西路"})
    after = said(REGISTER, 6, old, **{column: "解放路"})
    follow([[before, other, LISTED], [after, other, LISTED], [before, other, LISTED]], tmp_path)


@pytest.mark.parametrize("column", ["address", "scope"])
def test_who_is_delivered_again_is_touched_where_another_row_says_otherwise(column: str, tmp_path: Path) -> None:
    here = (ONE, "杭州青禾软件有限公司", "330110")
    other, before, after = (
        said(REGISTER, day, here, **{column: word}) for day, word in ((5, "文一西路"), (4, "解放路"), (6, "解放路"))
    )
    decided_again([before, other], tmp_path)
    assert list(decided_again([after, other], tmp_path).touched) == [ONE]


def test_an_address_that_makes_a_seat_is_asked_for_by_every_row(tmp_path: Path) -> None:
    named, nowhere = "永康市鸿鑫缝纫机有限公司", (ONE, "永康市鸿鑫缝纫机有限公司", None)
    seats = [(credit(serial), f"宁波第{serial}五金厂", "330203") for serial in (7, 8)]
    there = [said(REGISTER, 2, (ONE, named, "330106"), *seats), said(LIST, 1, (named, "330784"))]
    licensed = said("licences", 1, (named,), licence="7", number="330110555555555", address="解放路1号楼")
    without, with_it = (
        said(REGISTER, 1, nowhere),
        replace(said(REGISTER, 1, nowhere, address="文一西路969号"), name=f"{REGISTER}/with"),
    )
    follow([[without, *there, licensed], [with_it, *there, licensed], [without, *there, licensed]], tmp_path)
