"""What lies on disk as DuckDB reads it: SQL over Parquet, read only as far as a question needs it. Runs no question."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipelines.disk import fused
from pipelines.disk.deliveries import landed_folder
from pipelines.disk.landed import REPEATS, now_through
from pipelines.disk.outcome import Outcome
from pipelines.disk.standard import ENDED, SUPERSEDED, Result, folder_of, read_beside, results, standard_paths
from pipelines.disk.tables import batches, put_batch, put_whole
from pipelines.gather import Gathered
from pipelines.refusal import REASONS
from pipelines.standard.quarantined import as_landed
from pipelines.supersede import Current
from pipelines.translate import source_value
from schemas.entity import Entity
from schemas.feed import Feed
from schemas.kinds import TAXPAYER_ID
from schemas.standard import standard_schema

# A batch lies in a table of its delivery, or of an earlier result of it; a table that is one file is its own batch.
_LIES = r"/standard/[^/]+/([^/]+)/(earlier/[^/]+/)?(standard|quarantine)\.parquet(/[^/]+)?$"
_FOLDER = r"^(.*)/standard\.parquet(/[^/]+)?$"
QUARANTINE = pl.Schema(
    {"feed": pl.String(), "delivery": pl.String(), "as_of": pl.Date(), "row": pl.Int64(), "reasons": REASONS,
     "identity": pl.String(), "waits": pl.Boolean()}
)  # fmt: skip


ENDED_RECORDS = pl.Schema({"feed": pl.String(), "record": pl.String(), "since": pl.Date()})


def text(value: str | Path) -> str:
    """A value as SQL writes text."""
    return "'" + str(value).replace("'", "''") + "'"


def parquet(files: Iterable[Path]) -> str:
    """Some Parquet files as one table, with `filename`. There must be one."""
    return f"read_parquet([{', '.join(map(text, files))}], filename = true)"


def nothing(schema: pl.Schema) -> pl.DataFrame:
    """A table of no rows that a connection can be given, for a feed of which none stands."""
    return pl.DataFrame(schema={name: dtype for name, dtype in schema.items() if name != "repairs"})


def fused_sql(entity: type[Entity], name: str, home: Path) -> str:
    """Values or disputes of all buckets, each entity as the topmost layer tells of it."""
    return _layered(entity, f"{name}/*.parquet", entity.identifier, home) or ""


def identified_sql(entity: type[Entity], feed: type[Feed], home: Path) -> str | None:
    """A feed's identified rows of all buckets, likewise; None where there are none."""
    return _layered(entity, f"feeds/{feed.key}/*/*.parquet", "entity_id", home)


def identified_schema(feed: type[Feed]) -> pl.Schema:
    """The columns of identified rows."""
    return fused.rows_schema(feed)


def _layered(entity: type[Entity], pattern: str, key: str, home: Path) -> str | None:
    """All layers under one another, of each what none on top of it tells anew."""
    layers = fused.layers(entity, home)
    files = [sorted(layer.glob(pattern)) for layer in layers]
    gone = [layer / fused.GONE for layer in layers]
    parts = [
        _without(parquet(here), key, entity.identifier, [each for each in gone[at + 1 :] if each.exists()])
        for at, here in enumerate(files)
        if here
    ]
    return " UNION ALL BY NAME ".join(parts) or None


def _without(rows: str, key: str, identifier: str, gone: list[Path]) -> str:
    told = f"SELECT * EXCLUDE (filename) FROM {rows} AS told"
    if not gone:
        return told
    return f'{told} ANTI JOIN {parquet(gone)} AS gone ON told."{key}" = gone."{identifier}"'


