"""Landing: a delivery's bytes are kept under their sha256 and read into numbered rows of text. No meaning yet."""

from __future__ import annotations

import hashlib
import json
import os
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

from pipelines.dictionary import Mappings, admitted
from pipelines.disk.hashed import identity, known_sha256
from pipelines.disk.landed import Batch, batches_in, put_repeats, read_batch
from pipelines.disk.store import put_bytes
from pipelines.disk.tables import BatchWriter, copied, cut_into_batches, put_batch, read_whole
from pipelines.door.name import as_of_name, day_in_name, shown, told_by_name
from pipelines.engine.local import in_order
from pipelines.formats.delimited import read_csv, read_csv_rows
from pipelines.formats.dump import read_dump
from pipelines.formats.jsonlines import read_jsonlines
from pipelines.formats.layout import Layout, conform, departures, layout_of
from pipelines.formats.rows import Rows, no_malformed
from pipelines.formats.workbook import read_workbook
from pipelines.landed_again import Again, before, leave_out, lines_again
from pipelines.refusal import Finding, Refusal
from pipelines.revision import code_revision
from pipelines.translate import source_value
from schemas.feed import Csv, Dump, Exchange, Feed, JsonLines, Workbook


@dataclass(frozen=True)
class Delivery:
    """One arrival of a feed, immutable, known by the sha256 of its bytes; `rows` counts malformed ones too.

    `departures` say how its columns differ from those declared, where an alias or an operator let them; `part`
    is what its file's name says of the part of the feed that it is. `held_against` is the delivery of which it does not
    bring again what it repeats; `read_by` names the code by which its rows were read, and what was admitted. `earlier`
    is how many deliveries of the same part and day had landed before it, `after` how many of the feed had.
    """

    feed: str
    file: str
    sha256: str
    as_of: str
    size: int
    rows: int
    malformed: int
    notices: tuple[str, ...]
    departures: tuple[str, ...] = ()
    part: str = ""
    held_against: str = ""
    read_by: str = ""
    earlier: int = 0
    after: int = 0

    @property
    def name(self) -> str:
        """The folder that holds it: its day and the first twelve digits of its sha256."""
        return f"{self.as_of}-{self.sha256[:12]}"


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
                            after=_landed_before(feed, home))  # fmt: skip
        (partial / "delivery.json").write_text(json.dumps(asdict(delivery), ensure_ascii=False, indent=2))
        os.replace(partial, home / "landed" / feed.key / delivery.name)
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
        return as_of_name(file)
    column = feed.columns[feed.dated]
    if newest is None:
        todo = "Ask the department, or rename the file so that it carries the day."
        raise Refusal(Finding(file.name, 0, column.source, "no_day", "no day", column.kind.expected, todo))
    told = day_in_name(file.stem)
    return newest if told is None else min(newest, told)


def arrivals(feed: type[Feed], inbox: Path) -> list[Path]:
    """The files that wait in `inbox/<feed>/`, in the order of their names: 20260601.csv before 20260601-1.csv."""
    return sorted((inbox / feed.key).glob(f"*{feed.arrives.suffix}"), key=lambda file: file.stem)


def beside_arrivals(feed: type[Feed], inbox: Path) -> list[Path]:
    """What lies beside them under other names than the feed's form has; hidden names are not minded."""
    waiting = {*arrivals(feed, inbox)}
    others = (path for path in (inbox / feed.key).glob("*") if path not in waiting)
    return sorted(path for path in others if not path.name.startswith("."))


def unreadable(file: Path) -> Finding | None:
    """What is wrong with a name in the inbox that cannot be kept, or with what cannot be read under it."""
    if (name := shown(file.name)) != file.name:
        todo = "Rename it, or have it packed and sent with names in UTF-8."
        return Finding(name, 0, "", "name_unreadable", "a name whose bytes are no UTF-8", "a name in UTF-8", todo)
    if (why := why_unreadable(file)) is not None:
        todo = "Make it readable by the user that runs this, or take it away."
        return Finding(file.name, 0, "", "cannot_be_read", why, "a file that can be read", todo)
    return None


def why_unreadable(file: Path) -> str | None:
    """What the system says where a name in the inbox is a folder, a link to nothing or closed to this user."""
    try:
        with file.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        return f"what cannot be read ({error.strerror})"
    return None


