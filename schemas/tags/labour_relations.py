"""Labour relations: wages owed, arbitration, the grade of good faith."""

from datetime import date

from schemas.condition import Is
from schemas.tag import Bands, Family, Flag, Words

LABOUR_RELATIONS = Family(
    "labour_relations",
    "劳动关系",
    "县人力资源和社会保障局",
    "哪些企业劳动关系有风险？",
    date(2026, 7, 1),
    (
        Flag(
            "defaults_on_wages",
            "列入拖欠农民工工资失信名单",
            Is("wage_defaulter"),
            "在拖欠农民工工资失信联合惩戒名单上",
        ),
        Bands("arbitrations", "arbitrations", "近12个月劳动争议仲裁案件", (1, 3, 10)),
        Words(
            "labour_grade",
            "劳动保障守法诚信{word}级",
            {
                "labour_grade_a": "A",
                "labour_grade_b": "B",
                "labour_grade_c": "C",
            },
        ),
    ),
)
