"""What the gateway's log says of bytes that were served: the form of one record. Who writes and reads it, not."""

from __future__ import annotations

from schemas.manifest import Record

# The log, among what the gateway writes (`schemas.here.state`).
LOG = "audit.jsonl"
# The word that such a record has in `what`.
SERVED = "served"


class Served(Record):
    """Bytes of one file that went out; `columns` are those that the bytes touch, None for all of the view's."""

    recipient: int
    grant: int
    county: str
    product: str
    view: str
    version: int
    file: str
    bytes: int
    columns: list[str] | None
