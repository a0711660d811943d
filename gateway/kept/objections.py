"""Objections as the gateway takes them in: held against the released row, kept, and appended for the supply to read."""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, Engine, func, insert, select

from gateway.appended import append
from gateway.kept.database import OBJECTIONS
from gateway.kept.grants import Grant, Recipient, hold, recipients
from gateway.supply.folded import columns, rows
from gateway.supply.named import called
from gateway.written import hidden
from schemas.contract import Contract, Promise
from schemas.manifest import Manifest, Objected
from schemas.objection import LONGEST, Objection, line, named
from schemas.product import COUNTY_ITSELF, LEVELS, OBJECTED
from schemas.said import EMPTY, meant

# So many a day: one who objects in a loop does not fill the supply's list.
MOST_A_DAY = 100
_DAY = 86_400
# A reason may have lines, and tabs as a pasted table has.
_SHAPES = {"why": {"\n", "\t"}}
# How a value of a type is written.
_FORMS = {"BIGINT": "整数，如 12", "DECIMAL": "数，如 1234.5", "DOUBLE": "数，如 1234.5", "DATE": "日期，如 2026-06-30",
          "BOOLEAN": "“是”或“否”"}  # fmt: skip


class NotTaken(Exception):
    """An objection that is not taken in; the message, in Chinese, says why and what to do."""


@dataclass(frozen=True)
class Words:
    """What a person writes: the cell by key and column, what is right, why, and whom to ask."""

    key: dict[str, str]
    column: str
    right: str
    why: str
    contact: str


@dataclass(frozen=True)
class Shown:
    """An objection as its county sees it: what it said, where this gateway still has that, and how it stands."""

    id: str
    product: str
    key: dict[str, str]
    column: str
    raised: str
    objection: Objection | None
    state: Objected | None


def cell(
    supply: Path, manifest: Manifest, contract: Contract, grant: Grant, words: Words, raised: date
) -> Objection:  # fmt: skip
    """The objection of a day in China, held against the snapshot of the widest view that is granted.

    Raises NotTaken for a text that is missing, too long or holds control characters, for a row or a column that
    the county has not, and for what is no value of the column or the one that it has.
    """
    _refuse_texts({**words.key, "right": words.right, "why": words.why, "contact": words.contact})
    column = next((each for each in objectable(contract, grant) if each.name == words.column), None)
    if column is None:
        raise NotTaken(f"授权视图 {grant.level} 中没有可以提异议的列“{words.column[:40]}”。请从列表中选择一列。")
    row, level = _row(supply, manifest, contract, grant, words)
    current, level = row[words.column], max(level, column.level)
    _refuse_value(column, current, words.right)
    return Objection(
        id="", county=manifest.county, product=manifest.product, version=manifest.version, key=words.key,
        column=words.column, level=level, found=current, right=words.right, why=words.why, contact=words.contact,
        raised=raised.isoformat(), names=_names(row, contract, level),
    )  # fmt: skip


def objectable(contract: Contract, grant: Grant) -> list[Promise]:
    """The columns that a grant shows and that departments answer for: none that only names a row, not the one that
    tells of objections.

    Which enterprise a row is of departments say; that it is of a month or an indicator, nobody does. It comes last:
    who has named a row by it seldom means it.
    """
    subject = contract.identifier if contract.identifier != COUNTY_ITSELF else None
    only_names = {*contract.grain, OBJECTED.name} - {subject}
    offered = (each for each in contract.columns if grant.allows(each.level) and each.name not in only_names)
    return sorted(offered, key=lambda each: each.key is not None)


def _refuse_value(column: Promise, current: str | None, right: str) -> None:
    """Raise NotTaken for what is no value of the column, or is the one that stands there."""
    is_emptied = right in EMPTY and not column.required
    value = None if is_emptied else meant(right, column.type)
    if value is None and not is_emptied:
        raise NotTaken(_expected(column, right))
    if value == (None if current is None else meant(current, column.type)):
        shown = EMPTY[0] if current is None else f"“{current}”"
        raise NotTaken(f"现值已经是{shown}，与您认为正确的值相同，无需提异议。")


def _expected(column: Promise, right: str) -> str:
    """How a value of the column is written."""
    form = next((form for name, form in _FORMS.items() if column.type.startswith(name)), "文本")
    unit = f"，单位为{column.unit}，不写单位" if column.unit else ""
    empty = "" if column.required else f"如应为空，请填“{EMPTY[0]}”。"
    return f"“{column.title}”应填{form}{unit}；您填的是“{right[:40]}”。{empty}其他说明请写在理由中。"


def _names(row: dict[str, str | None], contract: Contract, level: str) -> dict[str, str]:
    """What the row calls the codes of its key, as far as whoever may see the objection may see it."""
    promises = {name: called(contract, name, level) for name in contract.grain}
    return {name: value for name, each in promises.items() if each and (value := row[each.name]) is not None}


