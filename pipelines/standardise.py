"""One delivery from landed rows to standard and quarantine, kept on disk and not done twice. Needs land before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.correct import correct, fates
from pipelines.dictionary import Mappings, admitted
from pipelines.drift import Drift, drift, finding, write_drift
from pipelines.engine.local import by_row
from pipelines.grounds import Grounds, grounds_of, read_grounds, write_grounds
from pipelines.judge import judge
from pipelines.land import Delivery, keep_refused, landed_rows, malformed_rows, read_delivery
from pipelines.outcome import Outcome, begin, read_outcome, settle, stopped
from pipelines.profile import Profile, after, profile, read_profile, write_profile
from pipelines.replay import can_replay, touched
from pipelines.translate import Meanings, coded_columns, source_codes, translate
from schemas.feed import Column, Feed
from schemas.manifest import Coverage


@dataclass(frozen=True)
class _Arrival:
    """A delivery on its way: where its result goes, what that rests on, and the accepted delivery before it."""

    feed: type[Feed]
    delivery: Delivery
    mappings: Mappings
    home: Path
    folder: Path
    grounds: Grounds
    before: Path | None

    @property
    def day(self) -> date:
        return date.fromisoformat(self.delivery.as_of)


@dataclass(frozen=True)
class _Kept:
    """What of an earlier run still holds: judged rows, and which landed rows are to be done again."""

    standard: pl.DataFrame
    quarantine: pl.DataFrame
    again: pl.Series


@dataclass(frozen=True)
class _Parted:
    """A delivery's rows in two parts, and how many were translated to get there."""

    standard: pl.DataFrame
    quarantine: pl.DataFrame
    translated: int


