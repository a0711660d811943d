"""What is awaited from statistics: output, value added, research, energy."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, FLAG, MONEY
from schemas.measure import QUANTITY


class Statistics(Department):
    """The joint web reporting of enterprises above the size of statistics."""

    title = "浙江省统计局"

    on_list = awaited(FLAG, "一套表联网直报在库", "L2")
    output = awaited(MONEY, "上一年度工业总产值", "L3")
    output_before = awaited(MONEY, "上上年度工业总产值", "L3")
    value_added = awaited(QUANTITY, "上一年度工业增加值", "L3", unit="元")
    research_staff = awaited(COUNT, "研发人员数", "L3", unit="人")
    energy = awaited(QUANTITY, "上一年度综合能源消费量", "L3", unit="吨标准煤")
    energy_before = awaited(QUANTITY, "上上年度综合能源消费量", "L3", unit="吨标准煤")
