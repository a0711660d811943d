"""Replay: an edited mapping translates again only the rows that it can change, and gives what a rebuild gives."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dictionary import HOME, current, load
from pipelines.disk.deliveries import deliveries
from pipelines.disk.landed import Batch, read_batch
from pipelines.disk.standard import standard_batches
from pipelines.gather import gather
from pipelines.land import land
from pipelines.meaning.counties import today_counties
from pipelines.standard.standardise import Outcome, standardise
from pipelines.words.mended import idle
from schemas.china import today
from schemas.feed import Feed, all_feeds
from schemas.kinds import narrowed
from schemas.mapping import TOWNS as TOWNS_RULE
from tests.codes import credit_code
from tests.repeating import known, unlike

REGISTER = all_feeds()["market_regulation_enterprise"]
TAX = all_feeds()["tax_registration"]
CATCHMENT = all_feeds()["education_catchment"]
GIVEN = Path(__file__).parents[1] / "feeds"
HEADER = "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址"


@dataclass(frozen=True)
class Bench:
    """A home with one landed delivery and mappings of its own to edit."""

    feed: type[Feed]
    home: Path
    mappings: Path

    def run(self) -> Outcome:
        """Standardise all that has landed; the outcome of the last."""
        held = load(self.mappings)
        return [standardise(self.feed, each, held, self.home) for each in deliveries(self.feed, self.home)][-1]

    def append(self, file: str, *rows: str) -> None:
        """Append CSV rows to a mapping."""
        with (self.mappings / file).open("a") as stream:
            stream.writelines(f"{row}\n" for row in rows)

    def known(self) -> dict[str, Any]:
        """All that is kept and told of the delivery, but for how it lies and how much work it was."""
        (last,) = gather(self.feed, self.home).used
        drift = (self.home / "standard" / self.feed.key / last.delivery.name / "drift.json").read_text()
        rows = pl.concat(standard_batches(last, self.home)).sort("row")
        return known(self.home, self.feed) | {"rows": rows, "drift": drift}

    def rebuilt(self) -> dict[str, Any]:
        """The same after everything has been done anew."""
        shutil.rmtree(self.home / "standard")
        self.run()
        return self.known()


def bench(folder: Path, feed: type[Feed], content: bytes, name: str = "20260630.csv") -> Bench:
    """A bench on which the delivery has been standardised once."""
    file = folder / name
    file.write_bytes(content)
    shutil.copytree(HOME, folder / "mappings")
    made = Bench(feed, folder / "home", folder / "mappings")
    land(feed, file, made.home)
    made.run()
    return made


def register() -> bytes:
    """Rows of the register in as many ways of writing a place as there are counties, of any year, and towns."""
    held = current()
    counties = held.counties.select("code", "name", "city").sort("code", "name").rows()
    towns = held.townships.sort("code").gather_every(37).join(
        today_counties(held), left_on="county", right_on="code"
    ).select("county", "name", "name_right", "city").rows()  # fmt: skip
    written = [(own, city, f"{city}{name}文一路1号") for own, name, city in counties]
    written += [(own, city, f"{name[:2]}{town}中心村") for own, town, name, city in towns]
    written += [("330100", city, f"浙江省{city}{town}某路2号") for _, town, _, city in towns]
    roads = held.roads.filter(pl.col("rows") >= 10).sort("city", "road").gather_every(11).select("city", "road")
    zones = held.zones.sort("city", "name").gather_every(5).select("city", "name")
    written += [("330100", city, f"{city}{name}3号") for city, name in [*roads.iter_rows(), *zones.iter_rows()]]
    rows = [
        f"某某第{number}公司,{credit_code(own, number)},20{number % 25:02d}-03-01,有限责任公司,,300(万元人民币),"
        f"软件,浙江,{city.removesuffix('市')},{address}"
        for number, (own, city, address) in enumerate(written)
    ]
    return ("\n".join([HEADER, *rows]) + "\n").encode()


@pytest.fixture(scope="module")
def first_register(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(tmp_path_factory.mktemp("register"), REGISTER, register())


@pytest.fixture(scope="module")
def first_tax(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(tmp_path_factory.mktemp("tax"), TAX, (GIVEN / "tax_registration" / "given.csv").read_bytes())


@pytest.fixture(scope="module")
def first_catchment(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    content = (GIVEN / CATCHMENT.key / "given.csv").read_bytes()
    return bench(tmp_path_factory.mktemp("catchment"), CATCHMENT, content, "20220601.csv")


def replayed(first: Bench, edit: Callable[[Bench], None]) -> Outcome:
    """Edit a copy of a bench, replay it, and hold the result against a second replay and a rebuild."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(first.home, Path(folder) / "home")
        shutil.copytree(first.mappings, Path(folder) / "mappings")
        copy = Bench(first.feed, Path(folder) / "home", Path(folder) / "mappings")
        edit(copy)
        outcome, once = copy.run(), copy.known()
        assert copy.run() == outcome and unlike(copy.known(), once) == []
        assert outcome.conserves
        assert unlike(copy.rebuilt(), once) == []
        return outcome


