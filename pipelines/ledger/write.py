"""The ledger made and written: its tables, its exports and what the portal shows. Each part is reckoned elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.store import settle
from pipelines.gather import Gathered, gather, newest
from pipelines.ledger.alike import alike, in_words
from pipelines.ledger.dcat import dcat
from pipelines.ledger.edges import edges
from pipelines.ledger.listed import entries
from pipelines.ledger.openlineage import openlineage
from pipelines.ledger.resources import resources
from pipelines.ledger.shown import common, own
from pipelines.ledger.titled import names
from pipelines.ledger.twins import twins
from pipelines.ledger.use import column_use, use
from pipelines.meaning.codes import code_names
from pipelines.promises.downloads import log_of
from pipelines.tags.catalogue import whole
from schemas import here
from schemas.feed import all_feeds
from schemas.granted import FILE, Granted
from schemas.ledger import COMMON, COUNTIES, FOLDER
from schemas.manifest import canonical
from schemas.mendable import Mendable
from schemas.put import put_bytes
from schemas.snapshot import parquet
from schemas.typed import typed

TABLES = ("resources", "edges", "use", "likeness", "entries")


@dataclass(frozen=True, eq=False)
class Ledger:
    """Everything as of a day; `likeness` holds what the platform has twice and what others list twice."""

    on: date
    resources: pl.DataFrame
    edges: pl.DataFrame
    use: pl.DataFrame
    likeness: pl.DataFrame
    entries: pl.DataFrame
    portals: dict[str, str]
    divisions: dict[str, str]


def make(home: Path, mappings: Mappings) -> Ledger:
    """Put the ledger of a home together.

    Its day is the newest of the deliveries' and the gateway's log, never the clock's. Raises NotReady where no feed
    has arrived, LedgerError where what the gateway tells of its grants cannot be read.
    """
    gathered = [gather(feed, home) for feed in all_feeds().values()]
    granted = read_granted(granted_file(home))
    columns = column_use(log_of(home), newest(gathered))
    on = max([newest(gathered), *columns["last"].drop_nulls()])
    known = resources(mappings, whole(), granted)
    rests = edges(known, whole(), granted)
    listed = entries(gathered, home, mappings, on)
    likes = pl.concat([twins(gathered, known, whole()), in_words(alike(listed))])
    portals, divisions = _portals(gathered, mappings), names(mappings)
    return Ledger(on, known, rests, use(columns, rests), likes, listed, portals, divisions)


def _portals(gathered: list[Gathered], mappings: Mappings) -> dict[str, str]:
    """What each foreign catalogue is called."""
    lists = {each.feed.columns[each.feed.lists.portal].kind.code_list for each in gathered if each.feed.lists}
    told = [code_names(mappings, name).select("code", "name") for name in sorted(filter(None, lists))]
    return {code: name for table in told for code, name in table.iter_rows()}


class LedgerError(Mendable):
    """What the ledger rests on and cannot be read; the message names the file and says what to do."""


def granted_file(home: Path) -> Path:
    """Where the gateway over a home tells of its grants."""
    return here.state(home) / FILE


def read_granted(file: Path) -> Granted:
    """Subscribers and grants; none where the gateway has told nothing yet."""
    if not file.exists():
        return Granted()
    try:
        return Granted.model_validate_json(file.read_bytes())
    except ValueError as error:
        raise LedgerError(
            f"{file}: found no list of grants ({str(error).splitlines()[0]}). "
            f"Let the gateway write it anew: {typed('gateway granted')}"
        ) from None


def write(ledger: Ledger, home: Path) -> Path:
    """Write the ledger into `home/ledger/`, each file whole or not at all; the same ledger gives the same bytes."""
    folder = home / FOLDER
    for name in TABLES:
        put_bytes(parquet(getattr(ledger, name), {}), folder / f"{name}.parquet")
    _export(ledger, folder)
    _show(ledger, folder)
    settle(folder)
    return folder


def _export(ledger: Ledger, folder: Path) -> None:
    on = ledger.on.isoformat()
    listed = ledger.likeness.join(ledger.entries.select(left="entry"), on="left", how="semi")
    catalogues = dcat(ledger.resources, ledger.edges, ledger.entries, listed, ledger.divisions, on)
    put_bytes(catalogues, folder / "dcat.jsonld")
    put_bytes(openlineage(ledger.resources, ledger.edges, on), folder / "openlineage.jsonl")


def _show(ledger: Ledger, folder: Path) -> None:
    """What the portal reads; a county that uses nothing any more has no file."""
    shown = common(ledger.resources, ledger.use, ledger.likeness, ledger.entries, ledger.portals, ledger.on)
    put_bytes(canonical(shown), folder / COMMON)
    files = {folder / COUNTIES / f"{each.county}.json": each for each in own(ledger.resources, ledger.use)}
    for file, each in files.items():
        put_bytes(canonical(each), file)
    for gone in set((folder / COUNTIES).glob("*.json")) - files.keys():
        gone.unlink()
