"""What is awaited from development and reform: public credit and projects."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, MONEY, TEXT
from schemas.measure import QUANTITY


class Development(Department):
    """Public credit grades and investment projects."""

    title = "浙江省发展和改革委员会"

    credit_grade = awaited(TEXT, "公共信用评价等级", "L2", meaning="优秀、良好、中等、较差、差五级")
    projects = awaited(COUNT, "在建投资项目数", "L2", unit="个")
    investment = awaited(MONEY, "本年累计完成投资", "L3")
    carbon = awaited(QUANTITY, "年度温室气体排放量", "L3", unit="吨二氧化碳当量")
