"""What is awaited from the platform of joint enforcement: penalties by field."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, MONEY


class Enforcement(Department):
    """Administrative penalties, counted to zero where there was none."""

    title = "浙江省司法厅"

    penalties = awaited(COUNT, "近12个月行政处罚次数", "L1", unit="次")
    penalties_3_years = awaited(COUNT, "近三年行政处罚次数", "L1", unit="次")
    penalties_amount = awaited(MONEY, "近12个月罚没金额", "L2")
    serious_penalties = awaited(COUNT, "近三年责令停产停业或吊销许可次数", "L1", unit="次")
    inspections = awaited(COUNT, "近12个月行政检查次数", "L2", unit="次")
    penalties_ecology = awaited(COUNT, "近三年生态环境领域行政处罚次数", "L1", unit="次")
    penalties_emergency = awaited(COUNT, "近三年应急管理领域行政处罚次数", "L1", unit="次")
    penalties_fire = awaited(COUNT, "近三年消防救援领域行政处罚次数", "L1", unit="次")
    penalties_tax = awaited(COUNT, "近三年税务领域行政处罚次数", "L1", unit="次")
    penalties_labour = awaited(COUNT, "近三年人力社保领域行政处罚次数", "L1", unit="次")
    penalties_construction = awaited(COUNT, "近三年住房城乡建设领域行政处罚次数", "L1", unit="次")
    penalties_transport = awaited(COUNT, "近三年交通运输领域行政处罚次数", "L1", unit="次")
    penalties_city = awaited(COUNT, "近三年综合执法领域行政处罚次数", "L1", unit="次")
    penalties_health = awaited(COUNT, "近三年卫生健康领域行政处罚次数", "L1", unit="次")
    penalties_land = awaited(COUNT, "近三年自然资源领域行政处罚次数", "L1", unit="次")
    penalties_agriculture = awaited(COUNT, "近三年农业农村领域行政处罚次数", "L1", unit="次")
    penalties_water = awaited(COUNT, "近三年水利领域行政处罚次数", "L1", unit="次")
    penalties_culture = awaited(COUNT, "近三年文化旅游领域行政处罚次数", "L1", unit="次")
