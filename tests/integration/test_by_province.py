"""Products made by province: read lazily and rightly, the same whatever the threads, each change with its cause."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import cast

import delta_sharing
import duckdb
import polars as pl
import pytest

from pipelines import cut
from pipelines.checking.complete import incomplete
from pipelines.checking.whole import verify
from pipelines.cut import lists_behind
from pipelines.dictionary import HOME, current, load
from pipelines.disk import fused
from pipelines.disk.deliveries import Delivery
from pipelines.disk.layers import every_bucket, every_row, layers_of, unidentified
from pipelines.disk.outcome import Outcome
from pipelines.disk.tables import put_batch
from pipelines.gather import Gathered, NotReady, feeds_in_use, gather, newest
from pipelines.land import land
from pipelines.meaning.codes import code_lists
from pipelines.meaning.counties import today_counties
from pipelines.policies import listed as listed_policies
from pipelines.publishing import by_province
from pipelines.publishing.publish import release_product
from pipelines.refusal import REASONS, Refusal
from pipelines.releasing.county import Published
from pipelines.standard.quarantined import with_raw
from pipelines.surveying import survey, views
from pipelines.surveying.accounts import deliveries_table
from pipelines.surveying.survey import Laid, lay
from schemas.behind import feeds_behind
from schemas.china import today
from schemas.contract import contract_of
from schemas.entity import all_entities
from schemas.feed import Feed, all_feeds
from schemas.kinds import COUNT, COUNTY, TEXT
from schemas.product import Product, all_products, required
from tests import chain
from tests.published import EVERY_COUNTY, manifest_of
from tests.published import rows as published_rows
from tests.sequences import next_day
from tests.servers.gateway import serving
from tests.servers.gateway import told as settings_of
from tests.standing import stand

PRODUCTS = {key: product for key, product in all_products().items() if product.is_made_by_province()}
QUALITY, ENTERPRISE = all_products()["data_quality"], all_entities()["enterprise"]


class HomesSold(Product):
    """As somebody would add a product of a feed that speaks about no entity; declared after all others are known."""

    title, version, grain = "成交套数", "1.0.0", ("county", "figures")
    needs = ("housing_trade_daily",)
    county = required(COUNTY, "县（市、区）代码", "L1", of=("housing_trade_daily.county",))
    figures = required(TEXT, "口径", "L1", of=("housing_trade_daily.figures",))
    units = required(COUNT, "套数", "L1", of=("housing_trade_daily.units",))


HOMES_SOLD = "SELECT county, figures, CAST(sum(units) AS BIGINT) AS units FROM housing_trade_daily GROUP BY ALL"


@pytest.fixture(scope="module")
def second(first_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released home with the demo's next day fused on top, and nothing of it released."""
    home = shutil.copytree(first_release, tmp_path_factory.mktemp("second") / "home")
    next_day(home)
    chain.fused(home / "inbox", home)
    return home


def publish(product: type[Product], home: Path, mappings: Path = HOME) -> list[Published]:
    """Release a product for all counties."""
    return release_product(product, load(mappings), home, home / "supply", lambda _: None)


def told(published: list[Published]) -> dict[str, int]:
    """Rows that have changed, by cause."""
    manifests = [each.manifest for each in published if each.is_new and each.manifest is not None]
    counts = pl.DataFrame(
        [(cause, rows) for each in manifests for causes in each.changes.values() for cause, rows in causes.items()],
        schema={"cause": pl.String, "rows": pl.Int64}, orient="row",
    )  # fmt: skip
    return dict(counts.group_by("cause").agg(pl.col("rows").sum()).iter_rows())


def laid(product: type[Product], home: Path, scratch: Path) -> Laid:
    """What the product may read of a home."""
    gathered = [gather(feed, home) for feed in feeds_behind(product)]
    lists = lists_behind(product, current(), feeds_in_use(gathered), newest(gathered))
    return lay(product, gathered, lists, newest(gathered), home, scratch)


