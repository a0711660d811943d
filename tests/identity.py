"""Small registers and lists in standard rows, and what identification makes of them. For tests of identity."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import polars as pl

from pipelines.dictionary import current
from pipelines.identify import Identified, identify, parted
from pipelines.supersede import Rows
from schemas.feed import Csv, Feed, all_feeds, column, daily, optional
from schemas.kinds import ADDRESS, CREDIT_CODE, NAME, REGISTRATION_NUMBER, TEXT
from tests.unit.test_checkdigits import credit_check, organisation_check

FEEDS = dict(all_feeds())
ON = date(2026, 6, 30)


class Licences(Feed):
    """A feed of the tests alone: licences by whatever number the applicant wrote."""

    title, department, department_title = "许可", "licences", "审批局"
    due, arrives, delivers, grain = daily("06:00"), Csv(), "snapshot", ("licence",)
    identity = "number"

    licence = column("许可证号", TEXT, "许可证号")
    number = column("证照号", REGISTRATION_NUMBER, "证照号")
    name = optional("名称", NAME, "名称")
    address = optional("地址", ADDRESS, "地址")


class Conversions(Feed):
    """A feed of the tests alone: which credit code replaced which registration number."""

    title, department, department_title = "换照", "conversions", "市场监管局"
    due, arrives, delivers, grain = daily("06:00"), Csv(), "snapshot", ("credit_code",)
    identity = "credit_code"

    credit_code = column("新码", CREDIT_CODE, "新码")
    registration_number = column("原注册号", REGISTRATION_NUMBER, "原注册号")


def organisation(serial: int) -> str:
    """A valid organisation code of eight digits and its check character."""
    return f"{serial:08}{organisation_check(f'{serial:08}')}"


def credit(serial: int, division: str = "330110") -> str:
    """A valid credit code that contains the organisation code of the same serial."""
    body = f"91{division}{organisation(serial)}"
    return body + credit_check(body)


ONE, TWO = credit(1), credit(2)


def rows(**columns: list[object]) -> pl.DataFrame:
    """Standard rows with what every feed's rows carry."""
    height = len(next(iter(columns.values())))
    plain = pl.DataFrame(columns, schema_overrides={name: pl.String for name in columns if name != "registered"})
    return plain.with_columns(row=pl.int_range(1, height + 1), as_of=pl.lit(ON))


def registered(*enterprises: tuple[str, str, str, str | None]) -> dict[str, pl.DataFrame]:
    """The register: credit code, name, county, address of each."""
    codes, names, counties, addresses = (list(each) for each in zip(*enterprises, strict=True))
    return {"market_regulation_enterprise": rows(credit_code=codes, name=names, county=counties, address=addresses)}


def found(tables: dict[str, pl.DataFrame], part: int = 1_000) -> dict[str, Identified]:
    """Identification of tables by feed, read in parts of so many rows, with the tests' own feeds known."""
    known = FEEDS | {"licences": Licences, "conversions": Conversions}
    pieces = [(key, piece) for key, table in tables.items() for piece in _pieces(table, part)]
    decided = identify([in_memory(known[key], piece) for key, piece in pieces], current(), ON)
    told = [(key, parted(number, known[key], piece, decided)) for number, (key, piece) in enumerate(pieces)]
    return {key: _joined([each for name, each in told if name == key]) for key in tables}


def in_memory(feed: type[Feed], table: pl.DataFrame, mask: pl.Series | None = None, name: str = "") -> Rows:
    """A table as rows that are read by column and number, of which some hold."""

    def read(columns: Collection[str] | None, numbers: pl.Series | None) -> pl.DataFrame:
        some = table if numbers is None else table.filter(pl.col("row").is_in(numbers.implode()))
        return some if columns is None else some.select(name for name in table.columns if name in columns)

    return Rows(feed, read, mask, name, table["as_of"].first() if "as_of" in table.columns else None)


def _pieces(table: pl.DataFrame, part: int) -> list[pl.DataFrame]:
    return list(table.iter_slices(part)) or [table]


def _joined(parts: list[Identified]) -> Identified:
    return Identified(pl.concat([each.rows for each in parts]), pl.concat([each.unidentified for each in parts]))


def listed(name: str, county: str | None, *register: tuple[str, str, str, str | None]) -> tuple[object, ...]:
    """What becomes of one row of the list that bears names only: credit code and rung, or rule and candidates."""
    table = rows(name=[name], county=[county])
    return fate(found({**registered(*register), "science_technology_list": table})["science_technology_list"])


def fate(identified: Identified) -> tuple[object, ...]:
    """What became of a table's only row."""
    if identified.rows.height:
        return identified.rows.select("entity_id", "match").row(0)
    reasons, candidates = identified.unidentified.select("reasons", "candidates").row(0)
    return reasons[0]["rule"], [each["entity_id"] for each in candidates]


QINGHE = (ONE, "杭州青禾软件有限公司", "330110", "浙江省杭州市余杭区文一西路969号")
