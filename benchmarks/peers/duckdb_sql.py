"""`python -m benchmarks.peers.duckdb_sql INBOX LOOKUPS OUT`: the reconciliation as hand-written DuckDB SQL."""

from __future__ import annotations

import json
import mmap
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import fastexcel
import polars as pl

from benchmarks.peers.decode import decoded
from benchmarks.peers.last_rung import last_rung
from benchmarks.peers.publish import LEVELS, counties_of, manifest
from demo.feeds import DESCRIBING
from pipelines import cut
from pipelines.disk.fused import rows_schema
from pipelines.sql.called import arrived
from schemas.entity import all_entities

_SQL = Path(__file__).resolve().parent / "sql"
_BRANCH = (
    r"(?:分公司|分行|支行|分理处|分店|分厂|分社|分院|分校|营业部|办事处|代表处)$"
    r"|(?:公司|厂|合作社).+(?:经营部|门市部|营业点|门店|加油站|专卖店)$"
)
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\xa0"
_HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + "  "

_MARKET = ("企业名称", "统一社会信用代码", "注册日期", "企业类型", "法人代表", "注册资金", "经营范围", "所在省份",
           "地区", "注册地址")  # fmt: skip
_TAX = ("NSRSBH", "NSRMC", "HY_DM", "DJZCLX_DM", "NSRZT_DM", "ZCZB", "KYSLRQ", "YYSR", "SJSE")
_SOCIAL = ("dwbh", "dwmc", "zzjgdm", "xzqhmc", "hyml", "cbrs", "jfzt", "sccbny", "pc")
_ECOLOGY = ("permitNo", "unitName", "divisionCode", "managementClass", "issueDate", "validUntil")


def main(inbox: Path, lookups: Path, out: Path) -> None:
    """Read the five deliveries, reconcile them and write the counties' files, the manifest and the evidence."""
    out.mkdir(parents=True)
    scratch = out / "scratch"
    scratch.mkdir()
    decoded(_one(inbox, "tax_registration"), scratch)
    with duckdb.connect(config=_settings(scratch)) as connection:
        _look_up(connection, lookups)
        _run(connection, "1_macros", "2_dictionaries")
        _land(connection, inbox, scratch)
        _run(connection, "3_read", "4_places", "5_judge", "6_identify")
        _ask_the_last_rung(connection)
        _run(connection, "7_fuse")
        _publish(connection, out)
    shutil.rmtree(scratch)


def _settings(scratch: Path) -> dict[str, str | int | bool]:
    return {"threads": 2, "memory_limit": "6GB", "temp_directory": str(scratch / "spill")}


def _run(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    for name in names:
        connection.execute((_SQL / f"{name}.sql").read_text())


def _look_up(connection: duckdb.DuckDBPyConnection, lookups: Path) -> None:
    """The tables that every peer is handed, and what of SQL is too long to be written out."""
    for file in sorted(lookups.glob("*.parquet")):
        connection.execute(f"CREATE TABLE {file.stem} AS FROM read_parquet('{file}')")
    told = json.loads((lookups / "constants.json").read_text())
    told |= {"branch": _BRANCH, "full_width": _FULL, "half_width": _HALF}
    shorts = told.pop("shorts")
    connection.execute("SET VARIABLE shorts = map(?, ?)", [list(shorts), list(shorts.values())])
    for name, value in told.items():
        connection.execute(f"SET VARIABLE {name} = ?", [value])
    connection.execute("SET VARIABLE day = CAST(getvariable('day') AS DATE)")


def _land(connection: duckdb.DuckDBPyConnection, inbox: Path, scratch: Path) -> None:
    """The five forms as tables of text in the order of their rows, and the lines that are no row."""
    connection.execute("CREATE TABLE malformed (feed VARCHAR, file UBIGINT, line UBIGINT)")
    _csv(connection, "market", [_one(inbox, "market_regulation_enterprise")])
    _csv(connection, "tax", sorted(scratch.glob("*.csv")))
    _dump(connection, _copied(_one(inbox, "social_security_employer"), scratch / "social.tsv"))
    _workbook(connection, _one(inbox, "science_technology_list"))
    permits = _one(inbox, "ecology_permit")
    connection.execute(f"CREATE TABLE ecology_landed AS FROM read_ndjson('{permits}', columns={_texts(_ECOLOGY)})")


def _one(inbox: Path, feed: str) -> Path:
    (file,) = (inbox / feed).iterdir()
    return file


def _texts(names: tuple[str, ...]) -> str:
    return "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in names) + "}"


