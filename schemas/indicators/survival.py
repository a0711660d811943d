"""How long enterprises last."""

from datetime import date

from schemas.indicator import Figure, Indicator

_MEANING = (
    "Kaplan—Meier乘积极限估计（1958），按月龄（已满的整月数）分组；观察期为首批税务登记数据至数据时点，其前成立者自首批数据时的月龄起"
    "计入在险企业（左截断），未注销、未吊销者在数据时点删失；观察期不足一年，或任一月龄在险企业不足10家，不公布"
)
_OF_COHORT = f"{_MEANING}；只计该年成立者，月份为该年一月；首批数据所在年份之前的成立年份，头几个月龄无人在险，不单列"


def _survival(years: int) -> Indicator:
    return Indicator(
        f"survival_{years}y", f"{years}年存续率", "比率", "2.0.0", date(2026, 7, 1), _MEANING,
        Figure(f"survival_{years}y", _product(years), "L1"),
    )  # fmt: skip


def _survival_of_cohort(years: int) -> Indicator:
    """Beside the other, which pools all founding years."""
    return Indicator(
        f"cohort_survival_{years}y", f"按成立年份的{years}年存续率", "比率", "1.0.0", date(2026, 11, 30), _OF_COHORT,
        Figure(f"cohort_survival_{years}y", f"该年成立者{_product(years)}", "L1"),
    )  # fmt: skip


def _product(years: int) -> str:
    return f"零至{12 * years - 1}月龄各（1－注销吊销企业数÷在险企业数）的连乘积"


ONE_YEAR, THREE_YEARS, FIVE_YEARS = _survival(1), _survival(3), _survival(5)
COHORT_ONE_YEAR, COHORT_THREE_YEARS, COHORT_FIVE_YEARS = (_survival_of_cohort(years) for years in (1, 3, 5))
