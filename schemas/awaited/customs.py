"""What is awaited from customs: trade of two years, the grade of the trader."""

from schemas.awaits import Department, awaited
from schemas.kinds import MONEY, TEXT


class Customs(Department):
    """Imports and exports by the enterprise that trades."""

    title = "中华人民共和国杭州海关"

    exports = awaited(MONEY, "近12个月出口额", "L3")
    exports_before = awaited(MONEY, "上一个12个月出口额", "L3")
    imports = awaited(MONEY, "近12个月进口额", "L3")
    imports_before = awaited(MONEY, "上一个12个月进口额", "L3")
    customs_grade = awaited(TEXT, "海关信用等级", "L2", meaning="高级认证企业、常规管理企业或失信企业")
