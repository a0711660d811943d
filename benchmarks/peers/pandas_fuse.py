"""What is true of each enterprise and what was said otherwise, and the enterprise mirror made of it, in pandas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.peers.pandas_text import COUNT, STRING, arrow, series

_FEED = {"market": "market_regulation_enterprise", "tax": "tax_registration", "social": "social_security_employer",
         "ecology": "ecology_permit", "science": "science_technology_list"}  # fmt: skip
# For each column the feeds that tell it, the highest authority first; a follower goes with its leader.
_SAID = {
    "name": ("market", "tax", "social", "ecology", "science"),
    "county": ("market", "social", "ecology", "science"),
    **dict.fromkeys(("address", "registered", "scope"), ("market",)),
    **dict.fromkeys(("enterprise_type", "capital"), ("market", "tax")),
    **dict.fromkeys(("started", "status", "industry", "revenue", "tax_paid"), ("tax",)),
    **dict.fromkeys(("industry_section", "insured", "insurance_status", "first_insured"), ("social",)),
}
# Which codes of which column tell that a row of a feed has ended.
_ENDS = {"tax": ("status", ["4", "5"]), "social": ("insurance_status", ["3"])}
_SUMMED = ("insured", "revenue", "tax_paid")
_ALONG = {"town": "county", "place_evidence": "county", "capital_currency": "capital"}
_BRANCH = "(?:分公司|分行|支行|分店|分厂|分社|营业部|办事处|代表处)$"


def fused(feeds: dict[str, pd.DataFrame], presence: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Values and origin by entity, and disputes: what each feed's newest row says of an enterprise, by authority.

    Counts and amounts add up over all rows of a feed.
    """
    newest = _newest(feeds, presence)
    entities = pd.Index(pd.array(np.sort(newest["entity_id"].unique()), dtype=STRING), name="credit_code")
    rows = {
        feed: _of_entities(feed, table, newest, entities).assign(**_sums(feed, table, presence, entities))
        for feed, table in feeds.items()
    }
    values, origin = pd.DataFrame(index=entities), pd.DataFrame(index=entities)
    for column, feeds_of in _SAID.items():
        values[column], origin[column] = _chosen([(feed, rows[feed][column]) for feed in feeds_of])
    for column, leader in _ALONG.items():
        values[column], origin[column] = _followed(column, origin[leader], rows)
    return values, origin, _disputes(values, origin, rows)


def _newest(feeds: dict[str, pd.DataFrame], presence: pd.DataFrame) -> pd.DataFrame:
    """All rows of a feed are of one day; of these the greatest record is the newest, as text, but one that has ended
    holds behind no other."""
    told = [(feed, feeds[feed][feeds[feed][column].isin(codes)]) for feed, (column, codes) in _ENDS.items()]
    ended = pd.concat([rows[["row"]].assign(feed=feed) for feed, rows in told]).astype(presence.dtypes[["row", "feed"]])
    marked = presence.merge(ended, on=["feed", "row"], how="left", indicator="stands")
    ordered = marked.assign(stands=marked["stands"] == "left_only").sort_values(["stands", "record"])
    return ordered.drop_duplicates(["feed", "entity_id"], keep="last").drop(columns="stands")


def _of_entities(feed: str, table: pd.DataFrame, newest: pd.DataFrame, entities: pd.Index) -> pd.DataFrame:
    return newest[newest["feed"] == feed].merge(table, on="row").set_index("entity_id").reindex(entities)


def _sums(feed: str, table: pd.DataFrame, presence: pd.DataFrame, entities: pd.Index) -> dict[str, pd.Series]:
    """By entity what adds up over a feed's rows, in Arrow: exact decimals, and nothing where none is known."""
    names = [name for name in _SUMMED if name in table]
    mine = presence[presence["feed"] == feed].merge(table[["row", *names]], on="row")
    columns = pa.table({name: arrow(mine[name]) for name in ("entity_id", *names)})
    told = columns.group_by("entity_id").aggregate([(name, "sum") for name in names])
    index = pd.Index(pd.array(told["entity_id"], dtype=STRING))
    sums = {name: told[f"{name}_sum"].cast(columns[name].type) for name in names}
    return {name: series(each, index).reindex(entities) for name, each in sums.items()}


def _chosen(said: list[tuple[str, pd.Series]]) -> tuple[pd.Series, pd.Series]:
    value, feed = said[0][1], pd.Series(said[0][0], index=said[0][1].index, dtype=STRING).where(said[0][1].notna())
    for name, other in said[1:]:
        feed = feed.mask(value.isna() & other.notna(), name)
        value = value.fillna(other)
    return value, feed


def _followed(column: str, leader: pd.Series, rows: dict[str, pd.DataFrame]) -> tuple[pd.Series, pd.Series]:
    told = [(feed, table[column]) for feed, table in rows.items() if column in table]
    value = told[0][1].where(leader == told[0][0])
    for feed, said in told[1:]:
        value = value.fillna(said.where(leader == feed))
    return value, leader.where(value.notna())


def _disputes(values: pd.DataFrame, origin: pd.DataFrame, rows: dict[str, pd.DataFrame]) -> pd.DataFrame:
    told = [
        _lost(column, feed, values, origin, rows)
        for column in [*_SAID, "town", "capital_currency"]
        for feed, table in rows.items()
        if column in table
    ]
    return pd.concat(told, ignore_index=True)


