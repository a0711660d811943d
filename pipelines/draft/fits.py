"""Of what kind a column's values can be, by content alone: the share that each kind reads and judges good."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import polars as pl

from schemas import kinds
from schemas.checkdigits import resident_number_is_valid
from schemas.kinds import Kind, narrowed

# The specific before the general: every credit code is a good taxpayer number too.
_IDENTIFIERS = {
    "PERMIT_NUMBER": kinds.PERMIT_NUMBER,
    "CREDIT_CODE": kinds.CREDIT_CODE,
    "ORGANISATION_CODE": kinds.ORGANISATION_CODE,
    "REGISTRATION_NUMBER": kinds.REGISTRATION_NUMBER,
    "TAXPAYER_ID": kinds.TAXPAYER_ID,
}
_DAYS = ("%Y-%m-%d", "%Y%m%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S",
         "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S")  # fmt: skip
_MONTHS = ("%Y%m", "%Y-%m", "%Y/%m", "%Y年%m月")
# Forms without separators, which are digits alone.
_DIGITS = ("%Y%m%d", "%Y%m")
_FIRM = r"(?:公司|厂|店|行|社|所|场|院|部|中心|馆|站|集团|企业|合伙\)|经营户|作坊|银行)$"
_OFFICE = r"(?:局|委|委员会|办|办公室|厅|政府|中心|处|院|队|站|所|集团|公司|银行|支行|社|会|学校|街道|镇|乡|法院|府办)$"
_SITE = r"(?:路|街|村|镇|乡|道|巷|弄|区).*(?:\d|号|室|幢|楼|村|组|弄|层|侧|处|口)"
_MOBILE = r"^(?:\+?86)?1[3-9]\d{9}$|^0\d{2,3}-?\d{7,8}(?:-\d+)?$"
_URL = r"^https?://\S+$"
SERIAL_DAYS = r"^[2-5]\d{4}(?:\.0+)?$"
# A spreadsheet's whole numbers may come with a point, 3.0, and the next time without.
_WHOLE = r"^\d{1,10}(?:\.0)?$"
_BEFORE_POINT = r"^(\d{1,10})\.0$"
_LIKE_AN_IDENTIFIER = r"^[0-9A-Za-z\s-]{9,26}$"
CERTAIN = 0.8
# Of fewer values, endings tell nothing: 开放网站 is no name of a firm.
_FEW = 10
_CLOSE = 0.02


@dataclass(frozen=True)
class Fit:
    """A kind that a column may be: its name in the vocabulary's words, how it is declared, what speaks for it.

    `share` is of its values; one more for what chance does not bring about, such as check digits and days.
    """

    kind: str
    declared: str
    share: float
    evidence: str
    take: str | None = None


@dataclass(frozen=True)
class Shares:
    """The share of a column's different values, of which there are `count`, for which each named test holds."""

    count: int
    of: dict[str, float]

    def __getitem__(self, test: str) -> float:
        return self.of.get(test, 0.0)


def good(kind: Kind, text: pl.Expr) -> pl.Expr:
    """Whether a text is read by a kind and satisfies its rules."""
    value = kind.read(kind.tidy(text))
    judged = reduce(lambda held, rule: held & rule.holds(value), kind.rules, value.is_not_null())
    return judged.fill_null(value=False)


def shares(values: pl.Series) -> Shares:
    """Judge a column's values, of which none is null, by every test; each value counts once."""
    told = values.alias("text").unique(maintain_order=True).to_frame()
    tests = _tests(narrowed(pl.col("text")))
    if told["text"].str.contains(_LIKE_AN_IDENTIFIER).sum() > told.height / 2:
        tests |= {name: good(kind, pl.col("text")) for name, kind in _IDENTIFIERS.items()}
        tests["resident"] = resident_number_is_valid(narrowed(pl.col("text")).str.to_uppercase())
    found = told.select(test.fill_null(value=False).mean().alias(name) for name, test in tests.items())
    return Shares(told.height, {name: share or 0.0 for name, share in found.row(0, named=True).items()})


