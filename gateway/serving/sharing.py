"""The Delta Sharing protocol: shares are counties, schemas version lines of products, tables views. Sends no bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import BaseModel

from gateway.caller import Caller
from gateway.door import Asking, Door, Here
from gateway.kept.grants import Grant
from gateway.refused import malformed, unknown
from gateway.serving import delta
from gateway.serving.files import file_path
from gateway.serving.predicates import may_hold
from gateway.serving.signing import Opening, address, until
from gateway.supply.described import Comments, comments, contract_file, described
from gateway.supply.folded import base, snapshot
from gateway.supply.footer import footer
from gateway.supply.increment import increment
from gateway.supply.made import Lying
from gateway.supply.released import Line, Moment, lines, products, released, whole
from gateway.supply.times import as_of, since
from schemas.manifest import Manifest
from schemas.product import LEVELS
from schemas.snapshot import CAUSE, CHANGE

router = APIRouter(prefix="/delta-sharing", tags=["delta-sharing"])
_SCHEMA = re.compile(r"^(?P<product>[a-z][a-z0-9_]*)_v(?P<major>\d{1,6})$")
_PAGE = 500
_NDJSON = "application/x-ndjson; charset=utf-8"
Page = Annotated[int | None, Query(alias="maxResults", ge=0, le=1_000_000)]
From = Annotated[str, Query(alias="pageToken")]
Capabilities = Annotated[str, Header(alias="delta-sharing-capabilities")]


class Between(BaseModel):
    """Where changes begin and end, both included: by version or by time."""

    startingVersion: int | None = None
    endingVersion: int | None = None
    startingTimestamp: str = ""
    endingTimestamp: str = ""


class TableQuery(BaseModel):
    """The body of a query; what it does not know is ignored, as the protocol says."""

    predicateHints: list[str] | None = None
    jsonPredicateHints: str | None = None
    limitHint: int | None = None
    version: int | None = None
    timestamp: str | None = None
    startingVersion: int | None = None
    endingVersion: int | None = None
    includeRefreshToken: bool = False
    refreshToken: str | None = None


def page(items: list[dict[str, str]], most: int | None, token: str) -> dict[str, Any]:
    """One page of a list; the token is the place in it."""
    if token and not (token.isascii() and token.isdigit() and len(token) < 10):
        raise malformed(f"'{token}' is no page token; use the nextPageToken of the page before.")
    start = int(token or 0)
    end = start + min(_PAGE if most is None else most, _PAGE)
    return {"items": items[start:end]} | ({"nextPageToken": str(end)} if end < len(items) else {})


def _share(county: str) -> dict[str, str]:
    return {"name": county, "id": delta.identifier(county)}


def _own(who: Caller, share: str) -> str:
    """The share's county where it is the caller's and anything is granted."""
    if share != who.recipient.county or not who.grants:
        raise unknown(f"Share {share}")
    return share


def _schemas(at: Door, who: Caller, share: str) -> list[Line]:
    granted = [each for each in products(at.settings.supply, share) if each in who.grants]
    version_lines = whole(lines, at.settings.supply, share, granted).values()
    return [line for each in version_lines for line in each if _levels(at, who.grants[line.product], line)]


def _levels(at: Door, grant: Grant, line: Line) -> list[str]:
    views = released(at.settings.supply, line.county, line.product, line.latest.version).views
    return [level for level in LEVELS if level in views and grant.allows(level)]


def _tables(at: Door, who: Caller, line: Line) -> list[dict[str, str]]:
    schema = f"{line.product}_v{line.major}"
    return [
        {"name": level, "schema": schema, "share": line.county, "shareId": delta.identifier(line.county),
         "id": delta.identifier(line.county, line.product, str(line.major), level)}
        for level in _levels(at, who.grants[line.product], line)
    ]  # fmt: skip


def _line(at: Door, who: Caller, share: str, schema: str) -> Line:
    match = _SCHEMA.match(schema.lower())
    product = match["product"] if match else ""
    if match is None or product not in who.grants:
        raise unknown(f"Schema {schema}")
    for line in lines(at.settings.supply, _own(who, share), product):
        if str(line.major) == match["major"]:
            return line
    raise unknown(f"Schema {schema}")


def _table(at: Door, who: Caller, share: str, schema: str, name: str, capabilities: str) -> delta.Table:
    line = _line(at, who, share, schema)
    level = name.upper()
    if level not in _levels(at, who.grants[line.product], line):
        raise unknown(f"Table {share}.{schema}.{name}")
    title, description = described(at.settings.supply, line, level)
    return delta.Table(line, level, title, description, as_delta=_wants_delta(capabilities))


def _capability(capabilities: str, name: str) -> str:
    pairs = [each.split("=", 1) for each in capabilities.lower().replace(" ", "").split(";") if "=" in each]
    return dict(pairs).get(name, "")


def _wants_delta(capabilities: str) -> bool:
    """Whether a client reads delta form and no other: where it leaves the choice, the plainer form is given."""
    return _capability(capabilities, "responseformat") == "delta"


def _wants_end(capabilities: str) -> bool:
    """Whether a client reads the line that ends an answer."""
    return _capability(capabilities, "includeendstreamaction") == "true"


def _headers(table: delta.Table, version: int, capabilities: str) -> dict[str, str]:
    headers = {"Delta-Table-Version": str(version)}
    form = "delta" if table.as_delta else "parquet"
    ends = ";includeendstreamaction=true" if _wants_end(capabilities) else ""
    return headers | ({"delta-sharing-capabilities": f"responseformat={form}{ends}"} if capabilities else {})


@router.get("/shares")
def list_shares(who: Asking, most: Page = None, token: From = "") -> dict[str, object]:
    """The shares of the caller: their county, once anything is granted."""
    return page([_share(who.recipient.county)] if who.grants else [], most, token)


@router.get("/shares/{share}")
def get_share(who: Asking, share: str) -> dict[str, object]:
    """One share."""
    return {"share": _share(_own(who, share))}


@router.get("/shares/{share}/schemas")
def list_schemas(at: Here, who: Asking, share: str, most: Page = None, token: From = "") -> dict[str, object]:
    """The version lines of the products that are granted."""
    version_lines = _schemas(at, who, _own(who, share))
    return page([{"name": f"{each.product}_v{each.major}", "share": share} for each in version_lines], most, token)


@router.get("/shares/{share}/schemas/{schema}/tables")
def list_tables(
    at: Here, who: Asking, share: str, schema: str, most: Page = None, token: From = ""
) -> dict[str, object]:  # fmt: skip
    """The views of one version line up to the granted level."""
    return page(_tables(at, who, _line(at, who, share, schema)), most, token)


@router.get("/shares/{share}/all-tables")
def list_all_tables(at: Here, who: Asking, share: str, most: Page = None, token: From = "") -> dict[str, object]:
    """Every table of a share."""
    version_lines = _schemas(at, who, _own(who, share))
    return page([table for line in version_lines for table in _tables(at, who, line)], most, token)


@router.get("/shares/{share}/schemas/{schema}/tables/{table}/version")
def table_version(
    at: Here, who: Asking, share: str, schema: str, table: str,
    starting: Annotated[str, Query(alias="startingTimestamp")] = "",
) -> Response:  # fmt: skip
    """The newest version, or the oldest at or after `startingTimestamp`, in a header."""
    shared_table = _table(at, who, share, schema, table, "")
    moment = since(shared_table.line, starting) if starting else shared_table.line.latest
    return Response(None, 200, {"Delta-Table-Version": str(moment.version)})


@router.get("/shares/{share}/schemas/{schema}/tables/{table}/metadata")
def table_metadata(
    at: Here, who: Asking, share: str, schema: str, table: str, capabilities: Capabilities = ""
) -> Response:  # fmt: skip
    """Protocol and metadata of the newest version; its size is that of the snapshot it stands on."""
    shared_table = _table(at, who, share, schema, table, capabilities)
    moment = shared_table.line.latest
    manifest = released(at.settings.supply, shared_table.line.county, shared_table.line.product, moment.version)
    lying = base(at.settings.supply, manifest, shared_table.level)
    actions = [delta.protocol(shared_table), _metadata(at, shared_table, manifest, lying, moment.version)]
    return Response(delta.as_lines(actions), 200, _headers(shared_table, moment.version, capabilities), _NDJSON)


@router.post("/shares/{share}/schemas/{schema}/tables/{table}/query")
def query_table(
    at: Here, who: Asking, share: str, schema: str, table: str, query: TableQuery, capabilities: Capabilities = ""
) -> Response:  # fmt: skip
    """The files of a version: the newest, the one asked for, or the newest by `timestamp`; none where it has no rows.

    A reader of the newest that asks with the `refreshToken` of its first answer has that version's files again,
    at fresh addresses, whatever has been released since.
    """
    if query.startingVersion is not None:
        between = Between(startingVersion=query.startingVersion, endingVersion=query.endingVersion)
        return table_changes(at, who, share, schema, table, between, capabilities)
    shared_table = _table(at, who, share, schema, table, capabilities)
    moment = _moment(shared_table.line, query)
    manifest = released(at.settings.supply, shared_table.line.county, shared_table.line.product, moment.version)
    lying = _read(at, manifest, shared_table.level)
    foot = footer(lying.path)
    actions = [delta.protocol(shared_table), _metadata(at, shared_table, manifest, lying, moment.version)]
    url, expires = _signed(at, who, shared_table, str(moment.version), "snapshot")
    if foot.rows and may_hold(query.jsonPredicateHints, foot.statistics) and query.limitHint != 0:
        actions.append(delta.snapshot_line(shared_table, moment, lying.file, url, foot, expires))
    if query.includeRefreshToken or _wants_end(capabilities):
        actions.append(delta.end_line(str(moment.version) if query.includeRefreshToken else None, expires))
    return Response(delta.as_lines(actions), 200, _headers(shared_table, moment.version, capabilities), _NDJSON)


def _moment(line: Line, query: TableQuery) -> Moment:
    if query.version is not None and query.timestamp is not None:
        raise malformed("Ask by version or by timestamp, not by both.")
    if query.refreshToken is not None:
        return _refreshed(line, query)
    if query.version is not None:
        return line.moment(query.version)
    return as_of(line, query.timestamp) if query.timestamp is not None else line.latest


def _refreshed(line: Line, query: TableQuery) -> Moment:
    """The moment that a refresh token stands for: it is the version, which is no secret of another's."""
    token = query.refreshToken or ""
    if query.version is not None or query.timestamp is not None:
        raise malformed("A refreshToken is for the newest version; ask without version and timestamp.")
    if not (token.isascii() and token.isdigit() and len(token) < 10):
        raise malformed(f"'{token}' is no refreshToken; use the one of the answer before.")
    return line.moment(int(token))


