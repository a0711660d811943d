"""`python -m pipelines.places.figures FILE --written DAY`: a yearbook's table on another day's map. Reckons nothing."""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import date
from io import StringIO
from pathlib import Path
from typing import NoReturn

import polars as pl

from pipelines.command import command
from pipelines.dictionary import Mappings, load
from pipelines.mapping_files.csv_file import cells_of
from pipelines.mapping_files.stem import stem
from pipelines.places.divisions import counties_on
from pipelines.places.recast import Recast, codes_named, recast
from pipelines.refusal import Finding, Refusal

# What the heads of the columns that are no figures may be.
_COUNTY = ("county", "code", "县", "县（市、区）", "县(市、区)", "地区", "代码", "区划代码", "行政区划代码")
_TOWN = ("town", "乡镇", "乡镇（街道）", "乡镇(街道)")
# What stands for the towns of a county all together.
_ALL_TOWNS = r"^(?:[合总小]\s*计)?$"
_CODE = r"^33[0-9]{4}$"
# Not 1.2E+05, which a spreadsheet has rounded; of more places than these the rest is rounded.
_FIGURE = r"^[+-]?[0-9]*\.?([0-9]*)$"
_MOST_PLACES = 18
# What the recast table and its reckoning call columns of their own, beside `<value>_most`.
_OWN = ("county", "city", "name", "code", "town", "counties", "several")
# Heads of what is not added up, their unit aside: years and numbers of order, shares, averages, growth.
_UNIT = r"\s*[（(\[].*$"
_NO_SUM = (
    r"(?i)^(?:年|年月|月份?|季度|序号|编号|排名|位次)$|^(?:人均|户均|地均|亩均|平均)"
    r"|(?:率|比|比重|比例|占比|增速|增长|增幅|指数|排名|位次|密度|均价|单价)$"
    r"|(?:^|[_\s])(?:year|month|rate|ratio|share|percent|per|average|mean|index|rank|growth|density)(?:[_\s]|$)"
)
# Of the whole head: not of 2019年度, nor of 年度产值（万元）, which has another unit than years.
_NO_SUM_WHOLE = r"[%％‰]|(?:^|[^0-9])年[度份](?:[^（(\[]*$|\s*[（(\[])"


def figures_in(file: Path, mappings: Mappings, written: date) -> pl.DataFrame:
    """The rows of a CSV file of the map of `written`: code, town (null where none is told), and figures.

    Raises Refusal naming row and column for a county that is none of that day, for a figure that is no number, for a
    column that is called like what is not added up or like one of the recast table, for a row of more or fewer fields
    than the header, and for what would count twice: the same county and town, or a county beside its towns.
    """
    text = _read(file)
    counties, towns = (_called(file, text, heads) for heads in (_COUNTY, _TOWN))
    if counties is None:
        _refuse(file, 0, "", "header", ", ".join(text.columns), f"a column called {' or '.join(_COUNTY)}")
    told = text.drop(each for each in (counties, towns) if each is not None)
    _refuse_no_sum(file, told.columns)
    _refuse_own(file, told.columns)
    figures = [_numbers(file, column) for column in told]
    nothing = pl.Series("town", [None], dtype=pl.String).new_from_index(0, text.height)
    town = nothing if towns is None else _towns(text[towns])
    codes = _codes(file, text[counties], mappings, written)
    _refuse_twice(file, text[counties], codes, town)
    _refuse_totals(file, text[counties], codes, town, towns or "")
    return pl.DataFrame([codes, town, *figures])


def _read(file: Path) -> pl.DataFrame:
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(file, 0, "", "encoding", "bytes that are not UTF-8", "CSV in UTF-8: save it anew so")
    _refuse_ragged(file, cells_of(StringIO(text, newline="")))
    return pl.read_csv(text.encode(), infer_schema=False).rename(str.strip)


def _refuse_ragged(file: Path, cells: list[int]) -> None:
    at = next((at for at, count in enumerate(cells) if count != cells[0]), None)
    if at is not None:
        expected = f"{cells[0]}, as the header has; a figure that has a comma stands between double quotes"
        _refuse(file, at, "", "fields", f"{cells[at]} fields", expected)


def _called(file: Path, text: pl.DataFrame, heads: tuple[str, ...]) -> str | None:
    """The one column that is called so; None where none is."""
    found = [name for name in text.columns if name in heads]
    if len(found) > 1:
        _refuse(file, 0, found[1], "header", " and ".join(found), f"one of them: leave {' or '.join(found)} out")
    return found[0] if found else None


def _refuse_no_sum(file: Path, heads: list[str]) -> None:
    """Two counties' years or rates, added up where they are one now, would pass for a figure of it."""
    named = pl.Series(heads, dtype=pl.String)
    found = named.filter(named.str.contains(_NO_SUM_WHOLE) | named.str.replace(_UNIT, "").str.contains(_NO_SUM))
    if len(found):
        expected = "a figure that is added up: of years a file each, of rates and averages what they are reckoned from"
        _refuse(file, 0, found[0], "no_sum", found[0], f"{expected}; call the column otherwise where it is one")


def _refuse_own(file: Path, heads: list[str]) -> None:
    """A table without a figure has nothing to recast, and one called as the recast table's own would be lost in it."""
    if not heads:
        _refuse(file, 0, "", "header", "no column of figures", "one or more beside the counties")
    taken = {*_OWN, *(f"{head}_most" for head in heads)}
    found = next((head for head in heads if head in taken), None)
    if found is not None:
        _refuse(file, 0, found, "header", found, "another name: the recast table has a column that is called so")


