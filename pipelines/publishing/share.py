"""Which counties of a product are made at once: a bucket's, several buckets' where few rows are, or some of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.disk import fused
from pipelines.disk.fused import COUNTY
from pipelines.disk.layers import bucket_table, layers_of
from pipelines.packed import packed
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

    def size(share: Share) -> int:
        return sum(touched.get(code, 0) for code in share.names)

    return [_as_one(each) for each in packed(some, size, _TOUCHED)]


def _as_one(some: Sequence[Share]) -> Share:
    names = {code: name for each in some for code, name in each.names.items()}
    return Share(tuple(bucket for each in some for bucket in each.buckets), names)


def parted(share: Share, width: int, entity: type[Entity], home: Path) -> Iterator[Share]:
    """A share in parts that are not too many cells at once: a product may have thousands of columns, here `width`."""
    if width * _ROWS <= _CELLS:
        yield share
        return
    values = bucket_table(layers_of(entity, home), "values", share.buckets, [entity.identifier, COUNTY])
    rows = dict(values.group_by(COUNTY).len().iter_rows())
    for part in packed(share.names.items(), lambda county: rows.get(county[0], 0) * width, _CELLS):
        yield Share(share.buckets, dict(part))
