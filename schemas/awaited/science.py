"""What is awaited from science and technology besides its list: further rolls, contracts."""

from schemas.awaits import Department, awaited
from schemas.kinds import MONEY, TEXT


class Science(Department):
    """Rolls of innovation and technology contracts."""

    title = "浙江省科学技术厅"

    science_rolls = awaited(TEXT, "科技创新名单", "L1", meaning="在有效期内的名单，以;相连")
    technology_contracts = awaited(MONEY, "近12个月技术合同成交额", "L2")
