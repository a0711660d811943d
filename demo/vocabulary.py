"""The words departments use for what an enterprise is, and what the dictionaries say they mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from demo.places import Map, read_map
from pipelines.dictionary import Mappings
from pipelines.meaning.codes import translation
from schemas.mendable import Mendable

REGISTER_TYPES = {
    "company": "有限责任公司", "foreign": "有限责任公司 外商投资企业", "joint_stock": "股份有限公司",
    "sole": "个人独资企业", "partnership": "普通合伙", "limited_partnership": "有限合伙",
    "cooperative": "农民专业合作社", "collective": "集体所有制", "stock_cooperative": "股份合作制",
    "individual": "个体工商户", "branch": "分公司",
}  # fmt: skip
TAX_TYPES = {
    "company": "173", "foreign": "330", "joint_stock": "160", "sole": "171", "partnership": "172",
    "limited_partnership": "172", "cooperative": "190", "collective": "120", "stock_cooperative": "130",
    "individual": "410", "branch": "173",
}  # fmt: skip
TAX_STATES = {"active": "03", "suspended": "04", "abnormal": "05", "ended": "07"}
INSURANCE_STATES = {"paying": "正常缴费", "paused": "暂停缴费", "ended": "终止缴费"}
CURRENCIES = {"CNY": "万元人民币", "USD": "万美元", "HKD": "万香港元", "JPY": "万日元", "EUR": "万欧元"}
TECHNOLOGY_LISTS = ("高新技术企业", "科技型中小企业", "省级企业研究院")
PERMIT_CLASSES = ("重点管理", "简化管理", "登记管理")

_TRADES = Path(__file__).parent / "words" / "trades.csv"


class VocabularyError(Mendable):
    """A word of the demo that mappings/ does not translate; the message names list, source and word."""


@dataclass(frozen=True)
class World:
    """What the demo needs of the mappings: the map, the trades, the dictionaries by (list, source)."""

    map: Map
    trades: pl.DataFrame
    meanings: dict[tuple[str, str], dict[str, str]]

    def meaning(self, code_list: str, source: str, words: dict[str, str]) -> dict[str, str]:
        """Each key's word in the standard. Raises VocabularyError for a word that the dictionary lacks."""
        known = self.meanings[code_list, source]
        missing = sorted(set(words.values()) - set(known))
        if missing:
            raise VocabularyError(f"mappings/codes/{code_list}.csv has no row for {source}: {', '.join(missing)}.")
        return {key: known[word] for key, word in words.items()}


def read_world(mappings: Mappings, on: date) -> World:
    """The world as the mappings tell it on a day."""
    pairs = mappings.codes.select("list", "source").unique().sort("list", "source")
    meanings = {
        (code_list, source): dict(translation(mappings, code_list, source, on).iter_rows())
        for code_list, source in pairs.iter_rows()
    }
    classes = mappings.lists.filter((pl.col("list") == "gbt4754_2017") & (pl.col("level") == 4))["code"]
    return World(read_map(mappings), read_trades(classes), meanings)


def read_trades(classes: pl.Series) -> pl.DataFrame:
    """Trades, given the classes of GB/T 4754-2017.

    trade_row, industry (2017 class), tax_code (2011 class), setting, weight, words (list), scope, and
    edition: what became of the 2011 code, which is `2011_only`, `reused` for something else, or `both`.
    """
    edition = (
        pl.when(~pl.col("tax_code").is_in(classes.implode())).then(pl.lit("2011_only"))
        .when(pl.col("tax_code") != pl.col("industry")).then(pl.lit("reused")).otherwise(pl.lit("both"))
    )  # fmt: skip
    trades = pl.read_csv(_TRADES, infer_schema=False).with_row_index("trade_row").cast({"trade_row": pl.Int64})
    return trades.with_columns(pl.col("weight").cast(pl.Int64), pl.col("words").str.split(";"), edition=edition)
