"""Cross-county haulage: building waste that comes from elsewhere, with the permit and the penalties others know of."""

from typing import ClassVar

from schemas.kinds import COUNT, COUNTY, CREDIT_CODE, DAY, FLAG, MONEY, PLATE, TEXT, VOLUME, of_unit
from schemas.product import AWAITED, Level, Product, field, required

_TRIPS, _TIMES = of_unit(COUNT, "趟"), of_unit(COUNT, "次")
_TRIP = ("haulage_trip.trip",)
_PERMITTED = ("vehicle_permit.permit", "vehicle_permit.valid_until")
_CASES = ("haulage_penalty.case_number", "haulage_penalty.decided")


class CrossCountyHaulage(Product):
    """One row a vehicle and month in which it unloaded building waste from another county here."""

    title = "渣土车跨县协同"
    description = "外县运入本县消纳的建筑垃圾，每车每月一行，并列出发证县的准运证与他县的处罚。"
    grain = ("county", "month", "plate")
    levels: ClassVar[tuple[Level, ...]] = ("L2",)
    may_fall = True
    version = "2.0.0"
    needs = ("haulage_trip",)

    county = required(COUNTY, "消纳县（市、区）代码", "L1", meaning="按最新行政区划", of=("haulage_trip.county",))
    county_name = required(TEXT, "消纳县（市、区）", "L1", of=("haulage_trip.county",))
    month = required(DAY, "运输月份", "L2", meaning="当月首日", of=("haulage_trip.day",))
    plate = required(PLATE, "号牌号码", "L2", of=("haulage_trip.plate",))
    credit_code = required(
        CREDIT_CODE, "运输企业统一社会信用代码", "L2", meaning="当月最后一趟所写", of=("haulage_trip.credit_code",)
    )
    trips = required(_TRIPS, "跨县趟次", "L2", meaning="起运县不是本县的趟次", of=_TRIP)
    volume = required(VOLUME, "跨县方量", "L2", of=("haulage_trip.volume",))
    wastes = required(TEXT, "建筑垃圾种类", "L2", meaning="以;相连", of=("haulage_trip.waste",))
    origin_counties = required(TEXT, "起运县（市、区）", "L2", meaning="以;相连", of=("haulage_trip.origin_county",))
    trips_permitted = field(
        _TRIPS,
        "有证趟次",
        "L2",
        meaning=f"运输当日有在有效期内的准运证，且种类相符；{AWAITED}",
        of=(*_TRIP, *_PERMITTED),
    )
    trips_unpermitted = field(
        _TRIPS, "无证或种类不符趟次", "L2", meaning=f"跨县趟次减有证趟次；{AWAITED}", of=(*_TRIP, *_PERMITTED)
    )
    permit = field(TEXT, "准运证号", "L2", meaning="有效期最晚的一件", of=("vehicle_permit.permit",))
    permit_county_name = field(TEXT, "发证县（市、区）", "L2", of=("vehicle_permit.county",))
    permit_valid_until = field(DAY, "准运证有效期止", "L2", of=("vehicle_permit.valid_until",))
    permit_expired = field(
        FLAG, "准运证是否已过期", "L2", meaning="数据时点在有效期止之后；无证为空", of=("vehicle_permit.valid_until",)
    )
    penalties = field(
        _TIMES, "近12个月处罚次数", "L2", meaning=f"各县对该车的处罚，处罚日期在数据时点前12个月之内；{AWAITED}",
        of=_CASES,
    )  # fmt: skip
    penalties_amount = field(
        MONEY, "近12个月罚款金额", "L2", meaning=AWAITED, of=("haulage_penalty.fine", "haulage_penalty.decided")
    )
    penalty_counties = field(TEXT, "处罚县（市、区）", "L2", meaning="以;相连", of=("haulage_penalty.county",))
    last_offence = field(TEXT, "最近一次案由", "L2", of=("haulage_penalty.offence", "haulage_penalty.decided"))
