"""How to connect: what to type in Python, DuckDB, Spark, Power BI, Excel, with a county's own names. Runs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.settings import Settings
from gateway.supply.released import schema_of
from schemas.contract import Contract
from schemas.manifest import Manifest


@dataclass(frozen=True)
class Snippet:
    """What to do with one tool: its name, a sentence, and the text to copy."""

    tool: str
    words: str
    text: str


def snippets(settings: Settings, manifest: Manifest, contract: Contract, level: str) -> list[Snippet]:
    """One for each tool, for the widest view that is granted."""
    schema = schema_of(manifest)
    table = f"{manifest.county}.{schema}.{level}"
    files = f"{settings.address}/counties/{manifest.county}/{manifest.product}/latest/{level}/files.json"
    return [_python(table), _increment(table, manifest, contract.grain), _duckdb(files, contract.grain), _spark(table),
            _power_bi(settings, manifest.county, schema, level), _excel(table, manifest.title)]  # fmt: skip


def _python(table: str) -> Snippet:
    return Snippet(
        "Python（pandas）",
        "先执行 pip install delta-sharing，再把 jubian.share 放在当前文件夹。",
        f"""\
import delta_sharing

mirror = delta_sharing.load_as_pandas("jubian.share#{table}")""",
    )


def _increment(table: str, manifest: Manifest, grain: tuple[str, ...]) -> Snippet:
    words = f"已有第 {manifest.version} 版之后，只取合并增量；每行变更的原因在 _cause 列。"
    return Snippet(
        "只取增量",
        words,
        f"""\
import pandas

changes = delta_sharing.load_table_changes_as_pandas(
    "jubian.share#{table}", starting_version={manifest.version} + 1)
key = {list(grain)!r}
kept = mirror[~mirror.set_index(key).index.isin(changes.set_index(key).index)]
put = changes[changes._change_type != "delete"].filter(regex="^(?!_)")
mirror = pandas.concat([kept, put])""",
    )


def _duckdb(files: str, grain: tuple[str, ...]) -> Snippet:
    words = (
        "先执行 pip install duckdb polars pyarrow。"
        "地址五分钟内有效，文件只传所选的列；令牌是 jubian.share 中的 bearerToken。"
    )
    return Snippet(
        "DuckDB（只取几列）",
        words,
        f"""\
import duckdb, json, polars, urllib.request

token = json.load(open("jubian.share"))["bearerToken"]
asked = urllib.request.Request(
    "{files}",
    headers={{"Authorization": "Bearer " + token}})
fresh = json.load(urllib.request.urlopen(asked))
rows = polars.scan_parquet(fresh["snapshot"]["url"]).select({list(grain)!r}).collect()
duckdb.sql("SELECT count(*) FROM rows").show()""",
    )


def _spark(table: str) -> Snippet:
    return Snippet(
        "Spark",
        "启动时用 --packages 加上 io.delta 的 delta-sharing-spark（版本与 Spark 相配）。",
        f"""\
rows = spark.read.format("deltaSharing").load("jubian.share#{table}")""",
    )


def _power_bi(settings: Settings, share: str, schema: str, level: str) -> Snippet:
    return Snippet(
        "Power BI",
        "获取数据 → Delta Sharing，填写服务器地址；令牌是 jubian.share 中的 bearerToken。",
        f"""\
Delta Sharing Server URL: {settings.endpoint}
Share: {share}   Schema: {schema}   Table: {level}""",
    )


def _excel(table: str, title: str) -> Snippet:
    words = (
        "用 Python 存成工作簿（先执行 pip install delta-sharing xlsxwriter），以等号开头的文字不会变成公式；"
        "或在 Power BI 中选择“在 Excel 中分析”。"
    )
    return Snippet(
        "Excel",
        words,
        f"""\
import delta_sharing
import pandas

rows = delta_sharing.load_as_pandas("jubian.share#{table}")
plain = {{"options": {{"strings_to_formulas": False, "strings_to_urls": False}}}}
with pandas.ExcelWriter("{title}.xlsx", engine="xlsxwriter", engine_kwargs=plain) as book:
    rows.to_excel(book, index=False)""",
    )
