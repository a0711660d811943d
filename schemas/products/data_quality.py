"""Data quality: how far each department's data can be trusted in the county, and what is lacking where."""

from schemas.kinds import COUNT, COUNTY, DAY, QUOTIENT, TEXT
from schemas.product import Product, field, required

_NEWEST = "指最新一批在用批次"
_USED = "指全省在用批次合计"


class DataQuality(Product):
    """One row a feed: how fresh it is, what became of its rows, how well it knows the county, how often it lost."""

    title = "数据质量"
    description = "每个数源在县域内的时效、隔离、覆盖、争议与漂移，每个数源一行。"
    entity = "enterprise"
    grain = ("county", "feed")
    may_fall = True
    version = "4.0.0"
    needs = ("market_regulation_enterprise",)
    # A feed whose codes are half unknown is what this product is to tell.
    coverage_floor = 0.0

    county = required(COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划", of=("enterprise.county",))
    county_name = required(TEXT, "县（市、区）", "L1", of=("enterprise.county",))
    feed = required(TEXT, "数源", "L1", of=("deliveries.feed",))
    feed_title = required(TEXT, "数源名称", "L1", of=("deliveries.feed",))
    department_title = required(TEXT, "部门", "L1", of=("deliveries.feed",))
    due = required(TEXT, "约定时间", "L1", of=("deliveries.feed",))
    deliveries = required(COUNT, "在用批次数", "L1", of=("deliveries.in_use",))
    as_of = field(DAY, "数据时点", "L1", meaning=_NEWEST + "；未到数为空", of=("deliveries.as_of",))
    lag_days = field(
        COUNT, "滞后天数", "L1", unit="天", meaning="数据时点至各数源最新时点的天数", of=("deliveries.as_of",)
    )
    cycles_behind = field(
        COUNT,
        "滞后周期数",
        "L1",
        meaning="截至各数源最新时点，约定到数日已到而未见应有批次的次数；应有批次的时点不早于约定到数日前一个更新周期；0为未缺期",
        of=("deliveries.as_of",),
    )
    refused = field(
        TEXT,
        "最新批次拒收原因",
        "L1",
        meaning="数据时点晚于在用批次而整批拒收者中最新一日的规则，含入库前即拒收者，同日多项以;相连；"
        "时点误跨多年（leap）者仅在无其他拒收时列出，至更新批次入用为止；同一内容其后重送并接收者不计；无则为空",
        of=("deliveries.refused",),
    )
    landed = required(
        COUNT, "来量", "L1", meaning=_USED + "；等于有效、隔离、被取代三者之和", of=("deliveries.landed",)
    )
    standard = required(COUNT, "有效行数", "L1", meaning=_USED, of=("deliveries.standard",))
    quarantined = required(COUNT, "隔离行数", "L1", meaning=_USED, of=("deliveries.quarantined",))
    superseded = required(
        COUNT, "被取代行数", "L1", meaning=_USED + "；同一批次内被后行取代", of=("deliveries.superseded",)
    )
    quarantined_share = field(
        QUOTIENT, "隔离率", "L1", meaning="隔离行数除以来量，来量为零时为空", of=("deliveries.quarantined",)
    )
    rows_here = required(
        COUNT,
        "本县行数",
        "L1",
        meaning="认定到本县企业的有效行数；未认定到有属地企业的行，按其自称的县计",
        of=("presence.county",),
    )
    enterprises_known = required(
        COUNT, "已知企业数", "L1", meaning="本县企业中该数源至少有一行者", of=("presence.entity_id",)
    )
    enterprises = required(
        COUNT, "本县企业数", "L1", meaning="融合后属地为本县的全部企业", of=("enterprise.credit_code",)
    )
    known_share = field(
        QUOTIENT, "企业覆盖率", "L1", meaning="已知企业数除以本县企业数；数源不涉及企业、或本县无企业时为空",
        of=("presence.entity_id", "enterprise.credit_code"),
    )  # fmt: skip
    quarantined_here = required(
        COUNT, "本县隔离行数", "L1",
        meaning="隔离行所写标识（信用代码、机构代码或名称，不分大小写和全半角括号）属于本县企业者；"
        "增量数源的隔离行，其后在用批次又送达同一记录的不计",
        of=("quarantine.identity", "quarantine.waits"),
    )  # fmt: skip
    main_reason = field(
        TEXT,
        "本县隔离首要原因",
        "L1",
        meaning="本县隔离行中最多的“列/规则”，并列时取字典序最前",
        of=("quarantine.reasons",),
    )
    coded_share = field(
        QUOTIENT, "代码覆盖率", "L1", meaning="代码列的值在对照表中的比例，各列合计；无代码列时为空",
        of=("coverage.mapped", "coverage.values"),
    )  # fmt: skip
    weakest_column = field(
        TEXT, "代码覆盖率最低的列", "L1", meaning="有值不在对照表中者才列出", of=("coverage.column",)
    )
    drift_signs = required(COUNT, "漂移迹象数", "L1", meaning=_NEWEST + "，无害者不计", of=("drift.verdict",))
    values_won = required(
        COUNT, "采信值数", "L2", meaning="本县企业的争议中，该数源的值被采信的个数", of=("disputes.won_by",)
    )
    values_lost = required(
        COUNT, "落选值数", "L2", meaning="本县企业的争议中，该数源的值落选的个数", of=("disputes.lost_by",)
    )
