"""A county's wishes of products that are made by province: met, or holding the county, of one survey for all."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.supply.described import contract, contract_file
from pipelines.checking.whole import verify
from pipelines.disk.standard import NotKept
from pipelines.publishing import by_province
from pipelines.releasing.county import Published
from pipelines.surveying import survey
from schemas.product import Product, all_products
from tests.gateway import COUNTY
from tests.overlays.test_release import publish as published
from tests.overlays.test_release import wishing
from tests.published import bytes_below, manifest_of, rows

PRODUCTS = {key: product for key, product in all_products().items() if product.is_made_by_province()}
SEATS, OTHER, SINCE = PRODUCTS["school_seats"], "330105", {"since": date(2020, 1, 1)}
NARROWED = SINCE | {"omit": ["error", "naive_error"], "tighten": {"places": {"at_most": "10万人"}}}
MAJOR = int(SEATS.version.split(".")[0])


@pytest.fixture(scope="module")
def copied(whole_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the whole shelf with what two counties were released of it under the core's contracts."""
    return shutil.copytree(whole_release, tmp_path_factory.mktemp("wishes") / "home", ignore=_others)


def _others(folder: str, names: list[str]) -> list[str]:
    if Path(folder).name == "supply":
        return [name for name in names if name not in (COUNTY, OTHER, "index")]
    return [name for name in names if name in (".lock", "inbox", "truth", "dagster")]


@pytest.fixture
def home(copied: Path, tmp_path: Path) -> Path:
    """The same for a test alone."""
    return shutil.copytree(copied, tmp_path / "home")


@pytest.fixture
def surveys(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The products that are surveyed, one after another."""
    told = list[str]()

    def counted(product: type[Product], *arguments: Any) -> Path:
        told.append(product.key)
        return survey.survey(product, *arguments)

    monkeypatch.setattr(by_province, "survey", counted)
    return told


def publish(home: Path, product: type[Product], only: tuple[str, ...] = (COUNTY, OTHER)) -> dict[str, Published]:
    return published(home, product, only)


def folder(home: Path, product: type[Product], county: str = COUNTY) -> Path:
    return home / "supply" / county / product.key


def later(majors: int) -> str:
    """The version of so many major steps behind the product's own."""
    return f"{MAJOR + majors}.0.0"


def test_a_narrowed_product_is_one_countys_of_the_survey_of_all(
    home: Path, monkeypatch: pytest.MonkeyPatch, surveys: list[str]
) -> None:
    core = rows(folder(home, SEATS), manifest_of(folder(home, SEATS)), "L1")
    shutil.rmtree(folder(home, SEATS, OTHER))
    wishing(monkeypatch, school_seats=NARROWED)
    done = publish(home, SEATS)
    manifest = done[COUNTY].manifest
    assert surveys == [SEATS.key] and done[OTHER].is_new
    assert manifest is not None and manifest.contract_version == later(1)
    assert set(manifest.changes["insert"]) <= {"contract", "code+contract"} and "overlay" in manifest.mappings
    assert rows(folder(home, SEATS), manifest, "L1").equals(core.drop("error", "naive_error"))
    promised = contract(contract_file(home / "supply", manifest))
    assert promised.core == SEATS.version
    (places,) = [each for each in promised.columns if each.name == "places"]
    assert ("at_most", "100000人 or less") in [(rule.name, rule.expected) for rule in places.rules]
    assert verify(SEATS, home / "supply") == []


def test_the_others_stay_as_they_are_and_where_nothing_is_new_nothing_is_made(
    home: Path, monkeypatch: pytest.MonkeyPatch, surveys: list[str]
) -> None:
    wishing(monkeypatch)
    publish(home, SEATS)
    before = bytes_below(folder(home, SEATS, OTHER))
    wishing(monkeypatch, school_seats=NARROWED)
    publish(home, SEATS)
    surveys.clear()
    assert not publish(home, SEATS, (COUNTY,))[COUNTY].is_new and surveys == []
    wishing(monkeypatch)
    again = publish(home, SEATS)[COUNTY].manifest
    assert again is not None and again.contract_version == later(2)
    assert bytes_below(folder(home, SEATS, OTHER)) == before and verify(SEATS, home / "supply") == []


@pytest.mark.parametrize(
    ("key", "wish", "why"),
    [
        ("school_seats", {"tighten": {"places": {"never_empty": True, "at_least": "100000人"}}}, "places/at_least"),
        ("school_seats", {"add": {"own": {"title": "自定", "when": {"tag": "alive"}}}}, "a column for school_seats"),
        ("data_quality", {"omit": ["no_such_column"]}, "found 'no_such_column'"),
        ("data_quality", {"coverage_floor": "100%"}, "100% are promised"),
        ("school_seats", {"major": MAJOR}, f"kept to major version {MAJOR} by the county; the core is {MAJOR + 1}.0.0"),
    ],
)
def test_a_wish_that_cannot_be_met_holds_the_county_and_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch, key: str, wish: dict[str, Any], why: str
) -> None:
    product = PRODUCTS[key]
    before = manifest_of(folder(home, product))
    if "major" in wish:
        monkeypatch.setattr(product, "version", later(1))
    wishing(monkeypatch, **{key: SINCE | wish})
    done = publish(home, product)
    assert done[OTHER].held is None
    assert (
        done[COUNTY].held is not None
        and why in done[COUNTY].held.words
        and manifest_of(folder(home, product)) == before
    )


def test_rows_that_were_done_again_meanwhile_are_no_fault_of_a_wish(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise NotKept("school_admission: rows of 2026-06-02 lie with 2026-06-01, which has been done again")

    wishing(monkeypatch, school_seats=SINCE | {"omit": ["error"]})
    monkeypatch.setattr(by_province, "_narrowed", gone)
    with pytest.raises(NotKept):
        publish(home, SEATS, (COUNTY,))


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_every_product_made_by_province_is_narrowed(
    product: type[Product], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = [name for name, each in product.fields.items() if not each.required and name not in product.grain]
    before = rows(folder(home, product), manifest_of(folder(home, product)), product.levels[-1])
    wishing(monkeypatch, **{product.key: SINCE | {"omit": may_go[:1]}})
    manifest = publish(home, product, (COUNTY,))[COUNTY].manifest
    assert manifest is not None and manifest.rows == before.height
    assert rows(folder(home, product), manifest, product.levels[-1]).equals(before.drop(may_go[:1]))
    assert verify(product, home / "supply") == []
