"""What a column means: its type, how its text is read, what a good value satisfies. No feed, no file, no verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import polars as pl

from schemas.checkdigits import credit_code_is_valid, organisation_code_is_valid, registration_number_is_valid

Reading = Callable[[pl.Expr], pl.Expr]


@dataclass(frozen=True)
class Rule:
    """A named condition on a value; `holds` maps the column to a boolean expression."""

    name: str
    expected: str
    holds: Reading


# Every pass over a text is dear, and nineteen texts in twenty need none: one search tells which do.
_UNTRIMMED = r"^\s|\s$|[\u200b\ufeff]"
# Trimming and NFKC leave printed ASCII and the unified ideographs as they are; whatever else there is may change.
_NOT_NARROW = r"[^!-~\x{4e00}-\x{9fff}]"
_ZERO_WIDTH = r"[\u200b\ufeff]"
# Of these NFKC makes digits: 98.5② would be 98.52, and 1㏠ the 11th. The ² of m² alone is no mark.
_MARKED = r"(?:^|[^mｍ])[²³]|[\p{No}--[²³]]|\d[㋀-㋋㍘-㍰㏠-㏾]"
_NOT_SPELT = r"[^0-9A-Z]"


def _where(odd: str, mend: Reading) -> Reading:
    """A reading that changes only texts in which `odd` is found, and looks at no others."""

    def mended(texts: pl.Series) -> pl.Series:
        is_odd = texts.str.contains(odd).fill_null(value=False)
        some = texts.filter(is_odd).to_frame("text").select(mend(pl.col("text"))).to_series()
        return texts if some.is_empty() else texts.clone().scatter(is_odd.arg_true(), some)

    return lambda text: text.map_batches(mended, pl.String, is_elementwise=True)


def _trim(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_ZERO_WIDTH, "").str.strip_chars()


def _narrow(text: pl.Expr) -> pl.Expr:
    seen = text.str.replace_all(_ZERO_WIDTH, "")
    return pl.when(seen.str.contains(_MARKED)).then(seen).otherwise(seen.str.normalize("NFKC")).str.strip_chars()


def trimmed(text: pl.Expr) -> pl.Expr:
    """Text without outer white space and zero-width characters."""
    return _where(_UNTRIMMED, _trim)(text)


def narrowed(text: pl.Expr) -> pl.Expr:
    """Trimmed text in NFKC form: full-width digits, letters and brackets become half-width.

    A text with a mark that would become a digit, such as a footnote's, stays as it is written.
    """
    return _where(_NOT_NARROW, _narrow)(text)


@dataclass(frozen=True)
class Kind:
    """A column's meaning.

    `tidy` takes the accidents of writing off the text; `read` maps the tidied text to a value and
    gives null where the text is not of this kind. `repairs` says that reading may mend how an
    identifier is written, which is then recorded.
    `rules` are judged on the value; `code_list` names the list a code belongs to and
    `source` the standard in which the feed writes it. `unit` is the one it is written in, `size` its size
    in the kind's own unit. A value of a feed must fit in `read_as`, where that is narrower than `dtype`.
    """

    name: str
    title: str
    dtype: pl.DataType
    read: Reading
    expected: str
    tidy: Reading = narrowed
    rules: tuple[Rule, ...] = field(default=())
    repairs: bool = False
    code_list: str | None = None
    source: str | None = None
    unit: str | None = None
    size: Decimal = Decimal(1)
    read_as: pl.DataType | None = None


def _as_text(text: pl.Expr) -> pl.Expr:
    return text


def _as_number(text: pl.Expr) -> pl.Expr:
    """Digits, all or none of whose thousands are set off by commas; `nan` and `inf` are not numbers."""
    whole = text.str.contains(r"^[+-]?([0-9]{1,18}|[0-9]{1,3}(,[0-9]{3}){1,5})(\.[0-9]{1,6})?$")
    return pl.when(whole).then(text.str.replace_all(",", "", literal=True))


def _as_money(text: pl.Expr) -> pl.Expr:
    return _as_number(text).cast(pl.Decimal(24, 6), strict=False)


def _as_count(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(r"^[0-9]{1,10}$")).then(text).cast(pl.Int64, strict=False)


def _spelt(text: pl.Expr) -> pl.Expr:
    """An identifier's letters in capitals, its inner spaces and hyphens gone."""
    return _where(_NOT_SPELT, lambda odd: odd.str.to_uppercase().str.replace_all(r"[\s-]", ""))(text)


