"""Administrative penalties, by field and by weight."""

from datetime import date

from schemas.compared import present
from schemas.condition import Compare, at_least, every
from schemas.tag import Bands, Family, Flag

PENALTIES = Family(
    "penalties",
    "行政处罚",
    "县综合行政执法局、各行业主管部门",
    "哪些企业受过处罚，在哪个领域，是否影响享受政策？",
    date(2026, 7, 1),
    (
        Bands("penalties", "penalties", "近12个月行政处罚", (1, 2, 5)),
        Bands("penalties_3_years", "penalties_3_years", "近三年行政处罚", (1, 3, 10)),
        Bands("penalties_amount", "penalties_amount", "近12个月罚没金额", (1, 10_000, 100_000, 1_000_000)),
        present(
            "serious_penalty",
            "serious_penalties",
            "近三年受责令停产停业或吊销许可处罚",
            "近三年责令停产停业或吊销许可1次及以上",
        ),
        Flag("clean_record", "近三年无行政处罚", Compare("penalties_3_years", "at_most", 0), "近三年行政处罚次数为零"),
        present(
            "penalised_market",
            "penalties_market",
            "近三年受市场监管领域行政处罚",
            "近三年市场监管领域行政处罚1次及以上",
        ),
        present(
            "penalised_ecology",
            "penalties_ecology",
            "近三年受生态环境领域行政处罚",
            "近三年生态环境领域行政处罚1次及以上",
        ),
        present(
            "penalised_emergency",
            "penalties_emergency",
            "近三年受应急管理领域行政处罚",
            "近三年应急管理领域行政处罚1次及以上",
        ),
        present(
            "penalised_fire", "penalties_fire", "近三年受消防救援领域行政处罚", "近三年消防救援领域行政处罚1次及以上"
        ),
        present("penalised_tax", "penalties_tax", "近三年受税务领域行政处罚", "近三年税务领域行政处罚1次及以上"),
        present(
            "penalised_labour",
            "penalties_labour",
            "近三年受人力社保领域行政处罚",
            "近三年人力社保领域行政处罚1次及以上",
        ),
        present(
            "penalised_construction",
            "penalties_construction",
            "近三年受住房城乡建设领域行政处罚",
            "近三年住房城乡建设领域行政处罚1次及以上",
        ),
        present(
            "penalised_transport",
            "penalties_transport",
            "近三年受交通运输领域行政处罚",
            "近三年交通运输领域行政处罚1次及以上",
        ),
        present(
            "penalised_city", "penalties_city", "近三年受综合执法领域行政处罚", "近三年综合执法领域行政处罚1次及以上"
        ),
        present(
            "penalised_health",
            "penalties_health",
            "近三年受卫生健康领域行政处罚",
            "近三年卫生健康领域行政处罚1次及以上",
        ),
        present(
            "penalised_land", "penalties_land", "近三年受自然资源领域行政处罚", "近三年自然资源领域行政处罚1次及以上"
        ),
        present(
            "penalised_agriculture",
            "penalties_agriculture",
            "近三年受农业农村领域行政处罚",
            "近三年农业农村领域行政处罚1次及以上",
        ),
        present("penalised_water", "penalties_water", "近三年受水利领域行政处罚", "近三年水利领域行政处罚1次及以上"),
        present(
            "penalised_culture",
            "penalties_culture",
            "近三年受文化旅游领域行政处罚",
            "近三年文化旅游领域行政处罚1次及以上",
        ),
        Bands("inspections", "inspections", "近12个月行政检查", (1, 3, 5, 10)),
        Flag(
            "over_inspected",
            "多查无罚企业",
            every(at_least("inspections", 5), Compare("penalties", "at_most", 0)),
            "近12个月行政检查5次及以上而无处罚，检查频次可减",
        ),
    ),
)
