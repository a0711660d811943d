"""The open-data portals of the province and its cities: what they offer."""

from schemas.feed import Csv, Feed, Listing, Place, column, monthly, optional
from schemas.kinds import COUNT, DAY, MILLISECOND_DAY, TEXT, code, either

_DAY = either(DAY, MILLISECOND_DAY)
# 【三门县】三门县统计局, 温州市鹿城区府办, 展茅街道: the place that a department's name begins with.
_OF_A_PLACE = r"^【?((?:[^()\s]{2,4}市)?[^()\s]{1,7}?[^()\s市县区](?:市|县|区|街道|镇|乡))"

_HEADERS = {
    "资源名称": "标题", "发布部门": "数源单位", "资源提供方": "数源单位", "资源标签": "标签",
    "数据格式": "资源格式", "开放等级": "开放条件", "数据量": "数据容量", "数据条数": "数据容量",
    "发布时间": "发布日期", "上线日期": "发布日期", "更新时间": "更新日期",
}  # fmt: skip
_NOT_EVERYWHERE = (
    "摘要", "标签", "资源格式", "数源单位", "数据领域", "行业分类", "开放条件", "更新周期", "所属区县", "详情页网址",
)  # fmt: skip


class OpenDataCatalogue(Feed):
    """Data sets by portal, each portal's whole list in a file of its own and in words of its own."""

    title = "公共数据开放目录"
    department = "data_bureau"
    department_title = "浙江省数据局"
    due = monthly(20, "18:00")
    arrives = Csv(lines_in_quotes=True)
    delivers = "snapshot"
    part = r"^zhejiang_(?P<portal>[a-z]+)"
    dated = "published"
    newest = "updated"
    grain = ("portal", "district", "department_name", "name")
    entity = None
    nulls = ("", "null", "暂无", "0000-00-00")
    aliases = _HEADERS
    may_lack = _NOT_EVERYWHERE
    place = Place(
        name="所属区县", address="数源单位", address_take=_OF_A_PLACE, written="发布日期", required=False
    )  # fmt: skip
    ignored = ("标签", "行业分类")
    lists = Listing("portal", "name", "department_name", "district", "summary", "updated", "size")

    portal = column("portal", code("open_data_portal"), "开放平台")
    name = column("标题", TEXT, "数据集名称")
    summary = optional("摘要", TEXT, "摘要")
    district = optional("所属区县", TEXT, "所属区县（原文）")
    department_name = optional("数源单位", TEXT, "数源单位（原文）")
    domain = optional("数据领域", TEXT, "数据领域（原文）")
    openness = optional("开放条件", TEXT, "开放条件（原文）")
    cycle = optional("更新周期", code("update_cycle", source="open_data_portal"), "更新周期", take=r"^([^(]+)")
    data_format = optional("资源格式", code("data_format", source="open_data_portal"), "资源格式")
    size = optional("数据容量", COUNT, "数据量（平台所称）")
    published = column("发布日期", _DAY, "发布日期")
    updated = optional("更新日期", _DAY, "更新日期")
    url = optional("详情页网址", TEXT, "详情页网址")
