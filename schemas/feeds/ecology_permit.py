"""The ecology and environment department's pollutant discharge permits."""

from schemas.feed import Api, Feed, JsonLines, Place, column, daily, optional
from schemas.kinds import CREDIT_CODE, NAME, PERMIT_NUMBER, code, day

_DAY = day("%Y年%m月%d日")


class EcologyPermit(Feed):
    """Discharge permits; each pull brings those issued or changed since the last."""

    title = "排污许可证"
    department = "ecology"
    department_title = "浙江省生态环境厅"
    due = daily("07:00")
    arrives = JsonLines()
    source = Api(path="/permits")
    delivers = "increment"
    grain = ("permit_number",)
    identity = "credit_code"
    place = Place(division="divisionCode", required=False)

    permit_number = column("permitNo", PERMIT_NUMBER, "许可证编号")
    credit_code = column("permitNo", CREDIT_CODE, "统一社会信用代码", take=r"^\s*(.{18})")
    name = column("unitName", NAME, "单位名称")
    permit_class = column("managementClass", code("permit_class", source="ecology"), "管理类别")
    issued = column("issueDate", _DAY, "发证日期")
    valid_until = optional("validUntil", _DAY, "有效期至")