def test_the_gateway_hands_out_each_view_as_it_was_released(whole_release: Path, tmp_path: Path) -> None:
    with serving(settings_of(whole_release / "supply", tmp_path)) as served:
        profile = served.profile(served.recipient("330110", "L2", *PRODUCTS))
        for key, product in PRODUCTS.items():
            level = [each for each in product.levels if each <= "L2"][-1]
            got = delta_sharing.load_as_pandas(f"{profile}#330110.{key}_v{product.version[0]}.{level}")
            view = manifest_of(whole_release / "supply" / "330110" / key).views[level].snapshot
            assert view is not None and 0 < view.rows == len(got)
            assert tuple(got.columns) == product.views()[level] and set(got["county"]) == {"330110"}


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_whatever_the_threads_the_rows_are_the_same(
    product: type[Product], whole_release: Path, tmp_path: Path
) -> None:
    files = {count: tmp_path / f"{count}" for count in (1, 2, 4)}
    for count, scratch in files.items():
        scratch.mkdir()
        survey.survey(product, laid(product, whole_release, scratch), scratch, count)
    one, two, four = (pl.read_parquet(scratch / "made.parquet") for scratch in files.values())
    assert one.height > 0 and one.equals(two) and one.equals(four)


def test_a_new_delivery_is_the_cause_and_where_nothing_is_new_nothing_is_made(
    second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(told(publish(QUALITY, second))) == {"source"}
    monkeypatch.setattr(by_province, "survey", None)
    again = publish(QUALITY, second)
    assert len(again) == EVERY_COUNTY and not any(each.is_new or each.held for each in again)


def test_a_newer_file_that_was_refused_at_the_door_is_told(second: Path, tmp_path: Path) -> None:
    home, feed = shutil.copytree(second, tmp_path / "home"), all_feeds()["ecology_permit"]
    publish(QUALITY, home)
    file = tmp_path / "permits_20260901.json"
    file.write_text("{")
    with pytest.raises(Refusal) as refusal:
        land(feed, file, home)
    assert sum(told(publish(QUALITY, home)).values()) == EVERY_COUNTY
    folder = home / "supply" / "330110" / QUALITY.key
    rows = published_rows(folder, manifest_of(folder), "L1")
    refused = dict(rows.select("feed", "refused").drop_nulls().iter_rows())
    assert refused == {feed.key: refusal.value.finding.rule}
    assert told(publish(QUALITY, home)) == {}


def test_a_refusal_is_told_as_the_sources_whatever_was_edited_since(second: Path, tmp_path: Path) -> None:
    home, mappings = shutil.copytree(second, tmp_path / "home"), shutil.copytree(HOME, tmp_path / "mappings")
    publish(QUALITY, home)
    with (mappings / "corrections.csv").open("a") as file:
        file.write(f"tax_registration,无此编号,NSRZT_DM,88,99,2020-01-01,{today()},来函\n")
    file = tmp_path / "permits_20260901.json"
    file.write_text("{")
    with pytest.raises(Refusal):
        land(all_feeds()["ecology_permit"], file, home)
    assert told(publish(QUALITY, home, mappings)) == {"source": EVERY_COUNTY}
    assert told(publish(QUALITY, home, mappings)) == {}


def test_of_one_day_the_delivery_that_holds_over_the_others_is_the_newest(tmp_path: Path) -> None:
    """As their files' names say: by their sha256 the first would be."""
    feed = all_feeds()["ecology_permit"]
    named = [("20260701.jsonl", "f" * 64), ("20260701-1.jsonl", "0" * 64)]
    arrived = [Delivery(feed.key, file, sha256, "2026-07-01", 9, 1, 0, ()) for file, sha256 in named]
    outcomes = tuple(Outcome(each, "", 1, 0, {}, 0, {}, (), 1, written="") for each in arrived)
    told = deliveries_table([Gathered(feed, outcomes, None, lambda: None)], tmp_path).sort("number")
    assert told["delivery"].to_list() == [each.name for each in arrived] and told["in_use"].all()


def test_a_row_that_is_led_to_nobody_is_present_where_it_says_it_is(second: Path, tmp_path: Path) -> None:
    feed = all_feeds()["science_technology_list"]
    file = unidentified(layers_of(ENTERPRISE, second), feed.key)
    assert file is not None and pl.read_parquet(file)["county"].count() > 0
    count = f"SELECT count(county) FROM presence WHERE feed = '{feed.key}'"
    rows = asked(laid(QUALITY, second, tmp_path), count).item()
    assert rows == sum(one.standard for one in gather(feed, second).used)


def test_an_edited_policy_is_told_with_the_dictionary_as_its_cause(
    second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, listed = all_products()["policy_library"], listed_policies.policy_list
    publish(library, second)
    assert told(publish(library, second)) == {}
    monkeypatch.setattr(listed_policies, "fingerprint", lambda: "edited")
    monkeypatch.setattr(
        listed_policies, "policy_list", lambda on: listed(on).with_columns(content=pl.lit("奖励20万元"))
    )
    assert set(told(publish(library, second))) == {"dictionary"}


def asked(laid: Laid, sql: str) -> pl.DataFrame:
    """What DuckDB makes of a question over what is laid out."""
    with duckdb.connect() as connection:
        for name, table in laid.tables.items():
            connection.register(name, cast(object, table.to_arrow()))
        for name, view in laid.views.items():
            connection.execute(f'CREATE VIEW "{name}" AS {view}')
        return connection.sql(sql).pl()


def test_layers_are_read_as_the_house_reads_them(second: Path, tmp_path: Path) -> None:
    assert fused.steps(ENTERPRISE, second) == 1
    seen = laid(QUALITY, second, tmp_path)
    columns = ["credit_code", "county", "insured", "revenue"]
    values = every_bucket(layers_of(ENTERPRISE, second), "values", columns)
    assert asked(seen, f"SELECT {', '.join(columns)} FROM enterprise").sort(columns).equals(values.sort(columns))
    for feed in ENTERPRISE.feeds():
        rows = every_row(layers_of(ENTERPRISE, second), feed, ["entity_id", "hash", "delivery"])
        sql = f"SELECT entity_id, hash, delivery FROM {feed.key}"
        assert asked(seen, sql).sort(pl.all()).equals(rows.sort(pl.all())), feed.key


def test_the_standard_rows_that_hold_are_read_as_the_house_reads_them(second: Path, tmp_path: Path) -> None:
    feed = all_feeds()["market_regulation_enterprise"]
    here = gather(feed, second)
    assert here.current is not None and len(here.used) == 2 and any(each.duplicates for each in here.used)
    sql = views.standard_sql(here.current, here.used, second, tmp_path / "scratch")
    names = ["credit_code", "name", "capital", "registered", "county", "delivery", "as_of", "row"]
    rows = asked(Laid({}, {feed.key: sql}), f'SELECT {", ".join(names[:-1])}, "row" FROM {feed.key}')
    assert rows.sort("credit_code").equals(here.current.rows.select(names).sort("credit_code"))


@pytest.mark.parametrize(
    ("key", "column", "written", "identity"),
    [
        ("ecology_permit", "permitNo", "91330110MA2ABCD132001V", "91330110MA2ABCD132"),
        ("social_security_employer", "zzjgdm", "MA2ABCD1-3", "MA2ABCD13"),
        ("power_customer", "TYSHXYDM", "９１３３０１１０ＭＡ２ＡＢＣＤ１３２", "91330110MA2ABCD132"),
        ("market_regulation_enterprise", "统一社会信用代码", " 91 330110ma2abcd132", "91330110MA2ABCD132"),
        ("tax_registration", "NSRSBH", "91330110MA2ABCD13200", "91330110MA2ABCD13200"),
        ("tax_registration", "NSRSBH", "330110ma2abcd1 3", "MA2ABCD13"),
        ("market_regulation_enterprise", "统一社会信用代码", "330110253901237", "330110253901237"),
        ("science_technology_list", "企业名称", " 杭州iTech-甲  中心（合伙）", "杭州iTech-甲 中心（合伙）"),
        ("housing_trade_daily", "date", "2026-06-01", None),
    ],
)
def test_a_quarantined_row_tells_whose_it_is_as_its_column_is_read(
    key: str, column: str, written: str, identity: str | None, tmp_path: Path
) -> None:
    used, feed = stand(tmp_path, key, [pl.DataFrame({"row": []})])
    landed = pl.DataFrame({"row": [1, 2], column: [written, None]})
    reasons = pl.DataFrame({"row": [1, 2], "reasons": [[], []]}, schema_overrides={"reasons": REASONS})
    put_batch(with_raw(reasons, landed), views.folder_of(used[0], tmp_path) / "quarantine.parquet", 0)
    sql = views.quarantine_sql(feed, used, tmp_path, tmp_path / "scratch")
    assert sql is not None
    rows = asked(Laid({}, {"quarantine": sql}), 'SELECT * FROM quarantine ORDER BY "row"')
    assert dict(rows.schema) == dict(views.QUARANTINE)
    assert rows.select("feed", "as_of", "row", "identity").rows() == [
        (key, date(2026, 6, 1), 1, identity), (key, date(2026, 6, 1), 2, None)
    ]  # fmt: skip


def test_a_quarantined_row_waits_until_a_later_delivery_tells_its_grain(tmp_path: Path) -> None:
    """Standard or in quarantine again, as an API does that is asked for the newest day once more."""
    permits = [f"91330110MA2ABCD13200{number}V" for number in range(4)]
    used, feed = stand(tmp_path, "ecology_permit", [pl.DataFrame({"permit_number": [one]}) for one in permits[:2]])
    for use, written in zip(used, (permits, [permits[2], None]), strict=True):
        keep(use, pl.DataFrame({"permitNo": written}), tmp_path)
    rows = quarantine(feed, used, tmp_path)
    assert rows.select("delivery", "row", "waits").rows() == [
        (used[0].delivery.name, 1, True), (used[0].delivery.name, 2, False), (used[0].delivery.name, 3, False),
        (used[0].delivery.name, 4, True), (used[1].delivery.name, 1, True), (used[1].delivery.name, 2, True),
    ]  # fmt: skip


def test_of_what_a_landed_row_does_not_tell_whole_every_row_waits(tmp_path: Path) -> None:
    """A district by its place and a code by its dictionary; of a full file the newest alone is in use."""
    trade = {"date": ["2026-06-01"], "table": ["商品房"], "district_raw": ["余杭区"]}
    for key, written in (("housing_trade_daily", trade), ("tax_registration", {"NSRSBH": ["91330110MA2ABCD132"]})):
        used, feed = stand(tmp_path, key, [pl.DataFrame({"row": [1]})] * 2)
        for use in used:
            keep(use, pl.DataFrame(written), tmp_path)
        assert quarantine(feed, used, tmp_path)["waits"].all()


def keep(use: Outcome, landed: pl.DataFrame, home: Path) -> None:
    """Let landed rows be what a delivery has in quarantine."""
    rows = landed.with_row_index("row", 1).cast({"row": pl.Int64})
    reasons = rows.select("row", pl.lit([], REASONS).alias("reasons"))
    put_batch(with_raw(reasons, rows), views.folder_of(use, home) / "quarantine.parquet", 0)


def quarantine(feed: type[Feed], used: list[Outcome], home: Path) -> pl.DataFrame:
    """A feed's rows in quarantine as products read them."""
    sql = views.quarantine_sql(feed, used, home, home / "scratch" / feed.key)
    assert sql is not None
    return asked(Laid({}, {"quarantine": sql}), 'SELECT * FROM quarantine ORDER BY delivery, "row"')


def settle(home: Path, *units: list[int]) -> None:
    """Homes sold in a county on one day and the next, a delivery a list: a later word replaces an earlier one."""
    days = pl.Series(["2026-05-01", "2026-05-02"]).str.to_date("%Y-%m-%d")
    place = {"figures": "1", "district": "余杭区", "county": "330110"}
    sold = [pl.DataFrame({"day": days.tail(len(each)), "units": each}) for each in units]
    stand(home, "housing_trade_daily", [each.with_columns(**{k: pl.lit(v) for k, v in place.items()}) for each in sold])


def test_a_product_of_a_feed_without_an_entity_is_a_class_and_its_sql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    settle(tmp_path, [5, 9], [7])
    published = {each.county: each for each in publish(HomesSold, tmp_path)}
    own = published["330110"].manifest
    assert own is not None and own.rows == 1 and [each.feed for each in own.inputs] == ["housing_trade_daily"] * 2
    view = own.views["L1"].snapshot
    assert view is not None
    table = pl.read_parquet(tmp_path / "supply" / "330110" / "homes_sold" / view.path)
    assert table.rows() == [("330110", "1", 12, False)]
    assert verify(HomesSold, tmp_path / "supply") == incomplete(HomesSold, tmp_path) == []
    promise = contract_of(HomesSold, code_lists(current()))
    assert (promise.entity, promise.identifier, promise.grain) == ("county", "county", ("county", "figures"))
    assert [each.key for each in promise.departments] == ["housing"]
    assert "authority" not in own.mappings and "dictionary" in own.mappings


def test_each_change_is_told_with_what_of_the_grounds_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    mappings = shutil.copytree(HOME, tmp_path / "mappings")
    settle(tmp_path, [5, 9])
    assert told(publish(HomesSold, tmp_path, mappings)) == {"source": 1}
    settle(tmp_path, [5, 9], [7])
    assert told(publish(HomesSold, tmp_path, mappings)) == {"source": 1}
    with (mappings / "codes" / "housing_figures.csv").open("a") as stream:
        stream.write(f"housing,某口径,1,2026-01-01,{today()},测试文件\n")
    settle(tmp_path, [5, 9], [8])
    assert told(publish(HomesSold, tmp_path, mappings)) == {"dictionary": 1}
    settle(tmp_path, [5, 9], [8])
    assert told(publish(HomesSold, tmp_path, mappings)) == {}


def test_a_home_that_lacks_the_newest_delivery_does_not_take_back_what_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    settle(tmp_path, [5, 9], [7])
    publish(HomesSold, tmp_path)
    settle(tmp_path, [5, 9])
    with pytest.raises(NotReady, match=r"served is of 2026-06-02\. It rests on housing_trade_daily/20260602\.csv of"):
        publish(HomesSold, tmp_path)


def test_a_product_that_no_longer_rests_on_the_feed_of_the_newest_day_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    settle(tmp_path, [5, 9])
    stand(tmp_path, "tax_annual", [pl.DataFrame({"name": ["甲"]})] * 2)
    monkeypatch.setattr(
        by_province, "feeds_behind", lambda _: [all_feeds()[k] for k in ("housing_trade_daily", "tax_annual")]
    )
    assert {each.manifest.as_of for each in publish(HomesSold, tmp_path) if each.manifest} == {"2026-06-02"}
    monkeypatch.undo()
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    settle(tmp_path, [5, 8])
    assert told(publish(HomesSold, tmp_path)) == {"source": 1}


def test_a_release_of_every_county_by_name_is_one_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    settle(tmp_path, [5, 9])
    counties = today_counties(current())["code"].to_list()
    told_of = [len(_some(tmp_path, some)) for some in (counties[:3], counties)]
    assert told_of == [3, EVERY_COUNTY]
    monkeypatch.setattr(by_province, "survey", None)
    assert len(_some(tmp_path, counties)) == EVERY_COUNTY


def test_a_product_whose_note_a_disk_has_emptied_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    settle(tmp_path, [5, 9])
    publish(HomesSold, tmp_path)
    (note,) = (tmp_path / "surveyed").glob("*.json")
    whole = note.read_bytes()
    note.write_bytes(b"")
    assert not any(each.is_new for each in publish(HomesSold, tmp_path))
    assert note.read_bytes() == whole


def _some(home: Path, counties: list[str]) -> list[Published]:
    return release_product(HomesSold, current(), home, home / "supply", lambda _: None, counties)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT county FROM tax_annual", r"does not name.*tax_annual"),
        ("SELECT tax_payed FROM today", r"cannot be run: .*tax_payed"),
        ("SELECT FROM WHERE", r"cannot be run: .*syntax error"),
        ("SELECT strftime(day, '%d日')::BIGINT AS county, '' AS feed FROM today", r"cannot be run: .*'30日'"),
        ("SELECT (SELECT unnest([1, 2])) AS county, '' AS feed FROM today", r"cannot be run: .*More than one row"),
    ],
)
def test_sql_that_cannot_be_run_is_told_by_its_file(
    sql: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: sql)
    tables = {"today": pl.DataFrame({"day": [date(2026, 6, 30)]})}
    with pytest.raises(ValueError, match=rf"^pipelines/products/data_quality\.sql .*{told}"):
        survey.survey(QUALITY, Laid(tables, {}), tmp_path)


