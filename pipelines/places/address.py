"""An address read from left to right: the city, county, zone, town and road that it names, not what they mean."""

from __future__ import annotations

import polars as pl

from pipelines.mapping_files.stem import TOWN_SUFFIX, stem
from pipelines.places.gazetteer import Gazetteer

# Stands in front of 杭州湾, 绍兴县 and 永康's 舟山镇, so that they are not read as the city that they begin with;
# 宁波镇海区 is in 宁波.
_MARK = "\u2060"
# 江东区块 and 萧山区域 are blocks and regions; 鄞县大道 is a road.
NO_COUNTY = r"^(?:[块域]|[东西南北中]?(?:路|大道|大街))"
# 鹿城路, 江东北路, 海盐塘路 and 长兴大桥 are roads, 江东镇 and 平阳坑镇 towns.
NO_SHORT = r"^(?:[东西南北中一二三新大支]{0,2}(?:路|街(?:[^道镇]|$)|大道|巷|弄|道)|塘路|大?桥|.?(?:镇|乡|街道))"
# 采荷路 is a road; 姜山朝阳村 names the town 姜山.
NO_TOWN = r"^(?:[东西南北中一二三新大支]{0,2}(?:路|街|巷|弄|大道|道|大?桥)|公园|大厦|广场|宾馆)"
# 城北村, 太平洋, 大洋河 and 太湖旅游度假区 may be no part of the town that they begin like; 乍浦港区 is in 乍浦.
LOOSE = r"^(?:[村洋河]|港(?:[^区口务]|$)|住宅区|旅游)"
# Addresses of another province begin with it, (上海) in brackets before 自由贸易试验区.
_PROVINCE = (
    r"^(?:中国)?\(?(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川"
    r"|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
)
# 江苏省, 上海市 and 广西壮族自治区; 上海市场 is a market.
_IN_FULL = r"\)?(?:省(?:[^道]|$)|市(?:[^场]|$)|(?:壮族|回族|维吾尔)?自治区|特别行政区|自由贸易)"
# 上海宝山区 and 广东东莞市 by what follows; not 上海路, 湖南镇, 江西新村, 北京城市花园 nor 福建工业园区.
_IN_SHORT = (
    r"[\p{Han}--[路街道巷弄镇乡村号]]{0,8}?"
    r"(?:[\p{Han}--[城都超菜]]市(?:[^场]|$)|县|[\p{Han}--[杭温湖台衢]]州|(?:[东西]城|河[东西北]|[渝江]北|渝中)区"
    r"|[\p{Han}--[小社园业发校厂景库宅活街地城商心东西南北中]]区)"
)
# Zones that are told apart by their city alone: without its name in front, or behind a county's, they are another's.
OF_A_CITY = r"^(?:国家|经济|高新|科技园|工业|出口|保税|开发|化|港)"
# 大榭街道 and 东钱湖镇 are towns that are called like the zones that they lie in.
_BEHIND_A_TOWN = rf"^{TOWN_SUFFIX.removesuffix('$')}"
# Up to seven characters and 街道, 镇 or 乡.
_TOWN = rf"^(.{{1,7}}?{TOWN_SUFFIX.removesuffix('$')})"
# A road or else a place that people find as they find a road: 中兴路, 君悦大厦, 夕照新村.
ROAD = (
    r"^([^\d()（）,，、·.号幢室区]{2,8}?"
    r"(?:路|街|大道|巷|弄|大厦|广场|市场|大楼|商城|小区|新村|花园|公寓|中心|城|苑|村))"
)


