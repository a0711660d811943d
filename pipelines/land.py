"""Landing: a delivery's bytes are kept under their sha256 and read into numbered rows of text. No meaning yet."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import polars_hash

from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import Delivery, landed_before, of_one_day, read_delivery
from pipelines.disk.folders import take_name
from pipelines.disk.hashed import identity, known_sha256
from pipelines.disk.landed import put_repeats
from pipelines.disk.refused import keep_refused
from pipelines.disk.tables import BatchWriter, cut_into_batches, put_batch
from pipelines.door.name import as_of_name, day_in_name, told_by_name
from pipelines.engine.local import in_order
from pipelines.formats.delimited import read_csv, read_csv_rows
from pipelines.formats.dump import read_dump
from pipelines.formats.jsonlines import read_jsonlines
from pipelines.formats.layout import Layout, conform, departures, layout_of
from pipelines.formats.rows import Rows, no_malformed
from pipelines.formats.workbook import read_workbook
from pipelines.landing.inbox import unreadable
from pipelines.landing.landed_again import Again, before, leave_out, lines_again
from pipelines.meaning.admissions import admitted
from pipelines.refusal import Finding, Refusal
from pipelines.revision import code_revision
from pipelines.translate import source_value
from schemas.feed import Csv, Dump, Exchange, Feed, JsonLines, Workbook


def land(feed: type[Feed], file: Path, home: Path, mappings: Mappings | None = None) -> Delivery:
    """Take one arrived file in below `home/landed/<feed>/`: bytes, rows.parquet, malformed.parquet, delivery.json.

    Landing the same bytes again changes nothing. Raises Refusal for a file that cannot be taken in as a
    whole, unless the mappings admit it; its bytes and the finding are then kept below `home/refused/<feed>/`.
    Nothing is kept of what cannot be read or called by its name, nor of what changes meanwhile.
    """
    if (finding := unreadable(file)) is not None:
        raise Refusal(finding)
    held = identity(file)
    sha256 = known_sha256(feed.key, file, home)
    layout = layout_of(feed, admitted(mappings, feed.key, sha256) if mappings else frozenset())
    try:
        landed = _already(feed, file, home, sha256)
        return landed or _take_in(feed, file, home, sha256, layout, held)
    except Refusal as refusal:
        _refuse_changed(file, held)
        keep_refused(feed, file, home, sha256, refusal.finding)
        raise


def _refuse_changed(file: Path, held: dict[str, Any]) -> None:
    """Raise Refusal where a file is not the one any more that was hashed: what is read of it may be another's."""
    if not file.exists() or identity(file) != held:
        found, expected = "a file that was changed or replaced while it was read", "one that is whole under its name"
        todo = "The next run takes it in. Write it under a name that ends in .part, and rename it when it is whole."
        raise Refusal(Finding(file.name, 0, "", "changed_while_read", found, expected, todo))


def _take_in(feed: type[Feed], file: Path, home: Path, sha256: str, layout: Layout, held: dict[str, Any]) -> Delivery:
    told = told_by_name(feed, file)
    read_by = _read_by(layout)
    old = before(feed, home, read_by)
    again = None if old is None else lines_again(feed, file, old)
    partial = home / "landed" / feed.key / f"{sha256[:12]}.part"
    with _to_fill(partial), ThreadPoolExecutor(1) as beside:
        kept = beside.submit(shutil.copyfile, file, partial / f"bytes{feed.arrives.suffix}")
        if again is None:
            taken = _read_in(feed, file, read_rows(feed, file, layout), layout, told, partial)
        else:
            taken = _read_in_new(feed, file, again, layout, partial)
        kept.result()
        _refuse_changed(file, held)
        if again is None and old is not None:
            leave_out(partial, old)
        as_of, part = _as_of(feed, file, taken.newest).isoformat(), " ".join(told.values())
        delivery = Delivery(feed.key, file.name, sha256, as_of, held["size"],
                            taken.good + taken.malformed, taken.malformed, taken.notices, taken.departures,
                            part=part, held_against=old.name if old else "", read_by=read_by,
                            earlier=len(of_one_day(feed, as_of, part, home)),
                            after=landed_before(feed, home))  # fmt: skip
        (partial / "delivery.json").write_text(json.dumps(asdict(delivery), ensure_ascii=False, indent=2))
        take_name(partial, home / "landed" / feed.key / delivery.name)
    return delivery


@contextmanager
def _to_fill(partial: Path) -> Generator[None]:
    """An empty folder, of which nothing stays that has not been given its name."""
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@dataclass
class _Taken:
    """What has been read of a file so far: rows, what was noticed, and the newest day of a feed that a column dates."""

    good: int = 0
    malformed: int = 0
    notices: tuple[str, ...] = ()
    departures: tuple[str, ...] = ()
    newest: date | None = None


def _read_by(layout: Layout) -> str:
    return hashlib.sha256(" ".join([code_revision(), *sorted(layout.admitted)]).encode()).hexdigest()[:16]


