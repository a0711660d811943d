"""Size class (企业划型): large, medium, small and micro, by industry, after the statistical measure of 2017."""

from datetime import date

from schemas.condition import Condition, Is, Not, Under, at_least, every, some
from schemas.tag import Family, Flag, Member

_WAN = 10_000
# Indicators in the measure's order: staff in persons (X), revenue (Y) and assets (Z) in ten thousand yuan.
# Bounds: from which on an enterprise may be small, medium, large.
_Bounds = tuple[float, float, float]
_ROWS: tuple[tuple[tuple[str, ...], dict[str, _Bounds]], ...] = (
    (("A",), {"Y": (50, 500, 20_000)}),
    (("B", "C", "D"), {"X": (20, 300, 1_000), "Y": (300, 2_000, 40_000)}),
    (("E",), {"Y": (300, 6_000, 80_000), "Z": (300, 5_000, 80_000)}),
    (("51",), {"X": (5, 20, 200), "Y": (1_000, 5_000, 40_000)}),
    (("52",), {"X": (10, 50, 300), "Y": (100, 500, 20_000)}),
    (("54", "55", "56", "57", "58", "591"), {"X": (20, 300, 1_000), "Y": (200, 3_000, 30_000)}),
    (("592", "593", "594", "595", "596", "599"), {"X": (20, 100, 200), "Y": (100, 1_000, 30_000)}),
    (("60",), {"X": (20, 300, 1_000), "Y": (100, 2_000, 30_000)}),
    (("61", "62"), {"X": (10, 100, 300), "Y": (100, 2_000, 10_000)}),
    (("63", "64"), {"X": (10, 100, 2_000), "Y": (100, 1_000, 100_000)}),
    (("65",), {"X": (10, 100, 300), "Y": (50, 1_000, 10_000)}),
    (("701",), {"Y": (100, 1_000, 200_000), "Z": (2_000, 5_000, 10_000)}),
    (("702",), {"X": (100, 300, 1_000), "Y": (500, 1_000, 5_000)}),
    (("L",), {"X": (10, 100, 300), "Z": (100, 8_000, 120_000)}),
    (("M", "N", "O", "85", "R", "703", "709"), {"X": (10, 100, 300)}),
)
_COVERED = Under(tuple(code for codes, _ in _ROWS for code in codes))
_SOURCE = "国统字〔2017〕213号《统计上大中小微型企业划分办法（2017）》"


def _reaches(tier: int, staff: str) -> Condition:
    """All the indicators of its industry reach the tier: 0 is small, 1 medium, 2 large."""
    columns = {"X": (staff, 1), "Y": ("revenue", _WAN), "Z": ("assets", _WAN)}
    return some(
        *(
            every(Under(codes), *(at_least(columns[sign][0], bounds[tier] * columns[sign][1])
                                  for sign, bounds in indicators.items()))
            for codes, indicators in _ROWS
        )
    )  # fmt: skip


def _classes(key: str, staff: str, how: str) -> tuple[Member, ...]:
    """The classes with one column for the staff; `how` stands in the titles where it is not the measure's own."""
    told = f"{_SOURCE}；大、中、小型须同时满足所列指标下限，否则下划一档{how and f'；以{how}代从业人员'}"
    suffix = how and f"（按{how}测算）"
    small, medium, large = Is(f"{key}_small_or_above"), Is(f"{key}_medium_or_above"), Is(f"{key}_large")
    classes = {
        "large": ("大型企业", _reaches(2, staff)),
        "medium_or_above": ("大中型企业", _reaches(1, staff)),
        "small_or_above": ("小型及以上企业", _reaches(0, staff)),
        "medium": ("中型企业", every(medium, Not(large))),
        "small": ("小型企业", every(small, Not(medium))),
        "micro": ("微型企业", every(_COVERED, Not(small))),
        "small_or_micro": ("小微企业", every(_COVERED, Not(medium))),
        "up_to_medium": ("中小微企业", every(_COVERED, Not(large))),
    }
    return tuple(Flag(f"{key}_{name}", f"{title}{suffix}", when, told) for name, (title, when) in classes.items())


SIZE_CLASS = Family(
    "size_class",
    "企业划型",
    "县经济和信息化局、县统计局",
    "哪些是大、中、小、微型企业，惠企政策各落到哪些企业？",
    date(2026, 7, 1),
    (
        *_classes("size", "employees", ""),
        *_classes("size_by_insured", "insured", "参保人数"),
        Flag(
            "size_none",
            "不在企业划型范围",
            Not(_COVERED),
            f"{_SOURCE}未列的行业：铁路运输、金融、自有房地产经营、房地产租赁经营、教育、卫生、公共管理等",
        ),
    ),
)