def standard_sql(held: Current, used: list[Outcome], home: Path, scratch: Path) -> str:
    """A feed's standard rows that hold, each with the `delivery` that says it now, its `row` in that, and the day
    `as_of`.

    Which do not hold, and which number a row that an earlier file brought has now, is written below `scratch`.
    """
    repeated = [(each, use) for use in used for each in results(use, home) if each.name != use.delivery.name]
    now = {each.name: use.delivery for each, use in repeated}
    files = [file for use in used for file in standard_paths(use, home)]
    _put_replaced(held, used, home, scratch / held.feed.key)
    numbers = [
        _put_numbers(each, use, home, scratch / "numbers" / held.feed.key / f"{number:05}.parquet")
        for number, (each, use) in enumerate(repeated)
    ]
    own, row = _numbered(numbers)
    return (
        f'SELECT told.* EXCLUDE (filename, repairs) REPLACE ({row} AS "row"), '
        f"{_now('told', {name: text(each.name) for name, each in now.items()}, _name('told'))} AS delivery, "
        f"{_now('told', {name: f'DATE {text(each.as_of)}' for name, each in now.items()}, _own_day('told'))} AS as_of "
        f"FROM {parquet(files)} AS told {own}"
        f"ANTI JOIN {parquet(sorted((scratch / held.feed.key).glob('*.parquet')))} AS replaced "
        f"ON regexp_extract(told.filename, {text(_FOLDER)}, 1) = replaced.folder "
        f'AND told."row" = replaced."row"'
    )


def _numbered(numbers: list[Path]) -> tuple[str, str]:
    """What joins the numbers that rows have now, if some of them have others, and each row's number."""
    if not numbers:
        return "", 'told."row"'
    on = f'regexp_extract(told.filename, {text(_FOLDER)}, 1) = moved.folder AND told."row" = moved."row"'
    return f"LEFT JOIN {parquet(numbers)} AS moved ON {on} ", 'coalesce(moved.now, told."row")'


def _put_numbers(result: Result, use: Outcome, home: Path, file: Path) -> Path:
    """Folder, number and number now of each row of a result that a later delivery repeats."""
    landed = landed_folder(use.delivery, home)
    rows = pl.concat(pl.read_parquet(file, columns=["row"])["row"] for file in result.files)
    now = now_through(landed / REPEATS, landed.with_name(result.name), rows).alias("now")
    file.parent.mkdir(parents=True, exist_ok=True)
    put_whole(_in_folder(result.folder, rows.to_frame()).with_columns(now), file)
    return file


def ended_sql(gathered: Iterable[Gathered], home: Path) -> str | None:
    """Which records of the feeds' full files in use say that what they speak of has ended: feed, record, and since when
    they do (`pipelines.standard.ended`). None where no file tells it."""
    kept = [(each.feed.key, folder_of(use, home) / f"{ENDED}.parquet") for each in gathered for use in each.used]
    told = [f"SELECT {text(key)} AS feed, record, since FROM {parquet([file])}" for key, file in kept if file.exists()]
    return " UNION ALL ".join(told) or None


def standard_columns(feed: type[Feed]) -> pl.Schema:
    """The columns of standard rows as they are told here."""
    return pl.Schema({**standard_schema(feed), "delivery": pl.String(), "as_of": pl.Date()})


def _put_replaced(held: Current, used: list[Outcome], home: Path, scratch: Path) -> None:
    """Folder and number of each row that another row replaced, in its own result or in a later one."""
    scratch.mkdir(parents=True)
    folders = [each.folder for use in used for each in results(use, home)]
    within = [_in_folder(folder, read_beside(folder, SUPERSEDED)) for folder in folders]
    put_whole(pl.concat(within), scratch / "within.parquet")
    for number, part in enumerate(held.parts):
        if part.mask is not None and not part.mask.all():
            rows = part.every(["row"], None).filter(~part.mask)
            put_whole(_in_folder(part.folder, rows), scratch / f"{number:05}.parquet")


def _in_folder(folder: Path | None, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.lit(str(folder)).alias("folder"), "row")


def quarantine_sql(feed: type[Feed], used: list[Outcome], home: Path, scratch: Path) -> str | None:
    """A feed's quarantined rows in the columns of QUARANTINE; `identity` is what the row says of whose it is.

    That is read as translation reads it, and written below `scratch`, batch by batch. A row `waits` until a later
    delivery in use tells its grain, be it in quarantine again.
    """
    files = {file: number for number, each in enumerate(used) for file in _quarantined(each, home)}
    if not files:
        return None
    folder = scratch / "identities" / feed.key
    for place, (file, number) in enumerate(files.items()):
        put_batch(_said(feed, file, number), folder, place)
    said = parquet(batches(folder))
    return (
        f'SELECT {text(feed.key)} AS feed, {_delivery("told")}, told."row", told.reasons, said.identity, '
        f"again.file IS NULL AS waits FROM {parquet(files)} AS told "
        f'LEFT JOIN {said} AS said ON told.filename = said.file AND told."row" = said."row" '
        f"LEFT JOIN ({_told_again(feed, said, used, home, scratch)}) AS again "
        f'ON said.file = again.file AND said."row" = again."row"'
    )