def _matches(pattern: str) -> Reading:
    return lambda value: value.str.contains(pattern)


_NOT_MANGLED = Rule(
    "excel_mangled",
    "an identifier written as text, not a number that a spreadsheet has rounded (9.133E+17)",
    lambda value: ~value.str.contains(r"^[0-9](\.[0-9]+)?E\+?[0-9]+$"),
)

TEXT = Kind("text", "文本", pl.String(), _as_text, "text", tidy=trimmed)
COUNT = Kind("count", "数量", pl.Int64(), _as_count, "a whole number, zero or more")


# Nobody has a hundred trillion of anything: what is larger is another kind of number in the wrong column, and a few of
# these would leave a sum no room.
_BELOW = "below 100,000,000,000,000"
_OF_ONE = pl.Decimal(20, 6)


def _measured(name: str, title: str, unit: str, expected: str, least: str) -> Kind:
    """An amount of something in its unit, to six digits behind the point and never below zero."""
    rule = Rule("negative", f"{least} of zero or more", lambda value: value >= 0)
    told = f"{expected}, {_BELOW}"
    return Kind(name, title, pl.Decimal(24, 6), _as_money, told, rules=(rule,), unit=unit, read_as=_OF_ONE)


MONEY = _measured("money", "金额", "元", "an amount in digits, such as 1234.50", "an amount")
AREA = _measured("area", "面积", "平方米", "an area in digits, such as 89.50", "an area")
LAND = _measured("land", "土地面积", "亩", "an area of land in digits, such as 12.50", "an area")
ENERGY = _measured("energy", "电量", "千瓦时", "an amount of electricity in digits, such as 1234.50", "an amount")
QUOTIENT = Kind("quotient", "比值", pl.Decimal(24, 6), _as_money, "a ratio in digits, such as 0.125")
NAME = Kind(
    "name", "名称", pl.String(), lambda text: text.str.replace_all(r"\s+", " "), "a name of 2 to 200 characters",
    tidy=trimmed,
    rules=(Rule("length", "a name of 2 to 200 characters", lambda value: value.str.len_chars().is_between(2, 200)),),
)  # fmt: skip
ADDRESS = Kind("address", "地址", pl.String(), _as_text, "an address", tidy=trimmed)

