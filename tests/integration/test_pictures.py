"""Pictures in the portal over HTTP: drawn of what is granted, kept by version, sent once, and nobody waits for them."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import httpx
import polars as pl
import pytest

import gateway.drawing.drawn as drawing
from gateway.drawing.picture import picture_of
from gateway.kept import grants
from gateway.kept.grants import Grant
from gateway.portal import pictures
from gateway.portal.page import GUARDS
from gateway.portal.pictures import sight
from gateway.supply.folded import columns
from gateway.supply.released import released, served
from gateway.supply.terms import terms
from pipelines.dictionary import current
from pipelines.publishing.publish import release_product
from pipelines.shelf import whole
from schemas.manifest import Manifest
from schemas.product import all_products
from tests import published
from tests.gateway import COUNTY, PRODUCT
from tests.portal import Person, person, visitor
from tests.servers.gateway import Served, serving, told

TAGS = "enterprise_tags"


@pytest.fixture(scope="module")
def home(three_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of the mirror, and the tags of the last one."""
    mine = shutil.copytree(three_versions, tmp_path_factory.mktemp("pictures") / "home")
    release_product(all_products()[TAGS], current(), mine, mine / "supply", lambda _: None, [COUNTY])
    return mine


@pytest.fixture(scope="module")
def gateway(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(told(home / "supply", tmp_path_factory.mktemp("state"))) as running:
        yield running
    drawing.BESIDE.end()


@pytest.fixture
def county(gateway: Served) -> Iterator[Person]:
    with person(gateway, gateway.recipient(COUNTY, "L2", PRODUCT, TAGS)) as found:
        yield found


def versions(gateway: Served) -> list[Manifest]:
    newest = served(gateway.settings.supply, COUNTY, PRODUCT).version
    return [released(gateway.settings.supply, COUNTY, PRODUCT, each + 1) for each in range(newest)]


def image(page: str) -> tuple[str, str]:
    ((address, words),) = re.findall(r'<img class="picture" src="([^"]+)" alt="([^"]+)">', page)
    return unescape(address), unescape(words)


def test_a_granted_picture_stands_on_the_page_with_its_words_and_figures(gateway: Served, county: Person) -> None:
    address, words = image(county.read(f"/products/{PRODUCT}"))
    answer = county.http.get(address)
    rows = published.rows(
        gateway.settings.supply / COUNTY / PRODUCT, served(gateway.settings.supply, COUNTY, PRODUCT), "L1"
    )
    living = rows.filter(~pl.col("status").fill_null("").is_in(["4", "5"]))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert f"共{living.height:,}家" in answer.text and f"共{living.height:,}家" in words
    assert "余杭区" in answer.text and "所在乡镇（街道）" in answer.text and "<script" not in answer.text
    assert {name: answer.headers[name] for name in GUARDS if name != "Cache-Control"} == {
        name: value for name, value in GUARDS.items() if name != "Cache-Control"
    }


def test_a_picture_that_is_sent_is_written_down_as_no_download(gateway: Served) -> None:
    with person(gateway, gateway.recipient(COUNTY, "L2", PRODUCT)) as found:
        address, _ = image(found.read(f"/products/{PRODUCT}"))
        first = found.http.get(address)
        log = gateway.door.audit.file
        before = len(log.read_bytes().splitlines())
        assert found.http.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        assert len(log.read_bytes().splitlines()) == before
    picture, newest = picture_of(PRODUCT), versions(gateway)[-1]
    assert picture is not None
    record = gateway.record(what="picture", product=PRODUCT, version=newest.version, bytes=len(first.content))
    assert (record["county"], record["view"], record["columns"]) == (COUNTY, "L2", list(picture.columns))
    assert b'"what":"served"' not in log.read_bytes()


def test_it_is_sent_once_and_another_grant_or_version_has_another_mark(gateway: Served, county: Person) -> None:
    address, _ = image(county.read(f"/products/{PRODUCT}"))
    first = county.http.get(address)
    again = county.http.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == first.headers["cache-control"] == "private, no-cache"
    assert county.http.get(address, headers={"If-None-Match": '"of another day"'}).content == first.content
    picture = picture_of(PRODUCT)
    assert picture is not None
    marks = [drawing.edition(each, level, picture) for each in versions(gateway) for level in ("L1", "L2")]
    assert len(set(marks)) == len(marks) >= 4 and first.headers["etag"] == f'"{marks[-1]}"'


def test_what_was_drawn_is_kept_and_what_was_drawn_before_it_goes(
    gateway: Served, county: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = image(county.read(f"/products/{PRODUCT}"))
    first = county.http.get(address)
    folder = gateway.settings.state / "pictures" / COUNTY / PRODUCT / "L2"
    (kept,) = folder.iterdir()
    assert kept.read_bytes() == first.content
    monkeypatch.setattr(drawing.BESIDE, "svg", lambda _: "<svg>drawn again</svg>")
    assert county.http.get(address).content == first.content
    kept.rename(folder / "of-an-earlier-version.svg")
    assert county.http.get(address).text == "<svg>drawn again</svg>"
    assert [each.name for each in folder.iterdir()] == [kept.name]
    kept.unlink()


def test_what_is_not_granted_is_told_and_not_drawn(gateway: Served, county: Person) -> None:
    page = county.read(f"/products/{TAGS}")
    assert 'class="picture"' not in page and f'href="/portal/grants?product={TAGS}&amp;level=L3">申请 L3 授权' in page
    assert "“盈利企业”" in page and "属于 L3 视图；贵单位的授权到 L2" in page
    assert county.http.get(f"/portal/products/{TAGS}/picture.svg").status_code == 403
    with person(gateway, gateway.recipient(COUNTY, "L3", TAGS)) as other:
        address, words = image(other.read(f"/products/{TAGS}"))
        assert "常用企业标签" in words and "盈利企业" in other.http.get(address).text
        assert other.http.get(f"/portal/products/{PRODUCT}/picture.svg").status_code == 404
        for path in ("unheard_of", "charts", "__init__", "..%2Fcharts"):
            assert other.http.get(f"/portal/products/{path}/picture.svg").status_code == 404
    with visitor(gateway) as stranger:
        answer = stranger.http.get(f"/portal/products/{PRODUCT}/picture.svg")
        assert (answer.status_code, answer.headers["location"]) == (303, "/portal/sign-in")


def test_a_grant_that_ends_takes_the_kept_picture_with_it(gateway: Served) -> None:
    token = gateway.recipient(COUNTY, "L3", PRODUCT)
    with person(gateway, token) as found:
        address, _ = image(found.read(f"/products/{PRODUCT}"))
        first = found.http.get(address)
        held = grants.holding(gateway.door.engine, grants.recipients(gateway.door.engine, COUNTY)[-1].id)
        assert [grants.revoke(gateway.door.engine, each.id) for each in held] == [True]
        assert found.http.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 404


def test_a_county_that_does_without_a_column_is_told_so(gateway: Served, county: Person) -> None:
    supply = gateway.settings.supply
    manifest = served(supply, COUNTY, PRODUCT)
    promised = terms(supply, manifest)
    kept = tuple(each for each in promised.columns if each.name != "town_name")
    grant = Grant(1, 1, PRODUCT, "L3", "试用", "测试", 0, 1 << 40, None)
    seen = sight(gateway.door, grant, manifest, promised.model_copy(update={"columns": kept}))
    assert seen is not None and (seen.address, seen.asks) == ("", "") and "“town_name”" in seen.sentence
    assert sight(gateway.door, grant, manifest.model_copy(update={"product": "unheard_of"}), promised) is None


def test_what_a_picture_does_not_know_leaves_the_page_as_it_is(
    gateway: Served, county: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a word would that a release by later code has."""
    picture = picture_of(PRODUCT)
    assert picture is not None

    def lost(rows: pl.DataFrame, _: object) -> None:
        rows.select(pl.col("status").replace_strict({"no such": 1}))

    monkeypatch.setattr(pictures, "picture_of", lambda _: replace(picture, draw=lost, edition="other"))
    page = county.read(f"/products/{PRODUCT}")
    assert "这张图暂时画不出来" in page and "<img class=" not in page
    assert county.http.get(f"/portal/products/{PRODUCT}/picture.svg").status_code == 503


def test_others_are_answered_while_a_picture_is_drawn(
    gateway: Served, county: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = image(county.read(f"/products/{PRODUCT}"))
    drawing_now, others_answered = threading.Event(), threading.Event()

    def slow(spec: dict[str, object]) -> str:
        drawing_now.set()
        return f"<svg>{'others came first' if others_answered.wait(20) else 'others waited'}</svg>"

    shutil.rmtree(gateway.settings.state / "pictures", ignore_errors=True)
    monkeypatch.setattr(drawing.BESIDE, "svg", slow)
    answers = list[httpx.Response]()
    asking = threading.Thread(target=lambda: answers.append(county.http.get(address, timeout=30)))
    asking.start()
    assert drawing_now.wait(10)
    with visitor(gateway) as other:
        assert other.http.get("/portal/style.css").status_code == 200
    others_answered.set()
    asking.join()
    assert answers[0].text == "<svg>others came first</svg>"
    shutil.rmtree(gateway.settings.state / "pictures")


def test_what_cannot_be_drawn_just_now_is_no_broken_page(
    gateway: Served, county: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: object) -> str:
        raise drawing.NotDrawn("gone")

    shutil.rmtree(gateway.settings.state / "pictures", ignore_errors=True)
    monkeypatch.setattr(drawing.BESIDE, "svg", gone)
    address, words = image(county.read(f"/products/{PRODUCT}"))
    assert words and county.http.get(address).status_code == 503


def test_some_columns_of_a_version_that_stands_on_changes_are_those_of_its_snapshot(gateway: Served) -> None:
    supply, names = gateway.settings.supply, ("status", "town_name", "county_name")
    assert {each.base is None for each in versions(gateway)} == {True, False}
    for manifest in versions(gateway):
        whole = published.rows(supply / COUNTY / PRODUCT, manifest, "L2")
        assert columns(supply, manifest, "L2", names).equals(whole.select(names))


def test_what_a_product_rests_on_is_in_dispute_under_its_title_though_it_is_no_column(
    gateway: Served, county: Person
) -> None:
    disputed = {pair.split("/")[0] for pair in served(gateway.settings.supply, COUNTY, TAGS).disputed}
    assert disputed - {*whole(all_products()[TAGS]).fields}
    page = county.read(f"/products/{TAGS}")
    assert "：采信" in page and not re.search(r"<td>[a-z_]+：采信", page)