def _quarantined(use: Outcome, home: Path) -> list[Path]:
    return batches(folder_of(use, home) / "quarantine.parquet")


def _said(feed: type[Feed], file: Path, number: int) -> pl.DataFrame:
    """File and number of each row in a file of quarantine with what its identity and grain are read as.

    `number` is that of the delivery. A feed of no entity has no identity; of a grain that cannot be read whole, or is
    told by more than the landed text, there is none.
    """
    own = [] if feed.entity is None else [feed.identity]
    columns = [feed.columns[name] for name in dict.fromkeys([*own, *_grain(feed)])]
    landed = as_landed(file, [source for each in columns for source in each.sources])
    told = landed.select("row", *(source_value(feed, each).alias(each.name) for each in columns))
    return told.select(
        pl.lit(str(file)).alias("file"), "row", pl.lit(number).alias("number"),
        (_identity(feed) if own else pl.lit(None, pl.String)).alias("identity"),
        _whole(_grain(feed)).alias("grain"),
    )  # fmt: skip


def _identity(feed: type[Feed]) -> pl.Expr:
    """What a row calls whom it is of; of a taxpayer number of 15 characters the organisation code behind the region."""
    told = pl.col(feed.identity).cast(pl.String)
    if feed.columns[feed.identity].kind.name != TAXPAYER_ID.name:
        return told
    return pl.coalesce(told.str.extract(r"^[0-9]{6}([0-9A-Z]{9})$", 1), told)


def _grain(feed: type[Feed]) -> tuple[str, ...]:
    """The grain of a feed that tells rows again, where a landed row tells it: no place, no code that is translated."""
    columns = [feed.columns.get(name) for name in feed.grain]
    is_read = all(each is not None and each.kind.source is None for each in columns)
    return feed.grain if is_read and feed.delivers == "increment" else ()


def _whole(names: tuple[str, ...]) -> pl.Expr:
    """Columns as one value, null where any of them is."""
    return pl.when(pl.all_horizontal(pl.col(names).is_not_null())).then(pl.struct(names)) if names else pl.lit(None)


def _told_again(feed: type[Feed], said: str, used: list[Outcome], home: Path, scratch: Path) -> str:
    """File and number of those quarantined rows whose grain a later delivery tells."""
    later = [f"SELECT grain, number FROM {said}"]
    lies = [(str(file), number) for number, each in enumerate(used) for file in standard_paths(each, home)]
    if _grain(feed) and len(used) > 1 and lies:
        numbers = scratch / "lying" / f"{feed.key}.parquet"
        numbers.parent.mkdir(parents=True, exist_ok=True)
        put_whole(pl.DataFrame(lies, schema=["file", "number"], orient="row"), numbers)
        later.append(_grains(feed, [Path(file) for file, _ in lies], numbers))
    return (
        f'SELECT DISTINCT said.file, said."row" FROM {said} AS said INNER JOIN ({" UNION ALL ".join(later)}) AS later '
        "ON said.grain = later.grain AND said.number < later.number"
    )


def _grains(feed: type[Feed], files: list[Path], numbers: Path) -> str:
    """The grains in files of standard rows, each with its delivery's number."""
    grain = ", ".join(f'"{name}" := told."{name}"' for name in _grain(feed))
    return (
        f"SELECT struct_pack({grain}), lies.number FROM {parquet(files)} AS told "
        f"INNER JOIN {parquet([numbers])} AS lies ON told.filename = lies.file"
    )


def _name(table: str) -> str:
    """The name of the delivery in whose folder a batch lies."""
    return f"regexp_extract({table}.filename, {text(_LIES)}, 1)"


def _delivery(table: str) -> str:
    return f"{_name(table)} AS delivery, {_own_day(table)} AS as_of"


def _own_day(table: str) -> str:
    return f"CAST(substr({_name(table)}, 1, 10) AS DATE)"


def _now(table: str, now: dict[str, str], own: str) -> str:
    """What is told of a delivery: of one that is repeated, of the one in use that says its rows now."""
    told = " ".join(f"WHEN {text(name)} THEN {what}" for name, what in sorted(now.items()))
    return f"CASE {_name(table)} {told} ELSE {own} END" if now else own
