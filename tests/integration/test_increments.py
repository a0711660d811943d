"""A home brought up to date day by day ends in the bytes of one that is built from nothing."""

from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from pipelines import land
from pipelines.checking.whole import verify
from pipelines.dictionary import HOME, current, load
from pipelines.disk.fused import buckets, steps
from pipelines.disk.layers import every_bucket, gone, layers_of
from pipelines.engine.local import Sizes
from pipelines.fusing import rows_of_touched
from pipelines.gather import gather
from pipelines.publishing import making, share
from pipelines.releasing.fold import rows_of
from schemas.china import today
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.product import all_products
from schemas.snapshot import ORIGIN
from tests.conftest import ENTERPRISE_PRODUCTS
from tests.published import everywhere, manifest_of
from tests.sequences import bring_up, counted, next_day, snapshots

ENTERPRISE, MIRROR = all_entities()["enterprise"], all_products()["enterprise_mirror"]


# So that the province lies in several buckets.
SMALL = Sizes(bucket=500)


def test_days_end_in_the_bytes_of_a_rebuild(province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shares, joined = list[tuple[int, int]](), share.joined

    def told(some: list[share.Share], touched: dict[str, int]) -> list[share.Share]:
        made = joined(some, touched)
        shares.append((len(made), len(some)))
        return made

    monkeypatch.setattr(making, "joined", told)
    bring_up(province / "inbox", province, current(), SMALL)
    for day in (1, 2):
        if day == 2:
            assert shares and {made for made, _ in shares} == {1}
            monkeypatch.setattr(share, "_TOUCHED", gone(layers_of(ENTERPRISE, province)).height)
            shares.clear()
        next_day(province)
        assert bring_up(province / "inbox", province, current(), SMALL) > 0
        assert steps(ENTERPRISE, province) == day
        rebuilt = tmp_path / f"rebuilt-{day}"
        with monkeypatch.context() as whole:
            # Every full file is read, kept and translated whole.
            whole.setattr(land, "before", lambda *_: None)
            bring_up(province / "inbox", rebuilt, current(), SMALL)
        assert _repeating(province) and not _repeating(rebuilt)
        assert len(buckets(ENTERPRISE, rebuilt)) > 2
        assert steps(ENTERPRISE, rebuilt) == 0
        assert snapshots(province) == snapshots(rebuilt) and counted(province) == counted(rebuilt)
        shutil.rmtree(rebuilt)
        for key in ENTERPRISE_PRODUCTS:
            assert verify(all_products()[key], province / "supply") == []
    # What a county that stood still lacks is made apart, of its own bucket.
    several = [(made, apart) for made, apart in shares if apart > 1]
    assert several and all(1 < made < apart for made, apart in several), shares


def test_a_feed_that_arrives_at_last_tells_every_enterprise_that_it_does_not_name(
    released: Path, whole_province: Path, tmp_path: Path
) -> None:
    penalties, mirror = all_feeds()["market_regulation_penalty"], all_products()["enterprise_mirror"]
    before = everywhere(released, mirror.key)
    assert before.height > 1_000 and before["penalties_market"].null_count() == before.height
    shutil.copytree(whole_province / "inbox" / penalties.key, released / "inbox" / penalties.key)
    bring_up(released / "inbox", released, current())
    now = everywhere(released, mirror.key)
    assert now.height == before.height and now["penalties_market"].null_count() == 0 < now["penalties_market"].sum()
    folders = [each.parent for each in (released / "supply").glob(f"*/{mirror.key}/manifest.json")]
    assert {cause for each in folders for causes in manifest_of(each).changes.values() for cause in causes} == {
        "source"
    }
    bring_up(released / "inbox", tmp_path / "rebuilt", current())
    assert snapshots(released) == snapshots(tmp_path / "rebuilt")


def test_a_feed_that_no_product_of_them_rests_on_turns_no_enterprise(province: Path, tmp_path: Path) -> None:
    """A month's trips of a later day: the mirror's today comes to them later, and birthdays on the way are told."""
    trip = {"tripNo": "T1", "plateNo": "浙A12345", "carrierCode": "91330104MA2700007A", "wasteType": "工程渣土",
            "day": "2026-07-02", "load": "10", "loadUnit": "立方米", "siteName": "某场",
            "startDistrict": "杭州市上城区", "endDistrict": "杭州市余杭区"}  # fmt: skip
    trips = province / "inbox" / "haulage_trip" / "202607.jsonl"
    trips.parent.mkdir()
    trips.write_text(json.dumps(trip, ensure_ascii=False) + "\n")
    bring_up(province / "inbox", province, current())
    register = province / "inbox" / "market_regulation_enterprise" / "20260630.csv"
    lines = register.read_text().splitlines()
    register.with_name("20260720.csv").write_text("\n".join([lines[0], lines[1]]) + "\n")
    bring_up(province / "inbox", province, current())
    assert steps(ENTERPRISE, province) == 1
    bring_up(province / "inbox", tmp_path / "rebuilt", current())
    assert snapshots(province) == snapshots(tmp_path / "rebuilt")


def _repeating(home: Path) -> list[str]:
    """The feeds of which a delivery in use repeats rows of others."""
    told = [one for feed in ENTERPRISE.feeds() for one in gather(feed, home).used if one.stands_on]
    return [one.delivery.feed for one in told]


def test_a_dictionary_row_touches_the_entities_of_its_rows_and_no_other(released: Path, tmp_path: Path) -> None:
    edited = Path(shutil.copytree(HOME, tmp_path / "edited"))
    files = (released / "standard" / "tax_registration").glob("*/quarantine.parquet/*.parquet")
    reasons = pl.concat([pl.read_parquet(file, columns=["reasons"]) for file in files]).explode("reasons")
    unknown = reasons.unnest("reasons").filter(pl.col("column") == "industry", pl.col("rule") == "unmapped")
    code, rows = unknown["found"].value_counts(sort=True).sort("count", "found", descending=True).row(0)
    with (edited / "codes" / "gbt4754_2017.csv").open("a") as stream:
        stream.write(f"gbt4754_2011,{code},0111,2011-11-01,{today()},测试\n")
    bring_up(released / "inbox", released, load(edited))
    assert steps(ENTERPRISE, released) == 1 and 0 < gone(layers_of(ENTERPRISE, released)).height <= rows
    rebuilt = tmp_path / "rebuilt"
    bring_up(released / "inbox", rebuilt, load(edited))
    assert snapshots(released) == snapshots(rebuilt) and counted(released) == counted(rebuilt)


@pytest.mark.parametrize("quiet", ["by steps", "whole"])
def test_what_moved_on_a_day_that_changed_no_row_is_told_by_the_next_version(
    quiet: str, released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second department disputes a column in dispute: of the mirror, which counts columns, no row changes."""
    one, other, county = _disputed_and_not(released)
    _let_today_stand_still(released)
    bring_up(released / "inbox", released, current())
    version = manifest_of(released / "supply" / county / MIRROR.key).version
    _register(released, 1, one, "NSRMC", "另一名称有限公司")
    with monkeypatch.context() as context:
        if quiet == "whole":
            context.setattr(rows_of_touched, "MOST_TOUCHED", 0.0)
        bring_up(released / "inbox", released, current())
    assert manifest_of(released / "supply" / county / MIRROR.key).version == version
    for day, changed in enumerate([{other: "123456.00"}, {one: "777.00"}], start=2):
        for code, revenue in changed.items():
            _register(released, day, code, "YYSR", revenue)
        bring_up(released / "inbox", released, current())
        rebuilt = tmp_path / f"rebuilt-{day}"
        bring_up(released / "inbox", rebuilt, current())
        assert manifest_of(released / "supply" / county / MIRROR.key).version == version + day - 1
        assert _behind_rows(released, county) == _behind_rows(rebuilt, county)
        shutil.rmtree(rebuilt)


def _disputed_and_not(home: Path) -> tuple[str, str, str]:
    """Two enterprises of one county that the tax register has: one whose name social security alone disputes, and one
    of which nothing is in dispute; and the county."""
    disputes = every_bucket(layers_of(ENTERPRISE, home), "disputes", ["credit_code", "column", "lost_by"])
    values = every_bucket(layers_of(ENTERPRISE, home), "values", ["credit_code", "county"]).drop_nulls()
    taxed = values.filter(pl.col("credit_code").is_in([line[0] for line in _taxpayers(home)]))
    by_tax = disputes.filter(column="name", lost_by="tax_registration")
    named = disputes.filter(column="name", lost_by="social_security_employer").join(
        by_tax, on="credit_code", how="anti"
    )
    calm = taxed.join(disputes, on="credit_code", how="anti")
    pairs = taxed.join(named, on="credit_code", how="semi").join(calm, on="county", suffix="_other")
    one, county, other = pairs.sort("credit_code", "credit_code_other").row(0)
    return one, other, county


def _let_today_stand_still(home: Path) -> None:
    """A row of the register that is told again in September, so that no day of July is the newest."""
    register = home / "inbox" / "market_regulation_enterprise"
    head, row, *_ = max(register.glob("*.csv")).read_text().splitlines()
    (register / "20260901.csv").write_text(f"{head}\n{row}\n")


def _taxpayers(home: Path) -> list[list[str]]:
    newest = max((home / "inbox" / "tax_registration").glob("*.csv"))
    return list(csv.reader(newest.read_bytes().decode("gb18030", "surrogateescape").splitlines()))


def _register(home: Path, day: int, code: str, column: str, text: str) -> None:
    """Let a full file of taxpayers arrive on a day of July, of which one cell is another."""
    head, *rows = _taxpayers(home)
    for row in rows:
        if row[0] == code:
            row[head.index(column)] = text
    told = StringIO()
    csv.writer(told, lineterminator="\n").writerows([head, *rows])
    file = home / "inbox" / "tax_registration" / f"2026070{day}.csv"
    file.write_bytes(told.getvalue().encode("gb18030", "surrogateescape"))


def _behind_rows(home: Path, county: str) -> tuple[dict[str, int], list[tuple[object, ...]]]:
    """What a county's manifest counts as disputed, and what is told of where its rows came from."""
    folder = home / "supply" / county / MIRROR.key
    manifest = manifest_of(folder)
    return manifest.disputed, rows_of(folder, manifest, ORIGIN, (ENTERPRISE.identifier,)).rows()


def test_what_is_touched_too_much_is_fused_whole(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_of_touched, "MOST_TOUCHED", 0.0)
    next_day(released)
    bring_up(released / "inbox", released, current())
    assert steps(ENTERPRISE, released) == 0