CREDIT_CODE = Kind(
    "credit_code", "统一社会信用代码", pl.String(), _spelt, "a unified social credit code (GB 32100-2015)",
    rules=(
        _NOT_MANGLED,
        Rule("length", "18 characters", lambda value: value.str.len_chars() == 18),
        Rule("check_digit", "a last character that agrees with the first 17 (GB 32100-2015)", credit_code_is_valid),
    ), repairs=True,
)  # fmt: skip
ORGANISATION_CODE = Kind(
    "organisation_code", "组织机构代码", pl.String(), _spelt, "an organisation code (GB 11714-1997) or a credit code",
    rules=(
        _NOT_MANGLED,
        Rule("length", "9 or 18 characters", lambda value: value.str.len_chars().is_in([9, 18])),
        Rule(
            "check_digit",
            "a check character that agrees with the rest (GB 11714-1997, GB 32100-2015)",
            lambda value: pl.when(value.str.len_chars() == 18)
            .then(credit_code_is_valid(value))
            .otherwise(organisation_code_is_valid(value)),
        ),
    ), repairs=True,
)  # fmt: skip
TAXPAYER_ID = Kind(
    "taxpayer_id", "纳税人识别号", pl.String(), _spelt, "a taxpayer number of 15, 18 or 20 characters",
    rules=(
        _NOT_MANGLED,
        Rule("length", "15, 18 or 20 characters", lambda value: value.str.len_chars().is_in([15, 18, 20])),
        Rule("alphabet", "digits and capital letters", _matches(r"^[0-9A-Z]+$")),
        Rule(
            "check_digit",
            "a valid organisation code in its last nine characters (15) or a valid credit code (18, 20)",
            lambda value: pl.when(value.str.len_chars() == 15)
            .then(organisation_code_is_valid(value.str.slice(6, 9)))
            .otherwise(credit_code_is_valid(value.str.slice(0, 18))),
        ),
    ), repairs=True,
)  # fmt: skip
REGISTRATION_NUMBER = Kind(
    "registration_number", "工商注册号", pl.String(), _spelt, "a registration number (GS 15-2006) or a credit code",
    rules=(
        _NOT_MANGLED,
        Rule("length", "15 or 18 characters", lambda value: value.str.len_chars().is_in([15, 18])),
        Rule(
            "check_digit",
            "a last character that agrees with the rest (GS 15-2006, GB 32100-2015)",
            lambda value: pl.when(value.str.len_chars() == 18)
            .then(credit_code_is_valid(value))
            .otherwise(registration_number_is_valid(value)),
        ),
    ), repairs=True,
)  # fmt: skip
PERMIT_NUMBER = Kind(
    "permit_number", "排污许可证编号", pl.String(), _spelt, "a credit code, three digits and a letter (HJ 608-2017)",
    rules=(
        _NOT_MANGLED,
        Rule("form", "18 characters, three digits and a letter", _matches(r"^[0-9A-Z]{18}[0-9]{3}[A-Z]$")),
        Rule("check_digit", "a valid credit code in front (GB 32100-2015)",
             lambda value: credit_code_is_valid(value.str.slice(0, 18))),
    ), repairs=True,
)  # fmt: skip
CERTIFICATE_NUMBER = Kind(
    "certificate_number", "证书编号", pl.String(), _spelt, "a certificate number of letters and digits",
    rules=(_NOT_MANGLED, Rule("form", "6 to 24 letters and digits", _matches(r"^[0-9A-Z]{6,24}$"))), repairs=True,
)  # fmt: skip
VOLUME = _measured("volume", "体积", "立方米", "a volume in digits, such as 12.5", "a volume")
SCORE = Kind(
    "score", "得分", pl.Decimal(24, 6), _as_money, "a score in digits, such as 873.5",
    rules=(Rule("out_of_range", "a score from 0 to 1000", lambda value: value.is_between(0, 1000)),),
)  # fmt: skip
PARCEL_CODE = Kind(
    "parcel_code", "宗地代码", pl.String(), _spelt, "a parcel's code of 19 characters (GB/T 37346-2019)",
    rules=(
        _NOT_MANGLED,
        Rule("form", "county, cadastral area and subarea in 12 digits, two letters of the right, 5 digits",
             _matches(r"^[0-9]{12}[A-Z]{2}[0-9]{5}$")),
    ), repairs=True,
)  # fmt: skip
PLATE = Kind(
    "plate", "号牌号码", pl.String(), lambda text: _spelt(text).str.replace_all("[·•.]", ""),
    "a number plate of the mainland (GA 36-2018), such as 浙A12345",
    rules=(
        Rule("form", "a province, a letter and 5 or 6 letters and digits without I and O",
             _matches(r"^\p{Han}[A-HJ-NP-Z][A-HJ-NP-Z0-9]{5,6}$")),
    ), repairs=True,
)  # fmt: skip
COUNTY = Kind(
    "county", "县（市、区）代码", pl.String(), _as_text, "a six-digit code of one of today's counties",
    rules=(Rule("form", "six digits", _matches(r"^[0-9]{6}$")),), code_list="county",
)  # fmt: skip
DIVISION = Kind(
    "division", "统计用区划代码", pl.String(), _as_text, "a statistical code of a town (9 digits) or a village (12)",
    rules=(Rule("form", "nine or twelve digits of Zhejiang (33)", _matches(r"^33[0-9]{7}([0-9]{3})?$")),),
)  # fmt: skip
GRID_CODE = Kind(
    "grid_code", "网格编码", pl.String(), _spelt, "a grid's code of 15 digits (GB/T 30428.1-2013)",
    rules=(
        _NOT_MANGLED,
        Rule("form", "county, town, community and grid in 15 digits of Zhejiang (33)", _matches(r"^33[0-9]{13}$")),
    ), repairs=True,
)  # fmt: skip
TOWN = Kind(
    "town", "乡镇（街道）代码", pl.String(), _as_text, "a nine-digit town code",
    rules=(Rule("form", "nine digits", _matches(r"^[0-9]{9}$")),), code_list="town",
)  # fmt: skip
LONGITUDE = Kind(
    "longitude", "经度", pl.Float64(), lambda text: _as_number(text).cast(pl.Float64), "degrees east",
    rules=(Rule("out_of_range", "a longitude of Zhejiang, 118 to 123.5", lambda value: value.is_between(118, 123.5)),),
)  # fmt: skip
LATITUDE = Kind(
    "latitude", "纬度", pl.Float64(), lambda text: _as_number(text).cast(pl.Float64), "degrees north",
    rules=(Rule("out_of_range", "a latitude of Zhejiang, 27 to 31.5", lambda value: value.is_between(27, 31.5)),),
)  # fmt: skip
FLAG = Kind("flag", "是否", pl.Boolean(), lambda text: text == "true", "true or false")


