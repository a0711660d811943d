"""What a run says of its inbox and its settings before it lands anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from assets.report import Supply, product_lines, what_next
from schemas.manifest import Broken, File, Index, IndexLine, Manifest, Objected, View, canonical, index_file
from schemas.product import all_products
from schemas.put import put_bytes
from schemas.variables import misspelt
from tests.conftest import REPOSITORY, run_release
from tests.manifests import manifest


def test_what_no_feed_takes_is_told_once_with_what_was_expected(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for name in ("tax_registration/202606.CSV", "tax_registration/202606.xlsx", "water/1.csv", "202606.csv", ".hidden"):
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).touch()
    done = run_release(tmp_path)
    alone = [line.split("  ")[-1] for line in done.stdout.splitlines() if "Left alone" in line]
    assert alone == [
        "Left alone: 202606.csv; expected a folder a feed",
        "Left alone: water; expected a declaration in schemas/feeds/ that knows them",
        "Left alone: tax_registration/202606.CSV, tax_registration/202606.xlsx; expected *.csv",
    ]


def test_a_product_that_there_is_not_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    done = run_release(tmp_path, JUBIAN_PRODUCTS="enterprise_miror")
    assert done.returncode == 2
    assert done.stderr.startswith("JUBIAN_PRODUCTS names enterprise_miror; the products are business_indicators, ")
    assert done.stderr.count("\n") == 1


def test_a_home_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "home").touch()
    places = {"JUBIAN_INBOX": tmp_path / "inbox", "JUBIAN_HOME": tmp_path / "home", "DAGSTER_HOME": tmp_path / "home"}
    done = run_release(tmp_path, **{name: str(each) for name, each in places.items()})
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path / 'home' / 'dagster.yaml'} cannot be written (")
    assert done.stderr.endswith("or name a home where it may: JUBIAN_HOME=…\n") and done.stderr.count("\n") == 1


def test_an_index_that_is_damaged_is_named_with_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    index = index_file(tmp_path / "supply", "enterprise_mirror")
    index.parent.mkdir(parents=True)
    index.write_text('{"product": "enter')
    done = run_release(tmp_path, JUBIAN_PRODUCTS="enterprise_mirror")
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"{index}: found 18 bytes that are none, expected the index that was published; remove"
    )
    assert done.stderr.count("\n") == 1


def test_a_variable_that_is_called_almost_like_one_is_told_with_it(tmp_path: Path) -> None:
    """Mistyped, a product would be released with all others, a feed never pulled."""
    done = run_release(tmp_path, JUBIAN_PRODUCT="enterprise_mirror", JUBIAN_EXCHAGE_URL="postgresql://h/d")
    alone = [line.split("  ")[-1] for line in done.stdout.splitlines() if "Left alone" in line]
    assert alone == [
        "Left alone: the variable JUBIAN_EXCHAGE_URL; expected JUBIAN_EXCHANGE_URL",
        "Left alone: the variable JUBIAN_PRODUCT; expected JUBIAN_PRODUCTS",
    ]


def test_of_variables_that_are_read_and_of_others_nothing_is_told() -> None:
    text = (REPOSITORY / "deploy" / "jubian.env").read_text()
    read = re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE)
    assert "JUBIAN_HOME" in read and [*misspelt([*read, "JUBIAN_SHARED", "JUBIAN_SCREENSHOTS", "HOME"])] == []
    assert [*misspelt(["jubian_home"])] == ["Left alone: the variable jubian_home; expected JUBIAN_HOME"]


@pytest.mark.parametrize(("previous", "why"), [((None, None), "a county's first version"),
                         (("sha256", "sha256"), "a new contract"),
                         ((None, "sha256"), "a county's first version and a new contract")])  # fmt: skip
def test_versions_that_change_no_row_say_why_there_are_any(previous: tuple[str | None, ...], why: str) -> None:
    """A new county has no rows before its towns' feeds name it."""
    assert changes_told([Manifest.model_construct(changes={}, previous=before) for before in previous]) == why


def test_a_version_that_only_tells_of_objections_is_not_called_one_of_a_new_contract() -> None:
    open_one = Objected.model_construct(id="330110-a", state="open")
    told = changes_told([Manifest.model_construct(changes={}, previous="sha256", objections=(open_one,))])
    assert told == "a new contract or what is said of objections"


def changes_told(made: list[Manifest]) -> str:
    """What a run says of versions that change no row."""
    counties = [IndexLine(county=f"33038{at}", county_name="某市", version=1, manifest_sha256="", rows=0)
                for at, _ in enumerate(made)]  # fmt: skip
    index = Index.model_construct(product="enterprise_mirror", as_of="2027-01-01", counties=counties, missing=())
    manifests = dict(zip([each.county for each in counties], made, strict=True))
    supply = cast(Supply, SimpleNamespace(index=lambda _: index, manifest=lambda _, county: manifests[county]))
    said = [*product_lines(all_products()["enterprise_mirror"], supply, {}, came_through=True)]
    return said[1].removeprefix("  changes: none in rows, ")


@pytest.mark.parametrize(
    ("before", "said"), [(1, "released 2 of 2 counties,"), (0, "released 2 of 2 counties and 1 that ended,")]
)
def test_a_county_that_has_ended_is_not_counted_among_todays(before: int, said: str) -> None:
    versions = {"330110": 2, "330125": 1, "330381": 2}
    counties = [IndexLine(county=code, county_name="某市", version=version, manifest_sha256="", rows=0)
                for code, version in versions.items()]  # fmt: skip
    index = Index.model_construct(product="enterprise_mirror", as_of="2027-01-01", counties=counties, missing=())
    manifest = Manifest.model_construct(changes={}, previous=None)
    supply = cast(Supply, SimpleNamespace(index=lambda _: index, manifest=lambda *_: manifest))
    product = all_products()["enterprise_mirror"]
    first, *_ = product_lines(product, supply, {(product.key, "330125"): before}, came_through=True)
    assert said in first