def read_address(addresses: pl.Series, gazetteer: Gazetteer) -> pl.DataFrame:
    """What each address names, as text or null: columns `city` (without 市), `county`, `zone`, `town`.

    `town` is the stem of a town's name, `in_full` whether 街道, 镇 or 乡 stood behind it, `loose` whether what stood
    there instead may make another name of it, `behind` what stands behind city, county and zone. An address of
    another province names nothing: its towns are not ours.
    """
    text = pl.col("address").str.replace_all(rf"((?:{gazetteer.city})(?:[湾县]|镇(?:[^海]|$)))", f"{_MARK}$1")
    ours = _of_this_province(addresses.str.replace_all(r"\s", ""))
    read = ours.to_frame("address").select(text)
    read = read.with_columns(
        pl.col("address").str.extract(rf"^(?:中国)?(?:浙江省?)*({gazetteer.city})", 1).alias("city"),
        pl.col("address").str.replace(gazetteer.prefix, "").str.strip_chars_start(_MARK).alias("rest"),
    )
    read = _then(read, "county", pl.lit(_county(read["rest"], gazetteer)))
    read = read.with_columns(pl.col("rest").str.replace(rf"^(?:{gazetteer.county})+", ""))
    of_the_city = pl.col("county").is_null() & pl.col("city").is_not_null()
    # Written as expressions of one another they would be reckoned again at every place where they stand.
    zones = read.select(pl.col("rest", "whole").str.extract(rf"^({gazetteer.zone})", 1).name.prefix("zone of "))
    read = read.hstack(zones)
    each = [pl.col(name) for name in zones.columns]
    zone = pl.coalesce(pl.when(of_the_city | ~one.str.contains(OF_A_CITY)).then(one) for one in each)
    read = _then(read, "zone", zone)
    named_alike = pl.col("zone").is_not_null() & pl.col("rest").str.contains(_BEHIND_A_TOWN)
    read = read.with_columns(pl.when(named_alike).then("whole").otherwise("rest").alias("rest"))
    named = _town(read["rest"], gazetteer)
    return pl.concat([read.select("city", "county", "zone"), named, read.select(behind="rest")], how="horizontal")


def _of_this_province(addresses: pl.Series) -> pl.Series:
    """The addresses without those that begin with another province."""
    at = addresses.str.contains(_PROVINCE).fill_null(value=False).arg_true()
    named = addresses.gather(at).str.contains(rf"{_PROVINCE}(?:{_IN_FULL}|{_IN_SHORT})")
    return addresses if at.is_empty() else addresses.clone().scatter(at.filter(named), None)


def read_road(behind: pl.Series) -> pl.Series:
    """The road that stands behind city, county, zone and town, or null."""
    return behind.str.replace(_TOWN, "").str.extract(ROAD, 1).alias("road")


def _county(rest: pl.Series, gazetteer: Gazetteer) -> pl.Series:
    """The county that the rest names in front: in full, or else short."""
    full = _named(rest, gazetteer.county, NO_COUNTY)
    others = full.is_null()
    return full.scatter(others.arg_true(), _named(rest.filter(others), gazetteer.short, NO_SHORT))


def _named(rest: pl.Series, names: str, but_not_before: str) -> pl.Series:
    """The name at the front of each text, unless what follows makes it part of another word."""
    found = rest.to_frame("rest").with_columns(pl.col("rest").str.extract(rf"^({names})", 1).alias("name"))
    after = pl.col("rest").str.strip_prefix(pl.col("name"))
    return found.select(pl.when(~after.str.contains(but_not_before)).then("name").alias("name")).to_series()


def _then(read: pl.DataFrame, name: str, found: pl.Expr) -> pl.DataFrame:
    """Take what was found off the rest; `whole` keeps the rest as it was before."""
    known = read.with_columns(found.alias(name), pl.col("rest").alias("whole"))
    shorter = pl.col("rest").str.strip_prefix(pl.col(name))
    return known.with_columns(pl.when(pl.col(name).is_null()).then(pl.col("rest")).otherwise(shorter).alias("rest"))


def _town(rest: pl.Series, gazetteer: Gazetteer) -> pl.DataFrame:
    """`town`: the stem of the town that the rest names in full, in front or else anywhere, or short in front.

    `in_full` and `loose` as in `read_address`.
    """
    read = rest.to_frame("rest").with_row_index("at")
    stems = gazetteer.towns["stem"].implode()
    first = read.with_columns(pl.col("rest").str.extract(_TOWN, 1).alias("town")).with_columns(stem(pl.col("town")))
    known = first.with_columns(pl.when(pl.col("town").is_in(stems)).then("town").alias("town"))
    # Both of these are dear, and most addresses name their town in full and in front.
    others = known.filter(pl.col("town").is_null()).drop("town")
    anywhere = pl.col("rest").str.extract_many(gazetteer.town_names.implode()).list.first()
    short = _named(others["rest"], gazetteer.town_stems, NO_TOWN).alias("short")
    found = others.select("at", anywhere.alias("anywhere"), short).with_columns(stem(pl.col("anywhere")))
    joined = known.join(found, on="at", how="left", maintain_order="left")
    in_full = pl.any_horizontal(pl.col("town", "anywhere").is_not_null()).alias("in_full")
    loose = ~in_full & pl.col("rest").str.strip_prefix(pl.col("short")).str.contains(LOOSE)
    return joined.select(
        pl.coalesce("town", "anywhere", "short").alias("town"), in_full, loose.fill_null(value=False).alias("loose")
    )
