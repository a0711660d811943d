"""What is awaited from market regulation besides its register: annual reports, rolls, complaints."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, FLAG, MONEY, TEXT


class Market(Department):
    """Annual reports, rolls of bad faith, intellectual property."""

    title = "浙江省市场监督管理局"

    employees = awaited(COUNT, "从业人员数", "L2", unit="人", meaning="企业年报的从业人数")
    employees_before = awaited(COUNT, "上年从业人员数", "L2", unit="人", meaning="上一年企业年报的从业人数")
    paid_capital = awaited(MONEY, "实缴资本", "L1")
    reports_missed = awaited(COUNT, "应报未报年报年数", "L1", unit="年")
    abnormal = awaited(FLAG, "列入经营异常名录", "L1")
    seriously_dishonest = awaited(FLAG, "列入严重违法失信名单", "L1")
    equity_pledges = awaited(COUNT, "有效股权出质笔数", "L1", unit="笔")
    chattel_mortgages = awaited(COUNT, "有效动产抵押笔数", "L1", unit="笔")
    representative_changes = awaited(COUNT, "近12个月法定代表人变更次数", "L1", unit="次")
    address_changes = awaited(COUNT, "近12个月住所变更次数", "L1", unit="次")
    shareholder_changes = awaited(COUNT, "近12个月股东变更次数", "L1", unit="次")
    branches = awaited(COUNT, "存续分支机构数", "L1", unit="家")
    investments = awaited(COUNT, "对外投资企业数", "L1", unit="家")
    from_household = awaited(FLAG, "由个体工商户转型", "L1")
    trademarks = awaited(COUNT, "有效注册商标数", "L1", unit="件")
    patents = awaited(COUNT, "有效专利数", "L1", unit="件")
    invention_patents = awaited(COUNT, "有效发明专利数", "L1", unit="件")
    standards_led = awaited(COUNT, "主导制定国际、国家、行业或“浙江制造”标准数", "L1", unit="项")
    brand_rolls = awaited(TEXT, "品牌质量名单", "L1", meaning="在有效期内的名单，以;相连")
    complaints = awaited(COUNT, "近12个月消费投诉件数", "L2", unit="件")
    spot_checks_failed = awaited(COUNT, "近12个月监督抽查不合格批次", "L2", unit="批次")
    special_equipment = awaited(COUNT, "在用特种设备台数", "L2", unit="台")
    special_equipment_overdue = awaited(COUNT, "超期未检特种设备台数", "L2", unit="台")
