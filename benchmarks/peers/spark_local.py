"""`python -m benchmarks.peers.spark_local INBOX LOOKUPS OUT`: the reconciliation in Spark SQL, on two local cores."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from string import Template
from typing import Any

import fastexcel
import polars as pl
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as fn

from benchmarks.peers.last_rung import last_rung
from benchmarks.peers.publish import LEVELS, manifest

_SQL = Path(__file__).resolve().parent / "spark"
_FIELD = r'(?:"[^"]*(?:""[^"]*)*"|[^",]*)'
_BRANCH = (
    r"(?:分公司|分行|支行|分理处|分店|分厂|分社|分院|分校|营业部|办事处|代表处)$"
    r"|(?:公司|厂|合作社).+(?:经营部|门市部|营业点|门店|加油站|专卖店)$"
)
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\xa0"
_HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + "  "
_SHEET = ["序号", "企业名称", "所在地", "名单类别", "证书编号", "发证日期", "有效期至"]
_SOCIAL = ["dwbh", "dwmc", "zzjgdm", "xzqhmc", "hyml", "cbrs", "jfzt", "sccbny", "pc"]
_PERMIT = ["permitNo", "unitName", "divisionCode", "managementClass", "issueDate", "validUntil"]
_PLACES = {"change": "changes", "county": "counties", "township": "townships"}


def main(inbox: Path, lookups: Path, out: Path) -> None:
    """Read the five deliveries, reconcile them and write the counties' files, the manifest and the evidence."""
    told = json.loads((lookups / "constants.json").read_text())
    spark = _session(out / "stages")
    _look_up(spark, lookups, told)
    _land(spark, inbox)
    _run(spark, told, "1_functions", "2_dictionaries", "3_read", "4_places", "5_judge", "6_identify")
    _ask_the_last_rung(spark)
    _run(spark, told, "7_fuse", "8_mirror")
    _publish(spark, out)
    manifest(out)
    spark.stop()
    shutil.rmtree(out / "stages")


def _session(stages: Path) -> SparkSession:
    """Two cores and few shuffle partitions, because a partition is a task and there are two hands.

    Stages are tables in Parquet: lineage that grows from stage to stage is planned anew for every statement.
    Generated code of wide stages is longer than what the JVM compiles unasked.
    """
    settings = {
        "spark.driver.memory": "8g", "spark.sql.shuffle.partitions": "4", "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false", "spark.driver.extraJavaOptions": "-XX:-DontCompileHugeMethods",
        "spark.sql.execution.arrow.pyspark.enabled": "true", "spark.sql.ansi.enabled": "false",
        "spark.sql.legacy.javaCharsets": "true", "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": str(stages), "spark.sql.parquet.compression.codec": "lz4_raw",
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
    }  # fmt: skip
    builder = SparkSession.builder.master("local[2]").appName("peer")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def _run(spark: SparkSession, told: dict[str, Any], *names: str) -> None:
    """Every statement of the files in turn; the patterns are written into the text."""
    patterns = told | {"branch": _BRANCH, "full_width": _quoted(_FULL), "half_width": _quoted(_HALF)}
    for name in names:
        text = Template((_SQL / f"{name}.sql").read_text()).safe_substitute(patterns)
        for statement in text.split(";\n"):
            if any(line and not line.startswith("--") for line in statement.splitlines()):
                spark.sql(statement)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _look_up(spark: SparkSession, lookups: Path, told: dict[str, Any]) -> None:
    """The tables that every peer is handed, and mappings/ as it is."""
    for file in lookups.glob("*.parquet"):
        spark.read.parquet(str(file)).createOrReplaceTempView(file.stem)
    spark.createDataFrame([(told["shorts"],)], "of map<string,string>").createOrReplaceTempView("shorts")
    mappings = Path(told["mappings"])
    for name, folder in (("dictionary", "codes"), ("listed_code", "lists")):
        rows = spark.read.csv(str(mappings / folder), header=True, escape='"')
        stem = fn.regexp_extract(fn.col("_metadata.file_name"), r"^(.+)\.csv$", 1)
        rows.withColumn("list", stem).createOrReplaceTempView(name)
    for view, name in _PLACES.items():
        spark.read.csv(str(mappings / "places" / f"{name}.csv"), header=True, escape='"').createOrReplaceTempView(view)


def _land(spark: SparkSession, inbox: Path) -> None:
    """The five forms as views of text with `row`, in the order of the file, and the lines that are no row."""
    market = _csv(spark, _one(inbox, "market_regulation_enterprise"), "UTF-8")
    tax = _csv(spark, _one(inbox, "tax_registration"), "GB18030")
    malformed = _malformed("market_regulation_enterprise", market).union(_malformed("tax_registration", tax))
    malformed.createOrReplaceTempView("malformed")
    _rows(market).createOrReplaceTempView("market_landed")
    _rows(tax).createOrReplaceTempView("tax_landed")
    _dump(spark, _one(inbox, "social_security_employer")).createOrReplaceTempView("social_landed")
    _workbook(spark, _one(inbox, "science_technology_list")).createOrReplaceTempView("science_landed")
    permits = spark.read.schema(", ".join(f"{name} STRING" for name in _PERMIT)).json(
        str(_one(inbox, "ecology_permit"))
    )
    permits.withColumn("row", fn.monotonically_increasing_id()).createOrReplaceTempView("ecology_landed")


