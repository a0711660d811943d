"""Service items: how each county does an approval or inspection, beside the best county and the median."""

from schemas.kinds import COUNT, COUNTY, FLAG, NAME, TEXT, code, of_unit
from schemas.product import Product, field, required

_DAYS, _COUNTIES = of_unit(COUNT, "工作日"), of_unit(COUNT, "个县（市、区）")
_AMONG = "各县以承诺时限最短的一项计"


class ServiceItems(Product):
    """One row an item as the county does it, matched to the standard item."""

    title = "审批监管事项"
    description = "县里各事项的材料、时限、环节，对照标准事项，列出全省最优县与中位数。"
    grain = ("county", "local_code")
    may_fall = True
    version = "1.2.0"
    needs = ("service_item",)

    county = required(COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划", of=("service_item.county",))
    county_name = required(TEXT, "县（市、区）", "L1", of=("service_item.county",))
    local_code = required(TEXT, "县里的事项编码", "L1", of=("service_item.local_code",))
    name = required(NAME, "县里的事项名称", "L1", of=("service_item.name",))
    item = required(code("service_item"), "标准事项代码", "L1", of=("service_item.item",))
    item_name = required(TEXT, "标准事项", "L1", of=("service_item.item",))
    materials = required(COUNT, "申请材料数", "L1", of=("service_item.materials",))
    legal_days = field(_DAYS, "法定办结时限", "L1", of=("service_item.legal_days",))
    days = required(_DAYS, "承诺办结时限", "L1", meaning="即办为零", of=("service_item.days",))
    steps = required(COUNT, "办理环节数", "L1", of=("service_item.steps",))
    visits = required(COUNT, "到办事现场次数", "L1", of=("service_item.visits",))
    online = required(FLAG, "是否可网上办理", "L1", of=("service_item.online",))
    depth = field(code("online_depth"), "网上办理深度代码", "L1", of=("service_item.depth",))
    counties = required(_COUNTIES, "办理该事项的县数", "L1", of=("service_item.county",))
    best_county_name = required(
        TEXT, "最优县（市、区）", "L1", meaning="承诺时限最短，其次材料最少、环节最少、代码最小的县",
        of=("service_item.days", "service_item.materials", "service_item.steps"),
    )  # fmt: skip
    best_days = required(_DAYS, "最优县承诺时限", "L1", of=("service_item.days",))
    best_materials = required(COUNT, "最优县材料数", "L1", of=("service_item.materials",))
    best_steps = required(COUNT, "最优县环节数", "L1", of=("service_item.steps",))
    best_visits = required(COUNT, "最优县到办事现场次数", "L1", of=("service_item.visits",))
    median_days = required(_DAYS, "承诺时限中位数", "L1", meaning=f"{_AMONG}，取下中位数", of=("service_item.days",))
    median_materials = required(
        COUNT, "材料数中位数", "L1", meaning=f"{_AMONG}，取下中位数", of=("service_item.materials",)
    )
    median_steps = required(COUNT, "环节数中位数", "L1", meaning=f"{_AMONG}，取下中位数", of=("service_item.steps",))
    median_visits = required(
        COUNT, "到办事现场次数中位数", "L1", meaning=f"{_AMONG}，取下中位数", of=("service_item.visits",)
    )
    place = required(
        COUNT,
        "承诺时限位次",
        "L1",
        meaning="比本项时限短的县数加一；各县以承诺时限最短的一项计",
        of=("service_item.days",),
    )
    days_beyond_best = required(_DAYS, "较最优县多用时", "L1", of=("service_item.days",))
    listed = required(
        COUNT, "该编码所报行数", "L1", meaning="县名写法不同而编码相同的，只取最新一批的最后一行；1：没有略去",
        of=("service_item.county", "service_item.local_code"),
    )  # fmt: skip
