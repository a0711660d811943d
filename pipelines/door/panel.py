"""Figures that repeat a list of members every period: what each day's list holds, and how it differs from the last."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipelines.refusal import Sign
from pipelines.translate import source_value
from schemas.feed import Feed, Panel

Lists = list[dict[str, Any]]

# A figure is rounded by half of its last digit, so a sum of n of them may be off by n of a hundredth.
_ROUNDING = 0.01
_MOST_TOLD = 10
_SCHEMA = {"day": pl.Date, "by": pl.String, "members": pl.List(pl.String), "figures": pl.String,
           "empty": pl.Boolean, "off": pl.List(pl.String)}  # fmt: skip


def read_panel(feed: type[Feed], panel: Panel, rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a panel, read from landed rows."""
    names = [panel.period, panel.member, *panel.by, *panel.sums]
    return rows.select(source_value(feed, feed.columns[name]).alias(name) for name in names)


def lists(panel: Panel, read: pl.DataFrame) -> pl.DataFrame:
    """One row a day and list: its members, its figures as text, whether all are zero, and the sums that are off."""
    names = read.columns
    told = read.drop_nulls([panel.period, panel.member]).sort(names)
    made = told.group_by(
        pl.col(panel.period).alias("day"),
        pl.concat_str([pl.lit(""), *panel.by], separator=" ").str.strip_chars().alias("by"),
        maintain_order=True,
    ).agg(
        pl.col(panel.member).unique().sort().alias("members"),
        pl.concat_str(pl.col(panel.member, *panel.sums).cast(pl.String), separator=",", ignore_nulls=True)
        .str.join(";").alias("figures"),
        pl.all_horizontal(pl.lit(value=True), *((pl.col(name).fill_null(0) == 0).all() for name in panel.sums))
        .alias("empty"),
        pl.concat_list([pl.lit(None, pl.String), *(_off(panel, name) for name in panel.sums)]).list.drop_nulls()
        .alias("off"),
    )  # fmt: skip
    return made.cast(pl.Schema(_SCHEMA)).sort("by", "day")


def _off(panel: Panel, name: str) -> pl.Expr:
    """The total beside the sum of the others, where the two differ."""
    value = pl.col(name).cast(pl.Float64)
    is_total = pl.col(panel.member) == pl.lit(panel.total, pl.String)
    total, others = value.filter(is_total).first(), value.filter(~is_total).sum()
    differs = total.is_not_null() & ((total - others).abs() > _ROUNDING * pl.len())
    return pl.when(differs).then(pl.format("{} {} beside {}", pl.lit(name), total, others))


def panel_signs(panel: Panel, before: Lists, now: Lists, as_of: str) -> list[Sign]:
    """What is odd in a delivery's lists, compared day by day and with the last ones before it."""
    old, new = _table(before), _table(now)
    last = old.group_by("by", maintain_order=True).last()
    both = pl.concat([last.select(new.columns), new]).sort("by", "day")
    both = both.with_columns(
        pl.col(name).shift(1).over("by").alias(f"{name}@old") for name in ("members", "figures", "day")
    )
    fresh = both.join(new.select("by", "day"), on=["by", "day"], how="semi", maintain_order="left")
    return [
        *_old_period(panel, old, new),
        *_members_changed(panel, fresh),
        *_told(panel, "total_differs", fresh.filter(pl.col("off").list.len() > 0), pl.col("off").list.join(", "),
               f"{panel.total} as the sum of the others"),
        *_told(panel, "empty_period", fresh.filter("empty"), pl.lit("nothing but zero"), "figures"),
        *_told(panel, "repeated_period", _repeated(fresh), pl.format("the figures of {}", "day@old"), "new figures"),
        *_missing(panel, old, new, date.fromisoformat(as_of)),
    ]  # fmt: skip


def _table(told: Lists) -> pl.DataFrame:
    days = [each | {"day": date.fromisoformat(each["day"])} for each in told]
    return pl.DataFrame(days, schema=pl.Schema(_SCHEMA), orient="row")


def _old_period(panel: Panel, old: pl.DataFrame, new: pl.DataFrame) -> list[Sign]:
    """Whether nothing in a delivery is newer than what came before it."""
    if old.is_empty() or new.is_empty() or new["day"].max() > old["day"].max():  # pyright: ignore[reportOperatorIssue, reportOptionalOperand]
        return []
    found = f"no {panel.period} after {new['day'].max()}"
    return [Sign("old_period", "stop", panel.period, found, f"a {panel.period} after {old['day'].max()}", 1)]


def _members_changed(panel: Panel, fresh: pl.DataFrame) -> list[Sign]:
    """One sign a day and change, naming the lists that it befalls."""
    changed = fresh.filter(pl.col("members@old").is_not_null()).select(
        "day", "by",
        pl.col("members@old").list.set_difference("members").list.sort().list.join(", ").alias("gone"),
        pl.col("members").list.set_difference("members@old").list.sort().list.join(", ").alias("new"),
    ).filter((pl.col("gone") != "") | (pl.col("new") != ""))  # fmt: skip
    alike = changed.group_by("day", "gone", "new").agg(pl.col("by").sort()).sort("day", "gone", "new")
    return [
        Sign("members_changed", "translate", panel.member,
             f"{day} {', '.join(by)}: gone {gone or '—'}; new {new or '—'}", "the list of the day before", len(by))
        for day, gone, new, by in alike.iter_rows()
    ]  # fmt: skip


def _repeated(fresh: pl.DataFrame) -> pl.DataFrame:
    return fresh.filter(~pl.col("empty") & (pl.col("figures") == pl.col("figures@old")))


def _missing(panel: Panel, old: pl.DataFrame, new: pl.DataFrame, as_of: date) -> list[Sign]:
    """The calendar days without a row, from the last that was known, or the first of all, to the delivery's own."""
    if new.is_empty():
        return []
    first = old["day"].max() or new["day"].min()
    span = pl.date_range(pl.lit(first, pl.Date), pl.lit(as_of, pl.Date), "1d", eager=True).alias("day").to_frame()
    absent = span.join(pl.concat([old, new]), on="day", how="anti").with_columns(pl.lit("").alias("by"))
    return _told(panel, "missing_period", absent, pl.lit("no row"), "a row for every day")


def _told(panel: Panel, rule: str, where: pl.DataFrame, found: pl.Expr, expected: str) -> list[Sign]:
    """One sign for all the days on which a rule speaks, the first of them in words."""
    if where.is_empty():
        return []
    spoken = where.sort("day", "by").select(
        pl.concat_str([pl.col("day").cast(pl.String), "by", found.alias("found")], separator=" ").alias("told")
    )["told"]
    more = f"; and {where.height - _MOST_TOLD} more" if where.height > _MOST_TOLD else ""
    return [Sign(rule, "benign", panel.period, "; ".join(spoken.head(_MOST_TOLD)) + more, expected, where.height)]