@router.get("/shares/{share}/schemas/{schema}/tables/{table}/changes")
def table_changes(
    at: Here, who: Asking, share: str, schema: str, table: str,
    between: Annotated[Between, Query()], capabilities: Capabilities = "",
) -> Response:  # fmt: skip
    """The changes over versions, both ends included, as one file: a county that was away gets one net increment.

    Where nothing has changed, such as from the version after the newest, the answer is without a file, and no error.
    """
    shared_table = _table(at, who, share, schema, table, capabilities)
    start, end = _ends(shared_table.line, between)
    moment = shared_table.line.moment(min(end, shared_table.line.latest.version))
    manifest = released(at.settings.supply, shared_table.line.county, shared_table.line.product, moment.version)
    lying = _changed(at, shared_table, manifest, start)
    actions = [delta.protocol(shared_table), _metadata(at, shared_table, manifest, lying, start, delta.CAUSE)]
    if start <= end and lying.file.rows:
        url, expires = _signed(at, who, shared_table, str(end) if start == end else f"{start}-{end}", "changes")
        actions.append(delta.changes_line(shared_table, moment, lying.file, url, expires))
    return Response(delta.as_lines(actions), 200, _headers(shared_table, start, capabilities), _NDJSON)


def _changed(at: Door, table: delta.Table, manifest: Manifest, start: int) -> Lying:
    """The changes from a version on, in whose columns they are told: of what they end in the snapshot may be freed.

    Where there are none yet, what the version stands on, in the same columns.
    """
    if start > manifest.version:
        return base(at.settings.supply, manifest, table.level)
    return increment(at.settings, manifest.county, manifest.product, table.level, start, manifest.version)


