"""What is awaited from human resources besides the roll of employers: a year before, wages, stability of jobs."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, FLAG, MONEY, TEXT
from schemas.measure import RATIO


class Labour(Department):
    """Insured headcount over time and labour relations."""

    title = "浙江省人力资源和社会保障厅"

    insured_before = awaited(COUNT, "上年同期参保人数", "L2", unit="人")
    insured_before_2 = awaited(COUNT, "两年前同期参保人数", "L2", unit="人")
    insured_month_before = awaited(COUNT, "上月参保人数", "L2", unit="人")
    contribution_months = awaited(COUNT, "连续缴纳失业保险费月数", "L2", unit="个月")
    insurance_arrears = awaited(MONEY, "社会保险费欠费余额", "L3")
    layoff_rate = awaited(RATIO, "上年度裁员率", "L2")
    wages = awaited(MONEY, "月人均缴费工资", "L3")
    graduates_hired = awaited(COUNT, "近12个月招用高校毕业生人数", "L2", unit="人")
    wage_defaulter = awaited(FLAG, "列入拖欠农民工工资失信联合惩戒名单", "L2")
    labour_grade = awaited(TEXT, "劳动保障守法诚信等级", "L2", meaning="A、B、C三级，人社部规〔2016〕1号")
    arbitrations = awaited(COUNT, "近12个月劳动人事争议仲裁案件数", "L2", unit="件")
    high_skilled = awaited(COUNT, "在职高技能人才数", "L2", unit="人")
    foreign_experts = awaited(COUNT, "持有效工作许可的外国人数", "L2", unit="人")