@pytest.mark.parametrize(("rule", "version", "served"), [("fall", 3, "version 3 stays served"),
                         ("fall", 0, "nothing is served yet"),
                         ("manifest", 3, "nothing is served until then")])  # fmt: skip
def test_of_a_county_that_is_held_it_is_said_what_it_is_served(rule: str, version: int, served: str) -> None:
    line = IndexLine(county="330110", county_name="余杭区", version=version, manifest_sha256="", rows=0, held="why",
                    broken=(Broken(rule=rule),))  # fmt: skip
    index = Index.model_construct(product="enterprise_mirror", as_of="2027-01-01", counties=(line,), missing=())
    supply, product = cast(Supply, SimpleNamespace(index=lambda _: index)), all_products()["enterprise_mirror"]
    *_, said = product_lines(product, supply, {(product.key, "330110"): version}, came_through=True)
    assert said == f"  HELD 余杭区 330110: why; {served}"


@pytest.mark.parametrize("url", ["postgres://u:secret@h/d", "postgresql://u:secret@h/d", "h:5432"])
def test_an_address_that_dagster_cannot_open_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    done = run_release(tmp_path, JUBIAN_DAGSTER_URL=url)
    assert done.returncode == 2 and "Traceback" not in done.stderr and "secret" not in done.stderr
    assert done.stderr.startswith("JUBIAN_DAGSTER_URL ") and "write it postgresql+psycopg2://USER:" in done.stderr
    assert [*tmp_path.iterdir()] == []


def test_settings_of_dagster_that_are_not_there_are_told_by_their_variable(tmp_path: Path) -> None:
    done = run_release(tmp_path, JUBIAN_DAGSTER_SETTINGS="deploy/dagstr.yaml")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert done.stderr.startswith("JUBIAN_DAGSTER_SETTINGS is deploy/dagstr.yaml, and no file is at ")
    assert "such as deploy/dagster.yaml" in done.stderr and [*tmp_path.iterdir()] == []


def test_a_home_whose_path_would_be_read_as_a_pattern_is_told(tmp_path: Path) -> None:
    """Of `h[1]` the readers of Parquet find `h1`, if there is one, and else say that paths are empty."""
    home = tmp_path / "h[1]"
    (home / "inbox").mkdir(parents=True)
    done = run_release(home)
    assert done.returncode == 2 and [each.name for each in home.iterdir()] == ["inbox"]
    assert done.stderr == (
        f"JUBIAN_HOME is {home}; expected a path without *, ? and [, which what reads Parquet takes for a pattern. "
        "Move it, or name another.\n"
    )


def test_a_word_that_is_no_day_is_told_as_one_and_leaves_no_folder(tmp_path: Path) -> None:
    """As `make` calls it, with nothing to install."""
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    asked = ["make", "-s", "-o", ".venv/run.stamp", f"BIN={Path(sys.executable).parent}", "run", "KNOWN=yesterday"]
    environment = os.environ | {"JUBIAN_HOME": str(tmp_path / "home")}
    done = subprocess.run(asked, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert "KNOWN=yesterday is no day; write one such as KNOWN=2026-06-30." in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("lost", ["the largest", "its end", "all"])
def test_what_a_person_may_read_is_of_the_largest_county_that_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    supply, rows = tmp_path / "supply", {"330110": 9, "330782": 5}
    lines = tuple(IndexLine(county=code, county_name=f"{count} 行", version=1, manifest_sha256="", rows=count)
                  for code, count in rows.items())  # fmt: skip
    index = Index(product="enterprise_mirror", title="企业", as_of="", inputs=(), missing=(), counties=lines)
    put_bytes(canonical(index), index_file(supply, "enterprise_mirror"))
    pointers = [supply / line.county / "enterprise_mirror" / "manifest.json" for line in lines]
    views = {"L1": View(level="L1", changes=File(path="", sha256="", size=0, rows=0))}
    for line, pointer in zip(lines, pointers, strict=True):
        put_bytes(canonical(manifest(county=line.county, county_name=line.county_name, views=views)), pointer)
    last = [*what_next(Supply(supply))][-1]
    assert last == "Read 9 行: make snapshot COUNTY=330110 (writes it whole and says where it lies)"
    for pointer in pointers if lost == "all" else pointers[:1]:
        os.truncate(pointer, 300) if lost == "its end" else pointer.unlink()
    said = "\n".join(what_next(Supply(supply)))
    assert "See it: make ui" in said and ("Read 5 行" in said, "Read" in said) == (lost != "all", lost != "all")


def test_what_to_type_next_bears_what_the_run_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path / "家"))
    monkeypatch.setenv("JUBIAN_INBOX", "/mnt/交换")
    said = "\n".join(what_next(Supply(tmp_path / "家" / "supply")))
    assert "make ui FEEDS=/mnt/交换" in said and "make admit, is given FEEDS=/mnt/交换 too" in said
    monkeypatch.delenv("JUBIAN_INBOX")
    assert "FEEDS" not in "\n".join(what_next(Supply(tmp_path / "家" / "supply")))
