"""What is awaited from culture and tourism: rolls of places and hotels."""

from schemas.awaits import Department, awaited
from schemas.kinds import TEXT


class Culture(Department):
    """Rolls of places and hotels."""

    title = "浙江省文化和旅游厅"

    culture_rolls = awaited(TEXT, "文旅名单", "L1", meaning="在有效期内的名单，以;相连")
