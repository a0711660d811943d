"""`python -m benchmarks.peers.pandas_pandera INBOX LOOKUPS OUT`: the reconciliation in pandas, judged by pandera."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.pandas_fuse import fused, mirror
from benchmarks.peers.pandas_identify import identified
from benchmarks.peers.pandas_places import Lookups, placed, read_lookups
from benchmarks.peers.pandas_read import one, read_dump, read_gb18030, read_jsonlines, read_utf8, read_workbook
from benchmarks.peers.pandas_rules import broken, read_ecology, read_market, read_science, read_social, read_tax
from benchmarks.peers.pandas_text import DAY, STRING, day, extracted, filled_up, narrow
from benchmarks.peers.publish import LEVELS, manifest

_FEEDS = {"market": "market_regulation_enterprise", "tax": "tax_registration", "social": "social_security_employer",
          "science": "science_technology_list", "ecology": "ecology_permit"}  # fmt: skip
_GRAIN = {"market": "credit_code", "tax": "taxpayer_id", "social": "unit_number", "science": "certificate",
          "ecology": "permit_number"}  # fmt: skip
_READ = {"market": read_market, "tax": read_tax, "social": read_social, "science": read_science,
         "ecology": read_ecology}  # fmt: skip
_ENDED = ("recode", "merge", "split", "split_rest")


def main(inbox: Path, lookups: Path, out: Path) -> None:
    """Read the five deliveries, reconcile them and write the counties' files, the manifest and the evidence."""
    told = json.loads((lookups / "constants.json").read_text())
    known, mappings, today = read_lookups(lookups, told), Path(told["mappings"]), date.fromisoformat(told["day"])
    texts, malformed = _landed(inbox)
    feeds, quarantine = _judged(texts, known, mappings, today)
    presence = identified(feeds, told)
    values, origin, disputes = fused(feeds, presence)
    names, parents = _names(mappings)
    table = mirror(values, disputes, presence, feeds, names, parents, today)
    _publish(table, names["county"], out)
    _put(origin.reset_index(), out / "origin.parquet")
    _put(disputes, out / "disputes.parquet")
    _put(pd.concat([quarantine, malformed], ignore_index=True), out / "quarantine.parquet")
    manifest(out)