def _numbers(file: Path, column: pl.Series) -> pl.Series:
    """Figures with as many places as the longest of them is written with: 0.1 and 0.2 are 0.3."""
    plain = column.str.replace_all(r"[,，\s]", "").replace("", None)
    in_digits = plain.set(~plain.str.contains(_FIGURE), None)
    places = max((len(each.rstrip("0")) for each in plain.str.extract(_FIGURE).drop_nulls()), default=0)
    told = in_digits.cast(pl.Decimal(38, min(places, _MOST_PLACES)), strict=False)
    strange = (told.is_null() & plain.is_not_null()).arg_true()
    if len(strange):
        _refuse(file, strange[0] + 1, column.name, "number", column[strange[0]], "a number in digits, or nothing")
    return told


def _codes(file: Path, written_as: pl.Series, mappings: Mappings, written: date) -> pl.Series:
    """The code of each county, which is written as its code or its name of that day."""
    names, standing = written_as.str.strip_chars(), counties_on(mappings, written)["code"]
    is_code, named = names.str.contains(_CODE), codes_named(mappings, names, written)
    meant = pl.select(pl.when(is_code).then(pl.concat_list(names)).otherwise(named)).to_series()
    wrong = (meant.list.len() != 1) | ~meant.list.first().is_in(standing.implode())
    at = wrong.fill_null(value=True).arg_true()
    if len(at):
        expected = f"one county of {written}, by its code or its name, with the city's where two share it"
        _refuse(file, at[0] + 1, written_as.name, "unknown_place", str(written_as[at[0]]), expected)
    return meant.list.first().alias("code")


def _towns(written_as: pl.Series) -> pl.Series:
    """The towns' names, null where none is told or all are."""
    names = written_as.str.strip_chars().alias("town")
    return names.set(names.str.contains(_ALL_TOWNS), None)


def _refuse_twice(file: Path, written_as: pl.Series, codes: pl.Series, town: pl.Series) -> None:
    """Two rows of one area are a slip, or figures of two years; 下沙 and 下沙街道 are one area."""
    rows = pl.DataFrame([codes, town]).with_row_index("row", 1)
    first = rows.with_columns(pl.col("row").first().over("code", stem(pl.col("town"))).alias("first"))
    for row, code, name, before in first.filter(pl.col("row") != pl.col("first")).head(1).iter_rows():
        found = f"a second row of {' '.join(filter(None, (code, name)))}, beside row {before}"
        _refuse(file, row, written_as.name, "twice", found, "one row of each area: both would be added up")


def _refuse_totals(file: Path, written_as: pl.Series, codes: pl.Series, town: pl.Series, column: str) -> None:
    """What a county has in all would be added to what its towns have."""
    rows = pl.DataFrame([codes, written_as.alias("county"), town]).with_row_index("row", 1)
    parts = rows.drop_nulls("town").unique("code", keep="first", maintain_order=True)
    both = rows.filter(pl.col("town").is_null()).join(parts, on="code", suffix="_part", maintain_order="left")
    for row, county, part, name in both.select("row", "county", "row_part", "town_part").head(1).iter_rows():
        found = f"no town of {county}, beside row {part} with {name}"
        expected = "a county's towns, or the county in one row: leave what is their sum out"
        _refuse(file, row, column, "total", found, expected)


def _refuse(file: Path, row: int, column: str, rule: str, found: str, expected: str) -> NoReturn:
    todo = "Mend the file, or name the day whose map it is of with WRITTEN=."
    raise Refusal(Finding(file.name, row, column, rule, found, expected, todo))


def told(found: Recast, mappings: Mappings, on: date) -> pl.DataFrame:
    """The recast table with the counties' names of that day."""
    names = counties_on(mappings, on).select(county="code", name="name", city="city")
    return found.table.join(names, on="county", how="left", maintain_order="left").select(
        "county", "city", "name", pl.exclude(names.columns)
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"found {text}; expected a day such as 2019-12-31") from error


@command
def main(arguments: list[str] | None = None) -> int:
    """Write the table as CSV to standard output, and what no single county can be given to standard error."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.places.figures", description="Figures on another map.")
    parser.add_argument("file", type=Path, help="a CSV file: a column of counties, towns if it has them, and figures")
    parser.add_argument("--written", type=_day, required=True, help="the day whose map the table is of")
    parser.add_argument("--on", type=_day, default=date.max, help="the day of the map that is wanted")
    asked = parser.parse_args(arguments)
    mappings = load()
    if counties_on(mappings, asked.on).is_empty():
        first = mappings.counties["since"].min()
        print(f"No map of {asked.on} is known, the first is of {first}; name another day: ON=", file=sys.stderr)
        return 2
    try:
        figures = figures_in(asked.file, mappings, asked.written)
    except (OSError, csv.Error, pl.exceptions.PolarsError) as error:
        wanted = "make recast FILE=/path/to/yearbook.csv WRITTEN=2019-12-31"
        print(f"{asked.file} cannot be read as CSV ({error}); name a table that can: {wanted}", file=sys.stderr)
        return 2
    found = recast(mappings, figures, figures.columns[2:], asked.written, asked.on)
    print(told(found, mappings, asked.on).write_csv().rstrip())
    _tell_open(found, figures)
    return 0


def _tell_open(found: Recast, figures: pl.DataFrame) -> None:
    """Say to standard error what has no figure, and what no single county can be given."""
    for value in found.uncertain:
        if missing := figures[value].null_count():
            todo = "their counties have none either; write 0 where there is nothing"
            print(f"{value}: rows without a figure: {missing}; {todo}", file=sys.stderr)
    for value, share in found.uncertain.items():
        print(f"{value}: {share:.1%} may lie in several counties; it is in no sum, and in each one's {value}_most",
              file=sys.stderr)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
