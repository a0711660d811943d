"""Why a change happened: an edited mapping is the cause where no landed row is new, in every product."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.checking.complete import incomplete
from pipelines.checking.whole import verify
from pipelines.dictionary import HOME, admit, load
from pipelines.disk.layers import every_bucket, layers_of
from pipelines.door.admit import stopped
from pipelines.overlays import apart, edition
from pipelines.overlays.read import understood
from pipelines.publishing.publish import release_product
from pipelines.releasing.county import Published
from schemas.china import today
from schemas.entity import all_entities
from schemas.manifest import IndexLine, index_file, read_index
from schemas.product import all_products
from tests.chain import fused
from tests.published import manifest_of
from tests.sequences import next_day

ENTERPRISE = all_entities()["enterprise"]
MIRROR, DISPUTES = all_products()["enterprise_mirror"], all_products()["data_disputes"]


class Supply:
    """A home with the demo's first day released, and mappings of its own to edit."""

    def __init__(self, home: Path, mappings: Path) -> None:
        self.home, self.mappings = home, mappings

    def append(self, file: str, *rows: str) -> None:
        """Append CSV rows to a mapping."""
        with (self.mappings / file).open("a") as stream:
            stream.writelines(f"{row}\n" for row in rows)

    def release(self) -> dict[str, dict[str, int]]:
        """Standardise, fuse and release both products for all counties; rows by product and cause."""
        known = load(self.mappings)
        fused(self.home / "inbox", self.home, known)
        told: dict[str, dict[str, int]] = {}
        for product in (MIRROR, DISPUTES):
            published = release_product(product, known, self.home, self.home / "supply", lambda _: None)
            new = [each.manifest for each in published if each.is_new and each.manifest]
            causes = told.setdefault(product.key, {})
            for counts in (counts for manifest in new for counts in manifest.changes.values()):
                for cause, rows in counts.items():
                    causes[cause] = causes.get(cause, 0) + rows
        return told

    def quarantined(self, feed: str, rule: str) -> pl.DataFrame:
        """The quarantined rows of a feed that a rule refused, with what was found."""
        (file,) = (self.home / "standard" / feed).glob("*/quarantine.parquet")
        why = pl.read_parquet(file).explode("reasons").unnest("reasons")
        return why.filter(pl.concat_str("column", "rule", separator="/") == rule)


