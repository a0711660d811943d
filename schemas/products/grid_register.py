"""The grid register: in whose town, community and grid an enterprise or school lies, and what that rests on."""

from schemas.kinds import COUNT, COUNTY, GRID_CODE, NAME, TEXT, TOWN, of_unit
from schemas.product import Field, Product, field, required

_LISTED = ("civil_affairs_grid.grid", "civil_affairs_grid.name", "civil_affairs_grid.community_name")
_HOUSES = ("civil_affairs_dwelling.address", "civil_affairs_dwelling.grid")
_ADDRESSES = ("enterprise.address", "education_school.address")
_TOWNS = ("enterprise.town", "education_school.town", "civil_affairs_grid.town")
_EVIDENCE = (
    "门牌：所在乡镇（街道）的在册门牌中该门牌号只属一个网格；门牌及室号：同一门牌号分属多个网格，门牌以下写法也完全相同；"
    "网格名册：网格自身。其余为网格空缺的原因：没有地址、乡镇（街道）不明、没有门牌号、门牌不在册、门牌属多个网格、"
    "网格不在册、网格与乡镇不符"
)


def _of_grid(title: str, meaning: str) -> Field:
    return field(TEXT, title, "L1", meaning=meaning, of=(*_LISTED, *_HOUSES, *_ADDRESSES))


class GridRegister(Product):
    """One row an enterprise, a school's campus, or a grid.

    Dwellings are counted by grid and not listed: who lives where is Civil Affairs' own register, at its grain. An
    address is led to a grid by a house number that is in that register, and by no neighbour's.
    """

    title = "基层网格"
    description = "县域企业、学校落在哪个乡镇（街道）、村（社区）、网格，依据为何；各网格的在册门牌数。"
    entity = "enterprise"
    grain = ("county", "kind", "code")
    may_fall = True
    version = "2.0.0"
    needs = ("civil_affairs_grid", "civil_affairs_dwelling", "market_regulation_enterprise")

    county = required(
        COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划",
        of=("enterprise.county", "education_school.county", "civil_affairs_grid.county"),
    )  # fmt: skip
    county_name = required(TEXT, "县（市、区）", "L1", of=("enterprise.county",))
    kind = required(TEXT, "类别", "L1", meaning="企业、学校或网格", of=("enterprise.credit_code",))
    code = required(
        TEXT, "代码", "L1", meaning="企业为统一社会信用代码，学校为校区标识码，网格为网格编码",
        of=("enterprise.credit_code", "education_school.campus", "civil_affairs_grid.grid"),
    )  # fmt: skip
    name = field(
        NAME, "名称", "L1", meaning="学校取最近招生年份；名册中没有的网格为空",
        of=("enterprise.name", "education_school.name", "education_school.year", "civil_affairs_grid.name"),
    )  # fmt: skip
    town = field(TOWN, "所在乡镇（街道）代码", "L1", meaning="统计用区划代码", of=_TOWNS)
    town_name = field(TEXT, "所在乡镇（街道）", "L1", of=_TOWNS)
    place_evidence = field(
        TEXT, "属地依据", "L1",
        meaning="相符的依据以+相连：code代码、county县名、town乡镇、zone开发区、city市名、road道路；其后以!起首的为不相符的依据",
        of=("enterprise.place_evidence", "education_school.place_evidence", "civil_affairs_grid.place_evidence"),
    )  # fmt: skip
    community = _of_grid("村（社区）代码", "网格编码前12位，民政编码，与统计用区划代码不同")
    community_name = _of_grid("村（社区）", "网格名册所写")
    grid = field(GRID_CODE, "网格编码", "L1", meaning="不能确定的为空", of=(*_LISTED, *_HOUSES, *_ADDRESSES))
    grid_name = _of_grid("网格", "网格名册所写")
    evidence = required(TEXT, "网格依据", "L1", meaning=_EVIDENCE, of=(*_LISTED, *_HOUSES, *_ADDRESSES))
    house_number = field(
        TEXT, "门牌号", "L1", meaning="地址中乡镇（街道）以后至门牌号止，用以查对在册门牌", of=_ADDRESSES
    )
    houses = required(
        of_unit(COUNT, "个"), "在册门牌数", "L1",
        meaning="企业、学校为其门牌号在册的条数，网格为该网格在册的条数", of=_HOUSES,
    )  # fmt: skip
