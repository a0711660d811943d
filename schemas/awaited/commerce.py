"""What is awaited from commerce: foreign investment, investment abroad, electronic commerce."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, FLAG, MONEY, TEXT
from schemas.measure import RATIO


class Commerce(Department):
    """Investment from and to abroad."""

    title = "浙江省商务厅"

    foreign_capital = awaited(MONEY, "本年实际使用外资", "L3")
    foreign_share = awaited(RATIO, "外方出资比例", "L2")
    invested_abroad = awaited(COUNT, "境外投资企业数", "L2", unit="家")
    cross_border = awaited(FLAG, "开展跨境电子商务业务", "L2")
    commerce_rolls = awaited(TEXT, "商务名单", "L1", meaning="在有效期内的名单，以;相连")
