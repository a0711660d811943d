"""School seats: pupils to be expected in each town's schools in the next six years, beside the places there are."""

from schemas.kinds import COUNT, COUNTY, QUOTIENT, TEXT, TOWN, YEAR, code, of_unit
from schemas.product import Field, Product, field, required

_PERSONS, _PERCENT = of_unit(COUNT, "人"), of_unit(QUOTIENT, "%")
_SEATS = ("education_seats.pupils", "education_seats.grade")
_CHILDREN = ("public_security_population.people_least", "public_security_population.people_most")
_EXPECTED = (*_SEATS, *_CHILDREN)
_METHOD = (
    "实有：在校生数。预测：队列变化率法（Hamilton & Perry 1962）。各龄儿童逐年乘以本乡镇（街道）近三年的队列变化率"
    "（次年末长一岁的人数除以当年末人数，已含迁移与死亡），人数少或被遮蔽时向全县、全省的比率靠拢（借100人），"
    "全县乡镇（街道）有增减（如拆分、合并）的前后两年之间不计比率；"
    "9月满6周岁入学：小学取年末6周岁的三分之二、7至11周岁、12周岁的三分之一，初中依次类推至15周岁，"
    "再乘以最近一个学年在校生与同龄儿童之比"
)
_CAMPUS = ("education_school.campus", "education_school.town", "education_school.year")
_PLAN = "教育局公布的当年小学招生；仅小学，未公布的年份与属地不明的为空"
_TENS = "四舍五入到十；不足10人为空，上下限写作0与10"
_GAPS = (
    "缺某年级数据的实有年份、缺人口数据的预测年份为空；学校某年属地不明的按最近年份的乡镇（街道）计，"
    "历年均不明的，全县该学段当年实有为空"
)
_MASK = "被遮蔽的人数（如<10）取可能的最{}，比率不变；不含预测本身的误差；{}到十"
_TRIED = (
    "同县同学段、同样提前年数，在留出学年上的平均绝对百分误差（各乡镇、各起点学年平均）；{}；四舍五入到整数%，"
    "只计起点与留出学年在校生均不少于10人的乡镇（街道）；实有年份、不足三个乡镇（街道）及无从检验时为空"
)


def _bound(title: str, word: str, way: str) -> Field:
    return field(_PERSONS, title, "L1", meaning=_MASK.format(word, way), of=_EXPECTED)


class SchoolSeats(Product):
    """One row a town, stage and school year: those that were, and six that come after the last that is known whole.

    Pupils are told in tens, so that no row tells of a child and the whole of it is L1.
    """

    title = "教育资源配置"
    description = (
        "各乡镇（街道）小学、初中历年与未来六个学年的学位需求、学位数与余缺，附预测方法在留出年份上的误差，及当年招生校区、计划与学区。"
        "需求指在本乡镇（街道）学校就读者，不论住在何处；某学段没有学校的乡镇（街道）无该学段的行。"
    )
    grain = ("county", "town", "stage", "year")
    may_fall = True
    version = "3.0.0"
    needs = ("public_security_population", "education_seats")

    county = required(COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划", of=("education_seats.county",))
    county_name = required(TEXT, "县（市、区）", "L1", of=("education_seats.county",))
    town = required(TOWN, "乡镇（街道）代码", "L1", meaning="学校所在", of=("education_seats.town",))
    town_name = field(TEXT, "乡镇（街道）", "L1", of=("education_seats.town",))
    stage = required(code("school_grade"), "学段代码", "L1", of=("education_seats.grade",))
    stage_name = required(TEXT, "学段", "L1", of=("education_seats.grade",))
    year = required(YEAR, "学年起始年", "L1", meaning="当年9月开始的学年", of=("education_seats.year",))
    basis = required(
        TEXT, "实有或预测", "L1", meaning="预测自人口与学位两项均已到数的最近一年起，六个学年",
        of=("education_seats.year", "public_security_population.year"),
    )  # fmt: skip
    need = field(
        _PERSONS, "学位需求", "L1", meaning=f"{_METHOD}；{_TENS}；{_GAPS}", of=_EXPECTED,
    )  # fmt: skip
    need_least = _bound("学位需求下限", "小", "舍")
    need_most = _bound("学位需求上限", "大", "入")
    places = field(
        _PERSONS, "学位数", "L1",
        meaning="实有：当年学位数，为空的年份同学位需求；预测：最近一个学年的学位数，不计在建、拟建与撤并",
        of=("education_seats.seats",),
    )  # fmt: skip
    balance = field(
        _PERSONS, "学位余缺", "L1", meaning="学位数减学位需求，负数为缺口", of=("education_seats.seats", *_EXPECTED)
    )
    error = field(
        _PERCENT, "预测误差", "L1", meaning=_TRIED.format("只用起点学年及以前的数据重做预测，再与其后实有数相比"),
        of=_EXPECTED,
    )  # fmt: skip
    naive_error = field(
        _PERCENT, "沿用现数的误差", "L1", meaning=_TRIED.format("以起点学年在校生数原样沿用作为预测，供对照"),
        of=_SEATS,
    )  # fmt: skip
    tries = field(COUNT, "检验次数", "L1", meaning="误差所平均的乡镇与起点学年个数", of=_EXPECTED)
    campuses = field(of_unit(COUNT, "所"), "招生校区数", "L1", meaning=f"本乡镇（街道）的小学校区；{_PLAN}", of=_CAMPUS)
    planned = field(
        _PERSONS, "计划招生数", "L1",
        meaning=f"一年级计划招生班数乘以每班人数之和，有校区未载班数或每班人数的为空；{_PLAN}",
        of=("education_school.planned_classes", "education_school.class_size", *_CAMPUS),
    )  # fmt: skip
    estates = field(
        of_unit(COUNT, "个"), "划入学区的小区数", "L1", meaning=f"本乡镇（街道）划入任一小学学区的小区；{_PLAN}",
        of=("education_catchment.estate", "education_catchment.town", "education_catchment.year"),
    )  # fmt: skip
