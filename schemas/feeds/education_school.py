"""Hangzhou's education bureau: primary schools and their plans for the year."""

from schemas.feed import Csv, Feed, Place, column, optional, yearly
from schemas.kinds import ADDRESS, AREA, COUNT, LATITUDE, LONGITUDE, NAME, TEXT, YEAR


class EducationSchool(Feed):
    """Campuses that take in pupils, the whole list every year; districts are often those of before 2021."""

    title = "义务教育学校"
    department = "education"
    department_title = "杭州市教育局"
    due = yearly(6, 30, "18:00")
    year_means = (6, 1)
    arrives = Csv(lines_in_quotes=True)
    delivers = "snapshot"
    grain = ("year", "campus")
    entity = None
    nulls = ("", "暂无")
    place = Place(division="szqdm", take=r"^(\d{6})0{6}$", name="szqmc", address="address", agree=True)
    ignored = (
        "xxmc", "showSchoolName", "schoolOtherName", "recruitType", "workerNumber", "absentNumber", "zsjzxs",
        "forecastClassNum2", "forecastClassPerson2", "forecastClassNum3", "forecastClassPerson3",
        "directMiddleSchoolName", "directMiddleSchoolCode", "dkczbsm", "dkczbz", "createTime", "updateTime",
    )  # fmt: skip

    year = column("year", YEAR, "招生年份")
    campus = column("xqbsm", TEXT, "校区标识码")
    school = column("schoolCode", TEXT, "学校标识码")
    name = column("schoolName", NAME, "学校名称")
    campus_name = optional("xqmc", TEXT, "校区名称")
    school_type = column("schoolType", TEXT, "学校类别（原文代码）")
    ownership = column("gmblx", TEXT, "办学性质")
    address = optional("address", ADDRESS, "地址")
    longitude = optional("lng", LONGITUDE, "经度")
    latitude = optional("lat", LATITUDE, "纬度")
    classes = optional("classTotalNum", COUNT, "班级数")
    pupils = optional("xsrs", COUNT, "学生数", unit="人")
    site_area = optional("schoolAreaNum", AREA, "占地面积")
    building_area = optional("buildingAreaNum", AREA, "建筑面积")
    planned_classes = optional("forecastClassNum1", COUNT, "当年计划招生班数")
    class_size = optional("forecastClassPerson1", COUNT, "当年计划每班人数", unit="人")
    scope = optional("schoolScope", TEXT, "招生范围")
