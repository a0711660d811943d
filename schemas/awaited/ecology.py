"""What is awaited from ecology and environment besides permits: grades, waste, complaints."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, FLAG, TEXT
from schemas.measure import QUANTITY


class Ecology(Department):
    """Environmental credit, waste and complaints."""

    title = "浙江省生态环境厅"

    environment_grade = awaited(TEXT, "生态环境信用等级", "L2", meaning="A、B、C、D、E五级")
    key_polluter = awaited(FLAG, "列入环境监管重点单位名录", "L1")
    hazardous_waste = awaited(QUANTITY, "上一年度危险废物产生量", "L2", unit="吨")
    environment_complaints = awaited(COUNT, "近12个月生态环境信访件数", "L2", unit="件")
    emission_exceeded = awaited(COUNT, "近12个月自动监测超标天数", "L2", unit="天")