TODAY = today_counties(current()).sort("code").rows()
NAMED = current().townships.filter(TOWNS_RULE.holds(pl.col("name")))
# Of a county that has ended no town can go to another: such a row is refused where the mappings are read.
STANDING = pl.col("county").is_in([code for code, *_ in TODAY])
TOWNS = NAMED.filter(STANDING).sort("code").select("code", "name", "county").rows()
NEW = f"2026-07-01,{today()},测试文件"


def recode(bench: Bench, own: tuple[str, str, str]) -> None:
    """A county gets another code."""
    bench.append("places/counties.csv", f"339901,{own[1]},{own[2]},{NEW}")
    bench.append("places/changes.csv", f"2026-07-01,recode,{own[0]},339901,,{today()},测试文件")


def merge(bench: Bench, own: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """A county goes up in another one."""
    bench.append("places/changes.csv", f"2026-07-01,merge,{own[0]},{other[0]},,{today()},测试文件")


def part(bench: Bench, other: tuple[str, str, str], town: tuple[str, str, str]) -> None:
    """A town goes from its county to another."""
    bench.append("places/changes.csv", f"2026-07-01,partial,{town[2]},{other[0]},{town[1]},{today()},测试文件")


def town(bench: Bench, town: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """A county gets a town of the name that another one has."""
    bench.append("places/townships.csv", f"{other[0]}999,{town[1]},{other[0]},{NEW}")


def road(bench: Bench, own: tuple[str, str, str]) -> None:
    """A road becomes known in a county, and nothing else."""
    bench.append("places/roads.csv", f"{own[2].removesuffix('市')},文一路,{own[0]},50,2020-01-01,{today()},测试文件")


def zone(bench: Bench, own: tuple[str, str, str]) -> None:
    """A zone becomes known whose name begins like one of every city."""
    bench.append("places/zones.csv", f"经济开发区一期,{own[2]},{own[0]},2020-01-01,{today()},测试文件")


COUNTY = st.sampled_from(TODAY)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([recode, merge, part, town, road, zone]),
    st.tuples(COUNTY, COUNTY).filter(lambda two: two[0] != two[1]), st.sampled_from(TOWNS),
)  # fmt: skip
def test_a_place_row_replayed_is_a_place_row_rebuilt(
    first_register: Bench, kind: object, two: tuple[tuple[str, str, str], tuple[str, str, str]],
    named: tuple[str, str, str],
) -> None:  # fmt: skip
    edits: dict[object, Callable[[Bench], None]] = {
        recode: lambda bench: recode(bench, two[0]),
        merge: lambda bench: merge(bench, *two),
        part: lambda bench: part(bench, next(each for each in two if each[0] != named[2]), named),
        town: lambda bench: town(bench, named, two[1]),
        road: lambda bench: road(bench, two[0]),
        zone: lambda bench: zone(bench, two[0]),
    }
    outcome = replayed(first_register, edits[kind])
    assert outcome.translated < outcome.delivery.rows / 2


def test_a_place_row_translates_only_the_rows_that_name_the_place(first_register: Bench) -> None:
    outcome = replayed(first_register, lambda bench: town(bench, ("", "独一无二镇", ""), TODAY[0]))
    assert outcome.translated == 0
    own = next(each for each in TODAY if each[1] == "淳安县")
    outcome = replayed(first_register, lambda bench: recode(bench, own))
    assert 0 < outcome.translated < outcome.delivery.rows / 20


def test_after_an_edit_to_a_place_all_is_done_where_the_places_before_it_are_not_kept(first_register: Bench) -> None:
    def edit(bench: Bench) -> None:
        shutil.rmtree(bench.home / "places")
        town(bench, ("", "独一无二镇", ""), TODAY[0])

    outcome = replayed(first_register, edit)
    assert outcome.translated == outcome.standard + outcome.quarantined > 0


def test_a_road_alone_and_a_zone_alone_are_replayed(first_register: Bench) -> None:
    own = next(each for each in TODAY if each[1] == "西湖区")
    assert replayed(first_register, lambda bench: road(bench, own)).translated > 0
    replayed(first_register, lambda bench: zone(bench, own))


def test_a_new_zone_may_be_read_out_of_the_addresses_of_another_city(tmp_path: Path) -> None:
    row = f"丽水公司,{credit_code('331100', 1)},2015-03-01,有限责任公司,,300(万元人民币),软件,浙江,丽水"
    home = bench(tmp_path, REGISTER, f"{HEADER}\n{row},丽水市天宁工业区一期3号\n".encode())
    zone = "places/zones.csv", f"天宁工业区一期,杭州市,330106,2020-01-01,{today()},测试文件"
    assert replayed(home, lambda bench: bench.append(*zone)).translated == 1


def test_a_place_row_is_replayed_where_a_correction_writes_the_place(tmp_path: Path) -> None:
    code, there, here = credit_code("330100", 1), "杭州市淳安县某路3号", "杭州市西湖区某路3号"
    row = f"杭州公司,{code},2015-03-01,有限责任公司,,300(万元人民币),软件,浙江,杭州,{here}"
    home = bench(tmp_path, REGISTER, f"{HEADER}\n{row}\n".encode())
    home.append("corrections.csv", f"{REGISTER.key},{code},注册地址,{here},{there},2020-01-01,{today()},来函")
    home.run()
    assert replayed(home, lambda bench: recode(bench, ("330127", "淳安县", "杭州市"))).translated == 1
    assert home.known()["rows"]["county"].to_list() == ["330127"]


def test_a_towns_row_is_replayed_where_only_its_code_is_written(tmp_path: Path) -> None:
    rows = ["330102001,清波街道,330102,33,3301", "330102003,湖滨街道,330102,33,3301"]
    content = "\n".join(["code,name,areaCode,provinceCode,cityCode", *rows, ""]).encode()
    home = bench(tmp_path, all_feeds()["statistics_village"], content, "streets_2016.csv")
    moved = replayed(home, lambda each: each.append("places/townships.csv", f"330102003,湖滨街道,330106,{NEW}"))
    assert moved.rules == {"county/contradicting_place": 1}


@settings(max_examples=8, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["88", "77", "03", "07", "01"]), st.sampled_from(["1", "2", "5", "9"]), min_size=1),
    st.dictionaries(st.integers(0, 7), st.sampled_from(["03", "88", "坏"]), max_size=3),
)
def test_dictionary_rows_and_corrections_replayed_are_rebuilt(
    first_tax: Bench, codes: dict[str, str], corrections: dict[int, str]
) -> None:
    landed = pl.read_parquet(next((first_tax.home / "landed").rglob("rows.parquet")))

    def edit(bench: Bench) -> None:
        rows = [f"tax_status,{code},{meaning},2020-01-01,{today()},测试文件" for code, meaning in codes.items()]
        bench.append("codes/enterprise_status.csv", *rows)
        for place, new in corrections.items():
            key, old = landed["NSRSBH"][place % landed.height], landed["NSRZT_DM"][place % landed.height]
            if key and old and "," not in key:
                bench.append(
                    "corrections.csv", f"tax_registration,{key},NSRZT_DM,{old},{new},2020-01-01,{today()},来函"
                )

    outcome = replayed(first_tax, edit)
    named = {landed["NSRSBH"][place % landed.height] for place in corrections}
    writes = narrowed(pl.col("NSRZT_DM")).is_in(list(codes)) | pl.col("NSRSBH").is_in(list(named))
    # Where a row says what was known already, the first run's outcome stands.
    assert outcome == first_tax.run() or outcome.translated <= landed.filter(writes).height


