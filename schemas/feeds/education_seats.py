"""The education bureau's seats: what each school has room for and who sits there, by grade."""

from schemas.feed import Feed, Place, Workbook, column, yearly
from schemas.kinds import COUNT, NAME, TEXT, YEAR, code


class EducationSeats(Feed):
    """One row a school, grade and school year, which begins in September; seven years in one sheet."""

    title = "学校学位"
    department = "education"
    department_title = "杭州市教育局"
    due = yearly(10, 31, "18:00")
    year_means = (9, 1)
    arrives = Workbook(title_rows=1, header_rows=2)
    delivers = "snapshot"
    grain = ("year", "school", "grade")
    entity = None
    nulls = ("", "暂无")
    place = Place(name="区县", address="街道（乡镇）")
    ignored = ("序号",)

    year = column("学年", YEAR, "学年起始年", take=r"^(\d{4})学年$")
    school = column("学校标识码", TEXT, "学校标识码")
    name = column("学校名称", NAME, "学校名称")
    grade = column("年级", code("school_grade", source="education"), "年级")
    classes = column("班级数", COUNT, "班级数")
    seats = column("学位数", COUNT, "学位数", unit="人")
    pupils = column("在校生数", COUNT, "在校生数", unit="人")
