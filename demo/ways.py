"""Where a defect may happen and how it is done, as expressions on a column's text.

Every function takes the text of the column; the truth's columns stand beside it by their names.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from demo.codes import LETTERS

BROKEN_BYTE = "\ufdd0"

Told = Callable[[pl.Expr], pl.Expr]

_FULL_WIDTH = {chr(digit): chr(digit + 0xFEE0) for digit in range(ord("0"), ord("9") + 1)}
_SAME_SOUND = {
    "鑫": "新", "晨": "辰", "佳": "嘉", "杰": "捷", "丰": "峰", "源": "元", "宏": "弘", "辉": "晖",
    "盛": "晟", "艺": "亿",
}  # fmt: skip
_NEXT_LETTER = {letter: LETTERS[(place + 1) % len(LETTERS)] for place, letter in enumerate(LETTERS)}
_CREDIT_CODES_BEGAN = pl.date(2015, 10, 1)


def always(text: pl.Expr) -> pl.Expr:
    return text.is_not_null()


def known(column: str) -> Told:
    return lambda text: text.is_not_null() & pl.col(column).is_not_null()


def is_limited(text: pl.Expr) -> pl.Expr:
    return text.str.contains_any(["有限公司", "有限责任公司"])


def contains(*words: str) -> Told:
    return lambda text: text.str.contains_any(list(words))


def is_credit_code(text: pl.Expr) -> pl.Expr:
    return text.str.contains(r"^[0-9A-HJ-NPQRTUWXY]{18}")


def wrong_check(text: pl.Expr) -> pl.Expr:
    check = text.str.slice(17, 1).replace_strict(_NEXT_LETTER, default="0", return_dtype=pl.String)
    return pl.concat_str(text.str.slice(0, 17), check, text.str.slice(18))


def old_tax_number(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.slice(2, 6), text.str.slice(8, 9))


def spaced(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.slice(0, 8), pl.lit(" "), text.str.slice(8), pl.lit(" "))


def mangled(text: pl.Expr) -> pl.Expr:
    """What a spreadsheet makes of eighteen digits: 9.13301E+17."""
    return pl.concat_str(text.str.slice(0, 1), pl.lit("."), text.str.slice(1, 5), pl.lit("E+17"))


def opens_with_place(text: pl.Expr) -> pl.Expr:
    return (pl.col("place") != "") & text.str.starts_with(pl.col("place"))


def without_place(text: pl.Expr) -> pl.Expr:
    return text.str.strip_prefix(pl.col("place"))


def other_company_word(text: pl.Expr) -> pl.Expr:
    short = text.str.replace("有限责任公司", "有限公司", literal=True)
    return pl.when(text == short).then(text.str.replace("有限公司", "有限责任公司", literal=True)).otherwise(short)


def same_sound(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list(_SAME_SOUND), list(_SAME_SOUND.values()))


def wide_brackets(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(["(", ")"], ["（", "）"])


def in_the_middle(what: str) -> Told:
    return lambda text: pl.concat_str(text.str.slice(0, 4), pl.lit(what), text.str.slice(4))


def quoted_trade(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.slice(0, 2), pl.lit('"'), "trade", pl.lit('"'), text.str.slice(2))


def never(text: pl.Expr) -> pl.Expr:
    """The 31st of February in the feed's own form."""
    return (
        text.str.replace(r"^(\d{4})\d{4}$", "${1}0231")
        .str.replace(r"^(\d{4})-\d\d-\d\d$", "${1}-02-31")
        .str.replace(r"年\d+月\d+日$", "年2月31日")
    )


def as_text(text: pl.Expr) -> pl.Expr:
    """An Excel serial day written as text, 2024.05.08."""
    return (pl.date(1899, 12, 30) + pl.duration(days=text.cast(pl.Int64))).dt.to_string("%Y.%m.%d")


def plain_amount(text: pl.Expr) -> pl.Expr:
    return text.str.contains(r"^[\d,]+[^\d.]|^\d+\.\d\d$")


def in_wan(text: pl.Expr) -> pl.Expr:
    """Yuan where the feed means yuan become ten thousands; ten thousands in a register become yuan."""
    amount = text.str.extract(r"^([\d,.]+)", 1)
    wan = text.str.contains("万")
    yuan = pl.concat_str(amount.str.replace_all(",", ""), pl.lit("0000"), text.str.slice(amount.str.len_chars()))
    return pl.when(wan).then(yuan).otherwise((amount.cast(pl.Float64) / 10_000).round(2).cast(pl.String))


