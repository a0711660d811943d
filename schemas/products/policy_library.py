"""The policy library: each policy as structure beside its words, and how many of the county's enterprises it fits."""

from schemas.kinds import COUNT, COUNTY, DAY, TEXT, of_unit
from schemas.product import Field, Product, field, required

_UNITS = of_unit(COUNT, "家")
_JUDGED = ("policy_list.condition", "enterprise.credit_code")
_FEW = "所问数据高于L1的，1至2家不公布，并略去可由合计推算的其他各项"


def _of_list(title: str, column: str, meaning: str = "") -> Field:
    return required(TEXT, title, "L1", meaning=meaning, of=(f"policy_list.{column}",))


def _count(title: str, meaning: str) -> Field:
    return field(_UNITS, title, "L3", meaning=f"{meaning}；{_FEW}", of=_JUDGED)


class PolicyLibrary(Product):
    """One row a policy in force, by the version that holds, with the enterprises that it fits counted.

    The words of a policy are open to all. What is counted bears the level of the most sensitive that any policy asks,
    whatever the row, because a column is in a view or is not.
    """

    title = "政策库"
    description = (
        "现行政策的对象、条件、内容、方式与条款出处，条件同时以文字和结构写明；本县符合、不符合、待定的企业数，"
        "以及待定是因为缺哪个部门的哪项数据。"
    )
    entity = "enterprise"
    grain = ("county", "policy")
    may_fall = True
    version = "2.0.0"
    made_of = ("enterprise_mirror",)
    needs = ("market_regulation_enterprise",)

    county = required(COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划", of=("enterprise.county",))
    county_name = required(TEXT, "县（市、区）", "L1", of=("enterprise.county",))
    policy = _of_list("政策代码", "policy")
    policy_title = _of_list("政策名称", "title")
    issued_by = _of_list("发文机关", "issued_by")
    since = required(DAY, "现行版本自何日起", "L1", of=("policy_list.since",))
    source = _of_list("文件", "source")
    clause = _of_list("条款", "clause")
    example = field(TEXT, "示例说明", "L1", meaning="示例性政策写明系编造，其余为空", of=("policy_list.example",))
    aimed_at = _of_list("对象", "aimed_at", "以标签、数据项和行业写明的文字")
    condition = _of_list("条件", "condition", "以标签、数据项和行业写明的文字")
    content = _of_list("内容", "content")
    method = _of_list("方式", "method")
    structure = _of_list(
        "对象与条件的结构", "structure", "JSON：all、any、not连接的tag、column、industry；数额按标准单位，单位写在unit"
    )
    asks = _of_list("所问数据", "asks", "条件所问的标签与数据项，以;相连")
    asks_level = _of_list("匹配结果分级", "level", "所问数据中最高的一级")
    enterprises = required(_UNITS, "本县企业数", "L1", meaning="企业镜像中的全部企业", of=("enterprise.credit_code",))
    fits = _count("符合的企业数", "对象与条件均成立")
    does_not_fit = _count("不符合的企业数", "对象或条件有一项不成立，不论其余数据有无")
    undecided = _count("待定的企业数", "缺少数据，成立与否不能判断")
    withheld = field(
        TEXT,
        "不公布的数",
        "L3",
        meaning="符合、不符合、待定中因少于3家或防止推算而不公布的，不分原因，以;相连；空：全部公布",
        of=_JUDGED,
    )
    lacks = field(
        TEXT, "待定所缺的数据", "L3",
        meaning="每项写明数据、部门、因缺此项而待定的企业数，由多到少，1至2家的不公布、列在最后，以;相连；一家企业可缺多项；待定数不公布的为空",
        of=_JUDGED,
    )  # fmt: skip
    lacks_structure = field(
        TEXT, "待定所缺数据的结构", "L3",
        meaning="JSON：datum、title、departments、awaited（尚无部门归集）、enterprises（不公布的为空）",
        of=_JUDGED,
    )  # fmt: skip