def _refuse_texts(texts: dict[str, str]) -> None:
    titles = {"right": "您认为正确的值", "why": "理由", "contact": "联系人"}
    for name, text in texts.items():
        title, most = titles.get(name, f"主键 {name}"), LONGEST.get(name, 200)
        if not text:
            raise NotTaken(f"请填写{title}。")
        if len(text) > most:
            raise NotTaken(f"{title}有 {len(text):,} 个字，超过上限 {most} 个字。请缩短后重新提交。")
        if hidden(text) - _SHAPES.get(name, set()):
            raise NotTaken(f"{title}含有不可见的控制字符。请重新键入后提交。")


def _row(
    supply: Path, manifest: Manifest, contract: Contract, grant: Grant, words: Words
) -> tuple[dict[str, str | None], str]:
    """The released row, each value as text, and its level."""
    level = max(each for each in manifest.views if grant.allows(each))
    same = pl.all_horizontal(pl.col(name).cast(pl.String) == value for name, value in words.key.items())
    matches = rows(supply, manifest, level, same)
    if matches.height != 1:
        key = "、".join(words.key.values())
        why = _unlike(columns(supply, manifest, level, contract.grain), contract, words.key)
        raise NotTaken(f"第 {manifest.version} 版中没有主键为“{key}”的行。{why}")
    row = matches.select(_as_text(matches, name) for name in matches.columns).row(0, named=True)
    return row, str(row[contract.row_level]) if contract.row_level else LEVELS[0]


def _unlike(keys: pl.DataFrame, contract: Contract, key: dict[str, str]) -> str:
    """Which part of a key no row bears, and how rows write it; that no row bears all of them where each is borne."""
    titles = {each.name: each.title for each in contract.columns}
    for name, value in key.items():
        borne = keys[name].cast(pl.String)
        if value not in borne and len(borne):
            example = borne.sort()[0]
            return f"“{titles[name]}”中没有“{value}”，写法如“{example}”。请核对是否写全、是否在本县。"
    return "请核对各项主键是否属于同一行。"


def _as_text(rows: pl.DataFrame, column: str) -> pl.Expr:
    """A value as a person writes it: an amount without the zeros behind its last digit."""
    text = pl.col(column).cast(pl.String)
    is_amount = isinstance(rows.schema[column], pl.Decimal)
    return text.str.replace(r"\.?0+$", "") if is_amount else text


def take(engine: Engine, file: Path, to: Recipient, objection: Objection, answered: set[str]) -> Objection:
    """Keep an objection and append it for the supply; gives it under its name.

    `answered` are the names of those that have been answered. Raises NotTaken where the county has objected to
    the cell and waits, or has objected too often today.
    """
    now = time.time()
    recent = (OBJECTIONS.c.recipient == to.id, OBJECTIONS.c.at > int(now) - _DAY)
    whole = named(objection, time.time_ns())
    values = {"id": whole.id, "recipient": to.id, "county": to.county, "at": int(now), "told": line(whole).decode()}
    oldest = recipients(engine, to.county)[0]
    with engine.begin() as connection:
        hold(connection, oldest.id)  # for all offices of the county: they object to the same cells
        for each in _of_county(connection, to.county):
            if _about(each) == _about(objection) and each.id not in answered:
                raise NotTaken(f"本县已对这个单元格提出异议 {each.id}，尚未答复，无需重复提交。")
        if connection.execute(select(func.count()).select_from(OBJECTIONS).where(*recent)).scalar_one() >= MOST_A_DAY:
            raise NotTaken(f"一天最多提交 {MOST_A_DAY} 条异议。请明天再提交，或联系省数据局批量处理。")
        connection.execute(insert(OBJECTIONS).values(values))
        _append(file, line(whole))
    return whole


def _about(objection: Objection) -> tuple[object, ...]:
    return objection.product, sorted(objection.key.items()), objection.column


def _append(file: Path, content: bytes) -> None:
    """Append a line and see it on the disk; a half line that a killed process left is closed first."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        is_cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        append(handle, b"\n" * is_cut + content, file)
        os.fsync(handle)
    finally:
        os.close(handle)


def of_county(engine: Engine, county: str) -> list[Objection]:
    """All objections that a county has raised at this gateway, the newest first."""
    with engine.connect() as connection:
        return _of_county(connection, county)


def _of_county(connection: Connection, county: str) -> list[Objection]:
    query = select(OBJECTIONS.c.told).where(OBJECTIONS.c.county == county)
    texts = connection.execute(query.order_by(OBJECTIONS.c.at.desc(), OBJECTIONS.c.id)).scalars().all()
    return [Objection.model_validate_json(each) for each in texts]


def shown(engine: Engine, county: str, grants: dict[str, Grant], manifests: list[Manifest]) -> list[Shown]:
    """The county's objections in what is granted, the newest first, with what the released manifests say of each."""
    standing = {each.id: each for manifest in manifests for each in manifest.objections}
    own = {each.id: each for each in of_county(engine, county)}
    every = [*own.values(), *(each for name, each in standing.items() if name not in own)]
    mine = [each for each in every if each.product in grants and grants[each.product].allows(each.level)]
    return sorted(
        (Shown(each.id, each.product, each.key, each.column, each.raised, own.get(each.id), standing.get(each.id))
         for each in mine), key=lambda each: each.raised, reverse=True,
    )  # fmt: skip
