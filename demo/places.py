"""Where enterprises are: counties by weight, towns, the division as it was on a day, addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from demo.draws import Dice
from pipelines.dictionary import Mappings
from pipelines.meaning.counties import today_counties

BEGINNING = date(1981, 1, 1)
_CENSUS = date(2023, 6, 30)

_USUAL_WEIGHT = 10
_WEIGHTS = {
    "义乌市": 60, "余杭区": 40, "鄞州区": 40, "慈溪市": 38, "萧山区": 35, "乐清市": 34, "余姚市": 30,
    "瑞安市": 28, "柯桥区": 28, "温岭市": 26, "西湖区": 26, "拱墅区": 25, "上城区": 25, "东阳市": 24,
    "永康市": 22, "滨江区": 20, "诸暨市": 20, "海宁市": 18, "桐乡市": 18, "北仑区": 18, "路桥区": 16,
    "临海市": 16, "临平区": 16, "黄岩区": 15, "瓯海区": 15, "鹿城区": 15, "龙湾区": 14, "椒江区": 14,
    "上虞区": 14, "海曙区": 14, "平阳县": 12, "苍南县": 12, "三门县": 6, "仙居县": 6, "天台县": 7,
    "淳安县": 5, "建德市": 6, "洞头区": 3, "文成县": 3, "泰顺县": 4, "磐安县": 3, "开化县": 4, "常山县": 4,
    "龙游县": 5, "岱山县": 3, "嵊泗县": 2, "景宁畲族自治县": 2, "云和县": 3, "庆元县": 3, "遂昌县": 3,
    "松阳县": 3, "龙泉市": 5, "青田县": 6, "缙云县": 6,
}  # fmt: skip

# The kinds of change that make a division, the likeliest origin of a town that none of them names first.
_MAKERS = ("recode", "split_rest", "split", "merge", "partial")

# The towns of districts that ended whole, which the documents do not list.
_TOWNS_OF_ENDED = {
    "330103": ("天水", "武林", "长庆", "潮鸣", "朝晖", "文晖", "东新", "石桥"),
    "330104": ("凯旋", "采荷", "闸弄口", "四季青", "笕桥", "彭埠", "九堡", "丁兰"),
    "330204": ("百丈", "东胜", "明楼", "白鹤", "东柳", "东郊", "福明", "新明"),
}

ROADS = (
    "人民路", "解放路", "中山路", "建设路", "环城北路", "环城西路", "振兴路", "工业路", "新华路", "文昌路",
    "兴业路", "育才路", "朝阳路", "迎宾大道", "滨江路", "富民路", "新兴路", "站前路", "府前街", "东街",
    "西街", "南大街", "北街", "创业路", "科技路", "金山路", "银河路", "凤凰路", "双创路", "永兴路", "和平路",
    "光明路", "望江路", "学院路", "鑫园路", "康庄路", "百丈路", "莫干山路", "长江路", "钱江路", "横山村",
    "前王村", "后陈村", "新桥村", "下洋村", "工业园区", "经济开发区", "第二工业区", "小商品市场", "轻纺市场",
)  # fmt: skip
_DOORS = ("号", "号", "号", "号-1", "号2幢", "号3楼", "号1幢201室", "号二楼", "弄6号", "号A区")


@dataclass(frozen=True)
class Map:
    """Today's towns, one a row, and the divisions each has belonged to.

    `towns`: spot (row number), county, county_name, city, town, town_name, weight.
    `eras`: spot, since, division, division_name, division_short, division_city, city_short; the division
    from that day on.
    """

    towns: pl.DataFrame
    eras: pl.DataFrame


def stem(name: str) -> str:
    """A town's name without the word for its rank: 临平街道 and 临平镇 are 临平."""
    for rank in ("街道", "镇", "乡"):
        if name.endswith(rank) and len(name) > len(rank) + 1:
            return name.removesuffix(rank)
    return name


def short(name: pl.Expr) -> pl.Expr:
    """A division's name as people say it: 余杭区 is 余杭, 鄞县 stays, 景宁畲族自治县 is 景宁."""
    return name.str.replace("畲族自治县$", "").str.replace("^(..+)[市区县]$", "$1").str.replace("地区$", "")


def town_stem(name: pl.Expr) -> pl.Expr:
    """The same of a column of names."""
    return name.str.replace("^(..+)(街道|镇|乡)$", "$1")


def read_map(mappings: Mappings) -> Map:
    """The map that the mappings tell: today's 90 counties, their towns, each town's way here since 1981."""
    towns = _todays_towns(mappings)
    steps = _steps(mappings)
    begun = {(code, since.year) for code, since in mappings.counties.select("code", "since").iter_rows()}
    ways = [
        (spot, since, division)
        for spot, county, town in towns.select("spot", "county", "town_name").iter_rows()
        for since, division in _way(county, stem(town), steps, begun)
    ]
    eras = pl.DataFrame(ways, schema={"spot": pl.UInt32, "since": pl.Date, "division": pl.String}, orient="row")
    return Map(towns, _named(eras, mappings.counties))


def _todays_towns(mappings: Mappings) -> pl.DataFrame:
    """Towns of today's counties: those of the mid-2023 list and later, by their last name."""
    counties = today_counties(mappings).rename({"code": "county", "name": "county_name"})
    weights = pl.col("county_name").replace_strict(_WEIGHTS, default=_USUAL_WEIGHT)
    return (
        mappings.townships.filter(pl.col("since") >= _CENSUS)
        .sort("code", "since")
        .group_by("code", maintain_order=True)
        .last()
        .select(town="code", town_name="name", county="county")
        .join(counties, on="county", how="inner", maintain_order="left")
        .sort("county", "town")
        .with_row_index("spot")
        .with_columns(weight=weights)
    )


