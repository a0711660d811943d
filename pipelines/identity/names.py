"""What a name says: its one form for comparison, the place in front, whether it is a branch's. No matching here."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.counties import today_counties

_PUNCTUATION = r"[\s()\[\]{}〔〕【】《》·•・.,、:;'\"“”‘’\-—–_~/\\]"
# Neither NFKC nor capitals change a character of this block, and none is punctuation.
_UNCOMMON = r"[^\x{4e00}-\x{9fa5}]|^$"
_RANK = r"(?:畲族自治县|地区|[省市县区])$"
_LEGAL_FORM = r"(?:股份有限公司|有限公司|公司|合伙企业有限合伙|农民专业合作社|专业合作社|普通合伙|特殊普通合伙)$"
_BRANCH = (
    r"(?:分公司|分行|支行|分理处|分店|分厂|分社|分院|分校|营业部|办事处|代表处)$"
    r"|(?:公司|厂|合作社).+(?:经营部|门市部|营业点|门店|加油站|专卖店)$"
)

ENDS = ("head", "tail", "gapped")
_LEAST_LEFT = 3


@dataclass(frozen=True)
class Places:
    """The places that may stand in front of a name: a regular expression of up to three, and each one's short form."""

    front: str
    shorts: dict[str, str]


def places(mappings: Mappings) -> Places:
    """Every county and city there ever was, in full and short: 浙江省, 杭州市, 余杭区, 余杭."""
    divisions = {*mappings.counties["name"].to_list(), *today_counties(mappings)["city"].to_list()}
    told = pl.Series(["浙江省", "浙江", *sorted(divisions)])
    short = told.str.replace(_RANK, "")
    shortened = told.zip_with(short.str.len_chars() < 2, short)
    shorts = dict(zip([*shortened, *told], [*shortened, *shortened], strict=True))
    alternatives = "|".join(sorted(shorts, key=lambda name: (-len(name), name)))
    return Places(rf"^(?:{alternatives}){{0,3}}", shorts)


def parted(names: pl.Series, known: Places) -> pl.DataFrame:
    """Each name's parts; null where there is no name.

    - `whole`: NFKC, capitals, no brackets, spaces or points, 有限公司 for 有限责任公司, places in front short
    - `place`: the places in front, short: 杭州余杭 of 杭州市余杭区青禾软件有限公司; empty where there is none
    - `short`: the rest of it
    - `branch`: whether it is the name of a branch
    """
    plain = _in_one_form(names)
    short = plain.str.replace(known.front, "")
    parts = pl.DataFrame({"plain": plain, "short": short}).with_columns(
        pl.col("plain").str.strip_suffix(pl.col("short")).alias("front")
    )
    place = _shortened(parts["front"], known)
    return parts.with_columns(place.alias("place")).select(
        pl.concat_str("place", "short").alias("whole"),
        "place",
        "short",
        pl.col("plain").str.contains(_BRANCH).alias("branch"),
    )


def _in_one_form(names: pl.Series) -> pl.Series:
    return _plain(names).str.replace("有限责任公司", "有限公司", literal=True)


def _shortened(fronts: pl.Series, known: Places) -> pl.Series:
    """Each front with its places short; of millions of names there are some hundred fronts."""
    longest = sorted(known.shorts, key=lambda each: (-len(each), each))
    each = fronts.drop_nulls().unique()
    return fronts.replace_strict(
        each, each.str.replace_many(longest, [known.shorts[name] for name in longest], leftmost=True)
    )


def _plain(text: pl.Series) -> pl.Series:
    """NFKC, capitals, no punctuation; what is written in common Chinese characters alone is so already."""
    odd = text.str.contains(_UNCOMMON)
    mended = text.filter(odd).str.normalize("NFKC").str.to_uppercase().str.replace_all(_PUNCTUATION, "")
    mended = mended.set(mended == "", None)
    return text if mended.is_empty() else text.clone().scatter(odd.arg_true(), mended)


def ends(short: pl.Expr) -> list[pl.Expr]:
    """What of a short name's brand and trade, its legal form left out, one other character leaves as it is: ENDS.

    The `head` are its first two characters; the `tail` is all but the first and `gapped` all but the second, null
    where less than three are left, which half a county may share.
    """
    trade = short.str.replace(_LEGAL_FORM, "")
    long = trade.str.len_chars() > _LEAST_LEFT
    gapped = pl.concat_str(trade.str.head(1), trade.str.slice(2))
    return [
        trade.str.head(2).alias("head"),
        pl.when(long).then(trade.str.slice(1)).alias("tail"),
        pl.when(long).then(gapped).alias("gapped"),
    ]


def comparable_address(addresses: pl.Series, known: Places) -> pl.Series:
    """Each address without the places in front and punctuation; null where no house number tells it from others."""
    street = _plain(addresses).str.replace(known.front, "")
    return street.set(~street.str.contains(r"\d") | (street.str.len_chars() < 5), None)
