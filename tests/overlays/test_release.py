"""A county's wishes in its releases: its own contract and columns, all others untouched, promotion without a change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gateway.supply.described import comments, contract, contract_file
from gateway.supply.held import in_chinese
from pipelines.checking.whole import verify
from pipelines.dictionary import current
from pipelines.overlays import apart, edition
from pipelines.overlays.read import Wishes, understood
from pipelines.promoting.alike import candidates
from pipelines.promoting.promoted import family_file
from pipelines.promoting.promotions import told
from pipelines.publishing.publish import release_product
from pipelines.releasing.county import Published
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.kinds import FLAG, TEXT
from schemas.manifest import MANIFEST_RULE, OVERLAY_RULE, Manifest, manifest_file
from schemas.product import all_products
from schemas.units import as_standard
from tests.conftest import REPOSITORY
from tests.gateway import COUNTY
from tests.published import line_of, manifest_of, rows

MIRROR, TAGS, OTHER = all_products()["enterprise_mirror"], all_products()["enterprise_tags"], "330782"
MAJOR = int(MIRROR.version.split(".")[0])
_TAGS_MAJOR, _TAGS_MINOR, _ = TAGS.version.split(".")
STEPPED = f"{_TAGS_MAJOR}.{int(_TAGS_MINOR) + 1}.0"
NEXT = f"{MAJOR + 1}.0.0"
KEY = "well_paid_staff"
WHEN = {"all": [{"tag": "alive"}, {"column": "insured", "at_least": "3人"}]}
OWN = {"since": date(2026, 7, 1), "add": {KEY: {"title": "编造的标签", "when": WHEN}}}


@pytest.fixture
def home(three_versions: Path, tmp_path: Path) -> Path:
    """A home of three days of which two counties' mirrors were released under the core's contract."""
    return shutil.copytree(three_versions, tmp_path / "home", ignore=_others)


def _others(folder: str, names: list[str]) -> list[str]:
    if Path(folder).name == "supply":
        return [name for name in names if name not in (COUNTY, OTHER, "index")]
    return [name for name in names if name in (".lock", "inbox", "truth")]


def wishing(monkeypatch: pytest.MonkeyPatch, **wished: dict[str, Any]) -> None:
    """Let the county wish something of products, and nobody else anything."""
    told = {COUNTY: understood(COUNTY, Path(f"mappings/overlays/{COUNTY}.yaml"), wished)} if wished else {}
    for module in (apart, edition):
        monkeypatch.setattr(module, "wishes", lambda: dict[str, Wishes](told))


def publish(home: Path, product: Any = MIRROR, only: tuple[str, ...] = (COUNTY, OTHER)) -> dict[str, Published]:
    done = release_product(product, current(), home, home / "supply", lambda _: None, only)
    return {each.county: each for each in done}


def folder(home: Path, product: Any = MIRROR, county: str = COUNTY) -> Path:
    return home / "supply" / county / product.key


def bytes_of(home: Path, county: str) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder(home, county=county).rglob("*") if file.is_file()}


def test_a_narrowed_product_is_one_countys_and_all_others_stay_as_they_are(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bytes_of(home, OTHER)
    wish = {"since": date(2026, 7, 1), "omit": ["first_insured"], "tighten": {"insured": {"at_most": "10万人"}}}
    wishing(monkeypatch, enterprise_mirror=wish)
    manifest = publish(home)[COUNTY].manifest
    assert manifest is not None and manifest.contract_version == NEXT
    assert manifest.changes == {"insert": {"contract": manifest.rows}}
    promised = contract(contract_file(home / "supply", manifest))
    assert promised.core == MIRROR.version and "first_insured" not in [each.name for each in promised.columns]
    (insured,) = [each for each in promised.columns if each.name == "insured"]
    assert [(rule.name, rule.expected) for rule in insured.rules] == [("at_most", "100000人 or less")]
    assert bytes_of(home, OTHER) == before and verify(MIRROR, home / "supply") == []
    assert not publish(home)[COUNTY].is_new
    wishing(monkeypatch)
    again = publish(home)[COUNTY].manifest
    assert again is not None and again.contract_version == f"{MAJOR + 2}.0.0" and verify(MIRROR, home / "supply") == []
    assert bytes_of(home, OTHER) == before


def test_a_version_is_not_judged_by_a_bound_that_came_after_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def bounded(most: str) -> None:
        tighten = {"insured": {"at_most": most}}
        wishing(monkeypatch, enterprise_mirror={"since": date(2026, 7, 1), "tighten": tighten})

    bounded("10万人")
    version = publish(home)[COUNTY].manifest
    bounded("3人")
    held = publish(home)[COUNTY].held
    assert held is not None and "insured/at_most" in held.words and manifest_of(folder(home)) == version
    assert verify(MIRROR, home / "supply") == []


def test_a_wish_does_not_hold_before_its_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wishing(monkeypatch)
    publish(home)
    before, wish = bytes_of(home, COUNTY), {"omit": ["first_insured"]}
    wishing(monkeypatch, enterprise_mirror={"since": date(2099, 1, 1), **wish})
    assert not publish(home)[COUNTY].is_new and bytes_of(home, COUNTY) == before
    today = date.fromisoformat(manifest_of(folder(home)).as_of)
    wishing(monkeypatch, enterprise_mirror={"since": today, **wish})
    assert publish(home)[COUNTY].is_new and verify(MIRROR, home / "supply") == []
    now = manifest_of(folder(home))
    assert "first_insured" not in rows(folder(home), now, "L3").columns and now.contract_version == NEXT


@pytest.mark.parametrize(
    ("wish", "version", "why"),
    [
        ({"tighten": {"insured": {"at_most": "0人"}}}, MIRROR.version, "insured/at_most"),
        ({"omit": ["credit_code"]}, MIRROR.version, "found credit_code, of the key"),
        ({"major": MAJOR}, NEXT, f"kept to major version {MAJOR} by the county; the core is {NEXT}"),
    ],
)
def test_a_wish_that_cannot_be_met_holds_the_county_at_its_version_and_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch, wish: dict[str, Any], version: str, why: str
) -> None:
    before = manifest_of(folder(home))
    monkeypatch.setattr(MIRROR, "version", version)
    wishing(monkeypatch, enterprise_mirror={"since": date(2026, 7, 1), **wish})
    done = publish(home)
    held = done[COUNTY].held
    assert held is not None and why in held.words and manifest_of(folder(home)) == before
    assert in_chinese(line_of(home, MIRROR.key, COUNTY)).startswith(("本县的个性化叠加", "列 insured 有 "))
    assert done[OTHER].held is None and done[OTHER].manifest.contract_version == version  # pyright: ignore
    assert why in str(line_of(home, MIRROR.key, COUNTY).held) and line_of(home, MIRROR.key, OTHER).held is None


def test_a_county_whose_chain_a_disk_has_damaged_is_held_for_that_and_not_for_its_wish(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.truncate(manifest_file(folder(home), 1), 12)
    wishing(monkeypatch, enterprise_mirror={"since": date(2026, 7, 1), "omit": ["first_insured"]})
    done = publish(home)
    held = done[COUNTY].held
    assert held is not None and [each.rule for each in held.broken] == [MANIFEST_RULE]
    assert "manifests/000001.json: found 12 bytes" in held.words and "overlay" not in held.words
    assert done[OTHER].held is None


def test_a_county_is_held_whatever_type_the_core_has_given_a_column_since(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same number the county's own line and the core's promise other things."""
    wishing(monkeypatch, enterprise_mirror={"since": date(2026, 7, 1), "omit": ["first_insured"]})
    before = publish(home)[COUNTY].manifest
    assert before is not None and before.contract_version == NEXT
    monkeypatch.setattr(MIRROR, "version", NEXT)
    monkeypatch.setattr(MIRROR, "fields", MIRROR.fields | {"name": replace(MIRROR.fields["name"], kind=FLAG)})
    wishing(monkeypatch, enterprise_mirror={"since": date(2026, 7, 1), "omit": ["credit_code"]})
    done = publish(home, only=(COUNTY,))[COUNTY]
    assert done.held is not None and "found credit_code, of the key" in done.held.words and done.manifest == before


