"""A view that opens above the others begins with all of its rows; the changes of the others go on from before."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.checking.whole import verify
from pipelines.dictionary import current
from pipelines.publishing.publish import release_product
from schemas.product import Product, all_products
from schemas.snapshot import apply
from tests.chain import fused
from tests.published import manifest_of, rows

REGISTER, COUNTIES = "market_regulation_enterprise", ("330102", "330110")


def in_views(product: type[Product], *levels: str, minor: int) -> type[Product]:
    """A product as it would be declared with these views alone."""
    major = product.version.split(".")[0]
    said = {"__module__": product.__module__, "__doc__": product.__doc__, "levels": levels, "key": product.key}
    return type(product.__name__, (product,), said | {"version": f"{major}.{minor}.0"})


def released(product: type[Product], home: Path) -> dict[str, dict[str, pl.DataFrame]]:
    """The rows of each view of two counties, by county."""
    release_product(product, current(), home, home / "supply", lambda _: None, COUNTIES)
    folders = {county: home / "supply" / county / product.key for county in COUNTIES}
    served = {county: manifest_of(folder) for county, folder in folders.items()}
    return {
        county: {view: rows(folders[county], manifest, view) for view in manifest.views}
        for county, manifest in served.items()
    }


@pytest.fixture(scope="module")
def first(small_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo's first day fused; copy it before writing to it."""
    home = Path(shutil.copytree(small_province, tmp_path_factory.mktemp("opening") / "home"))
    fused(home / "inbox", home)
    return home


@pytest.fixture
def home(first: Path, tmp_path: Path) -> Path:
    """The same, of one's own."""
    return Path(shutil.copytree(first, tmp_path / "home"))


def an_enterprise_moves(home: Path) -> None:
    """One of the first county moves to the second."""
    folder = home / "inbox" / REGISTER
    header, *lines = (folder / "20260630.csv").read_text().splitlines()
    line = next(line for line in lines if "上城区九堡街道" in line)
    before, _, _ = line.rpartition('"上城区')
    (folder / "20260701.csv").write_text(f'{header}\n{before}"余杭区文一西路969号"\n')
    fused(home / "inbox", home)


@pytest.mark.parametrize("key", ["enterprise_mirror", "data_disputes"])
@pytest.mark.parametrize("meanwhile", [an_enterprise_moves, lambda _home: None])
def test_a_view_opens_and_the_others_go_on(key: str, home: Path, meanwhile: Callable[[Path], None]) -> None:
    product = all_products()[key]
    before = released(in_views(product, "L1", "L2", minor=90), home)
    meanwhile(home)
    wider = in_views(product, "L1", "L2", "L3", minor=91)
    now = released(wider, home)
    assert verify(wider, home / "supply") == []
    for county, views in now.items():
        folder = home / "supply" / county / key
        for view, told in views.items():
            changes = pl.read_parquet(folder / manifest_of(folder).views[view].changes.path)
            old = before[county].get(view, told.clear())
            assert apply(old, changes, product.grain).equals(told), (county, view)
            assert view == "L3" or changes.height < told.height
        opened = pl.read_parquet(folder / manifest_of(folder).views["L3"].changes.path)
        assert opened["_change_type"].unique().to_list() == ["insert"] and opened.height == views["L3"].height
