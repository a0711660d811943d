"""What is awaited from the high court: cases, enforcement, insolvency."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, FLAG, MONEY


class Courts(Department):
    """Cases and enforcement."""

    title = "浙江省高级人民法院"

    dishonest_debtor = awaited(FLAG, "列入失信被执行人名单", "L1")
    consumption_limited = awaited(FLAG, "被限制高消费", "L1")
    insolvency = awaited(FLAG, "已受理破产申请", "L1")
    enforcements = awaited(COUNT, "未结执行案件数", "L2", unit="件")
    enforcement_amount = awaited(MONEY, "未结执行标的额", "L2")
    lawsuits = awaited(COUNT, "近12个月作为被告的一审案件数", "L2", unit="件")