@pytest.fixture(scope="module")
def first(small_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Supply:
    """Both products released for the first day; copy it before writing to it."""
    folder = tmp_path_factory.mktemp("causes")
    made = Supply(shutil.copytree(small_province, folder / "home"), shutil.copytree(HOME, folder / "mappings"))
    made.release()
    return made


@pytest.fixture
def supply(first: Supply, tmp_path: Path) -> Supply:
    """The same, of one's own."""
    home, mappings = tmp_path / "home", tmp_path / "mappings"
    return Supply(shutil.copytree(first.home, home), shutil.copytree(first.mappings, mappings))


def dictionary_rows(supply: Supply) -> list[str]:
    """Rows for every industry that met none."""
    codes = supply.quarantined("tax_registration", "industry/unmapped")["found"].unique().sort()
    return [f"gbt4754_2011,{code},0111,2011-11-01,{today()},测试文件" for code in codes]


def test_a_dictionary_row_a_place_row_and_a_correction_are_told_as_causes(supply: Supply) -> None:
    supply.append("codes/gbt4754_2017.csv", *dictionary_rows(supply))
    told = supply.release()
    assert set(told["enterprise_mirror"]) == {"dictionary"} and set(told["data_disputes"]) <= {"dictionary"}
    moved = supply.quarantined("science_technology_list", "county/unknown_place")
    moved = pl.concat([moved, supply.quarantined("social_security_employer", "county/unknown_place")])
    named = moved["found"].unique().sort()[0]
    supply.append("places/counties.csv", f"330106,{named},杭州市,1950-01-01,{today()},测试文件")
    supply.append("places/changes.csv", f"2026-06-01,merge,330105,330106,,{today()},测试文件")
    told = supply.release()
    assert set(told["enterprise_mirror"]) == {"place"}
    raw = supply.quarantined("tax_registration", "started/unreadable")["raw"][0]
    row = pl.select(pl.lit(raw).str.json_decode(pl.Struct({"NSRSBH": pl.String, "KYSLRQ": pl.String}))).unnest(
        "literal"
    )
    key, old = row.row(0)
    supply.append("corrections.csv", f"tax_registration,{key},KYSLRQ,{old},20200101,2020-01-01,{today()},来函")
    assert supply.release()["enterprise_mirror"] == {"correction": 1}
    assert supply.release() == {"enterprise_mirror": {}, "data_disputes": {}}
    assert verify(MIRROR, supply.home / "supply") == verify(DISPUTES, supply.home / "supply") == []


def test_a_dictionary_that_no_feed_of_a_product_writes_is_no_cause_of_what_a_day_changes(supply: Supply) -> None:
    permits = supply.home / "inbox" / "ecology_permit"
    first = (permits / "20260630.jsonl").read_text().splitlines(keepends=True)[0]
    (permits / "20270125.jsonl").write_text(first)
    supply.append("codes/service_item.csv", "zhejiang_item,其他-90002-000,000101002000,2015-01-01,2026-11-30,测试文件")
    told = supply.release()["enterprise_mirror"]
    assert set(told) == {"source"} and told["source"] > 10


def test_a_row_that_went_while_its_county_stood_still_is_no_cause_of_what_changes_later(supply: Supply) -> None:
    employers, taxpayers = (supply.home / "inbox" / name for name in ("social_security_employer", "tax_registration"))
    insured = (employers / "202606.sql").read_text().splitlines(keepends=True)
    rows = [
        line.split(",") for line in (taxpayers / "20260630.csv").read_text("gb18030", "surrogateescape").splitlines()
    ]
    types = {row[0]: row[3] for row in rows}
    entity, won, county = one_whose_type_tax_disputes(supply, "".join(insured))
    (employers / "202607.sql").write_text("".join(line for line in insured if entity not in line))
    supply.release()
    folder = supply.home / "supply" / county / DISPUTES.key
    assert manifest_of(folder).version == 1
    held = pl.read_csv(supply.mappings / "codes" / "enterprise_type.csv", infer_schema=False).drop_nulls()
    meanings = dict(held.filter(source="tax_registration_type").select("code", "standard").iter_rows())
    another = next(each for each in sorted(meanings.values()) if each not in (won, meanings[types[entity]]))
    supply.append("codes/enterprise_type.csv",
                  f"tax_registration_type,{types[entity]},{another},2026-06-01,{today()},测试文件")  # fmt: skip
    (taxpayers / "20260702.csv").write_text("\n".join(map(",".join, rows[:-1])) + "\n", "gb18030", "surrogateescape")
    supply.release()
    assert {cause for each in manifest_of(folder).changes.values() for cause in each} == {"dictionary"}


def one_whose_type_tax_disputes(supply: Supply, insured: str) -> tuple[str, str, str]:
    """An enterprise with this one dispute, that social security has a row of; the type that won, and the county."""
    disputes = every_bucket(
        layers_of(ENTERPRISE, supply.home), "disputes", ["credit_code", "column", "lost_by", "value"]
    )
    lone = disputes.filter(pl.len().over("credit_code") == 1, column="enterprise_type", lost_by="tax_registration")
    lying = every_bucket(layers_of(ENTERPRISE, supply.home), "values", ["credit_code", "county"]).drop_nulls()
    found = lone.join(lying, on="credit_code").select("credit_code", "value", "county").sort("credit_code").iter_rows()
    return next(each for each in found if insured.count(each[0]) == 1)


def test_a_county_that_ends_is_emptied_where_its_rows_are_served_under_another_code(supply: Supply) -> None:
    before = served(supply)
    supply.append("places/counties.csv", f"330115,桐庐区,杭州市,2026-06-01,{today()},测试文件")
    supply.append("places/changes.csv", f"2026-06-01,recode,330122,330115,,{today()},测试文件")
    known = load(supply.mappings)
    fused(supply.home / "inbox", supply.home, known)
    release_product(MIRROR, known, supply.home, supply.home / "supply", lambda _: None, only=["330110"])
    assert served(supply)["330122"] == before["330122"]
    told = incomplete(MIRROR, supply.home, known)
    assert told[-1].startswith("enterprise_mirror: 桐庐县 330122 has ended and is served with rows")
    moved = before["330122"].rows
    assert moved and supply.release()["enterprise_mirror"] == {"place": moved, "source": moved}
    after = served(supply)
    assert after["330115"].rows == moved and sum_of(before) == sum_of(after)
    assert after["330122"].rows == 0 and after["330122"].version == before["330122"].version + 1
    assert incomplete(MIRROR, supply.home, known) == []
    assert supply.release() == {"enterprise_mirror": {}, "data_disputes": {}}


def test_a_county_with_a_contract_of_its_own_is_emptied_too(supply: Supply, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path("mappings/overlays/330110.yaml")
    wished = understood("330110", file, {MIRROR.key: {"since": date(2026, 1, 1), "omit": ["first_insured"]}})
    for module in (apart, edition):
        monkeypatch.setattr(module, "wishes", lambda: {"330110": wished})
    supply.release()
    for module in (apart, edition):
        monkeypatch.setattr(module, "wishes", dict)
    supply.append("places/counties.csv", f"330115,余江区,杭州市,2026-06-01,{today()},测试文件")
    supply.append("places/changes.csv", f"2026-06-01,recode,330110,330115,,{today()},测试文件")
    supply.release()
    after = served(supply)
    assert after["330115"].rows and (after["330110"].held, after["330110"].rows) == (None, 0)


def served(supply: Supply) -> dict[str, IndexLine]:
    """What the index says of the mirror of each county."""
    index = read_index(index_file(supply.home / "supply", MIRROR.key))
    assert index is not None
    return {each.county: each for each in index.counties}


def sum_of(lines: dict[str, IndexLine]) -> int:
    return sum(each.rows for each in lines.values())


def test_a_new_delivery_and_an_edited_dictionary_in_one_release_are_told_apart(supply: Supply) -> None:
    next_day(supply.home)
    supply.append("codes/gbt4754_2017.csv", *dictionary_rows(supply))
    told = supply.release()["enterprise_mirror"]
    assert set(told) == {"source", "dictionary"} and all(told.values())


def register_says(supply: Supply, day: str, *lines: str) -> None:
    """A day's increment of the register of enterprises."""
    folder = supply.home / "inbox" / "market_regulation_enterprise"
    header = (folder / "20260630.csv").read_text().splitlines()[0]
    (folder / f"{day}.csv").write_text("\n".join([header, *lines, ""]))


def cause_of(supply: Supply, code: str) -> str:
    """Why the newest version of its county tells an enterprise otherwise; released for that county alone."""
    known = load(supply.mappings)
    fused(supply.home / "inbox", supply.home, known)
    (new,) = publish(supply, "330102")
    assert new.is_new and new.manifest
    file = supply.home / "supply/330102/enterprise_mirror" / new.manifest.views["L1"].changes.path
    return pl.read_parquet(file).filter(pl.col("credit_code") == code)["_cause"].item()


def test_a_row_that_goes_back_to_an_earlier_text_is_new_and_one_that_is_told_again_is_not(supply: Supply) -> None:
    file = supply.home / "inbox" / "market_regulation_enterprise" / "20260630.csv"
    line = next(line for line in file.read_text().splitlines() if ",91330104" in line)
    name, code, *_ = line.split(",")
    other = f"{name[:2]}新{name[2:]}"
    register_says(supply, "20260701", line.replace(name, other))
    assert cause_of(supply, code) == "source"
    register_says(supply, "20260702", line)
    supply.append("codes/gbt4754_2017.csv", f"gbt4754_2011,ZZZZ,0111,2011-11-01,{today()},测试文件")
    assert cause_of(supply, code) == "source"
    register_says(supply, "20260703", line)
    known = f"2020-01-01,{today()},来函"
    supply.append("corrections.csv", f"market_regulation_enterprise,{code},企业名称,{name},{other},{known}")
    assert cause_of(supply, code) == "correction"


def test_a_county_whose_rows_fall_is_held_until_the_fall_is_admitted(supply: Supply) -> None:
    values = supply.home / "fused" / "enterprise" / "values" / "00.parquet"
    table = pl.read_parquet(values)
    own = pl.col("county") == "330110"
    table.filter(~own | (pl.col("credit_code").rank().over("county") < 3)).write_parquet(values)
    (held,) = publish(supply, "330110")
    assert held.held and "RULE=fall" in held.held.words and held.held.words.startswith("rows fell from")
    (told,) = [line for line in stopped(supply.home) if line.startswith("  make admit")]
    subject = told.split("SUBJECT=")[1].split()[0]
    admit({"scope": MIRROR.key, "subject": subject, "rule": "fall", "by": "王工", "known": "2026-07-02",
           "basis": "县里来函"}, supply.mappings)  # fmt: skip
    (let,) = publish(supply, "330110")
    assert let.is_new and let.manifest and let.manifest.rows == 2
    assert let.manifest.mappings["admission"] != held.manifest.mappings["admission"]


def publish(supply: Supply, county: str) -> list[Published]:
    """Release one county's mirror of what is fused."""
    return release_product(MIRROR, load(supply.mappings), supply.home, supply.home / "supply", lambda _: None, [county])
