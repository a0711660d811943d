"""What the index says that a county's version agrees with: believed of that very version, and of none that is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.releasing.index import agree, last_agreed, stamp_of
from schemas.manifest import Index, IndexLine, Manifest, ReleaseGrounds, canonical, fingerprint, index_file
from schemas.product import all_products
from tests.manifests import manifest

PRODUCT = all_products()["enterprise_mirror"]
NEWER = ReleaseGrounds(code_revision="newer", mappings={}, inputs=())
STANDS = manifest(version=2)


def _index(version: Manifest, held: str | None = None) -> Index:
    """An index of one county that tells of a version and of what it was last found to agree with."""
    line = IndexLine(
        county=version.county, county_name=version.county_name, version=version.version,
        manifest_sha256=fingerprint(version), rows=1, held=held, rests=stamp_of(NEWER),
    )  # fmt: skip
    return Index(
        product=PRODUCT.key, title="", as_of="2026-07-01", inputs=(), missing=(), counties=(line,),
        rests={stamp_of(NEWER): NEWER},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("index", "newest"),
    [
        (_index(STANDS), "newer"), (_index(manifest(version=1)), "c"), (None, "c"),
        (_index(STANDS).model_copy(update={"rests": {}}), "c"), (_index(manifest(version=2, county="330106")), "c"),
    ],
    ids=["told", "of another version", "no index", "not told any more", "of another county"],
)  # fmt: skip
def test_a_version_agrees_with_what_the_index_tells_of_it_else_with_what_it_was_made_from(
    index: Index | None, newest: str
) -> None:
    agreed = last_agreed(index, STANDS)
    assert agreed is not None and agreed.code_revision == newest
    assert last_agreed(index, None) is None


@pytest.mark.parametrize(
    ("index", "is_agreed"),
    [(_index(STANDS), True), (_index(STANDS, held="rows fell"), False), (_index(manifest(version=1)), False)],
    ids=["told", "held", "of another version"],
)
def test_a_county_that_is_held_or_of_whose_version_the_index_does_not_tell_is_looked_at(
    index: Index, is_agreed: object, tmp_path: Path
) -> None:
    file, pointer = index_file(tmp_path, PRODUCT.key), tmp_path / STANDS.county / PRODUCT.key / "manifest.json"
    for each, content in ((file, index), (pointer, STANDS)):
        each.parent.mkdir(parents=True)
        each.write_bytes(canonical(content))
    assert agree(PRODUCT, [STANDS.county], stamp_of(NEWER), tmp_path) is is_agreed
    assert not agree(PRODUCT, [STANDS.county], "another", tmp_path)
    assert not agree(PRODUCT, [STANDS.county, "330106"], stamp_of(NEWER), tmp_path)