def _csv(connection: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> None:
    columns = _MARKET if name == "market" else _TAX
    feed = "market_regulation_enterprise" if name == "market" else "tax_registration"
    connection.execute(
        f"CREATE TABLE {name}_landed AS FROM read_csv({[str(file) for file in files]}, columns={_texts(columns)}, "
        f"header=true, delim=',', quote='\"', escape='\"', auto_detect=false, store_rejects=true, "
        f"rejects_table='{name}_rejects', rejects_scan='{name}_scan', max_line_size=1000000)"
    )
    connection.execute(f"INSERT INTO malformed SELECT DISTINCT '{feed}', file_id, line FROM {name}_rejects")


def _copied(file: Path, copy: Path) -> Path:
    """The rows of the dump's COPY section."""
    with file.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        start = whole.find(b"\n", whole.find(b"\nCOPY public.social_security_employer ") + 1) + 1
        copy.write_bytes(whole[start : whole.find(b"\n\\.", start) + 1])
    return copy


def _dump(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    connection.execute(
        f"CREATE TABLE social_landed AS FROM read_csv('{file}', columns={_texts(_SOCIAL)}, header=false, delim='\\t', "
        "quote='', escape='', nullstr='\\N', auto_detect=false)"
    )


def _workbook(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """A title, two header rows and a footnote are layout; DuckDB's own reader of workbooks is an extension."""
    names = ["序号", "企业名称", "所在地", "名单类别", "证书编号", "发证日期", "有效期至"]
    sheet = fastexcel.read_excel(file).load_sheet(0, header_row=None, skip_rows=3, column_names=names, dtypes="string")
    connection.register("sheet", sheet.to_arrow())
    connection.execute("CREATE TABLE science_landed AS FROM sheet WHERE NOT starts_with(coalesce(序号, ''), '注')")


def _ask_the_last_rung(connection: duckdb.DuckDBPyConnection) -> None:
    left = connection.sql("FROM unknown WHERE id NOT IN (SELECT id FROM climbed)").pl()
    names = connection.sql("FROM register_name ORDER BY entity_id, whole").pl()
    tables = {"codes": "register_code", "seats": "seat", "cities": "seated_city", "days": "register_day"}
    others = {name: connection.sql(f"FROM {table}").pl() for name, table in tables.items()}
    found = last_rung(left, names, **others)
    connection.register("found", found.to_arrow())
    connection.execute("INSERT INTO identified SELECT id, entity_id, match FROM found")


def _publish(connection: duckdb.DuckDBPyConnection, out: Path) -> None:
    """One sorted table, then one file a county and view."""
    columns = ", ".join(
        f"to_even({name}) AS {name}" if name == "revenue_per_insured" else name for name in LEVELS["L3"]
    )
    _lay_what_did_not_arrive(connection)
    product = (Path(cut.__file__).parent / "products" / "enterprise_mirror.sql").read_text()
    connection.execute(
        f"CREATE TABLE mirror AS SELECT {columns} FROM ({product.rstrip().rstrip(';')}) WHERE county IS NOT NULL "
        "ORDER BY county, credit_code"
    )
    counties = counties_of(connection.sql("SELECT code FROM county_list").fetchall())
    with ThreadPoolExecutor(2) as workers:
        list(workers.map(lambda county: _publish_county(connection.cursor(), out, county), counties))
    for table in ("origin", "disputes", "quarantine"):
        connection.execute(f"COPY (FROM {table}) TO '{out / table}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    manifest(out)


def _lay_what_did_not_arrive(connection: duckdb.DuckDBPyConnection) -> None:
    """The feeds besides the five that the product's SQL reads, empty; of the five each has its own department."""
    for feed in all_entities()["enterprise"].feeds():
        if feed.key not in DESCRIBING:
            connection.register(feed.key, pl.DataFrame(schema=rows_schema(feed)).to_arrow())
    connection.register("arrived", arrived(DESCRIBING).to_arrow())
    connection.execute("CREATE VIEW feed_list AS SELECT DISTINCT feed, feed AS department FROM presence")


def _publish_county(connection: duckdb.DuckDBPyConnection, out: Path, county: str) -> None:
    """The views of one county; the table is sorted, and keeps its order."""
    for level, names in LEVELS.items():
        file = out / "supply" / county / level / "snapshot.parquet"
        file.parent.mkdir(parents=True)
        connection.execute(
            f"COPY (SELECT {', '.join(names)} FROM mirror WHERE county = '{county}') TO '{file}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:4]))
