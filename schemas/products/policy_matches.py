"""Policy matches: for which enterprises of a county a policy is meant, and whose only lacks a datum."""

from schemas.kinds import COUNTY, CREDIT_CODE, DAY, NAME, TEXT
from schemas.product import Product, field, required

_TAGS = ("enterprise.credit_code",)


class PolicyMatches(Product):
    """One row an enterprise and policy that fits it, or may fit it once a department completes a cell.

    What no department brings yet is lacking for all alike and told once a policy, in the policy library. A row bears
    the level of what its policy asks.
    """

    title = "政策匹配"
    description = (
        "县域企业与政策的匹配：符合条件的企业，以及只差个别数据即可判断的企业。"
        "条件不符的企业不列；所需数据尚无部门归集的政策见政策库。"
    )
    entity = "enterprise"
    identifier = "credit_code"
    grain = ("policy", "credit_code")
    levels = ("L1", "L2", "L3")
    row_level = "level"
    may_fall = True
    version = "1.1.0"
    made_of = ("enterprise_mirror",)
    needs = ("market_regulation_enterprise",)

    policy = required(TEXT, "政策代码", "L1", of=("policy_list.policy",))
    policy_title = required(TEXT, "政策名称", "L1", of=("policy_list.title",))
    issued_by = required(TEXT, "发文机关", "L1", of=("policy_list.issued_by",))
    policy_since = required(DAY, "现行版本自何日起", "L1", of=("policy_list.since",))
    county = required(COUNTY, "所在县（市、区）代码", "L1", meaning="按最新行政区划")
    county_name = required(TEXT, "所在县（市、区）", "L1", of=("enterprise.county",))
    credit_code = required(CREDIT_CODE, "统一社会信用代码", "L1")
    name = required(NAME, "企业名称", "L1")
    level = required(TEXT, "匹配结果分级", "L1", meaning="政策所问数据中最高的一级", of=("policy_list.level",))
    verdict = required(TEXT, "匹配结果", "L1", meaning="符合，或待补：补齐所缺数据方可判断", of=_TAGS)
    lacks = field(TEXT, "所缺数据", "L1", meaning="待补时所缺的各项数据，以;相连", of=_TAGS)
    departments = field(TEXT, "所缺数据的部门", "L1", meaning="可补齐所缺数据的部门，以;相连", of=_TAGS)
