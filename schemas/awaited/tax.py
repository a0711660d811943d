"""What is awaited from the tax administration: years before the last, profit, credit, arrears."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, MONEY, TEXT


class Tax(Department):
    """Returns of three years and the grade of tax credit."""

    title = "国家税务总局浙江省税务局"

    value_added_tax = awaited(MONEY, "上一年度实缴增值税", "L3")
    income_tax = awaited(MONEY, "上一年度实缴企业所得税", "L3")
    assets = awaited(MONEY, "年末资产总额", "L3")
    liabilities = awaited(MONEY, "年末负债总额", "L3")
    tax_arrears = awaited(MONEY, "欠税余额", "L3")
    export_rebate = awaited(MONEY, "上一年度出口退（免）税额", "L3")
    research_deduction = awaited(MONEY, "上一年度研发费用加计扣除额", "L3")
    taxpayer_scale = awaited(TEXT, "增值税纳税人类别", "L2", meaning="一般纳税人或小规模纳税人")
    zero_declarations = awaited(COUNT, "近12个月零申报月数", "L3", unit="个月")