def test_a_value_of_another_kind_than_declared_is_told_by_its_product_and_column() -> None:
    made = pl.DataFrame({"county": ["330110"], "figures": ["1"], "units": ["三套"]})
    told = r"products/homes_sold makes .*`str` to `i64` failed in column 'units'.*三套.*Cast it there"
    with pytest.raises(ValueError, match=told):
        cut.as_declared(HomesSold, made)


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (["county", "figures", "unit"], "found unit and no units; expected those of "),
        (["county", "figures"], "found no units; expected"),
        (["county", "units", "figures"], "found the order county, units, figures; expected"),
    ],
)
def test_other_columns_than_declared_are_told_by_what_is_too_much_and_what_lacks(made: list[str], found: str) -> None:
    with pytest.raises(ValueError, match=f"products/homes_sold makes other columns than its class: {found}"):
        cut.as_declared(HomesSold, pl.DataFrame(schema=dict.fromkeys(made, pl.String)))


def test_a_python_function_makes_the_rest_of_what_the_sql_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut, "sql_of", lambda _: HOMES_SOLD)
    monkeypatch.setattr(survey, "function_of", lambda _: lambda rows: rows.with_columns(pl.col("units") * 2))
    table = pl.DataFrame({"county": ["330110", None], "figures": ["1", "1"], "units": [3, 4]})
    made = survey.survey(HomesSold, Laid({"housing_trade_daily": table}, {}), tmp_path)
    assert pl.read_parquet(made).rows() == [("330110", "1", 6)]
