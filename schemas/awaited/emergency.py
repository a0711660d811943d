"""What is awaited from emergency management and fire: safety grades, hazards, accidents."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, FLAG, TEXT


class Emergency(Department):
    """Safety at work and fire."""

    title = "浙江省应急管理厅"

    safety_grade = awaited(TEXT, "安全生产标准化等级", "L1", meaning="一级、二级、三级")
    major_hazards = awaited(COUNT, "危险化学品重大危险源数", "L2", unit="处")
    hazards_open = awaited(COUNT, "未整改安全隐患数", "L2", unit="项")
    accidents = awaited(COUNT, "近三年生产安全事故起数", "L2", unit="起")
    risk_processes = awaited(TEXT, "高风险作业类型", "L2", meaning="以;相连")
    fire_key_unit = awaited(FLAG, "消防安全重点单位", "L2")
