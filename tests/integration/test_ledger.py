"""The ledger of a released home: what is used and rests on what, its exports read by others, the portal's page."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest
from openlineage.client import event_v2
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
from rdflib import DCAT, DCTERMS, RDF, SKOS, Graph, Namespace, URIRef

from benchmarks.ledger.measured import listed_by, measured
from gateway.__main__ import main as gateway_command
from gateway.audit import Audit
from gateway.kept import granted, grants
from gateway.kept.database import open_database
from pipelines.dictionary import current
from pipelines.ledger.__main__ import main as ledger_command
from pipelines.ledger.__main__ import summary
from pipelines.ledger.alike import THRESHOLD, alike
from pipelines.ledger.shown import common, own
from pipelines.ledger.use import column_use, standing, takings, unused, use
from pipelines.ledger.write import Ledger, LedgerError, make, read_granted, write
from pipelines.overlays import edition
from pipelines.overlays.read import understood
from pipelines.shelf import whole
from schemas.behind import feeds_behind
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.granted import FILE
from schemas.ledger import COMMON, COUNTIES, FOLDER
from schemas.product import all_products
from tests.chain import standardised
from tests.conftest import REPOSITORY
from tests.gateway import COUNTY, PRODUCT
from tests.portal import person
from tests.servers.gateway import Served, serving, told

OTHER, TAGS = "330105", "enterprise_tags"
# What an overlay of the project adds.
WISHING, WISHED = "330109", "fostered_technology"
TODAY = date(2026, 7, 1)
CATALOGUE = REPOSITORY / "tests" / "feeds" / "open_data_catalogue"
PROV = Namespace("http://www.w3.org/ns/prov#")


@pytest.fixture(scope="module")
def home(three_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of the mirror, what two counties took of it, and a few foreign data sets."""
    mine = shutil.copytree(three_versions, tmp_path_factory.mktemp("ledger") / "home")
    (mine / "listed" / "open_data_catalogue").mkdir(parents=True)
    for file in CATALOGUE.glob("given*"):
        name = file.name.removeprefix("given.").replace("given", "zhejiang_hangzhou")
        shutil.copy(file, mine / "listed" / "open_data_catalogue" / name)
    standardised(mine / "listed", mine)
    settings = told(mine / "supply", mine / "gateway")
    engine = open_database(settings)
    to = grants.add_recipient(engine, COUNTY, "余杭区数据局")
    grants.grant(engine, to, PRODUCT, "L2", purpose="亩均评价", approver="张三", days=30)
    granted.write(engine, settings.state)
    log = Audit(settings.log)
    for county, view, columns in ((COUNTY, "L1", ["name", "town"]), (COUNTY, "L3", ["revenue"]), (OTHER, "L1", None)):
        took(log, county, view, columns)
    log.write("allowed", county=OTHER, product=PRODUCT, view="L3", bytes=9, columns=None)
    return mine


def took(
    log: Audit, county: str, view: str, columns: list[str] | None, product: str = PRODUCT, file: str = "f"
) -> None:
    log.write("served", recipient=1, grant=1, county=county, product=product, view=view, version=1, file=file, bytes=9,
              columns=columns)  # fmt: skip


@pytest.fixture(scope="module")
def ledger(home: Path) -> Ledger:
    made = make(home, current())
    write(made, home)
    return made


def users(ledger: Ledger, resource: str) -> dict[str, int]:
    return dict(ledger.use.filter(pl.col("resource") == resource).select("county", "times").iter_rows())


def test_use_is_told_to_the_column_and_reaches_all_that_it_rests_on(ledger: Ledger) -> None:
    assert users(ledger, f"product/{PRODUCT}/revenue") == {COUNTY: 1}
    assert users(ledger, f"product/{PRODUCT}/name") == {COUNTY: 1, OTHER: 1}
    assert users(ledger, f"product/{PRODUCT}/credit_code") == {OTHER: 1}
    assert users(ledger, "feed/tax_registration/revenue") == {COUNTY: 1}
    assert users(ledger, "department/tax").keys() == {COUNTY, OTHER}
    assert users(ledger, "dictionary/enterprise_status/tax_status") == {OTHER: 1}
    assert users(ledger, "feed/housing_listing") == {}


