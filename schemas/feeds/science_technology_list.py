"""The science and technology department's lists of recognised enterprises."""

from schemas.feed import Feed, Place, Workbook, column, optional, yearly
from schemas.kinds import CERTIFICATE_NUMBER, EXCEL_DAY, NAME, code


class ScienceTechnologyList(Feed):
    """Recognised enterprises by name and certificate; the whole list each time."""

    title = "科技企业名单"
    department = "science_technology"
    department_title = "浙江省科学技术厅"
    due = yearly(1, 31, "18:00")
    arrives = Workbook(title_rows=1, header_rows=2)
    delivers = "snapshot"
    grain = ("certificate",)
    identity = "name"
    place = Place(name="所在地")
    ignored = ("序号",)

    name = column("企业名称", NAME, "企业名称")
    listed = column("名单类别", code("technology_list", source="science_technology"), "名单类别")
    certificate = column("证书编号", CERTIFICATE_NUMBER, "证书编号")
    issued = column("发证日期", EXCEL_DAY, "发证日期")
    valid_until = optional("有效期至", EXCEL_DAY, "有效期至")
