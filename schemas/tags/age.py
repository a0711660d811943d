"""How long an enterprise has been there, by the day it was established."""

from datetime import date

from schemas.condition import at_least, within
from schemas.kinds import COUNT
from schemas.measure import QUANTITY, Days, Years
from schemas.tag import Bands, Family, Flag, Number

AGE = Family(
    "age",
    "存续年限",
    "县市场监督管理局",
    "哪些是新设企业，哪些已稳定经营多年？",
    date(2026, 7, 1),
    (
        Bands("age", "age_years", "存续年限", (1, 3, 5, 10, 20, 30)),
        Number(
            "days_since_registered", "成立天数", Days("registered"), "成立日期减数据时点，已成立为负", "天", QUANTITY
        ),
        Flag("new_30_days", "近30天新设企业", within("days_since_registered", -30, 1), "成立日期在数据时点前30天以内"),
        Flag("new_90_days", "近90天新设企业", within("days_since_registered", -90, 1), "成立日期在数据时点前90天以内"),
        Flag(
            "new_180_days", "近180天新设企业", within("days_since_registered", -180, 1), "成立日期在数据时点前180天以内"
        ),
        Flag("full_3_years", "注册成立满三年", at_least("age_years", 3), "成立日期至数据时点满三整年"),
        Number("years_since_started", "开业年数", Years("started"), "税务登记开业日期至数据时点的整年数", "年", COUNT),
        Bands("started", "years_since_started", "开业", (1, 3, 5, 10)),
    ),
)
