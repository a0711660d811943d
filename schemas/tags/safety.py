"""Safety at work, fire and special equipment."""

from datetime import date

from schemas.compared import present
from schemas.condition import Is
from schemas.tag import Bands, Family, Flag, Rolls, Words

SAFETY = Family(
    "safety",
    "安全生产",
    "县应急管理局、县消防救援大队、县市场监督管理局",
    "哪些企业安全风险高，隐患是否整改？",
    date(2026, 7, 1),
    (
        Words(
            "safety_grade",
            "安全生产标准化{word}",
            {
                "safety_1": "一级",
                "safety_2": "二级",
                "safety_3": "三级",
            },
        ),
        present("major_hazard", "major_hazards", "有危险化学品重大危险源", "危险化学品重大危险源1处及以上"),
        Bands("hazards_open", "hazards_open", "未整改安全隐患", (1, 3, 10)),
        present("accident_3_years", "accidents", "近三年发生生产安全事故", "近三年生产安全事故1起及以上"),
        Rolls(
            "risk_processes",
            "涉{word}企业",
            {
                "risk_dust": "爆炸性粉尘",
                "risk_ammonia": "液氨制冷",
                "risk_confined_space": "有限空间作业",
                "risk_metal_smelting": "金属熔融",
                "risk_spraying": "喷涂作业",
                "risk_lithium": "锂电池生产储存",
                "risk_dangerous_chemicals": "危险化学品",
                "risk_fireworks": "烟花爆竹",
            },
        ),
        Flag("is_fire_key_unit", "消防安全重点单位企业", Is("fire_key_unit"), "列为消防安全重点单位"),
        Bands("special_equipment", "special_equipment", "在用特种设备", (1, 5, 20, 100)),
        present("equipment_overdue", "special_equipment_overdue", "有特种设备超期未检", "超期未检特种设备1台及以上"),
    ),
)
