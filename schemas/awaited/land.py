"""What is awaited from natural resources: the land an enterprise uses."""

from schemas.awaits import Department, awaited
from schemas.kinds import FLAG
from schemas.measure import QUANTITY, RATIO


class Land(Department):
    """Industrial land by user."""

    title = "浙江省自然资源厅"

    land_idle = awaited(QUANTITY, "闲置土地面积", "L2", unit="亩")
    land_leased_out = awaited(QUANTITY, "出租用地面积", "L2", unit="亩")
    floor_area_ratio = awaited(RATIO, "容积率", "L2")
    land_breach = awaited(FLAG, "未履行土地出让合同约定", "L2")