def test_a_tag_that_is_taken_counts_for_the_tag_and_for_all_that_it_asks(ledger: Ledger, tmp_path: Path) -> None:
    took(Audit(tmp_path / "audit.jsonl"), COUNTY, "L3", ["empty_shell"], TAGS)
    told = use(column_use(tmp_path / "audit.jsonl", TODAY), ledger.edges)
    reached = {f"product/{TAGS}/empty_shell", "tag/empty_shell", f"product/{PRODUCT}/electricity",
               "feed/power_customer/energy", "feed/power_customer"}  # fmt: skip
    assert set(told["resource"]) >= reached and "tag/town_known" not in set(told["resource"])
    assert set(told["times"]) == {1} and set(told["county"]) == {COUNTY}


def test_a_file_that_is_read_in_ranges_is_used_once_and_each_file_by_itself(tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.jsonl")
    for _ in range(8):
        took(log, COUNTY, "L3", ["revenue"])
    assert column_use(tmp_path / "audit.jsonl", TODAY)["times"].to_list() == [1]
    took(log, COUNTY, "L3", ["revenue"], file="another")
    assert column_use(tmp_path / "audit.jsonl", TODAY)["times"].to_list() == [2]


def test_uses_by_ranges_views_and_columns_are_what_they_are_counted_by_hand(tmp_path: Path) -> None:
    drawn, lines = Random(7), set[tuple[str, str, tuple[str, ...] | None, int, str, date]]()
    chosen = (None, (), ("revenue",), ("name", "revenue"), ("name", "town"), ("gone",))
    for _ in range(400):
        view, named, day = drawn.choice(["L1", "L3"]), drawn.choice(chosen), date(2026, 1, drawn.randint(1, 9))
        lines.add((drawn.choice([COUNTY, OTHER]), view, named, drawn.randint(1, 2), drawn.choice("ab"), day))
    told = [
        {"what": "served", "at": f"{day}T01:00:00.000+00:00", "county": county, "product": PRODUCT, "view": view,
         "version": version, "file": file, "bytes": 9, "columns": named, "sha256": "0" * 64}
        for county, view, named, version, file, day in sorted(lines, key=str)
    ]  # fmt: skip
    texts = (json.dumps({"n": n} | each, separators=(",", ":")) for n, each in enumerate(told, 1))
    (tmp_path / "audit.jsonl").write_text("".join(f"{text}\n" for text in texts))
    uses = dict[tuple[str, str], set[tuple[int, str, date]]]()
    for county, view, named, version, file, day in lines:
        for name in whole(all_products()[PRODUCT]).views()[view] if named is None else named:
            uses.setdefault((f"product/{PRODUCT}/{name}", county), set()).add((version, file, day))
    by_hand = [
        (resource, county, len(held), min(day for *_, day in held), max(day for *_, day in held))
        for (resource, county), held in sorted(uses.items())
    ]
    assert column_use(tmp_path / "audit.jsonl", TODAY).rows() == by_hand


def test_two_years_of_the_same_download_are_led_to_their_columns_once(tmp_path: Path) -> None:
    days = pl.date_range(date(2024, 12, 1), date(2026, 11, 30), eager=True).alias("day")
    said = {"product": TAGS, "county": COUNTY, "view": "L3", "version": 1, "bytes": 9, "columns": None}
    served = days.to_frame().with_columns(
        [pl.lit(value).alias(name) for name, value in said.items()] + [pl.col("day").cast(pl.String).alias("file")]
    ).cast({"columns": pl.List(pl.String)})  # fmt: skip
    (taken,) = takings(served).to_dicts()
    assert (taken["times"], taken["first"], taken["last"], taken["views"]) == (730, days[0], days[-1], ["L3"])


@pytest.mark.parametrize("product", ["policy_matches", "policy_library"])
def test_a_verdict_that_is_taken_counts_for_every_feed_that_stands_behind_it(
    product: str, ledger: Ledger, tmp_path: Path
) -> None:
    took(Audit(tmp_path / "audit.jsonl"), COUNTY, "L3", ["policy"], product)
    reached = set(use(column_use(tmp_path / "audit.jsonl", TODAY), ledger.edges)["resource"])
    assert reached >= {f"feed/{feed.key}" for feed in feeds_behind(all_products()[product])}
    assert "feed/housing_listing" not in reached


@pytest.mark.parametrize(("product", "column"), [("data_disputes", "won_value"), (PRODUCT, "disputes")])
def test_a_value_in_dispute_that_is_taken_counts_for_every_feed_and_department_that_may_have_said_it(
    product: str, column: str, ledger: Ledger, tmp_path: Path
) -> None:
    took(Audit(tmp_path / "audit.jsonl"), COUNTY, "L3", [column], product)
    reached = set(use(column_use(tmp_path / "audit.jsonl", TODAY), ledger.edges)["resource"])
    behind = all_entities()[all_products()[product].entity].described_by()
    assert reached >= {f"feed/{feed.key}" for feed in behind} | {f"department/{feed.department}" for feed in behind}
    assert "department/tax" in reached and "feed/housing_listing" not in reached


def test_a_download_of_all_tags_takes_each_column_of_the_catalogue(ledger: Ledger, tmp_path: Path) -> None:
    took(Audit(tmp_path / "audit.jsonl"), COUNTY, "L3", None, TAGS)
    taken = set(column_use(tmp_path / "audit.jsonl", TODAY)["resource"])
    assert taken == {f"product/{TAGS}/{name}" for name in whole(all_products()[TAGS]).fields}
    assert taken <= set(ledger.resources["resource"]) and len(taken) > 1_000


def test_a_countys_own_column_counts_for_the_county_and_for_what_it_is_made_of(ledger: Ledger, tmp_path: Path) -> None:
    resource = f"own/{WISHING}/{TAGS}/{WISHED}"
    took(Audit(tmp_path / "audit.jsonl"), WISHING, "L3", [WISHED], TAGS)
    told = column_use(tmp_path / "audit.jsonl", TODAY)
    assert told["resource"].to_list() == [resource]
    reached = {f"product/{TAGS}", "feed/science_technology_list", "feed/social_security_employer/insured"}
    assert set(use(told, ledger.edges)["resource"]) >= reached
    row = ledger.resources.filter(pl.col("resource") == resource).row(0, named=True)
    assert (row["kind"], row["part_of"], row["title"]) == ("own", f"product/{TAGS}", "本县重点培育科技企业")


def test_a_download_of_all_columns_takes_those_that_the_county_itself_receives(tmp_path: Path) -> None:
    for county in (WISHING, OTHER):
        took(Audit(tmp_path / "audit.jsonl"), county, "L3", None, TAGS)
    told = column_use(tmp_path / "audit.jsonl", TODAY)
    wished = told.filter(pl.col("resource").str.starts_with("own/"))
    assert set(wished["county"]) == {WISHING} and f"own/{WISHING}/{TAGS}/{WISHED}" in wished["resource"].to_list()
    assert told.filter(pl.col("county") == OTHER).height == len(whole(all_products()[TAGS]).fields)


def test_a_wish_takes_no_column_before_the_day_since_when_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = {PRODUCT: {"since": date(2026, 8, 1), "omit": ["insured"]}}
    told = understood(WISHING, Path(f"mappings/overlays/{WISHING}.yaml"), wish)
    monkeypatch.setattr(edition, "wishes", lambda: {WISHING: told})
    took(Audit(tmp_path / "audit.jsonl"), WISHING, "L3", None, PRODUCT)
    taken = {day: set(column_use(tmp_path / "audit.jsonl", day)["resource"]) for day in (TODAY, date(2026, 8, 1))}
    assert taken[TODAY] - taken[date(2026, 8, 1)] == {f"product/{PRODUCT}/insured"}


def test_what_another_county_has_of_its_own_is_not_shown(ledger: Ledger, tmp_path: Path) -> None:
    took(Audit(tmp_path / "audit.jsonl"), WISHING, "L3", None, TAGS)
    told = use(column_use(tmp_path / "audit.jsonl", TODAY), ledger.edges)
    shown = common(ledger.resources, told, ledger.likeness, ledger.entries, {}, ledger.on)
    assert WISHED not in shown.model_dump_json() and WISHING not in shown.model_dump_json()
    (mine,) = own(ledger.resources, told)
    assert f"own/{WISHING}/{TAGS}/{WISHED}" in [each.resource for each in mine.columns]


def test_what_nobody_uses_is_told_from_what_was_used_long_ago(ledger: Ledger) -> None:
    stood = standing(ledger.resources, ledger.use, ("feed",))
    idle = unused(stood, ledger.on, 90)["resource"].to_list()
    assert "feed/housing_listing" in idle and "feed/tax_registration" not in idle
    later = unused(stood, date(ledger.on.year + 1, ledger.on.month, 1), 90)["resource"].to_list()
    assert "feed/tax_registration" in later and set(idle) < set(later)


def test_every_edge_has_both_ends_and_grants_lead_to_subscribers(ledger: Ledger) -> None:
    names = set(ledger.resources["resource"])
    assert names >= set(ledger.edges["source"]) | set(ledger.edges["target"])
    assert ledger.resources["resource"].is_unique().all()
    told = set(ledger.edges.iter_rows())
    assert {(f"product/{PRODUCT}", "grant/1", "opens"), ("grant/1", "subscriber/1", "serves")} <= told
    assert (f"product/{PRODUCT}/town", "tag/town_known", "tags") in told
    assert ("list/enterprise_status", "dictionary/enterprise_status/tax_status", "lists") in told


def test_dictionaries_and_lists_are_called_by_the_columns_that_they_are_of(ledger: Ledger) -> None:
    called = dict(ledger.resources.select("resource", "title").iter_rows())
    assert called["dictionary/enterprise_status/tax_status"] == "纳税人状态（税务登记）"
    assert called["list/enterprise_status"] == "纳税人状态" == called["list/tax_status"]


def test_feeds_that_hold_the_same_enterprises_are_told_by_their_keys(ledger: Ledger) -> None:
    keys = ledger.likeness.filter(pl.col("relation") == "key")
    assert all(each.startswith("语义类型 ") and not each[5].isascii() for each in keys["evidence"]), "in Chinese"
    pairs = set(keys.select("left", "right").iter_rows())
    assert ("feed/market_regulation_enterprise/credit_code", "feed/tax_registration/taxpayer_id") in pairs
    assert keys["score"].is_between(0.5, 1.0).all()
    assert "tag/town_known" in ledger.likeness.filter(pl.col("relation") == "rule")["right"].to_list()


def test_the_same_ledger_gives_the_same_bytes(home: Path, ledger: Ledger) -> None:
    files = sorted(file for file in (home / FOLDER).rglob("*") if file.is_file())
    before = {file: file.read_bytes() for file in files}
    write(make(home, current()), home)
    assert {file: file.read_bytes() for file in files} == before


def test_dcat_is_read_by_rdflib_as_catalogues_of_data_sets(home: Path, ledger: Ledger) -> None:
    graph = Graph().parse(home / FOLDER / "dcat.jsonld", format="json-ld")
    sets = set(graph.subjects(RDF.type, DCAT.Dataset))
    feeds = ledger.resources.filter(pl.col("kind").is_in(["feed", "product"])).height
    assert len(sets) == feeds + ledger.entries.height > feeds
    assert set(graph.objects(None, DCAT.dataset)) == sets
    assert all(graph.value(each, DCTERMS.title) for each in sets)
    mirror = URIRef(f"urn:jubian:product/{PRODUCT}")
    assert URIRef("urn:jubian:feed/tax_registration") in set(graph.objects(mirror, PROV.wasDerivedFrom))
    (distribution,) = graph.objects(mirror, DCAT.distribution)
    assert graph.value(graph.value(distribution, DCAT.accessService), RDF.type) == DCAT.DataService
    known = {str(term).split("#")[1] for term in graph.predicates() if str(term).startswith(str(DCAT))}
    assert known <= {"dataset", "service", "servesDataset", "keyword", "distribution", "mediaType", "accessService"}


def test_what_dcat_names_of_ours_stands_in_it_and_places_bear_their_names(home: Path, ledger: Ledger) -> None:
    graph = Graph().parse(home / FOLDER / "dcat.jsonld", format="json-ld")
    named = {each for each in graph.objects() if str(each).startswith("urn:jubian:")}
    assert sorted(map(str, named - set(graph.subjects(RDF.type)))) == []
    places = {str(each).rpartition("/")[2]: str(graph.value(each, SKOS.prefLabel))
              for each in graph.subjects(RDF.type, DCTERMS.Location)}  # fmt: skip
    assert places.keys() == {*ledger.entries["division"]}
    assert places.items() >= {"3301": "杭州市", "331022": "台州市三门县"}.items()


def test_openlineage_is_read_by_its_own_classes(home: Path) -> None:
    lines = [json.loads(line) for line in (home / FOLDER / "openlineage.jsonl").read_text().splitlines()]
    names = [event(line).job.name for line in lines]
    assert names == sorted(names) and {"fuse.enterprise", f"release.{PRODUCT}"} <= set(names)
    (fused,) = [line for line in lines if line["job"]["name"] == "fuse.enterprise"]
    origins = fused["outputs"][0]["facets"]["columnLineage"]["fields"]["revenue"]["inputFields"]
    assert origins == [{"namespace": "jubian", "name": "feed/tax_registration", "field": "revenue"}]
    (matched,) = [line for line in lines if line["job"]["name"] == "release.policy_matches"]
    assert "feed/power_customer" in [each["name"] for each in matched["inputs"]]
    assert set(matched["outputs"][0]["facets"]["columnLineage"]["fields"]) <= {*all_products()["policy_matches"].fields}


def event(line: dict) -> event_v2.JobEvent:  # pyright: ignore[reportMissingTypeArgument]
    """A line as the standard's own classes take it; they refuse what they do not know and what is no date or URI."""
    inputs = [event_v2.InputDataset(each["namespace"], each["name"], schema(each)) for each in line["inputs"]]
    outputs = [event_v2.OutputDataset(each["namespace"], each["name"], schema(each) | lineage(each))
               for each in line["outputs"]]  # fmt: skip
    made = event_v2.JobEvent(eventTime=line["eventTime"], producer=line["producer"], job=event_v2.Job(**line["job"]),
                             inputs=inputs, outputs=outputs)  # fmt: skip
    assert line["schemaURL"] == made.schemaURL
    return made


def schema(dataset: dict) -> dict:  # pyright: ignore[reportMissingTypeArgument]
    facet = schema_dataset.SchemaDatasetFacet(
        fields=[schema_dataset.SchemaDatasetFacetFields(**each) for each in dataset["facets"]["schema"]["fields"]]
    )
    assert dataset["facets"]["schema"]["_schemaURL"] == facet._schemaURL
    return {"schema": facet}


def lineage(dataset: dict) -> dict:  # pyright: ignore[reportMissingTypeArgument]
    told = dataset["facets"]["columnLineage"]
    fields = {
        name: column_lineage_dataset.Fields(
            [column_lineage_dataset.InputField(**each) for each in field["inputFields"]]
        )
        for name, field in told["fields"].items()
    }
    facet = column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields)
    assert told["_schemaURL"] == facet._schemaURL
    return {"columnLineage": facet}


