"""Licences: which are in force, which end within ninety days, which have lapsed."""

from datetime import date

from schemas.compared import licence
from schemas.condition import Is, Not, Under, every
from schemas.tag import Family, Flag

LICENCES = Family(
    "licences",
    "许可证照",
    "县行政审批局、各行业主管部门",
    "哪些企业持证经营，哪些证照即将到期或已过期？",
    date(2026, 7, 1),
    (
        *licence("food_production", "食品生产许可证"),
        *licence("food_trade", "食品经营许可证"),
        *licence("drug_trade", "药品经营许可证"),
        *licence("drug_production", "药品生产许可证"),
        *licence("device_trade", "医疗器械经营许可证"),
        *licence("device_production", "医疗器械生产许可证"),
        *licence("cosmetics", "化妆品生产许可证"),
        *licence("industrial_goods", "工业产品生产许可证"),
        *licence("tobacco", "烟草专卖零售许可证"),
        *licence("dangerous_chemicals", "危险化学品经营许可证"),
        *licence("work_safety", "安全生产许可证"),
        *licence("road_freight", "道路运输经营许可证"),
        *licence("water_intake", "取水许可证"),
        *licence("drainage", "排水许可证"),
        *licence("hazardous_waste", "危险废物经营许可证"),
        *licence("radiation", "辐射安全许可证"),
        *licence("health", "卫生许可证"),
        *licence("construction", "建筑业企业资质证书"),
        *licence("real_estate", "房地产开发企业资质证书"),
        *licence("labour_dispatch", "劳务派遣经营许可证"),
        *licence("recruitment", "人力资源服务许可证"),
        *licence("printing", "印刷经营许可证"),
        *licence("publications", "出版物经营许可证"),
        *licence("entertainment", "娱乐经营许可证"),
        *licence("travel", "旅行社业务经营许可证"),
        *licence("school", "民办学校办学许可证"),
        *licence("gas", "燃气经营许可证"),
        *licence("seeds", "农作物种子生产经营许可证"),
        Flag(
            "food_without_licence",
            "餐饮业无有效食品经营许可证",
            every(Is("alive"), Under(("62",)), Not(Is("food_trade_held"))),
            "存续的餐饮业企业，无有效食品经营许可证",
        ),
        Flag(
            "freight_without_licence",
            "道路货运业无有效道路运输经营许可证",
            every(Is("alive"), Under(("543",)), Not(Is("road_freight_held"))),
            "存续的道路货物运输业企业，无有效道路运输经营许可证",
        ),
        Flag(
            "builder_without_licence",
            "建筑业无有效资质证书",
            every(Is("alive"), Under(("47", "48")), Not(Is("construction_held"))),
            "存续的房屋建筑业、土木工程建筑业企业，无有效建筑业企业资质证书",
        ),
    ),
)
