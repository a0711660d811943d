"""What is awaited from development and reform: public credit and projects."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, MONEY
from schemas.measure import QUANTITY


class Development(Department):
    """Public credit grades and investment projects."""

    title = "浙江省发展和改革委员会"

    projects = awaited(COUNT, "在建投资项目数", "L2", unit="个")
    investment = awaited(MONEY, "本年累计完成投资", "L3")
    carbon = awaited(QUANTITY, "年度温室气体排放量", "L3", unit="吨二氧化碳当量")
