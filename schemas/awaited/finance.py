"""What is awaited from the central bank and finance: loans, listing, support received."""

from schemas.awaits import Department, awaited
from schemas.kinds import FLAG, MONEY, TEXT


class Finance(Department):
    """Loans and listing."""

    title = "中国人民银行浙江省分行"

    loans = awaited(MONEY, "银行贷款余额", "L4")
    loans_before = awaited(MONEY, "上年同期银行贷款余额", "L4")
    overdue_loans = awaited(MONEY, "逾期贷款余额", "L4")
    first_loan = awaited(FLAG, "近12个月获得首贷", "L4")
    listing = awaited(TEXT, "上市（挂牌）板块", "L1")
    listing_stage = awaited(TEXT, "上市培育阶段", "L2")