WORD = st.builds(
    "{} {}".format, st.sampled_from(["330102004", "330102005", "330102008"]),
    st.sampled_from(["小营街道", "南星街道", "别的街道", "另一街道"]),
)  # fmt: skip
WORDS = st.dictionaries(st.one_of(WORD, st.just("330102004")), st.sampled_from(["330102004", "330102008"]), max_size=4)


@settings(max_examples=8, deadline=None)
@given(WORDS, WORDS)
def test_dictionary_rows_of_codes_with_names_replayed_are_rebuilt(
    first_catchment: Bench, before: dict[str, str], after: dict[str, str]
) -> None:
    def edit(bench: Bench) -> None:
        whole = (bench.mappings / "codes/town.csv").read_bytes()
        bench.append("codes/town.csv", *map(town_word, before.items()))
        bench.run()
        (bench.mappings / "codes/town.csv").write_bytes(whole)
        bench.append("codes/town.csv", *map(town_word, after.items()))

    replayed(first_catchment, edit)


def town_word(word: tuple[str, str]) -> str:
    """The dictionary row of a town's code with its name."""
    return f"education,{word[0]},{word[1]},2022-05-01,{today()},测试文件"


def test_the_reason_of_a_code_under_another_name_is_told_anew(first_catchment: Bench) -> None:
    """What a row waits for is told by all names that the dictionary has for its code, also those that no row writes."""
    row = town_word(("330102004 别的街道", "330102004"))
    outcome = replayed(first_catchment, lambda bench: bench.append("codes/town.csv", row))
    assert outcome.translated == 1
    assert outcome.rules["town_code/contradicting_name"] == 3 and "town_code/unmapped" not in outcome.rules


