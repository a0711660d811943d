"""What is awaited from the grid: metered use of twelve months and of the month."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT
from schemas.measure import QUANTITY


class Power(Department):
    """Metered electricity by customer, summed to the enterprise."""

    title = "国网浙江省电力有限公司"

    electricity_month_before = awaited(QUANTITY, "上年同月用电量", "L3", unit="千瓦时")
    months_without_power = awaited(COUNT, "近12个月用电量为零的月数", "L3", unit="个月")
    power_capacity = awaited(QUANTITY, "合同容量", "L2", unit="千伏安")
    solar_capacity = awaited(QUANTITY, "分布式光伏装机容量", "L2", unit="千瓦")
