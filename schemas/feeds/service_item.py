"""The counties' service items: how each of them does an approval or an inspection."""

from schemas.feed import Csv, Feed, Place, column, monthly, optional
from schemas.kinds import COUNT, NAME, TEXT, code, flag, worded

_DAYS = worded(COUNT, {"即办": "0"})


class ServiceItem(Feed):
    """One row a county and item of its list, all counties in one file every month."""

    title = "审批监管事项"
    department = "data_bureau"
    department_title = "浙江省数据局"
    due = monthly(3, "18:00")
    arrives = Csv()
    delivers = "snapshot"
    may_repeat = True
    grain = ("county_name", "local_code")
    entity = None
    place = Place(name="QXMC", office=True)

    county_name = column("QXMC", TEXT, "县（市、区）（原文）")
    local_code = column("SXBM", TEXT, "事项编码（原文）")
    item = column("SXBM", code("service_item", source="zhejiang_item"), "标准事项")
    name = column("SXMC", NAME, "事项名称（县里所称）")
    materials = column("CLS", COUNT, "申请材料数")
    legal_days = optional("FDQX", _DAYS, "法定办结时限（工作日）")
    days = column("CNQX", _DAYS, "承诺办结时限（工作日）")
    steps = column("HJS", COUNT, "办理环节数")
    visits = column("DXCCS", COUNT, "到办事现场次数")
    online = column("SFWB", flag("是", "否"), "是否可网上办理")
    depth = optional("WBSD", code("online_depth", source="service_platform"), "网上办理深度")
