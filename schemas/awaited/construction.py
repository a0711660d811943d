"""What is awaited from housing and construction: ranks of builders."""

from schemas.awaits import Department, awaited
from schemas.kinds import COUNT, TEXT


class Construction(Department):
    """Ranks of builders and developers."""

    title = "浙江省住房和城乡建设厅"

    builder_grade = awaited(TEXT, "建筑业企业资质等级", "L1", meaning="最高一项资质的等级")
    sites = awaited(COUNT, "在建工程数", "L2", unit="个")
    builder_credit = awaited(TEXT, "建筑市场信用等级", "L2", meaning="A、B、C、D四级")
