"""Energy and carbon: who is a key user, how much energy stands behind the output."""

from datetime import date

from schemas.compared import beside, growing
from schemas.condition import at_least
from schemas.measure import QUANTITY, Per
from schemas.tag import Bands, Family, Flag, Number

ENERGY = Family(
    "energy",
    "能耗与碳排放",
    "县发展和改革局、县经济和信息化局",
    "哪些是重点用能单位，单位产出能耗是高是低？",
    date(2026, 7, 1),
    (
        Bands("energy", "energy", "综合能源消费量", (100, 1_000, 5_000, 10_000, 50_000)),
        Flag(
            "key_energy_user",
            "重点用能单位（年综合能源消费量1万吨标准煤及以上）",
            at_least("energy", 10_000),
            "《重点用能单位节能管理办法》，年综合能源消费量1万吨标准煤及以上",
        ),
        *growing("energy", "综合能源消费量", "energy_before"),
        Number(
            "energy_per_output",
            "单位产值能耗",
            Per("energy", "output"),
            "综合能源消费量除以工业总产值",
            "吨标准煤/元",
            QUANTITY,
        ),
        *beside("energy_per_output", "单位产值能耗"),
        Number(
            "energy_per_value_added",
            "单位增加值能耗",
            Per("energy", "value_added"),
            "综合能源消费量除以工业增加值",
            "吨标准煤/元",
            QUANTITY,
        ),
        *beside("energy_per_value_added", "单位增加值能耗"),
        Bands("carbon", "carbon", "温室气体排放", (1_000, 10_000, 26_000, 100_000)),
    ),
)
