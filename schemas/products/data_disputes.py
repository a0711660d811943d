"""Data disputes: what departments say otherwise of a county's enterprises, so that the county can send it back."""

from schemas.kinds import COUNTY, CREDIT_CODE, DAY, NAME, TEXT
from schemas.product import Product, field, required


class DataDisputes(Product):
    """One row a value that lost: an enterprise, a column and the department whose word did not count.

    A row bears the level of the column in dispute: a view lacks the rows above its level.
    """

    title = "数据争议"
    description = "部门之间对县域企业取值不一致之处，每个落选值一行，供县里退回核实。"
    entity = "enterprise"
    identifier = "credit_code"
    grain = ("credit_code", "column", "lost_feed")
    levels = ("L1", "L2", "L3")
    row_level = "level"
    may_fall = True
    version = "1.2.0"
    needs = ("market_regulation_enterprise",)

    credit_code = required(CREDIT_CODE, "统一社会信用代码", "L1")
    name = field(NAME, "企业名称", "L1")
    county = required(COUNTY, "所在县（市、区）代码", "L1", meaning="按最新行政区划")
    county_name = required(TEXT, "所在县（市、区）", "L1", of=("enterprise.county",))
    column = required(TEXT, "争议列", "L1", of=("disputes.column",))
    column_title = required(TEXT, "争议列名称", "L1", of=("disputes.column",))
    level = required(TEXT, "争议列分级", "L1", meaning="与争议列在企业镜像中的分级相同", of=("attribute_list.level",))
    won_department = required(TEXT, "采信部门", "L1", of=("disputes.won_by",))
    won_feed = required(TEXT, "采信数据", "L1", of=("disputes.won_by",))
    won_record = field(TEXT, "采信数据的记录编号", "L1", meaning="该部门自己的主键", of=("disputes.won_record",))
    won_value = required(TEXT, "采信值", "L1", of=("disputes.value",))
    won_name = field(TEXT, "采信值名称", "L1", meaning="代码所指", of=("disputes.value",))
    won_since = required(
        DAY, "采信数据自何日如此", "L1", meaning="该行最近一次变动的批次日期", of=("disputes.won_since",)
    )
    lost_department = required(TEXT, "落选部门", "L1", of=("disputes.lost_by",))
    lost_feed = required(TEXT, "落选数据", "L1", of=("disputes.lost_by",))
    lost_record = field(TEXT, "落选数据的记录编号", "L1", meaning="该部门自己的主键", of=("disputes.lost_record",))
    lost_value = required(TEXT, "落选值", "L1", of=("disputes.lost_value",))
    lost_name = field(TEXT, "落选值名称", "L1", meaning="代码所指", of=("disputes.lost_value",))
    lost_since = required(
        DAY, "落选数据自何日如此", "L1", meaning="该行最近一次变动的批次日期", of=("disputes.lost_since",)
    )
    since = required(
        DAY, "争议至迟始于", "L1", meaning="采信与落选两行都不再变动之日",
        of=("disputes.won_since", "disputes.lost_since"),
    )  # fmt: skip
