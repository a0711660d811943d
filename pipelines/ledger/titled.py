"""What is left of a data set's title once place, office and filler words are taken off, and whose place it is."""

from __future__ import annotations

import re

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names
from pipelines.meaning.counties import today_counties
from pipelines.places.divisions import spellings

PORTALS = "open_data_portal"
PROVINCE, _PROVINCE_NAME = "33", "浙江省"
# 省回流_社团年检信息: the province gave it back to the city; it is the province's data set still.
_GIVEN_BACK = r"^(?:引用)?[省市]级?(?:回流|共享|下发)?[-_—]+|^[省市](?:回流|共享|下发)"
# 慈溪市城建住房领域工程建设招标公告: a portal's own shelf, no subject.
_SHELF = r"^.{2,6}领域"
# 杭州市城管局-部件信息: an office and a dash before what the data set is called.
_OFFICE_BEFORE = r"^([^-—_]{0,12}?(?:局|委|办|厅|院|中心|会|公司|集团|平台|系统))[-—_]+"
# The division that a title begins with in general words; 市场, 市民, 区域, 县域 and 省级 begin otherwise.
_GENERAL = r"^(?:[全本我各][省市县区]|[省市县区]本?级|[市县区](?:直|属)|[省市县区](?:[局委办]))"
_FILLERS = (
    r"信息|数据|情况|基本|基础|相关|列表|清单|名单|名录|目录|一览表|明细|查询|汇总|资料|登记表|表$|库$|的|_|-|—|\s"
    r"|[（）()《》“”\"、,，.。:：]"
)
# What a title ends with that says how the thing is told, not what it is.
_ENDINGS = r"(?:统计|月报|名称|地理|位置|兴趣点|分布|公示|字典|版式文件|结构化|新)+$"
# 柯城区统计局规模工业产值: an office in front without a dash.
_TOWN_IN_FRONT = r"^(\p{Han}{2,3}?(?:街道|镇|乡))"
_OFFICE_IN_FRONT = r"^\p{Han}{2,7}?局"
_NUMBERS = (
    r"\d+|第?[一二三四五六七八九十]+(?:级|类|期|星|产业)|[(（][一二三四五六七八九十]+[)）]|(?:国家|[省市县区])级|未"
)


def titled(rows: pl.DataFrame, mappings: Mappings) -> pl.DataFrame:
    """Rows with `title`, `catalogue`, `district` and `office_name`, and beside them:

    - `core`: the title without the division and office that it begins with and without filler words (信息, 列表);
    - `before`: that office, null where there is none; `given_back`: whether the title says that it came from above;
    - `town_name`: the town that it begins with, taken off too;
    - `numbers`: the years, grades and editions in it, joined by a space;
    - `division`: the county's code, else the city's four digits, else 33: by what the row's place says, the title,
      the office's name, the portal, in this order.
    """
    places = _places(mappings)
    named = _named(places)
    title = pl.col("title").str.strip_chars()
    rows = rows.with_columns(
        title.str.contains(_GIVEN_BACK).alias("given_back"), title.str.replace(_GIVEN_BACK, "").alias("core")
    )
    rows = rows.with_columns(pl.col("core").str.extract(named, 1).alias("place"), _without(named).alias("core"))
    rows = rows.with_columns(
        pl.col("core").str.extract(_OFFICE_BEFORE, 1).alias("before"),
        pl.col("core").str.replace(_OFFICE_BEFORE, "").alias("core"),
    )
    rows = rows.with_columns(_without(named).str.replace(_GENERAL, "").str.replace(_SHELF, "").alias("core"))
    numbers = title.str.extract_all(_NUMBERS).list.unique().list.sort().list.join(" ")
    rows = rows.with_columns(
        pl.col("core").str.extract(_TOWN_IN_FRONT, 1).alias("town_name"), pl.col("core").str.replace(_TOWN_IN_FRONT, "")
    )
    short = pl.col("core").str.replace(_OFFICE_IN_FRONT, "").str.replace_all(_FILLERS, "").str.replace(_ENDINGS, "")
    rows = rows.with_columns(
        numbers.alias("numbers"), pl.when(short.str.len_chars() >= 2).then(short).otherwise("core").alias("core")
    )
    return rows.with_columns(_division(rows, places, named, mappings))


def _without(named: str) -> pl.Expr:
    return pl.col("core").str.replace(named, "").str.strip_chars_start("-_—·")


def names(mappings: Mappings) -> dict[str, str]:
    """What each division that a row may be of is called in full, by its code."""
    counties = today_counties(mappings).select("code", pl.concat_str("city", "name"))
    return {PROVINCE: _PROVINCE_NAME, **dict(_cities(mappings).select("code", "city").iter_rows()),
            **dict(counties.iter_rows())}  # fmt: skip


def _cities(mappings: Mappings) -> pl.DataFrame:
    return today_counties(mappings).select("city", code=pl.col("code").str.slice(0, 4)).unique("city")


def _places(mappings: Mappings) -> pl.DataFrame:
    """Every spelling of province, cities and today's counties: name, code; a spelling that two have is none."""
    counties = spellings(today_counties(mappings)).select("name", "code")
    cities, bare = _cities(mappings), pl.col("city").str.replace("市$", "")
    written = [
        cities.select(form.alias("name"), "code") for form in (pl.col("city"), bare, _PROVINCE_NAME + pl.col("city"))
    ]
    province = pl.DataFrame({"name": [_PROVINCE_NAME, "浙江", "全省"], "code": [PROVINCE] * 3})
    return pl.concat([counties, *written, province]).unique().unique("name", keep="none").sort("name")


def _named(places: pl.DataFrame) -> str:
    """A pattern whose first group is the division that a text begins with, the longest spelling first."""
    ordered = places.sort(pl.col("name").str.len_chars(), "name", descending=[True, False])
    return f"^【?({'|'.join(map(re.escape, ordered['name']))})】?"


def _division(rows: pl.DataFrame, places: pl.DataFrame, named: str, mappings: Mappings) -> pl.Series:
    code = dict(places.iter_rows())
    cities = places.filter(pl.col("code").str.len_chars() <= 4)
    portals = code_names(mappings, PORTALS).select("code", "name").join(cities, on="name", suffix="_of")
    return rows.select(
        pl.coalesce(
            "county",
            pl.col("district").replace_strict(code, default=None),
            pl.col("place").replace_strict(code, default=None),
            pl.col("office_name").str.extract(named, 1).replace_strict(code, default=None),
            pl.col("catalogue").replace_strict(portals["code"], portals["code_of"], default=None),
        ).alias("division")
    ).to_series()