def test_a_person_reads_a_summary_and_the_command_writes_all(
    home: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "\n".join(summary(ledger, 90))
    assert f"product/{PRODUCT}/name: 2 times, 2 counties" in said and ": 1 time, 1 county, last " in said
    assert "Unused for 90 days" in said
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    monkeypatch.setattr("sys.argv", ["ledger"])
    assert ledger_command() == 0 and capsys.readouterr().out.startswith(said)
    monkeypatch.setenv("JUBIAN_HOME", str(home / "nothing"))
    assert ledger_command() == 1 and "make run" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["-5", "0", "9999999", "９０", "many"])
def test_days_that_none_lie_behind_are_told(
    days: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["ledger", "--days", days])
    with pytest.raises(SystemExit):
        ledger_command()
    assert f"found '{days}'; expected a number of days from 1 to 36,500, such as 90" in capsys.readouterr().err


def test_a_list_of_grants_that_cannot_be_read_is_refused_with_the_command_that_mends_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "gateway" / "broken" / FILE
    file.parent.mkdir()
    file.write_text('{"grants": 3}')
    with pytest.raises(LedgerError, match="python -m gateway granted"):
        read_granted(file)
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    monkeypatch.setenv("JUBIAN_SUPPLY", str(home / "supply"))
    assert gateway_command(["granted"]) == 0
    assert [each.purpose for each in read_granted(home / "gateway" / FILE).grants] == ["亩均评价"]


