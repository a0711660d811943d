"""The statistics bureau's input-output table of the province: what each sector sells to which, and to final use."""

from schemas.feed import Csv, Feed, column, yearly
from schemas.kinds import MONEY, YEAR, code, signed


class StatisticsInputOutput(Feed):
    """The table of basic flows at producers' prices, a row a cell; what stands in it is told by its two codes.

    A column of a sector holds what it bought and, in the rows of value added, what it added; a row of a sector holds
    what it sold to sectors and to final use. Imports stand in columns of their own, above nought.
    """

    title = "投入产出表"
    department = "provincial_statistics"
    department_title = "浙江省统计局"
    due = yearly(12, 31, "18:00")
    arrives = Csv()
    delivers = "snapshot"
    part = r"^(?P<ND>\d{4})"
    grain = ("year", "from_item", "to_item")
    entity = None
    may_repeat = True

    year = column("ND", YEAR, "年度")
    from_item = column("TRBM", code("input_output", source="provincial_statistics"), "投入（行）")
    to_item = column("SYBM", code("input_output", source="provincial_statistics"), "使用（列）")
    amount = column("LLJE", signed(MONEY), "流量", unit="万元")
