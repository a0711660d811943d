"""What an object store has lost of what it serves, put there again from the supply that shipped it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipelines.shipping.bring import served_lines
from pipelines.shipping.sent import (
    Sent,
    at_once,
    files_sent,
    manifest_sent,
    put_all,
    records_sent,
    size_here,
    versions_sent,
)
from schemas.manifest import Index, IndexLine
from schemas.store import listed, opened, read


def put_lacking(url: str, index: Index, supply: Path) -> list[Sent]:
    """Put what a store that serves this index does not have, or in another length; gives what was put.

    Raises Refuses, what `obstore` raises, and Damaged.
    """
    of_each = at_once(partial(_lacking, url, index.product, supply), served_lines(index))
    lacking = [each for some in of_each for each in some]
    put_all(url, lacking)
    return lacking


def _lacking(url: str, product: str, supply: Path, line: IndexLine) -> list[Sent]:
    """The same of a county."""
    there = {each.key: each.size for each in listed(opened(url), f"{line.county}/{product}/")}
    versions = versions_sent(product, line.county, range(1, line.version + 1), supply)
    named = [one for each in versions for one in (*files_sent(each, supply), manifest_sent(each, supply))]
    records = (each for each in records_sent(product, [line.county], supply) if not _is_there(url, each))
    return [*(each for each in dict.fromkeys(named) if there.get(each.key) != size_here(each)), *records]


def _is_there(url: str, sent: Sent) -> bool:
    found = read(opened(url), sent.key)
    return found is not None and found.content == sent.file.read_bytes()