@pytest.fixture(scope="module")
def gateway(home: Path, ledger: Ledger) -> Iterator[Served]:
    with serving(told(home / "supply", home / "gateway")) as running:
        yield running


def test_a_county_sees_its_own_use_and_of_others_only_counts(home: Path, gateway: Served) -> None:
    with person(gateway, gateway.recipient(COUNTY)) as somebody:
        page = somebody.read("/ledger")
    assert "本县在用" in page and f"product/{PRODUCT}/revenue" in page and "受益县数" in page
    for text in (page, (home / FOLDER / COMMON).read_text(), (home / FOLDER / COUNTIES / f"{COUNTY}.json").read_text()):
        assert OTHER not in text and "亩均评价" not in text
    with person(gateway, gateway.recipient("330102")) as nobody:
        assert "本县还没有取用过数据" in nobody.read("/ledger")


def test_before_the_first_ledger_the_page_says_so(three_versions: Path, tmp_path: Path) -> None:
    (tmp_path / "supply").symlink_to(three_versions / "supply")
    settings = told(tmp_path / "supply", tmp_path / "gateway")
    with serving(settings) as running, person(running, running.recipient(COUNTY)) as somebody:
        assert "账本还没有生成" in somebody.read("/ledger")


def test_near_duplicates_among_the_real_catalogues_are_as_right_as_is_said(real_feeds: Path, tmp_path: Path) -> None:
    entries = listed_by(real_feeds, tmp_path)
    assert (entries["listings"].sum(), entries.height) == (15_926, 12_903)
    portal = entries.filter(pl.col("catalogue") == "hangzhou")
    assert (portal["listings"] - 1).sum() == 3_019 and (portal["sizes"] > 1).sum() == 1_261
    assert entries.filter(pl.col("office_name").is_not_null())["office"].is_not_null().mean() > 0.96
    found = measured(alike(entries, 0.0), THRESHOLD)
    assert found.precision >= 0.90 and found.recall >= 0.48 and 10_000 < found.told < 13_000


def test_a_catalogue_is_whatever_feed_lists_data_sets() -> None:
    assert [feed.key for feed in all_feeds().values() if feed.lists] == ["open_data_catalogue"]