def _read_in_new(feed: type[Feed], file: Path, again: Again, layout: Layout, folder: Path) -> _Taken:
    """Read what is new in a file of which the rest landed before."""
    assert isinstance(feed.arrives, Csv)
    put_repeats(again.repeats, folder)
    taken = _read_in(feed, file, read_csv_rows(file, feed.arrives, layout, again.new), layout, {}, folder)
    taken.good += again.repeats.height
    return taken


def _read_in(
    feed: type[Feed], file: Path, read: Iterable[Rows], layout: Layout, told: dict[str, str], folder: Path
) -> _Taken:
    """Take a file's rows as they are read into `rows.parquet` and `malformed.parquet`, both in batches."""
    taken = _Taken()
    names = [pl.lit(text).alias(name) for name, text in told.items()]
    bad = BatchWriter(folder / "malformed.parquet", no_malformed())

    def good_rows() -> Iterator[pl.DataFrame]:
        for rows in read:
            bad.append(rows.malformed)
            taken.departures = taken.departures or departures(rows.good, file, layout)
            good = conform(rows.good, file, layout).with_columns(names)
            taken.good, taken.malformed = taken.good + good.height, taken.malformed + rows.malformed.height
            taken.notices += tuple(str(notice) for notice in rows.notices)
            taken.newest = _later(taken.newest, _newest(feed, good))
            yield good

    def keep(numbered: tuple[int, pl.DataFrame]) -> None:
        number, good = numbered
        put_batch(_hashed(feed, good), folder / "rows.parquet", number)

    deque(in_order(enumerate(cut_into_batches(good_rows())), keep), maxlen=0)
    bad.close()
    return taken


def _newest(feed: type[Feed], rows: pl.DataFrame) -> date | None:
    """The newest day in the column that dates a feed, of those that hold the column's rules."""
    if feed.dated is None:
        return None
    column, day = feed.columns[feed.dated], pl.col("day")
    days = rows.select(source_value(feed, column).alias("day")).drop_nulls()
    return days.filter(rule.holds(day) for rule in (*column.kind.rules, *column.rules)).select(day.max()).item()


def _later(one: date | None, other: date | None) -> date | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _hashed(feed: type[Feed], good: pl.DataFrame) -> pl.DataFrame:
    """Rows with `hash` (UInt64) behind `row`: the XXH3 of their text, the same on any machine and version.

    The column that numbers an exchange's batches is no part of it: it tells nothing of the row.
    """
    texts = [name for name in good.columns if name != "row"]
    batch = feed.source.batch if isinstance(feed.source, Exchange) else ""
    told = [name for name in texts if name != batch]
    joined = good.select("row", pl.concat_str(pl.col(told).fill_null("\x1e"), separator="\x1f").alias("text"))
    hashes = joined.select("row", polars_hash.col("text").nchash.xxh3_64().alias("hash"))
    return pl.concat([hashes, good.select(texts)], how="horizontal")


def read_rows(feed: type[Feed], file: Path, layout: Layout | None = None) -> Iterator[Rows]:
    """Read a file in the form that the feed declares, block by block, its columns under the headers that it has."""
    wanted = layout or layout_of(feed)
    match feed.arrives:
        case Csv() as form:
            return read_csv(file, form, wanted)
        case Workbook() as form:
            return read_workbook(file, form, wanted)
        case Dump() as form:
            return read_dump(file, form, wanted)
        case JsonLines():
            return read_jsonlines(file, wanted)


def _as_of(feed: type[Feed], file: Path, newest: date | None) -> date:
    """The day that a file speaks of: by its name, but no later than the newest in the column that dates its feed."""
    if feed.dated is None:
        return as_of_name(feed, file)
    column = feed.columns[feed.dated]
    if newest is None:
        todo = "Ask the department, or rename the file so that it carries the day."
        raise Refusal(Finding(file.name, 0, column.source, "no_day", "no day", column.kind.expected, todo))
    told = day_in_name(feed, file)
    return newest if told is None else min(newest, told)


def _already(feed: type[Feed], file: Path, home: Path, sha256: str) -> Delivery | None:
    """The delivery that a file was landed as; the same bytes are another one only where the name alone says the day.

    Raises Refusal where another part of the feed brought them: one of the two is not what its name says.
    """
    days = "*" if feed.dated is not None else as_of_name(feed, file).isoformat()
    told = (_landed(folder) for folder in sorted((home / "landed" / feed.key).glob(f"{days}-{sha256[:12]}")))
    landed = next((each for each in told if each is not None), None)
    if landed is not None and landed.part != " ".join(told_by_name(feed, file).values()):
        found, expected = f"the bytes of {landed.file}, which landed before", "bytes of its own for each part"
        raise Refusal(Finding(file.name, 0, "", "same_bytes", found, expected, "Ask which of the two they are."))
    return landed


def _landed(folder: Path) -> Delivery | None:
    return read_delivery(folder) if (folder / "delivery.json").exists() else None