def about(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("约"), text)


def dotted(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text.str.slice(0, 2), pl.lit("·"), text.str.slice(2).str.to_lowercase())


def cut(text: pl.Expr) -> pl.Expr:
    """Without the province and the last character."""
    return text.str.slice(1, 5)


def without_last(text: pl.Expr) -> pl.Expr:
    return text.str.slice(0, text.str.len_chars() - 1)


def in_yuan(text: pl.Expr) -> pl.Expr:
    """Yuan where the feed means ten thousands."""
    return (text.cast(pl.Decimal(24, 6), strict=False) * 10_000).cast(pl.Decimal(24, 2)).cast(pl.String)


def half_as_much_again(text: pl.Expr) -> pl.Expr:
    return pl.concat_str((text.str.extract(r"^(\d+)", 1).cast(pl.Int64) * 3 // 2).cast(pl.String), pl.lit(".00"))


def constant(value: str) -> Told:
    return lambda text: pl.lit(value)


def one_of(values: tuple[str, ...]) -> Told:
    return lambda text: pl.lit(pl.Series(values)).gather((pl.col("number") % len(values)).cast(pl.Int64))


def old_division(text: pl.Expr) -> pl.Expr:
    """The county's name on the day of registration; the bare 城区 and 郊区 of old with their city."""
    bare = pl.col("division_name").is_in(["城区", "郊区"])
    return pl.when(bare).then(pl.concat_str("division_city", "division_name")).otherwise("division_name")


def short_division(text: pl.Expr) -> pl.Expr:
    return pl.col("county_name").str.replace("畲族自治县$", "").str.replace("^(..+)[市区县]$", "$1")


def renamed_county(text: pl.Expr) -> pl.Expr:
    return (pl.col("division_name") != pl.col("county_name")) & ~pl.col("moved") & text.is_not_null()


def office(text: pl.Expr) -> pl.Expr:
    """The division of a division code, or the one inside a credit code."""
    return pl.when(text.str.len_chars() == 6).then(text).otherwise(text.str.slice(2, 6))


def office_of_city(text: pl.Expr) -> pl.Expr:
    return office(text).str.ends_with("00")


def office_of_old(text: pl.Expr) -> pl.Expr:
    return (office(text) != pl.col("county")) & ~pl.col("moved") & ~office_of_city(text)


def is_na(text: pl.Expr) -> pl.Expr:
    return text == "N/A"


def is_na_for_something(text: pl.Expr) -> pl.Expr:
    return is_na(text) & pl.col("capital_yuan").is_not_null()


def other_spelling(text: pl.Expr) -> pl.Expr:
    return ~is_na(text) & ~text.str.contains(r"\(万元人民币\)$")


def disappeared(text: pl.Expr) -> pl.Expr:
    return pl.col("edition") == "2011_only"


def reused(text: pl.Expr) -> pl.Expr:
    return pl.col("edition") == "reused"


def has_x(text: pl.Expr) -> pl.Expr:
    return text.str.contains("X")


def lower_x(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all("X", "x")


def full_width(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(_FULL_WIDTH)


def is_all_digits(text: pl.Expr) -> pl.Expr:
    return text.str.contains(r"^\d{18}$")


def registered_before_credit_codes(text: pl.Expr) -> pl.Expr:
    return pl.col("registered") < _CREDIT_CODES_BEGAN


def with_serial(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(text, pl.lit("00"))


def without_hyphen(text: pl.Expr) -> pl.Expr:
    return text.str.replace("-", "", literal=True)


def has_moved(text: pl.Expr) -> pl.Expr:
    return pl.col("moved")


def truth_of(column: str) -> Told:
    return lambda text: pl.col(column)


def sounds_like_another(text: pl.Expr) -> pl.Expr:
    return text.str.contains_any(list(_SAME_SOUND))


def below_zero(text: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("-"), text)


def differs_from(value: str) -> Told:
    return lambda text: text != value


def in_foreign_money(text: pl.Expr) -> pl.Expr:
    return pl.col("currency") != "CNY"


def typed_coarsely(text: pl.Expr) -> pl.Expr:
    return pl.col("sort").is_in(["partnership", "limited_partnership", "branch"])