def _lost(
    column: str, feed: str, values: pd.DataFrame, origin: pd.DataFrame, rows: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    differs = (rows[feed][column] != values[column]).fillna(value=False).astype(bool)
    won, mine = origin.loc[differs, column], rows[feed][differs]
    records = pd.DataFrame({name: table.loc[differs, "record"] for name, table in rows.items()})
    won_record = [records.at[key, name] for key, name in won.items()]
    return pd.DataFrame({
        "credit_code": mine.index, "column": column, "won_by": won.map(_FEED).to_numpy(),
        "value": _text(values.loc[differs, column]), "won_record": won_record,
        "lost_by": _FEED[feed], "lost_value": _text(mine[column]), "lost_record": mine["record"].to_numpy(),
    }).astype(STRING)  # fmt: skip


def _text(values: pd.Series) -> list[str | None]:
    return arrow(values).cast(pa.string()).to_pylist()


def mirror(
    values: pd.DataFrame, disputes: pd.DataFrame, presence: pd.DataFrame, feeds: dict[str, pd.DataFrame],
    names: dict[str, pd.Series], parents: pd.Series, today: date,
) -> pd.DataFrame:  # fmt: skip
    """The product's columns, sorted by county and credit code; `names` are the lists' names by code."""
    made = values[values["name"].notna() & values["county"].notna()].copy()
    made["organisation_code"] = made.index.str.slice(8, 17).astype(STRING)
    for column, listed in (("county", "county"), ("town", "town"), ("enterprise_type", "enterprise_type"),
                           ("status", "enterprise_status"), ("industry", "gbt4754_2017"),
                           ("insurance_status", "insurance_status")):  # fmt: skip
        made[f"{column}_name"] = _named(made[column], names[listed])
    by_kind = made["enterprise_type_name"].str.contains("分", regex=False).fillna(value=False)
    by_kind &= (made["enterprise_type"] != "4000").fillna(value=False)
    made["is_branch"] = by_kind | made["name"].str.contains(_BRANCH)
    made["age_years"] = _years(made["registered"], today)
    made["industry_section"] = _named(made["industry"], _sections(parents)).fillna(made["industry_section"])
    made["industry_section_name"] = _named(made["industry_section"], names["gbt4754_2017"])
    made["revenue_per_insured"] = _each(made["revenue"], made["insured"])
    made["departments"] = presence.groupby("entity_id")["feed"].nunique().reindex(made.index)
    made["disputes"] = disputes.groupby("credit_code")["column"].nunique().reindex(made.index).fillna(0)
    made = made.join(_lists(presence, feeds["science"], names["technology_list"], today))
    made = made.join(_permits(presence, feeds["ecology"], today)).fillna({"permits": 0})
    made["permit_class_name"] = _named(made["permit_class"], names["permit_class"])
    return made.reset_index().sort_values(["county", "credit_code"], ignore_index=True)


def _named(codes: pd.Series, names: pd.Series) -> pd.Series:
    found = codes.to_frame("code").merge(names.rename("is"), how="left", left_on="code", right_index=True)["is"]
    return found.astype(STRING).set_axis(codes.index)


def _sections(parents: pd.Series) -> pd.Series:
    """The topmost code above each code of industries."""
    top = pd.Series(parents.index, index=parents.index, dtype=STRING)
    while (above := parents.reindex(top).to_numpy(dtype=object, na_value="") != "").any():
        top = top.mask(above, parents.reindex(top).set_axis(top.index))
    return top


def _years(days: pd.Series, today: date) -> pd.Series:
    """Whole years to today."""
    day = pd.to_datetime(days)
    early = (day.dt.month * 100 + day.dt.day) > today.month * 100 + today.day
    return (today.year - day.dt.year - early.astype(COUNT)).astype(COUNT)


def _each(amount: pd.Series, heads: pd.Series) -> pd.Series:
    """An amount for each head, a half of the last digit going to the even one.

    By way of text, because Arrow's cast of a decimal to a double is not the nearest one.
    """
    shares = pc.divide(
        arrow(amount).cast(pa.string()).cast(pa.float64()), arrow(heads.mask(heads == 0)).cast(pa.float64())
    )
    millionths = pc.round(pc.multiply(shares, 1e6), round_mode="half_to_even").cast(pa.int64())
    exact = pc.multiply(millionths.cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.000001"), pa.decimal128(7, 6)))
    return series(exact.cast(pa.decimal128(24, 6)), amount.index)


def _valid(presence: pd.DataFrame, feed: str, rows: pd.DataFrame, today: date) -> pd.DataFrame:
    mine = presence[presence["feed"] == feed].merge(rows, on="row")
    return mine[(mine["valid_until"] >= today).fillna(value=True).astype(bool)]


def _until(valid: pd.DataFrame) -> pd.Series:
    """The last day of each enterprise's; none where one of them has no end."""
    days = valid.groupby("entity_id")["valid_until"]
    return days.max().where(days.count() == days.size())


def _lists(presence: pd.DataFrame, rows: pd.DataFrame, names: pd.Series, today: date) -> pd.DataFrame:
    valid = _valid(presence, "science", rows, today)
    valid = valid.assign(listed_name=_named(valid["listed"], names))
    joined = valid.drop_duplicates(["entity_id", "listed_name"]).sort_values("listed_name").groupby("entity_id")
    names_listed = joined["listed_name"].agg(";".join)
    return pd.DataFrame({"technology_lists": names_listed, "technology_valid_until": _until(valid)})


def _permits(presence: pd.DataFrame, rows: pd.DataFrame, today: date) -> pd.DataFrame:
    valid = _valid(presence, "ecology", rows, today)
    by_entity = valid.groupby("entity_id")
    return pd.DataFrame({
        "permits": by_entity.size(), "permit_class": by_entity["permit_class"].min(),
        "permit_valid_until": _until(valid),
    })  # fmt: skip
