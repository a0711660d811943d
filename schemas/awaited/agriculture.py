"""What is awaited from agriculture: rolls of farming enterprises."""

from schemas.awaits import Department, awaited
from schemas.kinds import TEXT


class Agriculture(Department):
    """Rolls of farming enterprises."""

    title = "浙江省农业农村厅"

    farming_rolls = awaited(TEXT, "农业名单", "L1", meaning="在有效期内的名单，以;相连")
