"""Whether what a supply is to ship comes after what a store serves. Ships nothing."""

from __future__ import annotations

from pathlib import Path

from pipelines.dictionary import current
from pipelines.releasing.step_back import step_back, still_read
from pipelines.shipping.sent import manifest_here
from schemas.manifest import Index, fingerprint, manifest_file


class Overtaken(Exception):
    """What is served there is not what this supply comes after: another writer has released."""


def refuse_to_fork(index: Index, before: Index, supply: Path) -> None:
    """Each version that the store serves must be one that this supply has had: else another has released there.

    Where no version is new its day tells. Raises Overtaken, and Damaged.
    """
    here = {each.county: each.version for each in index.counties}
    for each in before.counties:
        file = manifest_file(supply / each.county / index.product, each.version)
        is_ours = each.version <= here.get(each.county, 0)
        if each.version and not (is_ours and fingerprint(manifest_here(file)) == each.manifest_sha256):
            raise Overtaken(f"version {each.version} of {each.county_name} {each.county} is not one of this supply's")
    _refuse_earlier_day(index, before)


def _refuse_earlier_day(index: Index, before: Index) -> None:
    """Asked of the feeds that the product still rests on, as a release asks it of the one that it replaces."""
    feeds = {each.feed for each in (*index.inputs, *index.missing)}
    back = step_back(index.product, index.as_of, still_read(before.inputs, feeds), current())
    if back is not None:
        raise Overtaken(
            f"the release there rests on deliveries of {back.served_day}, this one on none after {index.as_of} "
            f"(meant so: {back.admission})"
        )
