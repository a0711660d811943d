"""A draft's golden pair: a few rows of the delivery, in its own form, and what becomes of them. No guessing here."""

from __future__ import annotations

import json
import tempfile
from datetime import date, datetime
from pathlib import Path
from runpy import run_path
from typing import Any, cast

import polars as pl
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import landed_rows, malformed_rows
from pipelines.draft.sheet import read_cells
from pipelines.draft.sniff import Sample
from pipelines.judge import judge
from pipelines.land import land
from pipelines.refusal import REASONS
from pipelines.standard.once_each import once_each
from pipelines.translate import translate
from schemas.feed import Csv, Dump, Feed, Workbook, all_feeds

# The day that golden pairs speak of, unless a feed's columns date it.
_DAY = "20260630"
_GOOD, _REFUSED = 6, 8
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def declared_in(file: Path) -> type[Feed]:
    """The feed that a file declares, which need not lie in schemas/feeds/; the feeds that do are not added to."""
    all_feeds()
    told = run_path(str(file), run_name=f"drafted_{file.stem}")  # unlike an import it leaves nothing beside the file
    declared = (each for each in told.values() if isinstance(each, type) and each is not Feed)
    return next(each for each in declared if issubclass(each, Feed))


def write_pair(feed: type[Feed], sample: Sample, folder: Path, mappings: Mappings) -> tuple[int, int]:
    """Write given, expect.csv and refused.csv into a folder; gives how many rows stand and how many are refused.

    Given has the first rows that stand and the first row for each reason to refuse one.
    """
    with tempfile.TemporaryDirectory(prefix="jubian-draft-") as home:
        whole = Path(home) / f"{_DAY}{feed.arrives.suffix}"
        _write(sample, sample.rows, whole)
        rows = sample.rows.with_columns(pl.int_range(1, pl.len() + 1).alias("row"))
        chosen = rows.filter(pl.col("row").is_in(_chosen(feed, whole, Path(home), mappings).implode()))
        folder.mkdir(parents=True, exist_ok=True)
        given = folder / f"given{feed.arrives.suffix}"
        _write(sample, chosen, given)
        part = Path(home) / "part" / whole.name
        part.parent.mkdir()
        part.write_bytes(given.read_bytes())
        standard, reasons = _judged(feed, part, part.parent, mappings)
    lists = [name for name, dtype in standard.schema.items() if dtype == pl.List(pl.String)]
    standard.with_columns(pl.col(lists).list.join(";")).write_csv(folder / "expect.csv")
    reasons.write_csv(folder / "refused.csv")
    return standard.height, reasons["row"].n_unique()


def _chosen(feed: type[Feed], file: Path, home: Path, mappings: Mappings) -> pl.Series:
    """The rows that show most in the fewest lines, by their place in the file from 1."""
    standard, reasons = _judged(feed, file, home, mappings)
    each_reason = reasons.unique(["column", "rule"], keep="first", maintain_order=True)
    return pl.concat([standard["row"].head(_GOOD), each_reason["row"].head(_REFUSED)]).unique()


def _judged(feed: type[Feed], file: Path, home: Path, mappings: Mappings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What stands and what is refused, one row a reason."""
    delivery = land(feed, file, home)
    on = date.fromisoformat(delivery.as_of)
    judged = judge(feed, translate(feed, landed_rows(delivery, home), mappings, on))
    malformed = malformed_rows(delivery, home).select("row", pl.col("reasons").cast(REASONS))
    quarantined = pl.concat([judged.quarantine.select("row", "reasons"), malformed])
    reasons = quarantined.sort("row").explode("reasons").unnest("reasons")
    return once_each(feed, judged.standard).drop("hash"), reasons


def _write(sample: Sample, rows: pl.DataFrame, file: Path) -> None:
    """Rows in the form that the sample arrived in."""
    texts = rows.drop("row")
    match sample.form:
        case Csv() as form:
            text = texts.write_csv(separator=form.separator, null_value="")
            file.write_bytes(text.encode(form.encoding))
        case Workbook() as form:
            _write_sheet(sample.file, form, texts, file)
        case Dump() as form:
            file.write_text(_dumped(form, texts))
        case _:
            objects = cast("list[dict[str, str | None]]", texts.to_dicts())
            file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects))


def _dumped(form: Dump, texts: pl.DataFrame) -> str:
    """A COPY section of these rows."""
    value = pl.all()
    for meant, written in _ESCAPES:
        value = value.str.replace_all(meant, written, literal=True)
    lines = texts.select(pl.concat_str(texts.select(value).fill_null("\\N"), separator="\t")).to_series()
    return "\n".join([f"COPY public.{form.table} ({', '.join(texts.columns)}) FROM stdin;", *lines, "\\.", ""])


def _write_sheet(source: Path, form: Workbook, texts: pl.DataFrame, file: Path) -> None:
    """The sample's own title and header above these rows."""
    cells, _ = read_cells(source)
    with cast(Any, xlsxwriter).Workbook(str(file)) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        sheet = book.add_worksheet("Sheet1")
        head = cells.head(form.title_rows + form.header_rows).rows()
        for at, row in enumerate([*head, *texts.rows()]):
            sheet.write_row(at, 0, ["" if cell is None else cell for cell in row])
