"""Land: how much is used, idle or let, and how densely it is built."""

from datetime import date

from schemas.compared import present
from schemas.condition import Is, at_least, below, every
from schemas.measure import Per
from schemas.tag import Bands, Family, Flag, Number

LAND = Family(
    "land",
    "用地",
    "县自然资源和规划局",
    "企业用了多少地，有无闲置、出租、低容积率？",
    date(2026, 7, 1),
    (
        Bands("land", "land", "实际用地", (1, 5, 10, 30, 50, 100)),
        present("land_idle_any", "land_idle", "有闲置土地", "闲置土地面积大于零"),
        present("land_let", "land_leased_out", "有用地出租", "出租用地面积大于零"),
        Number("idle_share", "闲置土地占比", Per("land_idle", "land"), "闲置土地面积除以实际用地面积"),
        Bands("idle_share", "idle_share", "闲置土地占比", (0.1, 0.3, 0.5)),
        Number("let_share", "出租用地占比", Per("land_leased_out", "land"), "出租用地面积除以实际用地面积"),
        Bands("let_share", "let_share", "出租用地占比", (0.1, 0.3, 0.5)),
        Bands(
            "floor_area_ratio",
            "floor_area_ratio",
            "容积率",
            (0.8, 1, 1.5, 2, 3),
            ("低于0.8", "0.8至1.0", "1.0至1.5", "1.5至2.0", "2.0至3.0", "3.0及以上"),
        ),
        Flag(
            "land_contract_broken",
            "未履行土地出让合同约定",
            Is("land_breach"),
            "自然资源部门认定未按出让合同开工、竣工或投产",
        ),
        Flag(
            "land_less_used",
            "规上低效用地企业",
            every(Is("industry_above_scale"), below("tax_per_mu", 50_000), at_least("land", 3)),
            "规上工业企业，用地3亩及以上，亩均税收不足5万元；县里可另定标准",
        ),
    ),
)
