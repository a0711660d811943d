"""The development and reform commission's public credit ratings of enterprises."""

from schemas.feed import Csv, Feed, column, monthly
from schemas.kinds import CREDIT_CODE, DAY, NAME, SCORE, code


class DevelopmentReformCredit(Feed):
    """Ratings as of a day, all enterprises in one file every month."""

    title = "公共信用评价"
    department = "development_reform"
    department_title = "浙江省发展和改革委员会"
    due = monthly(15, "18:00")
    arrives = Csv(separator="|")
    delivers = "snapshot"
    grain = ("credit_code", "rated")
    identity = "credit_code"
    describes = False

    credit_code = column("tyshxydm", CREDIT_CODE, "统一社会信用代码")
    name = column("jgmc", NAME, "机构名称")
    score = column("pjdf", SCORE, "评价得分")
    grade = column("pjdj", code("credit_grade", source="development_reform"), "评价等级")
    rated = column("pjrq", DAY, "评价日期")
