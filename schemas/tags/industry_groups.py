"""Groups of industries that statistics and economy speak of."""

from datetime import date

from schemas.condition import Is, Not, Under, every
from schemas.tag import Family, Flag

INDUSTRY_GROUPS = Family(
    "industry_groups",
    "行业归并",
    "县统计局、县经济和信息化局",
    "三次产业、工业、装备制造、高耗能各有哪些企业？",
    date(2026, 7, 1),
    (
        Flag(
            "primary_sector",
            "第一产业",
            every(Under(("A",)), Not(Under(("05",)))),
            "《三次产业划分规定》（2018年修订），A门类，不含05大类",
        ),
        Flag(
            "secondary_sector",
            "第二产业",
            every(Under(("B", "C", "D", "E")), Not(Under(("11", "43")))),
            "《三次产业划分规定》（2018年修订），B、C、D、E门类，不含11、43大类",
        ),
        Flag(
            "tertiary_sector",
            "第三产业",
            every(Not(Is("primary_sector")), Not(Is("secondary_sector"))),
            "《三次产业划分规定》（2018年修订），第一、二产业以外，含05、11、43大类",
        ),
        Flag("industrial", "工业", Under(("B", "C", "D")), "采矿业、制造业、电力热力燃气及水生产和供应业"),
        Flag(
            "equipment_making",
            "装备制造业",
            Under(("33", "34", "35", "36", "37", "38", "39", "40")),
            "GB/T 4754-2017第33至40大类",
        ),
        Flag(
            "energy_intensive",
            "六大高耗能行业",
            Under(("25", "26", "30", "31", "32", "44")),
            "国家统计局统计公报口径：第25、26、30、31、32、44大类",
        ),
        Flag(
            "textile_chain", "纺织服装产业", Under(("17", "18", "28")), "第17纺织业、18服装服饰业、28化学纤维制造业大类"
        ),
        Flag(
            "processing_of_food",
            "食品饮料制造业",
            Under(("13", "14", "15")),
            "第13农副食品加工业、14食品制造业、15酒饮料和精制茶制造业大类",
        ),
        Flag("real_estate_and_building", "建筑业和房地产业", Under(("E", "K")), "E建筑业、K房地产业门类"),
        Flag("trade_and_catering", "批零住餐业", Under(("F", "H")), "F批发和零售业、H住宿和餐饮业门类"),
        Flag(
            "software_and_internet",
            "互联网和软件业",
            Under(("64", "65")),
            "第64互联网和相关服务、65软件和信息技术服务业大类",
        ),
        Flag(
            "services",
            "服务业（不含批零住餐、金融、公共管理）",
            Under(("G", "I", "K", "L", "M", "N", "O", "P", "Q", "R")),
            "G、I、K、L、M、N、O、P、Q、R门类",
        ),
    ),
)
