"""Size classes worked by hand from the table of 国统字〔2017〕213号 (统计上大中小微型企业划分办法（2017）).

Staff X in persons, revenue Y and assets Z in ten thousand yuan. 大型、中型和小型企业须同时满足所列指标的下限，
否则下划一档；微型企业只须满足所列指标中的一项即可. The cases stand at the bounds, where slips are made.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.tags.catalogue import catalogue
from schemas.tags.size_class import SIZE_CLASS
from tests.tags.asking import tagged

ALONE = catalogue((SIZE_CLASS,), current())
CLASSES = ("size_large", "size_medium", "size_small", "size_micro", "size_none")


def enterprise(industry: str, x: float | None, y: float | None, z: float | None) -> dict[str, Any]:
    return {
        "industry": industry,
        "employees": x,
        "revenue": None if y is None else y * 10_000,
        "assets": None if z is None else z * 10_000,
    }


CASES = [
    # 农、林、牧、渔业: Y 20000, 500, 50.
    ("0111", None, 20_000, None, "size_large"), ("0111", None, 19_999, None, "size_medium"),
    ("0111", None, 500, None, "size_medium"), ("0111", None, 50, None, "size_small"),
    ("0111", None, 49.9, None, "size_micro"),
    # 工业: X 1000, 300, 20 and Y 40000, 2000, 300.
    ("1711", 1_000, 40_000, None, "size_large"), ("1711", 999, 40_000, None, "size_medium"),
    ("1711", 1_000, 39_999, None, "size_medium"), ("1711", 5_000, 1_999, None, "size_small"),
    ("1711", 20, 300, None, "size_small"), ("1711", 19, 90_000, None, "size_micro"),
    ("1711", 5_000, 299, None, "size_micro"),
    # 建筑业: Y 80000, 6000, 300 and Z 80000, 5000, 300.
    ("4710", None, 80_000, 80_000, "size_large"), ("4710", None, 80_000, 5_000, "size_medium"),
    ("4710", None, 300, 299, "size_micro"),
    # 批发业: X 200, 20, 5 and Y 40000, 5000, 1000. 零售业: X 300, 50, 10 and Y 20000, 500, 100.
    ("5111", 200, 40_000, None, "size_large"), ("5111", 20, 5_000, None, "size_medium"),
    ("5111", 5, 1_000, None, "size_small"), ("5211", 300, 20_000, None, "size_large"),
    ("5211", 50, 500, None, "size_medium"), ("5211", 10, 100, None, "size_small"),
    # 交通运输业 with 装卸搬运: Y 30000, 3000, 200. 仓储业: X 200, 100, 20 and Y 30000, 1000, 100.
    ("5910", 300, 3_000, None, "size_medium"), ("5910", 100, 1_000, None, "size_small"),
    ("5920", 100, 1_000, None, "size_medium"), ("5431", 20, 200, None, "size_small"),
    # 邮政业: Y 30000, 2000, 100. 住宿业, 餐饮业: X 300, 100, 10 and Y 10000, 2000, 100.
    ("6010", 300, 2_000, None, "size_medium"), ("6210", 300, 10_000, None, "size_large"),
    ("6110", 100, 1_999, None, "size_small"),
    # 信息传输业: X 2000, 100, 10 and Y 100000, 1000, 100. 软件和信息技术服务业: X 300, 100, 10 and Y 10000, 1000, 50.
    ("6311", 1_999, 100_000, None, "size_medium"), ("6511", 300, 10_000, None, "size_large"),
    ("6511", 10, 50, None, "size_small"), ("6421", 10, 50, None, "size_micro"),
    # 房地产开发经营: Y 200000, 1000, 100 and Z 10000, 5000, 2000. 物业管理: X 1000, 300, 100 and Y 5000, 1000, 500.
    ("7010", None, 200_000, 10_000, "size_large"), ("7010", None, 200_000, 9_999, "size_medium"),
    ("7010", None, 100, 1_999, "size_micro"), ("7020", 300, 1_000, None, "size_medium"),
    # 租赁和商务服务业: X 300, 100, 10 and Z 120000, 8000, 100. 其他未列明行业: X 300, 100, 10.
    ("7211", 300, None, 120_000, "size_large"), ("7211", 100, None, 8_000, "size_medium"),
    ("7320", 100, None, None, "size_medium"), ("7030", 10, None, None, "size_small"),
    ("8010", 9, None, None, "size_micro"),
    # Outside the measure: railways, banks, letting one's own, schools, hospitals.
    ("5311", 5_000, 900_000, 900_000, "size_none"), ("6621", 500, 50_000, 50_000, "size_none"),
    ("7040", 5, 100, 100, "size_none"), ("8331", 80, 500, None, "size_none"),
    ("8411", 800, 9_000, None, "size_none"),
]  # fmt: skip


def test_every_case_of_the_table_is_in_the_class_worked_by_hand() -> None:
    table = tagged(*(enterprise(*case[:4]) for case in CASES))
    said = [[name for name in CLASSES if row[name]] for row in table.iter_rows(named=True)]
    assert said == [[case[4]] for case in CASES]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        # One indicator below the small bound settles micro, whatever the other is.
        (("1711", 19, None, None), {"size_micro": True, "size_small": False, "size_large": False}),
        # 500 staff without revenue: never large, perhaps medium, small or micro.
        (("1711", 500, None, None), {"size_large": False, "size_medium": None, "size_small": None, "size_micro": None}),
        # Manufacturing of unknown kind is industry all the same.
        (("C", 1_000, 40_000, None), {"size_large": True}),
        # Trade is wholesale or retail: both would say large, yet Kleene's logic weighs no cases and leaves it open.
        (("F", 1_000, 90_000, None), {"size_large": None, "size_none": False}),
        # No medium wholesaler (Y) and no medium retailer (X).
        (("F", 20, 2_000, None), {"size_medium_or_above": False, "size_medium": False, "size_small": None}),
    ],
)
def test_what_is_lacking_leaves_open_only_what_it_would_decide(
    given_: tuple[str, float | None, float | None, float | None], expected: dict[str, bool | None]
) -> None:
    said = tagged(enterprise(*given_)).row(0, named=True)
    assert {name: said[name] for name in expected} == expected


def test_groups_of_classes_are_their_sums() -> None:
    table = tagged(*(enterprise(*case[:4]) for case in CASES))
    for row in table.iter_rows(named=True):
        assert row["size_small_or_micro"] == (row["size_small"] or row["size_micro"])
        assert row["size_up_to_medium"] == (row["size_small_or_micro"] or row["size_medium"])
        assert row["size_medium_or_above"] == (row["size_medium"] or row["size_large"])


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from([case[0] for case in CASES]), st.integers(0, 3_000), st.integers(0, 300_000),
                  st.integers(0, 200_000)), min_size=1, max_size=20,
    )
)  # fmt: skip
def test_exactly_one_class_is_true_where_all_is_known(rows: list[tuple[str, int, int, int]]) -> None:
    table = tagged(*(enterprise(*row) for row in rows), of=ALONE).select(CLASSES)
    assert all(row.count(True) == 1 and row.count(False) == 4 for row in table.rows())