def standardise(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> Outcome:
    """Translate and judge a landed delivery below `home/standard/<feed>/<delivery>/`; those before it come first.

    Writes standard.parquet (with `superseded`, the rule by which a later row of the delivery replaced this
    one, and `since`, the day since which the row has stood so), quarantine.parquet, drift.json and
    outcome.json. Does nothing when all it rests on is as it was the last time; after an edit to the mappings
    only the rows that it touches are translated again. A delivery whose drift stops it gives no row.
    """
    folder = home / "standard" / feed.key / delivery.name
    before = _before(folder, delivery.part)
    stands = _stands(feed, delivery, mappings, home)
    grounds = grounds_of(feed, delivery, mappings, home, before.stamp if before else "", stands)
    done = read_outcome(folder)
    if done is not None and done.stamp == grounds.stamp:
        return done
    last = folder.with_name(before.delivery.name) if before else None
    arrival = _Arrival(feed, delivery, mappings, home, folder, grounds, last)
    return _enter(arrival, _untouched(arrival, done))


def _before(folder: Path, part: str) -> Outcome | None:
    """The last accepted delivery of the same part before one."""
    earlier = sorted(
        (each for each in folder.parent.glob("*") if each.suffix != ".part" and each.name < folder.name), reverse=True
    )
    told = (read_outcome(each) for each in earlier)
    return next((each for each in told if each and each.refusal is None and each.delivery.part == part), None)


def _stands(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> str:
    """Of the deliveries of one part and day the one that holds: the last that was admitted, else the first by name."""
    folders = sorted((home / "landed" / feed.key).glob(f"{delivery.as_of}-*/delivery.json"))
    landed = [read_delivery(note.parent) for note in folders if note.parent.suffix != ".part"]
    same = [each for each in landed if each.part == delivery.part]
    if len(same) < 2 or feed.delivers == "increment":
        return delivery.name
    chosen = [each for each in same if "same_day" in admitted(mappings, feed.key, each.sha256)]
    return (chosen[-1] if chosen else same[0]).name


def _untouched(arrival: _Arrival, done: Outcome | None) -> _Kept | None:
    """The rows that an edit to the mappings leaves alone; None when everything is to be done."""
    if done is None or done.refusal is not None:
        return None
    before = read_grounds(arrival.folder)
    if not can_replay(before, arrival.grounds):
        return None
    rows = landed_rows(arrival.delivery, arrival.home)
    again = touched(arrival.feed, rows, before, arrival.grounds, arrival.home)
    stays = ~pl.col("row").is_in(rows["row"].filter(again).implode())
    standard = pl.read_parquet(arrival.folder / "standard.parquet").drop("superseded", "since")
    quarantine = pl.read_parquet(arrival.folder / "quarantine.parquet").filter(pl.col("raw_form") == "row")
    return _Kept(standard.filter(stays), quarantine.drop("raw_form").filter(stays), again)


def _enter(arrival: _Arrival, kept: _Kept | None) -> Outcome:
    landed = landed_rows(arrival.delivery, arrival.home)
    parted = _parted(arrival, landed, kept)
    told = _profile(arrival, landed, kept)
    drifted = _drifted(arrival, told, landed, parted.quarantine)
    partial = begin(arrival.folder)
    write_drift(drifted, partial)
    if stops := drifted.stops():
        outcome = stopped(arrival.delivery, arrival.grounds.stamp, finding(arrival.delivery, stops[0]))
        _keep_stopped(arrival, outcome)
    else:
        write_profile(told, partial)
        outcome = _accept(arrival, landed, parted, partial)
    write_grounds(arrival.grounds, partial)
    settle(partial, arrival.folder, outcome)
    return outcome


def _parted(arrival: _Arrival, landed: pl.DataFrame, kept: _Kept | None) -> _Parted:
    """Translate and judge what is to be done, and put it to what still holds."""
    if kept is not None and not kept.again.any():
        return _Parted(kept.standard, kept.quarantine, 0)
    rows = landed if kept is None else landed.filter(kept.again)
    mended = correct(arrival.feed, rows, arrival.grounds.edits_table())
    translated = by_row(mended, lambda batch: translate(arrival.feed, batch, arrival.mappings, arrival.day))
    judged = judge(arrival.feed, translated)
    quarantine = _with_raw(judged.quarantine, rows)
    if kept is None:
        return _Parted(judged.standard, quarantine, rows.height)
    standard = pl.concat([kept.standard, judged.standard])
    return _Parted(standard, pl.concat([kept.quarantine, quarantine]), rows.height)


def _profile(arrival: _Arrival, landed: pl.DataFrame, kept: _Kept | None) -> Profile:
    before = read_profile(arrival.before) if arrival.before else None
    if kept is not None:
        return after(read_profile(arrival.folder), before)
    return profile(arrival.feed, arrival.delivery, landed, before)


def _drifted(arrival: _Arrival, told: Profile, landed: pl.DataFrame, quarantine: pl.DataFrame) -> Drift:
    before = read_profile(arrival.before) if arrival.before else None
    stands = arrival.grounds.stands
    signs = drift(arrival.feed, arrival.delivery, told, before, landed, quarantine, stands)
    return Drift(signs, tuple(arrival.grounds.admitted))


def _keep_stopped(arrival: _Arrival, outcome: Outcome) -> None:
    """A delivery that is stopped once its rows are understood: its bytes stay landed, its finding is kept."""
    assert outcome.refusal is not None
    landed = arrival.home / "landed" / arrival.feed.key / arrival.delivery.name
    bytes_of = landed / f"bytes{arrival.feed.arrives.suffix}"
    keep_refused(arrival.feed, bytes_of, arrival.home, arrival.delivery.sha256, outcome.refusal)


def _accept(arrival: _Arrival, landed: pl.DataFrame, parted: _Parted, partial: Path) -> Outcome:
    feed, delivery, grounds = arrival.feed, arrival.delivery, arrival.grounds
    standard = _since(arrival, once_each(feed, parted.standard))
    quarantine = pl.concat(
        [
            parted.quarantine.with_columns(pl.lit("row").alias("raw_form")),
            malformed_rows(delivery, arrival.home).with_columns(pl.lit("line").alias("raw_form")),
        ]
    ).sort("row", "raw_form")
    standard.write_parquet(partial / "standard.parquet", compression="zstd")
    quarantine.write_parquet(partial / "quarantine.parquet", compression="zstd")
    holding = standard.filter(pl.col("superseded").is_null())
    return Outcome(
        delivery, grounds.stamp, holding.height, quarantine.height, standard.height - holding.height,
        _repaired(holding), _rules(quarantine), coverage(feed, landed, grounds.meanings), parted.translated,
        corrections=tuple(fates(feed, landed, grounds.edits_table()).rows()),
    )  # fmt: skip


def once_each(feed: type[Feed], standard: pl.DataFrame) -> pl.DataFrame:
    """The rows with `superseded`: null for the one of each grain that holds, else why another one does.

    duplicate: it has the same text; newer_in_delivery: it is newer by the column that the feed names, or by its
    place in the file where the feed names none; unlike_in_delivery: it is as new and says otherwise.
    """
    grain, order = list(feed.grain), [name for name in (feed.newest, "row") if name]
    is_last = pl.col("row") == pl.col("row").last().over(grain)
    is_same = pl.col("hash") == pl.col("hash").last().over(grain)
    is_as_new = pl.lit(value=False) if feed.newest is None else _as_new(feed.newest, grain)
    rule = (
        pl.when(is_last).then(None).when(is_same).then(pl.lit("duplicate"))
        .when(is_as_new).then(pl.lit("unlike_in_delivery")).otherwise(pl.lit("newer_in_delivery"))
    )  # fmt: skip
    ordered = standard.sort(order, nulls_last=False)
    return ordered.with_columns(rule.cast(pl.String).alias("superseded")).sort("row")


def _as_new(newest: str, grain: list[str]) -> pl.Expr:
    return pl.col(newest).eq_missing(pl.col(newest).last().over(grain))


def _since(arrival: _Arrival, standard: pl.DataFrame) -> pl.DataFrame:
    """The rows with `since`: the day of the first of an unbroken run of full files that have the row as it is."""
    today = pl.lit(arrival.day, pl.Date)
    if arrival.before is None or arrival.feed.delivers == "increment":
        return standard.with_columns(today.alias("since"))
    old = pl.read_parquet(arrival.before / "standard.parquet", columns=["hash", "since"])
    first = old.group_by("hash").agg(pl.col("since").min())
    found = standard.select("hash").join(first, on="hash", how="left", maintain_order="left")
    return standard.with_columns(found.select(pl.coalesce("since", today)).to_series().alias("since"))


def _with_raw(quarantine: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Quarantined rows as `row`, `raw` (every source column as it landed, as JSON) and `reasons`."""
    texts = [name for name in rows.columns if name not in ("row", "hash")]
    raw = rows.select("row", pl.struct(texts).struct.json_encode().alias("raw"))
    return quarantine.select("row", "reasons").join(raw, on="row", how="left").select("row", "raw", "reasons")


def _repaired(standard: pl.DataFrame) -> int:
    return standard.filter(pl.col("repairs").list.len() > 0).height


def _rules(quarantine: pl.DataFrame) -> dict[str, int]:
    """How many quarantined rows each `column/rule` has."""
    told = quarantine.explode("reasons").select(
        pl.concat_str(
            pl.col("reasons").struct.field("column"), pl.col("reasons").struct.field("rule"), separator="/"
        ).alias("rule")
    )
    return dict(told.group_by("rule").len().sort("rule").iter_rows())


def coverage(feed: type[Feed], rows: pl.DataFrame, held: Meanings) -> tuple[Coverage, ...]:
    """For each coded column: values and distinct codes met, and how many of them the dictionary has."""
    return tuple(_covered(feed, column, source_codes(feed, rows, column), held) for column in coded_columns(feed))


def _covered(feed: type[Feed], column: Column, codes: pl.Series, held: Meanings) -> Coverage:
    met = codes.drop_nulls()
    mapped = met.filter(met.is_in(list(held[column.name])))
    return Coverage(feed=feed.key, column=column.name, values=met.len(), mapped=mapped.len(),
                    codes=met.n_unique(), mapped_codes=mapped.n_unique())  # fmt: skip