def _ends(line: Line, between: Between) -> tuple[int, int]:
    """The first and last version asked for."""
    by_time = bool(between.startingTimestamp)
    if (between.startingVersion is None) != by_time or (between.endingVersion is not None and between.endingTimestamp):
        raise malformed("Say where to begin by startingVersion or startingTimestamp, and where to end by one or none.")
    newest = line.latest.version
    start = between.startingVersion
    if start is None:
        start = since(line, between.startingTimestamp).version
    end = as_of(line, between.endingTimestamp).version if between.endingTimestamp else between.endingVersion
    if start == newest + 1 and end is None:
        return start, newest
    end = newest if end is None else end
    if start > end:
        raise malformed(f"startingVersion {start} is behind endingVersion {end}; the newest version is {newest}.")
    return line.moment(start).version, line.moment(end).version


def _read(at: Door, manifest: Manifest, level: str) -> Lying:
    """A version's snapshot, of which the footer has been read; made again where another request's making freed it."""
    lying = snapshot(at.settings, manifest, level)
    try:
        footer(lying.path)
    except FileNotFoundError:
        lying = snapshot(at.settings, manifest, level)
        footer(lying.path)
    return lying


def _metadata(
    at: Door, table: delta.Table, manifest: Manifest, lying: Lying, since: int, *more: delta.Column
) -> dict[str, object]:  # fmt: skip
    """A version's metadata, told as of `since`: a change feed is read in the columns of its last version."""
    columns = (each for each in footer(lying.path).columns if each[0] not in (CHANGE, CAUSE))
    schema = _schema((*columns, *more), comments(contract_file(at.settings.supply, manifest)))
    return delta.metadata(table, schema, lying.file, since)


# Made once for all counties that stand under the same contract.
@lru_cache(maxsize=256)
def _schema(columns: tuple[delta.Column, ...], titles: Comments) -> str:
    return delta.schema_string(columns, dict(titles))


def _signed(at: Door, who: Caller, table: delta.Table, span: str, kind: str) -> tuple[str, int]:
    line = table.line
    grant = who.grant_for(line.county, line.product, table.level)
    path = file_path(line.county, line.product, table.level, span, kind)
    expires = until(at.settings)
    return address(at.settings, Opening(path, grant.id, who.token.hash, expires)), expires
