"""The status under which an enterprise is registered and what follows from it."""

from datetime import date

from schemas.condition import OneOf
from schemas.entities.enterprise import Enterprise
from schemas.tag import Codes, Family, Flag

STATUS = Family(
    "status",
    "经营状态",
    "县市场监督管理局",
    "哪些企业在经营，哪些已停业、吊销、注销？",
    date(2026, 7, 1),
    (
        Codes("status", "status", "enterprise_status", "经营状态：{name}"),
        Flag("alive", "存续在营企业", OneOf("status", ("1",)), "经营状态为存续"),
        Flag("ended", "已注销或吊销企业", OneOf("status", Enterprise.status.ends), "经营状态为注销或吊销"),
        Flag("leaving", "退出过程中企业", OneOf("status", ("2", "3", "7")), "经营状态为停业、清算或非正常"),
    ),
)
