"""What is awaited from the treasury: support that the enterprise was paid."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, MONEY


class Treasury(Department):
    """Support paid from fiscal funds."""

    title = "浙江省财政厅"

    support = awaited(MONEY, "近12个月获得财政奖补金额", "L3")
    support_3_years = awaited(MONEY, "近三年获得财政奖补金额", "L3")
    support_items = awaited(COUNT, "近三年获得财政奖补项数", "L3", unit="项")
    procurement = awaited(MONEY, "近12个月政府采购中标金额", "L1")