def _one(inbox: Path, feed: str) -> Path:
    (file,) = (inbox / feed).iterdir()
    return file


def _lines(spark: SparkSession, file: Path, encoding: str) -> DataFrame:
    """A file's lines in order: Spark decodes other encodings for its CSV reader only, so lines are its one column."""
    read = spark.read.schema("line STRING").options(encoding=encoding, sep="\u0001", quote="", lineSep="\n")
    lines = read.option("maxCharsPerColumn", "-1").csv(str(file))
    return lines.select(
        fn.monotonically_increasing_id().alias("row"), fn.regexp_replace("line", "^\ufeff|\r$", "").alias("line")
    )


def _csv(spark: SparkSession, file: Path, encoding: str) -> DataFrame:
    """Lines with the rule that they break, and their fields."""
    lines = _lines(spark, file, encoding)
    header = lines.first()["line"]
    names = header.split(",")
    rule = fn.when(fn.col("line").contains("\ufffd"), "/encoding").when(
        ~fn.col("line").rlike(f"^{_FIELD}(?:,{_FIELD}){{{len(names) - 1}}}$"), "/fields"
    )
    schema = ", ".join(f"`{name}` STRING" for name in names)
    fields = fn.from_csv("line", schema, {"escape": '"'}).alias("fields")
    return lines.where(fn.col("line") != header).select("row", rule.alias("rule"), fields)


def _malformed(feed: str, lines: DataFrame) -> DataFrame:
    return lines.where("rule IS NOT NULL").select(fn.lit(feed).alias("feed"), "row", "rule")


def _rows(lines: DataFrame) -> DataFrame:
    return lines.where("rule IS NULL").select("row", "fields.*")


def _dump(spark: SparkSession, file: Path) -> DataFrame:
    """The rows of the dump's COPY section, which are the lines between its head and its end mark."""
    lines = _lines(spark, file, "UTF-8")
    start = lines.where(fn.col("line").startswith("COPY public.social_security_employer ")).first()["row"]
    end = lines.where((fn.col("line") == "\\.") & (fn.col("row") > start)).first()["row"]
    fields = fn.split("line", "\t")
    texts = [fn.when(fields[at] != "\\N", fields[at]).alias(name) for at, name in enumerate(_SOCIAL)]
    return lines.where(fn.col("row").between(start + 1, end - 1)).select("row", *texts)


def _workbook(spark: SparkSession, file: Path) -> DataFrame:
    """A title, two header rows and a footnote are layout; Spark has no reader of workbooks."""
    book = fastexcel.read_excel(file)
    sheet = book.load_sheet(0, header_row=None, skip_rows=3, column_names=_SHEET, dtypes="string").to_arrow()
    numbered = pa.Table.from_batches([sheet]).append_column("row", pa.array(range(sheet.num_rows), pa.int64()))
    return spark.createDataFrame(numbered).where("NOT startswith(coalesce(`序号`, ''), '注')")


def _ask_the_last_rung(spark: SparkSession) -> None:
    left = _to_polars(spark.sql("SELECT * FROM unknown LEFT ANTI JOIN climbed USING (id)"))
    names = _to_polars(spark.table("register_name")).sort("entity_id", "whole")
    tables = {"codes": "register_code", "seats": "seat", "cities": "seated_city", "days": "register_day"}
    found = last_rung(left, names, **{name: _to_polars(spark.table(table)) for name, table in tables.items()})
    likely = spark.createDataFrame(found.to_arrow()) if found.height else spark.createDataFrame([], _FOUND)
    spark.table("climbed_identified").unionByName(likely).createOrReplaceTempView("identified")


_FOUND = "id BIGINT, entity_id STRING, match STRING"


def _to_polars(rows: DataFrame) -> pl.DataFrame:
    made = pl.from_arrow(rows.toArrow())
    assert isinstance(made, pl.DataFrame)
    return made


def _publish(spark: SparkSession, out: Path) -> None:
    """One file a county and view: rows of one county meet in one task, sorted."""
    mirror = spark.table("mirror").withColumn("of", fn.col("county")).repartition("of")
    sorted_rows = mirror.sortWithinPartitions("of", "credit_code").persist()
    for level, columns in LEVELS.items():
        written = out / "written" / level
        rows = sorted_rows.select("of", *columns)
        rows.write.option("compression", "zstd").partitionBy("of").parquet(str(written))
        for folder in written.glob("of=*"):
            target = out / "supply" / folder.name.removeprefix("of=") / level
            target.mkdir(parents=True)
            (file,) = folder.glob("*.parquet")
            file.rename(target / "snapshot.parquet")
    for table in ("origin", "disputes", "quarantine"):
        spark.table(table).coalesce(1).write.option("compression", "zstd").parquet(str(out / "written" / table))
        (file,) = (out / "written" / table).glob("*.parquet")
        file.rename(out / f"{table}.parquet")
    shutil.rmtree(out / "written")


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:4]))
