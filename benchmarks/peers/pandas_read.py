"""The five forms of arrival as Arrow-backed pandas frames of text, and the lines that are no row. No meaning yet."""

from __future__ import annotations

import io
import mmap
import tempfile
from pathlib import Path

import fastexcel
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.json as pajson

from benchmarks.peers.decode import decoded
from benchmarks.peers.pandas_text import STRING

_FIELD = r'(?:"(?:[^"]|"")*"|[^",]*)'
_ESCAPES = (("\\\\", "\x00"), ("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\x00", "\\"))
_SHEET = ["序号", "企业名称", "所在地", "名单类别", "证书编号", "发证日期", "有效期至"]
_SOCIAL = ["dwbh", "dwmc", "zzjgdm", "xzqhmc", "hyml", "cbrs", "jfzt", "sccbny", "pc"]
_PERMIT = ["permitNo", "unitName", "divisionCode", "managementClass", "issueDate", "validUntil"]

Read = tuple[pd.DataFrame, dict[str, int]]


def one(inbox: Path, feed: str) -> Path:
    """The one delivery of a feed."""
    (file,) = (inbox / feed).iterdir()
    return file


def read_utf8(file: Path) -> Read:
    """A CSV in UTF-8: its good rows, and how many lines are none, by rule."""
    return _rows(_lines(file))


def read_gb18030(file: Path) -> Read:
    """A CSV in GB18030, decoded in two halves."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (_lines(copy) for copy in decoded(file, Path(folder)))
    return _rows(pd.concat([first, second.iloc[1:]], ignore_index=True))


def _lines(file: Path) -> pd.Series:
    """The file's lines; a byte order mark is left out."""
    table = pacsv.read_csv(
        file,
        pacsv.ReadOptions(column_names=["line"]),
        pacsv.ParseOptions(delimiter="\x01", quote_char=False, ignore_empty_lines=False),
        pacsv.ConvertOptions(column_types={"line": pa.string()}, check_utf8=False),
    )
    return table.to_pandas(types_mapper=pd.ArrowDtype)["line"].str.rstrip("\r")


def _rows(lines: pd.Series) -> Read:
    """Lines to columns; one with another number of fields or stray quotes is no row."""
    names = lines.iloc[0].lstrip("\ufeff").split(",")
    body = lines.iloc[1:]
    broken = body.str.contains("\ufffd", regex=False)
    fits = body.str.contains(f"^{_FIELD}(?:,{_FIELD}){{{len(names) - 1}}}$")
    content = "\n".join(body[fits & ~broken]).encode()
    told = {"/encoding": int(broken.sum()), "/fields": int((~fits & ~broken).sum())}
    return _table(content, names, pacsv.ParseOptions(), [""]), told


def _table(content: bytes, names: list[str], form: pacsv.ParseOptions, nulls: list[str]) -> pd.DataFrame:
    table = pacsv.read_csv(
        io.BytesIO(content),
        pacsv.ReadOptions(column_names=names),
        form,
        pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=nulls
        ),
    )
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def read_dump(file: Path) -> pd.DataFrame:
    """The COPY section of a PostgreSQL dump, its escapes undone."""
    with file.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        start = whole.find(b"\n", whole.find(b"\nCOPY public.social_security_employer ") + 1) + 1
        content = whole[start : whole.find(b"\n\\.", start) + 1]
    form = pacsv.ParseOptions(delimiter="\t", quote_char=False)
    return _table(content, _SOCIAL, form, ["\\N"]).apply(_unescaped)


def _unescaped(text: pd.Series) -> pd.Series:
    for written, meant in _ESCAPES:
        text = text.str.replace(written, meant, regex=False)
    return text


def read_workbook(file: Path) -> pd.DataFrame:
    """A sheet below its title and two header rows, without footnotes."""
    book = fastexcel.read_excel(file)
    sheet = book.load_sheet(0, header_row=None, skip_rows=3, column_names=_SHEET, dtypes="string")
    rows = pa.Table.from_batches([sheet.to_arrow()]).to_pandas(types_mapper=pd.ArrowDtype).astype(STRING)
    return rows[~rows["序号"].str.startswith("注").fillna(value=False)].reset_index(drop=True)


def read_jsonlines(file: Path) -> pd.DataFrame:
    """One object a line."""
    schema = pa.schema([(name, pa.string()) for name in _PERMIT])
    table = pajson.read_json(file, parse_options=pajson.ParseOptions(explicit_schema=schema))
    return table.to_pandas(types_mapper=pd.ArrowDtype)
