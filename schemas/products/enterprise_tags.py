"""Enterprise tags: what can be said of each enterprise in a county's own terms, beside its mirror."""

from typing import ClassVar

from schemas.kinds import COUNTY, CREDIT_CODE, NAME, TEXT
from schemas.product import Level, Product, required

# Families of tags that the product leaves out.
WITHOUT = ("industry_class",)


class EnterpriseTags(Product):
    """One row an enterprise of the mirror; a column a tag of `schemas/tags/`, for which its departments bring the data.

    A flag is yes, no, or empty where it is unknown. The classes of industry are left out: the mirror has the code.
    So are counted days: the mirror has the day, and flags say what hangs on it.
    """

    title = "企业标签"
    description = (
        "县域企业的数字镜像：每家企业一行，每个标签一列。是否类标签空值表示不明，不等于“否”；"
        "数值类标签空值表示无法计算。行业小类不设标签，见企业镜像的行业代码；逐日变动的天数不设标签，见相应日期。"
    )
    entity = "enterprise"
    identifier = "credit_code"
    levels: ClassVar[tuple[Level, ...]] = ("L1", "L2", "L3")
    version = "4.1.0"
    made_of = ("enterprise_mirror",)
    needs = ("market_regulation_enterprise",)

    credit_code = required(CREDIT_CODE, "统一社会信用代码", "L1")
    name = required(NAME, "企业名称", "L1")
    county = required(COUNTY, "所在县（市、区）代码", "L1", meaning="按最新行政区划")
    county_name = required(TEXT, "所在县（市、区）", "L1", of=("enterprise.county",))