def flag(yes: str, no: str) -> Kind:
    """Yes or no in a department's two words, such as 是 and 否."""

    def read(text: pl.Expr) -> pl.Expr:
        return pl.when(text == yes).then(pl.lit(value=True)).when(text == no).then(pl.lit(value=False))

    return replace(FLAG, read=read, expected=f"{yes} or {no}")


def _hidden(text: pl.Expr) -> pl.Expr:
    """The k of a cell that is written as `<k`, because fewer would tell who they are."""
    return text.str.extract(r"^<([1-9][0-9]{0,3})$", 1).cast(pl.Int64)


def _least(text: pl.Expr) -> pl.Expr:
    return pl.coalesce(_as_count(text), _hidden(text) * 0)


def _most(text: pl.Expr) -> pl.Expr:
    return pl.coalesce(_as_count(text), _hidden(text) - 1)


# A count that is hidden where it is small is read twice, so that nothing is guessed and nothing is lost.
_HIDDEN = "a whole number, zero or more, or <k for a small one"
COUNT_AT_LEAST = replace(COUNT, read=_least, expected=_HIDDEN)
COUNT_AT_MOST = replace(COUNT, read=_most, expected=_HIDDEN)

EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(2100, 12, 31)
_DAY_IS_SANE = Rule("out_of_range", "a day from 1900 to 2100", lambda value: value.is_between(EARLIEST_DAY, LATEST_DAY))


def _full(text: pl.Expr, form: str) -> pl.Expr:
    """Text that is every digit of a form without separators: 2026111 may be two days, 2026 105 is read as another."""
    digits = {"%Y%m%d": r"^[0-9]{8}$", "%Y%m": r"^[0-9]{6}$"}
    return pl.when(text.str.contains(digits[form])).then(text) if form in digits else text


def _to_day(text: pl.Expr, form: str) -> pl.Expr:
    """The day that a text says in a strptime form, which takes a slip such as 22016 for a year too: that is none."""
    told = text.str.to_date(form, strict=False)
    return pl.when(told.is_between(date.min, date.max)).then(told)


def day(form: str) -> Kind:
    """A calendar day written in the strptime form given, such as `%Y%m%d` or `%Y年%m月%d日`."""

    def read(text: pl.Expr) -> pl.Expr:
        return _to_day(_full(text, form), form)

    return Kind("day", "日期", pl.Date(), read, f"a day that exists, written as {form}", rules=(_DAY_IS_SANE,))


DAY = day("%Y-%m-%d")