@dataclass(frozen=True)
class _Step:
    """One change read backwards: what came on a day was `there` before; the towns told, or all."""

    since: date
    kind: str
    there: str
    towns: frozenset[str]


def _steps(mappings: Mappings) -> dict[str, list[_Step]]:
    """By the division that received, its changes from the newest to the oldest."""
    columns = ("to_code", "since", "kind", "from_code", "towns")
    steps: dict[str, list[_Step]] = {}
    for here, since, kind, there, towns in mappings.changes.sort("since", descending=True).select(columns).iter_rows():
        if here != there:
            told = [stem(town) for town in towns or _TOWNS_OF_ENDED.get(there, ())]
            steps.setdefault(here, []).append(_Step(since, kind, there, frozenset(told)))
    return steps


def _way(
    division: str, town: str, steps: dict[str, list[_Step]], begun: set[tuple[str, int]]
) -> Iterator[tuple[date, str]]:
    """(since, division) of one town, the newest first, back to 1981."""
    until = date.max
    while True:
        came = _came_from(division, town, until, steps, begun)
        if came is None:
            yield BEGINNING, division
            return
        yield came.since, division
        division, until = came.there, came.since


def _came_from(
    division: str, town: str, until: date, steps: dict[str, list[_Step]], begun: set[tuple[str, int]]
) -> _Step | None:
    """The change that brought the town to the division: one that names it, else the division's making."""
    earlier = [step for step in steps.get(division, []) if step.since < until]
    for step in earlier:
        if town in step.towns:
            return step
    makers = [step for step in earlier if (division, step.since.year) in begun]
    return min(makers, key=lambda step: _MAKERS.index(step.kind), default=None)


def _named(eras: pl.DataFrame, counties: pl.DataFrame) -> pl.DataFrame:
    """The eras with the division's name and city, an era in which the name changed being cut in two."""
    names = counties.select(
        division="code", named=pl.col("since"), division_name=pl.col("name"), division_city=pl.col("city")
    )
    ends = eras.sort("spot", "since").with_columns(until=pl.col("since").shift(-1).over("spot"))
    met = ends.join(names, on="division", how="inner").filter(
        pl.col("until").is_null() | (pl.col("named") < pl.col("until"))
    )
    return (
        met.with_columns(since=pl.max_horizontal("since", "named"))
        .with_columns(
            since=pl.when(pl.col("since") > pl.col("since").min().over("spot")).then("since").otherwise(BEGINNING)
        )
        .sort("spot", "since", "named")
        .unique(["spot", "since"], keep="last", maintain_order=True)
        .with_columns(division_short=short(pl.col("division_name")), city_short=short(pl.col("division_city")))
        .select("spot", "since", "division", "division_name", "division_short", "division_city", "city_short")
    )


def settle(frame: pl.DataFrame, world: Map, dice: Dice, stream: str) -> pl.DataFrame:
    """Give each enterprise a `spot` and the columns of `towns`: a county by weight, any of its towns."""
    counties = world.towns.group_by("county", maintain_order=True).agg(
        first=pl.col("spot").min(), count=pl.len(), weight=pl.col("weight").first()
    )
    chosen = dice.weigh(f"{stream}/county", dict(enumerate(counties["weight"].to_list())))
    first = pl.lit(counties["first"].cast(pl.Int64)).gather(pl.col("_county"))
    count = pl.lit(counties["count"].cast(pl.Int64)).gather(pl.col("_county"))
    spot = first + dice.below(f"{stream}/town", 1_000_003) % count
    return (
        frame.with_columns(_county=chosen)
        .with_columns(spot=spot.cast(pl.UInt32))
        .drop("_county")
        .join(world.towns.drop("weight"), on="spot", how="left", maintain_order="left")
    )


def division_on(frame: pl.DataFrame, world: Map, day: str) -> pl.DataFrame:
    """Add the columns of `eras` as the enterprise's town had them on the day in a column."""
    asked = frame.select("number", "spot", since=pl.max_horizontal(day, pl.lit(BEGINNING))).sort("since")
    found = asked.join_asof(world.eras.sort("since"), on="since", by="spot", check_sortedness=False)
    return frame.join(found.drop("spot", "since"), on="number", how="left", maintain_order="left")


def address(dice: Dice, stream: str, once: pl.Expr) -> pl.Expr:
    """An address as registers write it: with or without province, city, county, at times as that `once` was.

    Reads city, county_name and town_name.
    """
    county = pl.when(dice.chance(f"{stream}/old", 0.4)).then(once).otherwise("county_name")
    here = pl.concat_str(county, "town_name")
    city = pl.col("city")
    forms = (
        pl.concat_str(pl.lit("浙江省"), city, here),
        pl.concat_str(city, here),
        pl.concat_str(pl.lit("浙江省"), here),
        here,
        pl.col("town_name"),
        city,
    )
    form = dice.weigh(f"{stream}/form", {0: 34, 1: 26, 2: 12, 3: 20, 4: 4, 5: 4})
    start = pl.coalesce(*(pl.when(form == each).then(text) for each, text in enumerate(forms)))
    door = (dice.below(f"{stream}/door", 999) + 1).cast(pl.String)
    return pl.concat_str(start, dice.pick(f"{stream}/road", ROADS), door, dice.pick(f"{stream}/floor", _DOORS))
