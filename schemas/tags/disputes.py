"""Where departments contradict each other about an enterprise."""

from datetime import date

from schemas.condition import Compare
from schemas.tag import Bands, Family, Flag

DISPUTES = Family(
    "disputes",
    "部门数据争议",
    "县数据局",
    "哪些企业的部门数据互相矛盾，需先核实再用？",
    date(2026, 7, 1),
    (
        Bands("disputes", "disputes", "部门数据冲突", (1, 2, 4), ("0项", "1项", "2至3项", "4项及以上")),
        Flag("undisputed", "部门数据一致", Compare("disputes", "at_most", 0), "部门之间无取值不一致的列"),
    ),
)
