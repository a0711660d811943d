"""Hangzhou's housing authority: second-hand homes offered for sale."""

from schemas.feed import Csv, Feed, Place, column, daily
from schemas.kinds import AREA, DAY, MONEY, NAME, TEXT


class HousingListing(Feed):
    """Listings as they stand on a day; a property that several agents list has a row for each."""

    title = "二手房挂牌"
    department = "housing"
    department_title = "杭州市住房保障和房产管理局"
    due = daily("08:00")
    arrives = Csv()
    delivers = "snapshot"
    grain = ("property",)
    newest = "listed"
    entity = None
    place = Place(division="xzqh", take=r"^(\d{6})$", name="xzqhname", agree=True)
    ignored = ("cqmc", "fczsh")

    property = column("fwtybh", TEXT, "房屋统一编号")
    listing = column("gpfyid", TEXT, "挂牌房源编号")
    listing_check = column("tygpbh", TEXT, "统一挂牌编号")
    estate = column("xqmc", TEXT, "小区名称")
    area = column("jzmj", AREA, "建筑面积")
    asking_price = column("wtcsjg", MONEY, "委托出售价格", unit="万元")
    entrusted = column("cjsj", DAY, "委托日期")
    listed = column("scgpshsj", DAY, "首次挂牌审核日期")
    agent = column("mdmc", NAME, "经纪门店名称")
    status = column("gpztValue", TEXT, "挂牌状态")
