"""Tables in the sharing protocol's words: protocol, metadata and file lines, in parquet or delta form. Asks nobody."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.supply.footer import Footer
from gateway.supply.released import Line, Moment
from schemas.manifest import File

_IDS = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
# Name, Delta type, title.
Column = tuple[str, str, str]
# What change files tell besides the protocol's own columns.
CAUSE: Column = ("_cause", "string", "变更原因")
_CDF = {"delta.enableChangeDataFeed": "true", "enableChangeDataFeed": "true"}


@dataclass(frozen=True)
class Table:
    """One view of a line as a table: its full name, titles, and whether a client asked for delta form."""

    line: Line
    level: str
    title: str
    description: str
    as_delta: bool

    @property
    def id(self) -> str:
        """An identifier that stays for as long as the line does."""
        return identifier(self.line.county, self.line.product, str(self.line.major), self.level)


def identifier(*parts: str) -> str:
    """The same UUID for the same parts, whatever machine answers."""
    return str(uuid.uuid5(_IDS, "/".join(("jubian", *parts))))


def protocol(table: Table) -> dict[str, object]:
    """The protocol line. A change feed asks for writer version 4; readers need nothing special."""
    if table.as_delta:
        return {"protocol": {"deltaProtocol": {"minReaderVersion": 1, "minWriterVersion": 4}}}
    return {"protocol": {"minReaderVersion": 1}}


def metadata(table: Table, schema: str, file: File, version: int) -> dict[str, object]:
    """The metadata line of a version: schema with titles as comments, size and number of files."""
    fields: dict[str, object] = {
        "id": table.id, "name": table.title, "description": table.description, "format": {"provider": "parquet"},
        "schemaString": schema, "partitionColumns": [], "configuration": _CDF,
    }  # fmt: skip
    counted = {"version": version, "size": file.size, "numFiles": 1}
    if not table.as_delta:
        return {"metaData": fields | counted}
    fields["format"] = {"provider": "parquet", "options": {}}
    return {"metaData": counted | {"deltaMetadata": fields | {"createdTime": table.line.moments[0].at}}}


def schema_string(columns: Iterable[Column], comments: dict[str, str]) -> str:
    """Spark's schema of columns; the comment is the contract's, or the title that the file bears."""
    fields = [
        {"name": name, "type": kind, "nullable": True, "metadata": {"comment": comments.get(name, title)}}
        for name, kind, title in columns
    ]
    return json.dumps({"type": "struct", "fields": fields}, ensure_ascii=False)


def snapshot_line(
    table: Table, moment: Moment, file: File, url: str, footer: Footer, expires: int
) -> dict[str, object]:
    """The file line of a snapshot, with its statistics."""
    statistics = json.dumps(footer.statistics, ensure_ascii=False)
    if not table.as_delta:
        action = _action(moment, file, url, expires)
        return {"file": action | {"stats": statistics}}
    add = {"path": url, "partitionValues": {}, "size": file.size, "modificationTime": moment.at, "dataChange": True,
           "stats": statistics}  # fmt: skip
    return {"file": _single(moment, file, {"add": add}, expires)}


def end_line(refresh: str | None, expires: int) -> dict[str, object]:
    """The line that ends an answer: when its first address expires, and by which token it is asked for again."""
    fields: dict[str, object] = {"minUrlExpirationTimestamp": expires * 1000}
    return {"endStreamAction": fields | ({} if refresh is None else {"refreshToken": refresh})}


def changes_line(table: Table, moment: Moment, file: File, url: str, expires: int) -> dict[str, object]:
    """The line of a change file."""
    if not table.as_delta:
        return {"cdf": _action(moment, file, url, expires)}
    cdc = {"path": url, "partitionValues": {}, "size": file.size, "dataChange": False}
    return {"file": _single(moment, file, {"cdc": cdc}, expires)}


def _action(moment: Moment, file: File, url: str, expires: int) -> dict[str, object]:
    return {"url": url, "id": file.sha256[:32], "partitionValues": {}, "size": file.size, "version": moment.version,
            "timestamp": moment.at, "expirationTimestamp": expires * 1000}  # fmt: skip


def _single(moment: Moment, file: File, action: dict[str, object], expires: int) -> dict[str, object]:
    return {"id": file.sha256[:32], "version": moment.version, "timestamp": moment.at, "size": file.size,
            "expirationTimestamp": expires * 1000, "deltaSingleAction": action}  # fmt: skip


def as_lines(actions: Iterable[dict[str, object]]) -> str:
    """Actions as newline-delimited JSON."""
    return "".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in actions)
