"""What is awaited from economy and information technology: rolls, clusters, the grade of output per mu."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, TEXT


class Economy(Department):
    """Rolls of the industrial economy and the yearly review of output per mu."""

    title = "浙江省经济和信息化厅"

    industry_rolls = awaited(TEXT, "经信名单", "L1", meaning="在有效期内的名单，以;相连")
    clusters = awaited(TEXT, "所属先进制造业集群", "L1", meaning="“415X”先进制造业集群，以;相连")
    per_mu_grade = awaited(TEXT, "亩均效益综合评价等级", "L2", meaning="A、B、C、D四档，最近一次评价")
    per_mu_grade_before = awaited(TEXT, "上一次亩均效益综合评价等级", "L2")
    digital_level = awaited(
        COUNT, "数字化水平评测等级", "L2", unit="级", meaning="中小企业数字化水平评测指标，一至四级"
    )
    chain_role = awaited(TEXT, "产业链环节", "L1", meaning="上游、中游或下游")