def _from_excel(text: pl.Expr) -> pl.Expr:
    """Excel's serial day, 1900 system: 1 is 1900-01-01 and 60 a day that never was, so count from 1899-12-30.

    A workbook of the other system, which begins in 1904, is refused when it is read.
    Five digits alone are one, from 1927-05-18: fewer are a year. A cell that is formatted as a date arrives as the
    day itself, at midnight.
    """
    told = text.str.extract(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?: 00:00:00)?$").str.to_date("%Y-%m-%d", strict=False)
    serial = pl.when(text.str.contains(r"^[1-9][0-9]{4}(\.0+)?$")).then(text).cast(pl.Float64, strict=False)
    return pl.coalesce(pl.date(1899, 12, 30) + pl.duration(days=serial.cast(pl.Int64)), told)


EXCEL_DAY = Kind(
    "day", "日期", pl.Date(), _from_excel, "a date cell or an Excel serial day of five digits, such as 45292",
    rules=(_DAY_IS_SANE,),
)  # fmt: skip


def _from_milliseconds(text: pl.Expr) -> pl.Expr:
    """Milliseconds since 1970-01-01 in UTC: the day that it then was in China, which has one zone."""
    count = pl.when(text.str.contains(r"^[0-9]{12,13}$")).then(text).cast(pl.Int64, strict=False)
    moment = pl.from_epoch(count, time_unit="ms").dt.replace_time_zone("UTC")
    return moment.dt.convert_time_zone("Asia/Shanghai").dt.date()


MILLISECOND_DAY = Kind(
    "day", "日期", pl.Date(), _from_milliseconds, "milliseconds since 1970, such as 1627464632000",
    rules=(_DAY_IS_SANE,),
)  # fmt: skip


def either(one: Kind, other: Kind) -> Kind:
    """A kind that a department writes in two ways; what both can read, the first one reads."""

    def read(text: pl.Expr) -> pl.Expr:
        return pl.coalesce(one.read(text), other.read(text))

    return replace(one, read=read, expected=f"{one.expected}, or {other.expected}")


def followed_by(mark: str, kind: Kind) -> Kind:
    """A kind that is written with a mark behind it, such as 4375套; without the mark it is not of this kind."""

    def read(text: pl.Expr) -> pl.Expr:
        return kind.read(pl.when(text.str.ends_with(mark)).then(text.str.strip_suffix(mark)))

    return replace(kind, read=read, expected=f"{kind.expected}, and {mark} behind it")


def of_unit(kind: Kind, unit: str) -> Kind:
    """The same kind of what is told in this unit: enterprises, persons."""
    return replace(kind, unit=unit)


def signed(kind: Kind) -> Kind:
    """An amount that may be less than nothing, such as a profit."""
    return replace(kind, rules=tuple(rule for rule in kind.rules if rule.name != "negative"))


def worded(kind: Kind, words: dict[str, str]) -> Kind:
    """A kind of which some values are written as words: 即办 for 0 days."""

    def read(text: pl.Expr) -> pl.Expr:
        return kind.read(text.replace(words))

    return replace(kind, read=read, expected=f"{kind.expected}, or {', '.join(words)}")


YEAR = Kind(
    "year", "年份", pl.Int64(), _as_count, "a year in four digits",
    rules=(Rule("out_of_range", "a year from 1949 to 2100", lambda value: value.is_between(1949, 2100)),),
)  # fmt: skip


def month(form: str) -> Kind:
    """A calendar month in the strptime form given, held as its first day."""

    def read(text: pl.Expr) -> pl.Expr:
        return _to_day(_full(text, form) + " 01", form + " %d")

    return Kind("month", "月份", pl.Date(), read, f"a month that exists, written as {form}", rules=(_DAY_IS_SANE,))


def code(code_list: str, source: str | None = None) -> Kind:
    """A code of `code_list`; with `source`, the feed writes it in that standard and a dictionary translates it."""
    expected = f"a code of {code_list}" if source is None else f"a code that the dictionary {source} → {code_list} has"
    return Kind("code", "代码", pl.String(), _as_text, expected, code_list=code_list, source=source)