def deliveries(feed: type[Feed], home: Path) -> list[Delivery]:
    """Every landed delivery of a feed, oldest day first."""
    folders = sorted((home / "landed" / feed.key).glob("*/delivery.json"))
    return [read_delivery(folder.parent) for folder in folders if folder.parent.suffix != ".part"]


def _landed_before(feed: type[Feed], home: Path) -> int:
    folders = (note.parent for note in (home / "landed" / feed.key).glob("*/delivery.json"))
    return sum(folder.suffix != ".part" for folder in folders)


def of_one_day(feed: type[Feed], as_of: str, part: str, home: Path) -> list[Delivery]:
    """The landed deliveries of one part and day, in the order of their files' names, of one name as they landed."""
    folders = sorted((home / "landed" / feed.key).glob(f"{as_of}-*/delivery.json"))
    landed = (read_delivery(note.parent) for note in folders if note.parent.suffix != ".part")
    same = (each for each in landed if each.part == part)
    return sorted(same, key=lambda each: (Path(each.file).stem, each.earlier))


def read_delivery(folder: Path) -> Delivery:
    """The delivery whose folder it is."""
    told = json.loads((folder / "delivery.json").read_text())
    return delivery_of(told)


def delivery_of(told: dict[str, Any]) -> Delivery:
    """A delivery from the plain values that it was kept as."""
    lists: dict[str, Any] = {name: tuple(told[name]) for name in ("notices", "departures")}
    return Delivery(**told | lists)


def landed_folder(delivery: Delivery, home: Path) -> Path:
    """Where a delivery lies."""
    return home / "landed" / delivery.feed / delivery.name


def landed_rows(delivery: Delivery, home: Path) -> pl.DataFrame:
    """The well-formed rows of a small delivery: `row`, `hash` and the source columns as text."""
    return pl.concat([read_batch(each) for each in landed_batches(delivery, home)]).sort("row")


def landed_batches(delivery: Delivery, home: Path) -> list[Batch]:
    """The same in batches."""
    return batches_in(landed_folder(delivery, home))


def malformed_rows(delivery: Delivery, home: Path) -> pl.DataFrame:
    """The malformed lines of a delivery with their reasons."""
    return read_whole(landed_folder(delivery, home) / "malformed.parquet")


def refused_notes(feed: type[Feed], home: Path) -> list[tuple[str, Finding]]:
    """The deliveries of a feed that were refused, by the first twelve digits of their sha256."""
    notes = sorted((home / "refused" / feed.key).glob("*/finding.json"))
    return [(note.parent.name, Finding(**json.loads(note.read_text()))) for note in notes]


def refused(feed: type[Feed], home: Path) -> list[Finding]:
    """What was found in them."""
    return [finding for _, finding in refused_notes(feed, home)]


def refused_files(feed: type[Feed], home: Path) -> list[Path]:
    """The kept copies of the files that were refused at landing, under the names that they arrived with."""
    copies = [home / "refused" / feed.key / name / finding.file for name, finding in refused_notes(feed, home)]
    return [copy for copy in copies if copy.exists()]


def keep_refused(feed: type[Feed], file: Path, home: Path, sha256: str, finding: Finding) -> None:
    """Keep a refused file's bytes and why, under its sha256."""
    folder = home / "refused" / feed.key / sha256[:12]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / file.name).exists():
        copied(file, folder / file.name)
    put_bytes(json.dumps(finding.as_dict(), ensure_ascii=False, indent=2).encode(), folder / "finding.json")


def _already(feed: type[Feed], file: Path, home: Path, sha256: str) -> Delivery | None:
    """The delivery that a file was landed as; the same bytes are another one only where the name alone says the day.

    Raises Refusal where another part of the feed brought them: one of the two is not what its name says.
    """
    days = "*" if feed.dated is not None else as_of_name(file).isoformat()
    told = (_landed(folder) for folder in sorted((home / "landed" / feed.key).glob(f"{days}-{sha256[:12]}")))
    landed = next((each for each in told if each is not None), None)
    if landed is not None and landed.part != " ".join(told_by_name(feed, file).values()):
        found, expected = f"the bytes of {landed.file}, which landed before", "bytes of its own for each part"
        raise Refusal(Finding(file.name, 0, "", "same_bytes", found, expected, "Ask which of the two they are."))
    return landed


def _landed(folder: Path) -> Delivery | None:
    return read_delivery(folder) if (folder / "delivery.json").exists() else None
