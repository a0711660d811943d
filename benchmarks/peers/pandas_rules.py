"""Each feed's values in the standard's types, with reasons, and the pandera schema that judges them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import date

import pandas as pd

from benchmarks.peers.pandas_text import (
    COUNT,
    DAY,
    MONEY,
    STRING,
    count,
    day,
    excel_day,
    is_credit_code,
    is_mangled,
    is_organisation_code,
    money,
    narrow,
    present,
    spelt,
    squeezed,
    taken,
    tidy,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandera.pandas as pa

Meaning = Callable[[str, str], pd.Series]
Reading = tuple[pd.DataFrame, dict[str, pd.Series]]

_ISO, _CHINESE = r"^\d+-\d{1,2}-\d{1,2}$", r"^\d+年\d{1,2}月\d{1,2}日$"


def read_market(text: pd.DataFrame, means: Meaning) -> Reading:
    """Values and, by rule, where text has none; the same for the other feeds."""
    said = {
        name: present(narrow(text[name]), "N/A") for name in ("统一社会信用代码", "注册日期", "企业类型", "注册资金")
    }
    amount = taken(said["注册资金"], r"^(?P<it>[\d.,]+)\s*\(?\s*万")
    currency = taken(said["注册资金"], r"^[\d.,]+\s*\(?\s*(?P<it>万.*?)\)?$")
    values = pd.DataFrame({
        "name": squeezed(present(tidy(text["企业名称"]), "N/A")),
        "credit_code": spelt(said["统一社会信用代码"]),
        "registered": day(said["注册日期"], _ISO, "%Y-%m-%d"),
        "enterprise_type": _meant(said["企业类型"], means("enterprise_type", "market_regulation")),
        "capital": money(amount, 10_000),
        "capital_currency": _meant(currency, means("currency", "capital_unit")),
        "scope": present(tidy(text["经营范围"]), "N/A"),
        "address": present(tidy(text["注册地址"]), "N/A"),
    })  # fmt: skip
    return values, {
        "registered/unreadable": _lost(said["注册日期"], values["registered"]),
        "enterprise_type/unmapped": _lost(said["企业类型"], values["enterprise_type"]),
        "capital/unreadable": _lost(amount, values["capital"]),
        "capital_currency/unmapped": _lost(currency, values["capital_currency"]),
    }


def read_tax(text: pd.DataFrame, means: Meaning) -> Reading:
    """Taxpayers."""
    said = {name: present(narrow(text[name])) for name in text.columns if name != "NSRMC"}
    values = pd.DataFrame({
        "taxpayer_id": spelt(said["NSRSBH"]),
        "name": squeezed(present(tidy(text["NSRMC"]))),
        "industry": _meant(said["HY_DM"], means("gbt4754_2017", "gbt4754_2011")),
        "enterprise_type": _meant(said["DJZCLX_DM"], means("enterprise_type", "tax_registration_type")),
        "status": _meant(said["NSRZT_DM"], means("enterprise_status", "tax_status")),
        "capital": money(said["ZCZB"], 1),
        "started": day(said["KYSLRQ"], r"^\d{8}$", "%Y%m%d"),
        "revenue": money(said["YYSR"], 1),
        "tax_paid": money(said["SJSE"], 1),
    })  # fmt: skip
    values["capital_currency"] = pd.Series("CNY", index=values.index, dtype=STRING)
    return values, {
        "industry/unmapped": _lost(said["HY_DM"], values["industry"]),
        "enterprise_type/unmapped": _lost(said["DJZCLX_DM"], values["enterprise_type"]),
        "status/unmapped": _lost(said["NSRZT_DM"], values["status"]),
        "capital/unreadable": _lost(said["ZCZB"], values["capital"]),
        "started/unreadable": _lost(said["KYSLRQ"], values["started"]),
        "revenue/unreadable": _lost(said["YYSR"], values["revenue"]),
        "tax_paid/unreadable": _lost(said["SJSE"], values["tax_paid"]),
    }


def read_social(text: pd.DataFrame, means: Meaning) -> Reading:
    """Insured employers."""
    said = {name: present(narrow(text[name])) for name in ("zzjgdm", "hyml", "cbrs", "jfzt", "sccbny", "pc")}
    values = pd.DataFrame({
        "unit_number": present(tidy(text["dwbh"])),
        "name": squeezed(present(tidy(text["dwmc"]))),
        "organisation_code": spelt(said["zzjgdm"]),
        "industry_section": _meant(said["hyml"], means("gbt4754_2017", "section")),
        "insured": count(said["cbrs"]),
        "insurance_status": _meant(said["jfzt"], means("insurance_status", "social_security")),
        "first_insured": day(said["sccbny"] + "01", r"^\d{8}$", "%Y%m%d"),
        "batch": day(said["pc"] + "01", r"^\d{8}$", "%Y%m%d"),
    })  # fmt: skip
    return values, {
        "industry_section/unmapped": _lost(said["hyml"], values["industry_section"]),
        "insured/unreadable": _lost(said["cbrs"], values["insured"]),
        "insurance_status/unmapped": _lost(said["jfzt"], values["insurance_status"]),
        "first_insured/unreadable": _lost(said["sccbny"], values["first_insured"]),
        "batch/unreadable": _lost(said["pc"], values["batch"]),
    }


def read_science(text: pd.DataFrame, means: Meaning) -> Reading:
    """Recognised enterprises."""
    said = {name: present(narrow(text[name])) for name in ("名单类别", "证书编号", "发证日期", "有效期至")}
    values = pd.DataFrame({
        "name": squeezed(present(tidy(text["企业名称"]))),
        "listed": _meant(said["名单类别"], means("technology_list", "science_technology")),
        "certificate": spelt(said["证书编号"]),
        "issued": excel_day(said["发证日期"]),
        "valid_until": excel_day(said["有效期至"]),
    })  # fmt: skip
    return values, {
        "listed/unmapped": _lost(said["名单类别"], values["listed"]),
        "issued/unreadable": _lost(said["发证日期"], values["issued"]),
        "valid_until/unreadable": _lost(said["有效期至"], values["valid_until"]),
    }


def read_ecology(text: pd.DataFrame, means: Meaning) -> Reading:
    """Discharge permits."""
    said = {name: present(narrow(text[name])) for name in ("permitNo", "managementClass", "issueDate", "validUntil")}
    values = pd.DataFrame({
        "permit_number": spelt(said["permitNo"]),
        "credit_code": spelt(taken(said["permitNo"], r"^\s*(?P<it>.{18})")),
        "name": squeezed(present(tidy(text["unitName"]))),
        "permit_class": _meant(said["managementClass"], means("permit_class", "ecology")),
        "issued": day(said["issueDate"], _CHINESE, "%Y年%m月%d日"),
        "valid_until": day(said["validUntil"], _CHINESE, "%Y年%m月%d日"),
    })  # fmt: skip
    return values, {
        "permit_class/unmapped": _lost(said["managementClass"], values["permit_class"]),
        "issued/unreadable": _lost(said["issueDate"], values["issued"]),
        "valid_until/unreadable": _lost(said["validUntil"], values["valid_until"]),
    }


def _meant(text: pd.Series, meaning: pd.Series) -> pd.Series:
    codes = text.to_frame("code").merge(meaning.rename("standard"), how="left", left_on="code", right_index=True)
    return codes["standard"].astype(STRING).set_axis(text.index)


def _lost(text: pd.Series, value: pd.Series) -> pd.Series:
    return text.notna() & value.isna()


def _check(name: str, holds: Callable[[pd.Series], pd.Series]) -> pa.Check:
    return pa.Check(holds, name=name, error=name)


def _is_taxpayer(text: pd.Series) -> pd.Series:
    return is_organisation_code(text.str.slice(6)).where(text.str.len() == 15, is_credit_code(text.str.slice(0, 18)))


def _is_either(text: pd.Series) -> pd.Series:
    return is_credit_code(text).where(text.str.len() == 18, is_organisation_code(text))


_MANGLED = _check("excel_mangled", lambda text: ~is_mangled(text))
_NAME = pa.Column(STRING, _check("length", lambda text: text.str.len().between(2, 200)))
_CODE, _CODE_OR_NOTHING = pa.Column(STRING), pa.Column(STRING, nullable=True)
_SANE = _check("out_of_range", lambda day: day.between(date(1900, 1, 1), date(2100, 12, 31)))
_SANE_DAY, _SANE_DAY_OR_NOTHING = pa.Column(DAY, _SANE), pa.Column(DAY, _SANE, nullable=True)
_AMOUNT = pa.Column(MONEY, _check("negative", lambda amount: amount >= 0), nullable=True)
_CREDIT_CODE = pa.Column(STRING, [
    _MANGLED, _check("length", lambda text: text.str.len() == 18), _check("check_digit", is_credit_code),
])  # fmt: skip

SCHEMAS = {
    "market": pa.DataFrameSchema({
        "name": _NAME, "credit_code": _CREDIT_CODE, "registered": _SANE_DAY, "enterprise_type": _CODE_OR_NOTHING,
        "capital": _AMOUNT, "capital_currency": _CODE_OR_NOTHING,
    }),
    "tax": pa.DataFrameSchema({
        "taxpayer_id": pa.Column(STRING, [
            _MANGLED, _check("length", lambda text: text.str.len().isin([15, 18, 20])),
            _check("alphabet", lambda text: text.str.contains("^[0-9A-Z]+$")), _check("check_digit", _is_taxpayer),
        ]),
        "name": _NAME, "industry": _CODE, "enterprise_type": _CODE, "status": _CODE, "capital": _AMOUNT,
        "started": _SANE_DAY_OR_NOTHING, "revenue": _AMOUNT, "tax_paid": _AMOUNT,
    }),
    "social": pa.DataFrameSchema({
        "unit_number": _CODE, "name": _NAME,
        "organisation_code": pa.Column(STRING, [
            _MANGLED, _check("length", lambda text: text.str.len().isin([9, 18])), _check("check_digit", _is_either),
        ]),
        "industry_section": _CODE, "insured": pa.Column(COUNT), "insurance_status": _CODE,
        "first_insured": _SANE_DAY_OR_NOTHING, "batch": _SANE_DAY,
    }),
    "science": pa.DataFrameSchema({
        "name": _NAME, "listed": _CODE,
        "certificate": pa.Column(STRING, [
            _MANGLED, _check("form", lambda text: text.str.contains("^[0-9A-Z]{6,24}$")),
        ]),
        "issued": _SANE_DAY, "valid_until": _SANE_DAY_OR_NOTHING,
    }),
    "ecology": pa.DataFrameSchema({
        "permit_number": pa.Column(STRING, [
            _MANGLED, _check("form", lambda text: text.str.contains(r"^[0-9A-Z]{18}\d{3}[A-Z]$")),
            _check("check_digit", lambda text: is_credit_code(text.str.slice(0, 18))),
        ]),
        "credit_code": _CREDIT_CODE, "name": _NAME, "permit_class": _CODE, "issued": _SANE_DAY,
        "valid_until": _SANE_DAY_OR_NOTHING,
    }),
}  # fmt: skip


def broken(feed: str, values: pd.DataFrame) -> pd.DataFrame:
    """The rules that pandera finds broken: columns row and rule."""
    try:
        SCHEMAS[feed].validate(values, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        check = cases["check"].replace("not_nullable", "missing")
        return pd.DataFrame({"row": cases["index"].astype("int64"), "rule": cases["column"] + "/" + check})
    return pd.DataFrame({"row": pd.Series(dtype="int64"), "rule": pd.Series(dtype=object)})