def test_a_code_with_its_name_that_comes_to_mean_another_is_replayed(first_catchment: Bench) -> None:
    """Both are read from what landed, each column once."""
    row = town_word(("330102005 小营街道", "330102008"))
    assert replayed(first_catchment, lambda bench: bench.append("codes/town.csv", row)).translated > 1


def status(code: str) -> Callable[[Bench], None]:
    """An edit that gives a taxpayer's status another meaning."""
    row = f"tax_status,{code},2,2020-01-01,{today()},测试文件"
    return lambda bench: bench.append("codes/enterprise_status.csv", row)


def test_rows_that_wait_for_a_code_are_read_out_of_quarantine(
    first_tax: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what landed their hashes alone are read; where a code meant something else before, all is looked through."""
    asked: list[set[str]] = []

    def read(batch: Batch, columns: Collection[str] | None = None, numbers: pl.Series | None = None) -> pl.DataFrame:
        asked.append({"every column"} if columns is None else set(columns))
        return read_batch(batch, columns, numbers)

    monkeypatch.setattr("pipelines.standard.replayed.read_batch", read)
    assert replayed(first_tax, status("88")).translated > 0
    assert asked and set().union(*asked) == {"row", "hash"}
    assert replayed(first_tax, status("03")).translated > 0
    assert "every column" in set().union(*asked)


def test_a_correction_is_applied_spent_or_absent(first_tax: Bench, tmp_path: Path) -> None:
    def edit(bench: Bench) -> None:
        bench.append(
            "corrections.csv",
            f"tax_registration,91330204144100035R,NSRZT_DM,88,03,2020-01-01,{today()},来函",
            f"tax_registration,91330110MA2ABCD132,NSRZT_DM,已自行更正,07,2020-01-01,{today()},来函",
            f"tax_registration,无此编号,NSRZT_DM,88,07,2020-01-01,{today()},来函",
            f"tax_registration,91330204144100035R,NSRZT_DM,88,07,2026-12-01,{today()},来函",
        )
        bench.run()
        told.extend(idle(gather(TAX, bench.home), load(bench.mappings)))

    told = list[str]()
    outcome = replayed(first_tax, edit)
    assert {each[1]: each[-1] for each in outcome.corrections} == {
        "91330204144100035R": "applied", "91330110MA2ABCD132": "spent", "无此编号": "absent",
    }  # fmt: skip
    assert outcome.translated == 1
    assert told == [
        "mappings/corrections.csv line 3, tax_registration, key 91330110MA2ABCD132, NSRZT_DM '已自行更正': "
        "the row does not say `old`, or no longer",
        "mappings/corrections.csv line 4, tax_registration, key 无此编号, NSRZT_DM '88': no row has this key",
        "mappings/corrections.csv line 5, tax_registration, key 91330204144100035R, NSRZT_DM '88': "
        "it holds since 2026-12-01, the newest delivery in use is of 2026-06-30",
    ]


def test_quarantine_keeps_the_text_as_it_landed(first_tax: Bench) -> None:
    """A correction that does not help leaves the department's own text, not ours."""

    def edit(bench: Bench) -> None:
        bench.append("corrections.csv", f"tax_registration,91330204144100035R,NSRZT_DM,88,坏,2020-01-01,{today()},来函")
        bench.run()
        kept = pl.read_parquet(next((bench.home / "standard").rglob("quarantine.parquet")))
        raw = kept.filter(pl.col("raw").str.contains("91330204144100035R"))["raw"].item()
        assert '"NSRZT_DM":"88"' in raw and "坏" not in raw
        assert set(TAX.headers()) == set(pl.select(pl.lit(raw).str.json_decode(RAW)).unnest("literal").columns)

    replayed(first_tax, edit)


RAW = pl.Struct(dict.fromkeys(TAX.headers(), pl.String))
