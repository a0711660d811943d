"""Industrial output and value added as the statistics of industry have them."""

from datetime import date

from schemas.compared import beside, growing
from schemas.measure import QUANTITY, Per
from schemas.tag import Bands, Family, Number

OUTPUT = Family(
    "output",
    "工业产出",
    "县统计局、县经济和信息化局",
    "工业产值和增加值多大，增长如何？",
    date(2026, 7, 1),
    (
        Bands("output", "output", "工业总产值", (20_000_000, 100_000_000, 500_000_000, 1_000_000_000, 10_000_000_000)),
        *beside("output", "工业总产值"),
        *growing("output", "工业总产值", "output_before"),
        Bands("value_added", "value_added", "工业增加值", (0, 5_000_000, 20_000_000, 100_000_000, 1_000_000_000)),
        Number("value_added_share", "工业增加值率", Per("value_added", "output"), "工业增加值除以工业总产值"),
        Bands("value_added_share", "value_added_share", "工业增加值率", (0.1, 0.2, 0.3)),
        Number(
            "value_added_per_employee",
            "全员劳动生产率",
            Per("value_added", "employees"),
            "工业增加值除以从业人员数",
            "元/人",
            QUANTITY,
        ),
        Bands(
            "value_added_per_employee",
            "value_added_per_employee",
            "全员劳动生产率",
            (100_000, 200_000, 300_000, 500_000),
        ),
        *beside("value_added_per_employee", "全员劳动生产率"),
    ),
)