def test_a_pin_to_a_line_that_is_gone_here_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MIRROR, "version", NEXT)
    wishing(monkeypatch)
    publish(home)
    wishing(monkeypatch, enterprise_mirror={"since": date(2026, 7, 1), "major": MAJOR})
    held = publish(home)[COUNTY].held
    assert held is not None and held.broken[0].rule == OVERLAY_RULE
    assert f"found {MAJOR}; expected {MAJOR + 1}" in held.words and "cannot be taken up again" in held.words


def test_an_own_tag_is_reckoned_served_found_alike_and_promoted_without_a_change(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wishing(monkeypatch)
    publish(home, TAGS, (COUNTY,))
    wishing(monkeypatch, enterprise_tags=OWN)
    own = publish(home, TAGS, (COUNTY,))[COUNTY].manifest
    assert own is not None and own.contract_version == STEPPED
    assert set(own.changes["update"]) == {"overlay+contract"} and verify(TAGS, home / "supply") == []
    served, mirror = rows(folder(home, TAGS), own, "L3"), rows(folder(home), manifest_of(folder(home)), "L3")
    by_hand = mirror.select("credit_code", said=(pl.col("insured") >= 3) & (pl.col("status") == "1"))
    assert served.select("credit_code", said=KEY).equals(by_hand) and served[KEY].n_unique() == 3
    assert KEY not in rows(folder(home, TAGS), own, "L1").columns
    marked = dict(comments(contract_file(home / "supply", own)))
    assert marked[KEY] == "编造的标签〔本县自定〕：参保人数不低于3人，且存续在营企业（自2026-07-01起）"
    declared = _file_that_promotes(home).replace("date(2026, 7, 1)", "date(2026, 6, 1)")
    promoted = _promoted(home, tmp_path, declared)
    assert promoted.contract_version == f"{STEPPED[:-1]}1" and promoted.changes == {}
    assert rows(folder(home, TAGS), promoted, "L3").equals(served)
    assert not any(each.own for each in contract(contract_file(home / "supply", promoted)).columns)


def test_a_county_whose_mirror_is_of_another_type_is_compared_without_that_column(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its insured the one county says nothing then, and the other's rows are compared all the same."""
    wish = {TAGS.key: {"since": date(2026, 7, 1), "add": {"one": {"title": "编造", "when": WHEN}}}}
    alike = [understood(one, Path(f"mappings/overlays/{one}.yaml"), wish).overlays[TAGS.key] for one in (COUNTY, OTHER)]
    ((both,),) = (each.evidence for each in candidates(alike, home / "supply"))
    with monkeypatch.context() as before:
        wishing(before)
        before.setattr(MIRROR, "version", NEXT)
        insured = replace(MIRROR.fields["insured"], kind=TEXT, unit=None)
        before.setattr(MIRROR, "fields", MIRROR.fields | {"insured": insured})
        assert publish(home, only=(COUNTY,))[COUNTY].is_new
    ((one,),) = (each.evidence for each in candidates(alike, home / "supply"))
    assert one.is_same_expression and 0 < one.rows < both.rows


def test_a_column_of_every_feed_is_taken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {f"of_{feed.key}": f"{feed.key}.{list(feed.columns)[-1]}" for feed in all_entities()["enterprise"].feeds()}
    adds = {key: {"title": f"编造的{key}", "take": column} | _unit(column) for key, column in taken.items()}
    wishing(monkeypatch, enterprise_tags={"since": date(2026, 7, 1), "add": adds})
    done = publish(home, TAGS, (COUNTY,))[COUNTY]
    assert done.held is None and done.manifest is not None and verify(TAGS, home / "supply") == []
    served = rows(folder(home, TAGS), done.manifest, "L3")
    assert set(taken) <= set(served.columns) and served["of_market_regulation_enterprise"].count() > 20


def _unit(column: str) -> dict[str, str]:
    feed, name = column.split(".")
    unit = as_standard(all_feeds()[feed].columns[name].kind).unit
    return {} if unit is None else {"unit": unit}


def test_what_breaks_while_a_countys_edition_is_made_holds_that_county(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> pl.DataFrame:
        raise pl.exceptions.DuplicateError("a made-up fault\nand its plan")

    wishing(monkeypatch)
    before = publish(home, TAGS)[COUNTY].manifest
    monkeypatch.setattr(edition, "values", broken)
    wishing(monkeypatch, enterprise_tags=OWN)
    done = publish(home, TAGS)
    held = done[COUNTY].held
    assert held is not None and f"{COUNTY}.yaml" in held.words and "DuplicateError: a made-up fault." in held.words
    assert done[COUNTY].manifest == before and done[OTHER].held is None


def test_a_disk_that_fails_is_no_countys_fault(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> pl.DataFrame:
        raise OSError("no space left on device")

    monkeypatch.setattr(edition, "values", full)
    wishing(monkeypatch, enterprise_tags=OWN)
    with pytest.raises(OSError, match="no space left"):
        publish(home, TAGS, (COUNTY,))


@pytest.mark.parametrize(
    "own",
    [
        {"when": {"tag": "alive"}},
        {"when": {"any": [{"industry": ["C"]}, *({"column": "capital", "at_least": f"{n}万元"} for n in range(1, 9))]}},
        {"measure": {"per": ["tax_paid", "capital"]}},
        {"measure": {"given": "insured", "when": {"industry": ["C"]}}, "unit": "人"},
    ],
)
def test_the_file_that_promotes_passes_the_linter_and_the_formatter(own: dict[str, Any], tmp_path: Path) -> None:
    wish = {TAGS.key: {"since": date(2026, 7, 1), "add": {KEY: {"title": '编造的"标签"'} | own}}}
    alike = [understood(one, Path(f"mappings/overlays/{one}.yaml"), wish).overlays[TAGS.key] for one in (COUNTY, OTHER)]
    (found,) = candidates(alike, tmp_path)
    (tmp_path / f"{KEY}.py").write_text(f"{family_file(found.built[0])}\n")
    for checked in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *checked, "--no-cache", "--config", REPOSITORY / "pyproject.toml", tmp_path],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def _file_that_promotes(home: Path) -> str:
    """Another county has built the same in other words: the two are found, and what to write is told."""
    mine = understood(COUNTY, Path("mappings/overlays/330110.yaml"), {TAGS.key: OWN}).overlays[TAGS.key]
    said = {"not": {"any": [{"column": "insured", "less_than": "3人"}, {"not": {"column": "status", "one_of": ["1"]}}]}}
    other = {"since": date(2026, 7, 1), "add": {"staffed": {"title": "编造的另一标签", "when": said}}}
    theirs = understood(OTHER, Path("mappings/overlays/330782.yaml"), {TAGS.key: other}).overlays[TAGS.key]
    (found,) = candidates([mine, theirs], home / "supply")
    (evidence,) = found.evidence
    assert found.counties == (COUNTY, OTHER) and (evidence.shared, evidence.agree) == (1, 1)
    assert evidence.is_same_expression and evidence.rows > 20
    todo = "\n".join(told(found))
    assert f"write schemas/tags/{KEY}.py" in todo and "tests/tags/test_families.py" in todo
    return family_file(found.built[0])


_RELEASE = """
import sys
from pathlib import Path
from pipelines.dictionary import current
from pipelines.publishing.publish import release_product
from schemas.product import all_products
home = Path(sys.argv[1])
release_product(all_products()["enterprise_tags"], current(), home, home / "supply", lambda _: None, [sys.argv[2]])
"""


def _promoted(home: Path, tmp_path: Path, declared: str) -> Manifest:
    """The release of a copy of the repository in which the tag was made core by one file and a version's step."""
    copy = tmp_path / "copy"
    for room in ("schemas", "pipelines", "mappings"):
        shutil.copytree(REPOSITORY / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "schemas" / "tags" / f"{KEY}.py").write_text(declared)
    wish = f"enterprise_tags: {{since: 2026-07-01, add: {{{KEY}: {{title: 编造的标签, when: {json.dumps(WHEN)}}}}}}}\n"
    (copy / "mappings" / "overlays" / f"{COUNTY}.yaml").write_text(wish)
    product = copy / "schemas" / "products" / "enterprise_tags.py"
    product.write_text(product.read_text().replace(f'version = "{TAGS.version}"', f'version = "{STEPPED}"'))
    done = subprocess.run(
        [sys.executable, "-c", _RELEASE, str(home), COUNTY], cwd=copy, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(copy)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return manifest_of(folder(home, TAGS))