def _landed(inbox: Path) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The five feeds as text, and the lines that are no row as feed and rule."""
    market, of_market = read_utf8(one(inbox, _FEEDS["market"]))
    tax, of_tax = read_gb18030(one(inbox, _FEEDS["tax"]))
    texts = {
        "market": market,
        "tax": tax,
        "social": read_dump(one(inbox, _FEEDS["social"])),
        "science": read_workbook(one(inbox, _FEEDS["science"])),
        "ecology": read_jsonlines(one(inbox, _FEEDS["ecology"])),
    }
    told = [(feed, rule) for feed, lines in (("market", of_market), ("tax", of_tax))
            for rule, rows in lines.items() for _ in range(rows)]  # fmt: skip
    return texts, pd.DataFrame([(_FEEDS[feed], rule) for feed, rule in told], columns=["feed", "rule"])


def _judged(
    texts: dict[str, pd.DataFrame], known: Lookups, mappings: Path, today: date
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """The good rows of each feed, the last of each grain, and the reasons of the others."""
    meaning = _dictionary(mappings, today)
    places = _places(texts, known)
    feeds, quarantine = {}, []
    for feed, text in texts.items():
        values, unread = _READ[feed](text, lambda code_list, source: meaning.loc[(code_list, source)])
        if feed in places:
            values = values.join(places[feed])
        reasons = _reasons(feed, values, unread)
        good = values[~values.index.isin(reasons["row"])].drop(columns="place_reason", errors="ignore")
        feeds[feed] = good.rename_axis("row").reset_index().drop_duplicates(_GRAIN[feed], keep="last")
        quarantine.append(reasons.assign(feed=_FEEDS[feed])[["feed", "rule"]])
    return feeds, pd.concat(quarantine, ignore_index=True)


def _reasons(feed: str, values: pd.DataFrame, unread: dict[str, pd.Series]) -> pd.DataFrame:
    """All reasons of all rows, as row and rule; a value that could not be read is not also called missing."""
    told = [pd.DataFrame({"row": values.index[lost], "rule": rule}) for rule, lost in unread.items()]
    if feed in ("market", "social", "science"):
        unplaced = values["place_reason"].dropna()
        told.append(pd.DataFrame({"row": unplaced.index, "rule": unplaced.to_numpy(dtype=object)}))
    by_reading = pd.concat(told, ignore_index=True)
    by_rule = broken(feed, values)
    of_column = by_reading.assign(rule=by_reading["rule"].str.split("/").str[0] + "/missing").drop_duplicates()
    echo = by_rule.merge(of_column, on=["row", "rule"], how="left", indicator=True)["_merge"].eq("both").to_numpy()
    return pd.concat([by_reading, by_rule[~echo]], ignore_index=True)


def _places(texts: dict[str, pd.DataFrame], known: Lookups) -> dict[str, pd.DataFrame]:
    """County, town, evidence and reason of the rows of the four feeds that say where they belong."""
    market = texts["market"]
    said = {
        "market": pd.DataFrame({
            "written": day(narrow(market["注册日期"]), r"^\d+-\d{1,2}-\d{1,2}$", "%Y-%m-%d"),
            "code_text": extracted(narrow(market["统一社会信用代码"]), r"^..(?P<it>\d{6})"),
            "address_text": narrow(market["注册地址"]), "city_text": narrow(market["地区"]),
        }),
        "social": pd.DataFrame({"name_text": narrow(texts["social"]["xzqhmc"])}),
        "science": pd.DataFrame({"name_text": narrow(texts["science"]["所在地"])}),
        "ecology": pd.DataFrame({"code_text": narrow(texts["ecology"]["divisionCode"])}),
    }  # fmt: skip
    types = {"written": DAY} | dict.fromkeys(("code_text", "name_text", "address_text", "city_text"), STRING)
    stacked = pd.concat({feed: filled_up(text, types) for feed, text in said.items()}, names=["feed", "row"])
    flat = stacked.reset_index()
    found = placed(flat.drop(columns="row"), known).assign(feed=flat["feed"], row=flat["row"])
    return {feed: found[found["feed"] == feed].set_index("row").drop(columns="feed") for feed in said}


def _dictionary(mappings: Path, today: date) -> pd.Series:
    """What codes mean on the day: standard by list, source and code."""
    held = _csv_files(mappings / "codes")
    held = held[held["since"] <= today.isoformat()].sort_values(["since", "known"])
    last = held.drop_duplicates(["list", "source", "code"], keep="last").dropna(subset="standard")
    return last.set_index(["list", "source", "code"])["standard"].sort_index()


def _csv_files(folder: Path) -> pd.DataFrame:
    return pd.concat([_csv(file).assign(list=file.stem) for file in sorted(folder.glob("*.csv"))], ignore_index=True)


def _csv(file: Path) -> pd.DataFrame:
    return pd.read_csv(file, dtype=STRING, na_values=[""], keep_default_na=False)


def _names(mappings: Path) -> tuple[dict[str, pd.Series], pd.Series]:
    """The names of the lists' codes, of today's counties and the towns, and the codes above those of industries."""
    lists = _csv_files(mappings / "lists")
    names = {str(name): table.set_index("code")["name"] for name, table in lists.groupby("list")}
    changes, counties, towns = (_csv(mappings / "places" / f"{name}.csv")
                                for name in ("changes", "counties", "townships"))  # fmt: skip
    ended = changes.loc[changes["kind"].isin(_ENDED), "from_code"]
    for name, table in (("county", counties[~counties["code"].isin(ended)]), ("town", towns)):
        names[name] = (
            table.sort_values(["code", "since"]).drop_duplicates("code", keep="last").set_index("code")["name"]
        )
    industries = lists[lists["list"] == "gbt4754_2017"].set_index("code")
    return names, industries["parent"].fillna("")


def _publish(table: pd.DataFrame, counties: pd.Series, out: Path) -> None:
    """One file a county and view, cut from the sorted table."""
    whole = pa.Table.from_pandas(table[LEVELS["L3"]], preserve_index=False)
    starts = table["county"].searchsorted(counties.index.sort_values(), side="left")
    ends = table["county"].searchsorted(counties.index.sort_values(), side="right")
    for county, start, end in zip(counties.index.sort_values(), starts, ends, strict=True):
        rows = whole.slice(start, end - start)
        for level, columns in LEVELS.items():
            file = out / "supply" / county / level / "snapshot.parquet"
            file.parent.mkdir(parents=True)
            pq.write_table(rows.select(columns), file, compression="zstd")


def _put(table: pd.DataFrame, file: Path) -> None:
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), file, compression="zstd")


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:4]))