def _tests(text: pl.Expr) -> dict[str, pl.Expr]:
    """Everything that a pattern or a form of writing can tell."""
    days = {form: good(kinds.day(form), text) for form in _DAYS}
    months = {form: good(kinds.month(form), text) for form in _MONTHS}
    patterns = {"firm": _FIRM, "office": _OFFICE, "site": _SITE, "mobile": _MOBILE, "url": _URL, "whole": _WHOLE,
                "pointed": _BEFORE_POINT, "serial_day": SERIAL_DAYS, "leading_zero": r"^0\d",
                "flag": r"^(?:true|false)$"}  # fmt: skip
    return {
        **days,
        **months,
        **{name: text.str.contains(pattern) for name, pattern in patterns.items()},
        "milliseconds": good(kinds.MILLISECOND_DAY, text) & text.str.contains(r"^1\d{12}$"),
        "year": good(kinds.YEAR, text) & text.str.contains(r"^(?:19|20)\d\d$"),
        "number": good(kinds.MONEY, text),
        "longitude": good(kinds.LONGITUDE, text) & text.str.contains(".", literal=True),
        "latitude": good(kinds.LATITUDE, text) & text.str.contains(".", literal=True),
        "certificate": good(kinds.CERTIFICATE_NUMBER, text) & text.str.contains(r"^[A-Z]+\d{4,}"),
    }


def fits(found: Shares) -> list[Fit]:
    """The kinds that most values are of, the likeliest first; empty where content tells nothing."""
    told = [*_identified(found), *_dated(found), *_patterned(found)]
    return sorted((fit for fit in told if fit.share >= CERTAIN), key=lambda fit: -fit.share)


def _identified(found: Shares) -> list[Fit]:
    """The most specific identifier whose share of good check digits is as high as any."""
    best = max((found[name] for name in _IDENTIFIERS), default=0.0)
    for name, kind in _IDENTIFIERS.items():
        if best >= CERTAIN and found[name] >= best - _CLOSE:
            return [Fit(kind.name, name, 1 + found[name], f"{found[name]:.1%} have a good check digit")]
    if found["resident"] >= CERTAIN:
        return [Fit("person", "", 1 + found["resident"], f"{found['resident']:.1%} are resident numbers (GB 11643)")]
    return []


def _dated(found: Shares) -> list[Fit]:
    """Days and months in the form, or the two forms, that most values are written in."""
    named = {form: (_declared_day(form), "day", found[form]) for form in _DAYS}
    named |= {form: (f'month("{form}")', "month", found[form]) for form in _MONTHS}
    named["milliseconds since 1970"] = ("MILLISECOND_DAY", "day", found["milliseconds"])
    ranked = sorted(named.items(), key=lambda each: -each[1][2])
    form, (declared, kind, share) = ranked[0]
    other, (declared_too, kind_too, rest) = ranked[1]
    if share < CERTAIN <= share + rest and kind == kind_too == "day" and form not in _DIGITS:
        told = f"{share:.0%} are written {form}, {rest:.0%} {other}"
        return [Fit("day", f"either({declared}, {declared_too})", 1 + share + rest, told)]
    return [Fit(kind, declared, 1 + share, f"{share:.1%} are written {form}")] if share >= CERTAIN else []


def _declared_day(form: str) -> str:
    return "DAY" if form == "%Y-%m-%d" else f'day("{form}")'


def _patterned(found: Shares) -> list[Fit]:
    """What a pattern of the text alone shows."""
    whole = found["whole"] if found["leading_zero"] < 1 - CERTAIN else 0.0
    written = [
        Fit("name", "NAME", found["firm"], f"{found['firm']:.1%} end as names of firms do"),
        Fit("organisation", "NAME", found["office"] - 0.01, f"{found['office']:.1%} end as names of offices do"),
        Fit("address", "ADDRESS", found["site"] - 0.02, f"{found['site']:.1%} are written as addresses"),
    ]
    return [
        Fit("url", "TEXT", found["url"], f"{found['url']:.1%} are web addresses"),
        Fit("person", "", found["mobile"], f"{found['mobile']:.1%} are telephone numbers"),
        Fit("flag", "FLAG", found["flag"], f"{found['flag']:.1%} are true or false"),
        Fit("longitude", "LONGITUDE", found["longitude"], f"{found['longitude']:.1%} are degrees east of Zhejiang"),
        Fit("latitude", "LATITUDE", found["latitude"], f"{found['latitude']:.1%} are degrees north of Zhejiang"),
        Fit("year", "YEAR", found["year"], f"{found['year']:.1%} are years"),
        Fit("count", "COUNT", whole, f"{whole:.1%} are whole numbers", _BEFORE_POINT if found["pointed"] else None),
        Fit("number", "", found["number"] - 0.001, f"{found['number']:.1%} are numbers"),
        *(written if found.count >= _FEW else ()),
    ]
