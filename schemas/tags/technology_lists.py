"""Lists of science and technology in force, and when they end."""

from datetime import date

from schemas.condition import Known, every, within
from schemas.measure import QUANTITY, Days
from schemas.tag import Family, Flag, Number, Rolls

# Who is on no list has nothing that ends: the department has said so by a list without it.
_LISTED = Known("technology_lists")

TECHNOLOGY_LISTS = Family(
    "technology_lists",
    "科技名单",
    "县科学技术局",
    "哪些企业在高新技术企业、科技型中小企业等名单上，何时到期？",
    date(2026, 7, 1),
    (
        Rolls(
            "technology_lists",
            "{word}",
            {
                "high_technology": "高新技术企业",
                "technology_sme": "科技型中小企业",
                "research_institute": "省级企业研究院",
            },
        ),
        Number(
            "technology_days",
            "科技名单距到期天数",
            Days("technology_valid_until"),
            "科技名单最晚有效期减数据时点",
            "天",
            QUANTITY,
        ),
        Flag(
            "technology_ends_soon",
            "科技名单90天内到期",
            every(_LISTED, within("technology_days", 0, 91)),
            "科技名单最晚有效期在数据时点后90天以内",
        ),
        Flag(
            "technology_ends_this_half",
            "科技名单180天内到期",
            every(_LISTED, within("technology_days", 0, 181)),
            "科技名单最晚有效期在数据时点后180天以内",
        ),
        Rolls(
            "science_rolls",
            "{word}",
            {
                "leading_science": "科技领军企业",
                "little_giant_science": "科技小巨人企业",
                "eaglet": "雏鹰企业",
                "provincial_key_laboratory": "省重点实验室依托单位",
                "provincial_rd_centre": "省级高新技术企业研究开发中心",
                "key_research_institute": "省级重点企业研究院",
                "new_rd_body": "省级新型研发机构",
                "incubator": "科技企业孵化器",
                "maker_space": "众创空间",
                "expert_station": "院士专家工作站",
                "postdoctoral_station": "博士后科研工作站",
            },
        ),
    ),
)
