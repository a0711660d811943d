"""Cases in court, enforcement and insolvency."""

from datetime import date

from schemas.condition import Is
from schemas.tag import Bands, Family, Flag

COURTS = Family(
    "courts",
    "司法",
    "县人民法院、县金融工作服务中心",
    "哪些企业涉诉、被执行或进入破产？",
    date(2026, 7, 1),
    (
        Bands("lawsuits", "lawsuits", "近12个月被诉案件", (1, 3, 10, 50)),
        Bands("enforcements", "enforcements", "未结执行案件", (1, 3, 10)),
        Bands("enforcement_amount", "enforcement_amount", "未结执行标的", (1, 1_000_000, 10_000_000, 100_000_000)),
        Flag("is_consumption_limited", "被限制高消费企业", Is("consumption_limited"), "被人民法院限制高消费"),
        Flag("is_insolvency", "进入破产程序企业", Is("insolvency"), "人民法院已受理破产申请"),
    ),
)
