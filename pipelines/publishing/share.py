"""Which counties of a product are made at once: a bucket's, several buckets' where few rows are, or some of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.disk import fused
from pipelines.disk.fused import COUNTY
from schemas.entity import Entity

# So many cells of a product are made at once; where a bucket of so many rows has no more, it is made whole.
_CELLS, _ROWS = 200_000_000, 1_000_000
# So many touched entities are made at once; the next ones are made while these are compared.
_TOUCHED = 150_000


@dataclass(frozen=True)
class Share:
    """Some buckets, and the code and name of each county that is made of them at once."""

    buckets: tuple[str, ...]
    names: dict[str, str]


def shares(entity: type[Entity], home: Path, wanted: dict[str, str]) -> list[Share]:
    """The buckets with the counties wanted of each; those in which nothing lies are made with the first."""
    found = fused.buckets(entity, home)
    lying = {code: bucket.name for bucket in found for code in bucket.counties}
    first = found[0].name if found else ""
    told = (
        Share((each.name,), {code: name for code, name in wanted.items() if lying.get(code, first) == each.name})
        for each in found
    )
    return [each for each in told if each.names]


def joined(some: Iterable[Share], touched: dict[str, int]) -> list[Share]:
    """Shares put together as long as few entities are `touched` in their counties: each has a price of its own."""
    told, rows = list[Share](), 0
    for each in some:
        more = sum(touched.get(code, 0) for code in each.names)
        if told and rows + more <= _TOUCHED:
            last = told.pop()
            told.append(Share(last.buckets + each.buckets, last.names | each.names))
            rows += more
        else:
            told.append(each)
            rows = more
    return told


def parted(share: Share, width: int, entity: type[Entity], home: Path) -> Iterator[Share]:
    """A share in parts that are not too many cells at once: a product may have thousands of columns, here `width`."""
    if width * _ROWS <= _CELLS:
        yield share
        return
    values = fused.bucket_table(entity, "values", share.buckets, home, columns=[entity.identifier, COUNTY])
    rows = dict(values.group_by(COUNTY).len().iter_rows())
    part, cells = dict[str, str](), 0
    for code, name in share.names.items():
        more = rows.get(code, 0) * width
        if part and cells + more > _CELLS:
            yield Share(share.buckets, part)
            part, cells = {}, 0
        part, cells = {**part, code: name}, cells + more
    if part:
        yield Share(share.buckets, part)
