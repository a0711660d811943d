"""Statistics of products made by province, held against other ways of reckoning them over made-up enterprises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import polars as pl
import pytest

from gateway.supply.promise import last_due
from pipelines.dictionary import current
from pipelines.meaning import codes
from pipelines.meaning.codes import code_lists, growth
from pipelines.products.policy_library import policy_library
from pipelines.promises.steps import Step, differences, least_step
from schemas.china import CHINA
from schemas.contract import contract_of
from schemas.feed import Due, daily, monthly, yearly
from schemas.indicator import all_indicators
from schemas.product import all_products
from tests.products.given import given, made

HERE = Path(__file__).parent
PROFILE = all_products()["industry_profile"]
LACKS = dict.fromkeys(("datum", "title", "departments"), pl.String()) | {
    "awaited": pl.Boolean(),
    "enterprises": pl.Int64(),
}
COUNTIES, INDUSTRIES = ("330110", "330113", "330106"), ("13", "17", "26", "34", "51", "65")


def enterprises(seed: int, count: int) -> pl.DataFrame:
    """Enterprises of a few counties and industries, many of them small, some without figures."""
    random = Random(seed)
    rows = [
        (f"E{number}", random.choice(COUNTIES), "1", random.choice(INDUSTRIES) + "11",
         random.choice([None, 0, random.randint(1, 500)]),
         random.choice([None, Decimal(random.randint(0, 10**9)) / 100]),
         random.choice([None, Decimal(random.randint(0, 10**9)) / 100]))
        for number in range(count)
    ]  # fmt: skip
    types = {"credit_code": pl.String, "county": pl.String, "status": pl.String, "industry": pl.String}
    amounts = dict.fromkeys(("revenue", "before"), pl.Decimal(24, 6))
    return pl.DataFrame(rows, schema=types | {"insured": pl.Int64} | amounts, orient="row")


def returned(own: pl.DataFrame, years: dict[int, str]) -> pl.DataFrame:
    """The annual returns of enterprises: of each year what a column says, where it says something."""
    none = given(PROFILE, HERE / PROFILE.key)["tax_annual"].clear()
    returns = [
        own.select(entity_id="credit_code", taxpayer_id="credit_code", year=pl.lit(year, pl.Int64), revenue=amount)
        for year, amount in years.items()
    ]
    return pl.concat([none, *returns], how="diagonal").drop_nulls("revenue")


def profiled(own: pl.DataFrame, scratch: Path, **others: pl.DataFrame) -> pl.DataFrame:
    """The industry profile of enterprises that declared `revenue` of 2025 and `before` of 2020, and of `others`."""
    tables = {name: table for name, table in given(PROFILE, HERE / PROFILE.key).items() if name != "county_list"}
    places = pl.DataFrame({"code": COUNTIES, "name": COUNTIES})
    annual = returned(own, {2025: "revenue", 2020: "before"})
    told = tables | {"enterprise": own, "tax_annual": annual, "county_list": places} | others
    return made(PROFILE, told, scratch)


@pytest.fixture(scope="module", params=[(1, 40), (2, 90), (3, 400)], ids=lambda each: f"{each[1]} enterprises")
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Enterprises and the industry profile made of them."""
    own = enterprises(*request.param)
    return own, profiled(own, tmp_path_factory.mktemp("statistics")).filter(pl.col("year") == 2025)


@pytest.mark.parametrize("measure", ["enterprises", "insured", "revenue"])
def test_location_quotients_are_those_of_the_formula(both: tuple[pl.DataFrame, pl.DataFrame], measure: str) -> None:
    """Florence's quotient as a share of the industry over the county's share of all: (e/E_i)/(E_c/E)."""
    own, profile = both
    value = pl.lit(1.0) if measure == "enterprises" else pl.col(measure).cast(pl.Float64).fill_null(0)
    sized = own.select("county", pl.col("industry").str.head(2), value.alias("value"))
    cell = sized.group_by("county", "industry").agg(pl.col("value").sum())
    of = {name: pl.col("value").sum().over(name) for name in ("county", "industry")}
    lq = (pl.col("value") / of["industry"]) / (of["county"] / pl.col("value").sum())
    share = pl.col("value") / of["county"]
    expected = cell.with_columns(lq=lq, share=share)
    told = profile.join(expected, on=["county", "industry"]).drop_nulls(f"{measure}_lq")
    assert told.height > 0
    assert (told[f"{measure}_lq"].cast(pl.Float64) - told["lq"]).abs().max() <= 0.00051  # type: ignore[operator]
    assert (told[f"{measure}_share"].cast(pl.Float64) - told["share"]).abs().max() <= 0.000051  # type: ignore[operator]


def test_a_quotient_on_an_exact_half_is_rounded_up(tmp_path: Path) -> None:
    """Three of eight here, six of 59 in the province: 3.6875, of which (3/8)/(6/59) in doubles falls short."""
    seats = [(COUNTIES[0], "1311")] * 3 + [(COUNTIES[0], "1711")] * 5
    seats += [(COUNTIES[1], "1311")] * 3 + [(COUNTIES[1], "1711")] * 48
    told = enterprises(1, len(seats)).with_columns(
        pl.Series("county", [county for county, _ in seats]), pl.Series("industry", [code for _, code in seats])
    )
    row = profiled(told, tmp_path).filter(county=COUNTIES[0], industry="13", year=2025).row(0, named=True)
    assert Decimal(row["enterprises_lq"]).quantize(Decimal("0.0001")) == Decimal("3.6880")


def test_concentration_is_between_its_bounds_and_that_of_equal_shares(both: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """An index of n enterprises lies between 10000/n, where all are equal, and 10000: (1 + V²)/n, V their variation."""
    own, profile = both
    known = own.with_columns(pl.col("industry").str.head(2), pl.col("revenue").cast(pl.Float64)).drop_nulls("revenue")
    varied = (pl.col("revenue").std(ddof=0) / pl.col("revenue").mean()) ** 2
    expected = known.group_by("county", "industry").agg(hhi=10000 * (1 + varied) / pl.len())
    told = profile.join(expected, on=["county", "industry"]).drop_nulls("revenue_hhi")
    assert told.height > 0
    assert (told["revenue_hhi"].cast(pl.Float64) - told["hhi"]).abs().max() < 0.1  # type: ignore[operator]


@pytest.mark.parametrize("measure", ["insured", "revenue"])
def test_what_few_report_is_withheld_and_no_subtraction_gives_it(
    both: tuple[pl.DataFrame, pl.DataFrame], measure: str
) -> None:
    own, profile = both
    value = pl.col(measure)
    units = own.with_columns(pl.col("industry").str.head(2)).group_by("county", "industry").agg(
        telling=(value > 0).sum()
    )  # fmt: skip
    told = profile.join(units, on=["county", "industry"])
    open_ones = told.drop_nulls(measure)
    assert (open_ones[f"{measure}_units"] >= 3).all() and not open_ones["telling"].is_in([1, 2]).any()
    hidden = told.filter(pl.col(f"{measure}_withheld").is_not_null())
    assert hidden.select(f"{measure}", f"{measure}_share", f"{measure}_lq").null_count().row(0) == (hidden.height,) * 3
    together = hidden.group_by("county").agg(cells=pl.len(), units=pl.col(f"{measure}_units").sum())
    assert (together["cells"] >= 2).all() and (together["units"] >= 3).all()


@pytest.mark.parametrize("enterprises", range(1, 25))
def test_no_split_of_a_countys_enterprises_is_known_where_a_count_of_verdicts_is_withheld(enterprises: int) -> None:
    """Who knows the rule makes every split that adds up to the told sum, and looks which of them look like the row."""
    counts = ["fits", "does_not_fit", "undecided"]
    splits = [(a, b, enterprises - a - b) for a in range(enterprises + 1) for b in range(enterprises + 1 - a)]
    rows = pl.DataFrame(splits, schema=counts, orient="row").with_row_index("policy").with_columns(
        county=pl.lit("330110"), asks_level=pl.lit("L3"), enterprises=pl.lit(enterprises, pl.Int64),
        lacks=pl.lit(None, pl.List(pl.Struct(LACKS))),
    )  # fmt: skip
    told = policy_library(rows).sort("policy").hstack(rows.select(pl.col(counts).name.suffix(" true")))
    alike = [*counts, "withheld"]
    values = told.group_by(alike).agg(pl.col(f"{name} true").n_unique() for name in counts)
    hidden = values.filter(pl.col("withheld").is_not_null())
    for name in counts:
        assert (hidden.filter(pl.col(name).is_null())[f"{name} true"] > 1).all()
    few = pl.any_horizontal(pl.col(counts).is_between(1, 2))
    assert hidden.height > 0 and told.filter(few).is_empty()
    assert told.filter(pl.col("withheld").is_null()).select(counts).null_count().row(0) == (0, 0, 0)


def test_the_order_of_what_is_lacking_tells_no_count_that_is_withheld() -> None:
    """Of two and one enterprise, the one named first had been two."""
    lacks = [{"datum": datum, "title": datum, "departments": "某局", "awaited": False, "enterprises": units}
             for datum, units in (("a", 4), ("z", 2), ("b", 1))]  # fmt: skip
    row = pl.DataFrame(
        [("330110", "p", "L3", 5, 0, 0, 5, lacks)], orient="row",
        schema={"county": pl.String, "policy": pl.String, "asks_level": pl.String, "enterprises": pl.Int64,
                "fits": pl.Int64, "does_not_fit": pl.Int64, "undecided": pl.Int64, "lacks": pl.List(pl.Struct(LACKS))},
    )  # fmt: skip
    assert policy_library(row)["lacks"].to_list() == ["a（某局）4家;b（某局）不公布;z（某局）不公布"]


EFFECTS = ("national_effect", "mix_effect", "competitive_effect")


def test_shift_share_of_a_published_example(tmp_path: Path) -> None:
    """The table of Holukuluku, 1985 to 1995 (G. Krumme, University of Washington, Geography 350, ssexcel.html).

    The nation has 10, 20, 40 and 30 % of its jobs in the four industries and gains 10, 20, 30 and 40 % in them, 29 % in
    all; here it is of 10,000. The net composition effect is -80, the net differential effect 420, the total shift 340.
    """
    region, nation = ((500, 1000), (100, 100), (200, 250), (200, 280)), (1000, 2000, 4000, 3000)
    grown = (Decimal("1.1"), Decimal("1.2"), Decimal("1.3"), Decimal("1.4"))
    rest = [(was - own[0], was * rate - own[1]) for own, was, rate in zip(region, nation, grown, strict=True)]
    rows = [
        (
            f"{county}{industry}{part}",
            county,
            "1",
            f"{industry}11",
            None,
            now * Decimal(part) / 4,
            was * Decimal(part) / 4,
        )
        for county, cells in zip(COUNTIES, (region, rest), strict=False)
        for industry, (was, now) in zip(INDUSTRIES, cells, strict=False)
        for part in (Decimal("0.9"), Decimal("1.1"), Decimal(2))
    ]
    own = pl.DataFrame(rows, schema=enterprises(1, 1).schema, orient="row")
    told = profiled(own, tmp_path).filter(pl.col("year") == 2025, pl.col("county") == COUNTIES[0])
    expected = [(500, 145, -95, 450), (0, 29, -9, -20), (50, 58, 2, -10), (80, 58, 22, 0)]
    assert told.sort("industry").select("revenue_change", *EFFECTS).rows() == expected
    assert told.select(EFFECTS).sum().row(0) == (290, -80, 420)


@pytest.mark.parametrize(("seed", "count"), [(4, 150), (5, 400)])
def test_shift_share_is_that_of_the_definition_in_fractions(seed: int, count: int, tmp_path: Path) -> None:
    """Each part by its own formula (Dunn 1960), none of them as what the others leave; together they are the change."""
    own = enterprises(seed, count)
    profile = profiled(own, tmp_path).filter(pl.col("year") == 2025)
    sums: dict[tuple[str, str], list[Fraction]] = {}
    for county, industry, *amounts in own.select("county", "industry", "before", "revenue").iter_rows():
        for key in ((county, industry[:2]), ("", industry[:2]), ("", "")):
            sums[key] = [
                held + Fraction(more or 0) for held, more in zip(sums.get(key, [Fraction()] * 2), amounts, strict=True)
            ]
    told = profile.drop_nulls("revenue_change").select("county", "industry", "revenue_change", *EFFECTS).rows()
    assert len(told) > len(INDUSTRIES)
    for county, industry, change, *parts in told:
        (was, now), trade, (all_was, all_now) = sums[county, industry], sums["", industry], sums["", ""]
        rate, of_trade = all_now / all_was, trade[1] / trade[0] if trade[0] else Fraction()
        formula = (was * (rate - 1), was * (of_trade - rate), now - was * of_trade)
        assert change == now - was == sum(map(Fraction, parts))
        assert all(abs(Fraction(part) - each) <= Fraction(2, 100) for part, each in zip(parts, formula, strict=True))


def test_where_either_end_is_withheld_no_part_of_the_change_is_told(tmp_path: Path) -> None:
    """All declared in 2025 and two in three of those of one industry in 2020: its growth would tell what they had."""
    own = enterprises(3, 400).with_columns(revenue=pl.lit(100, pl.Decimal(24, 6)), before=pl.lit(50, pl.Decimal(24, 6)))
    at = pl.int_range(pl.len()).over("county", "industry")
    few = (pl.col("county") == COUNTIES[0]) & (pl.col("industry") == "1311") & (at >= 2)
    told = profiled(own.with_columns(before=pl.when(~few).then("before")), tmp_path)
    hidden = told.filter(pl.col("year") == 2020).drop_nulls("revenue_withheld").select("county", "industry")
    assert hidden.height == 2
    of_these = told.filter(pl.col("year") == 2025).join(hidden, on=["county", "industry"])
    assert of_these["revenue"].null_count() == 0 and of_these["effects_withheld"].null_count() == 0
    assert of_these.select("revenue_change", *EFFECTS).null_count().row(0) == (2, 2, 2, 2)
    others = told.filter(pl.col("year") == 2025).join(hidden, on=["county", "industry"], how="anti")
    assert others.height > 0 and others["competitive_effect"].null_count() == 0


def test_where_nobody_declared_at_either_end_there_is_no_change_to_tell(tmp_path: Path) -> None:
    silent = (pl.col("county") == COUNTIES[0]) & (pl.col("industry") == "1311")
    own = enterprises(3, 400).with_columns(pl.when(~silent).then(name).alias(name) for name in ("revenue", "before"))
    told = profiled(own, tmp_path).filter(pl.col("county") == COUNTIES[0], pl.col("industry") == "13")
    assert told.select("year", "revenue_units", "revenue_change", "effects_withheld").rows() == [(2025, 0, None, None)]


def test_a_return_in_another_unit_is_told_of_and_outweighs_nobody(tmp_path: Path) -> None:
    """One enterprise of the largest cell declares ten thousand times what it does in other years."""
    profile, own, returns, one = slipping(2025, tmp_path)
    without = profiled(
        own, tmp_path, tax_annual=returns.filter((pl.col("entity_id") != one) | (pl.col("year") != 2025))
    )
    doubtful = profile.filter(pl.col("revenue_doubtful") > 0)
    assert doubtful.select("county", "year", "industry", "revenue_doubtful").rows() == [(COUNTIES[0], 2025, "13", 1)]
    told = ("revenue", "revenue_share", "revenue_lq", "revenue_hhi")
    assert profile.select(told).equals(without.select(told)) and profile["revenue"].null_count() < profile.height


@pytest.mark.parametrize("year", [2025, 2020])
def test_who_slips_at_one_end_is_in_no_end_of_a_change(year: int, tmp_path: Path) -> None:
    """Its county's change in that industry would tell what it declared at the other end, and is withheld."""
    profile, own, returns, one = slipping(year, tmp_path)
    without = profiled(own, tmp_path, tax_annual=returns.filter(pl.col("entity_id") != one)).filter(year=2025)
    changed, mine = profile.filter(year=2025), (pl.col("county") == COUNTIES[0]) & (pl.col("industry") == "13")
    told = ("county", "industry", "effects_withheld", "revenue_change", *EFFECTS)
    assert changed.filter(~mine).select(told).equals(without.filter(~mine).select(told))
    assert changed.filter(~mine)["revenue_change"].null_count() < changed.height - 1
    hidden = changed.filter(mine).select("effects_withheld", "revenue_change", *EFFECTS).row(0)
    assert hidden == ("防止推算", None, None, None, None) and changed.filter(mine)["revenue"].null_count() == 0


def slipping(year: int, scratch: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, str]:
    """The profile, the enterprises and returns that it is of, and who of the largest cell slips in a year."""
    own = enterprises(3, 400).filter(pl.col("revenue") > 0, pl.col("before") > 0)
    returns = returned(own, {2025: "revenue", 2024: "revenue", 2020: "before"})
    one = own.filter(county=COUNTIES[0], industry="1311")["credit_code"][0]
    slip = (pl.col("entity_id") == one) & (pl.col("year") == year)
    more = (pl.col("revenue") * 10_000).cast(pl.Decimal(24, 6))
    slipped = returns.with_columns(pl.when(~slip).then("revenue").otherwise(more))
    return profiled(own, scratch, tax_annual=slipped), own, returns, one


@pytest.mark.parametrize(
    ("revenues", "doubted"),
    [
        ((5_000, 8_000, 30_000_000, 50_000_000), [2022, 2023]),
        ((Decimal("0.000002"), Decimal("0.000004"), Decimal("0.002"), Decimal("0.003")), []),
        ((Decimal("0.000002"), Decimal("0.000003"), Decimal("0.002"), Decimal("2.003")), [2025]),
        ((1, 1, 1000, 10_000), []),
        ((1, 1, 1, 999), []),
        ((1, 1, 1, 1000), [2025]),
        ((1, 1000, 1000, 1000), [2022]),
        ((1, 1001), []),
    ],
)
def test_what_is_doubted_is_a_thousand_times_off_the_mean_of_the_two_middle_returns(
    revenues: tuple[int | Decimal, ...], doubted: list[int], tmp_path: Path
) -> None:
    years = range(2026 - len(revenues), 2026)
    own = enterprises(1, 1).with_columns(
        county=pl.lit(COUNTIES[0]),
        **{str(year): pl.lit(Decimal(each), pl.Decimal(24, 6)) for year, each in zip(years, revenues, strict=True)},
    )
    told = profiled(own, tmp_path, tax_annual=returned(own, {year: str(year) for year in years}))
    assert told.filter(pl.col("revenue_doubtful") > 0)["year"].sort().to_list() == doubted


@pytest.mark.parametrize(
    ("years", "slips", "times", "doubted"),
    [
        ((2023, 2024, 2025), 2025, 10_000, 1),
        ((2023, 2024, 2025), 2025, 1000, 1),
        ((2023, 2024, 2025), 2025, 999, 0),
        ((2024, 2025), 2024, 10_000, 0),
    ],
    ids=["unit", "at the bound", "under the bound", "two returns"],
)
def test_a_return_in_another_unit_makes_no_share_of_research(
    years: tuple[int, ...], slips: int, times: int, doubted: int, tmp_path: Path
) -> None:
    """All spend a tenth of their revenue; one declares so many times its revenue in the year that slips."""
    own = enterprises(3, 40).filter(pl.col("revenue") > 0).with_columns(county=pl.lit(COUNTIES[0]))
    returns = returned(own, dict.fromkeys(years, "revenue"))
    slip = (pl.col("entity_id") == own["credit_code"][0]) & (pl.col("year") == slips)
    spent = returns.with_columns(research=pl.when(pl.col("year") == 2025).then(pl.col("revenue") / 10))
    more = pl.when(slip).then(pl.col("revenue") * times).otherwise("revenue").cast(pl.Decimal(24, 6))
    shares = researched(own, spent.with_columns(more.alias("revenue")), tmp_path)
    assert shares["units"].to_list() == [own.height - doubted]
    assert (shares["value"][0] == 10) is (doubted == 1 or slips != 2025)


def researched(own: pl.DataFrame, returns: pl.DataFrame, scratch: Path) -> pl.DataFrame:
    """The counties' research per revenue of enterprises and their returns."""
    library = all_products()["business_indicators"]
    tables = given(library, HERE / library.key)
    told = {
        "enterprise": pl.concat([tables["enterprise"].clear(), own], how="diagonal_relaxed"),
        "tax_annual": returns.with_columns(pl.col("research").cast(pl.Decimal(24, 6))),
    }
    return made(library, tables | told, scratch).filter(indicator="research_per_revenue", scope="全县")


@pytest.mark.parametrize(("early", "newest"), [(1, 2024), (10, 2024), (11, 2025)], ids=["one", "half", "more"])
def test_the_newest_year_is_the_last_that_more_than_half_as_many_declared_as_the_fullest(
    early: int, newest: int, tmp_path: Path
) -> None:
    """Of twenty enterprises some declare 2025 before the rest, or write it for another year."""
    known = enterprises(3, 100).filter(pl.col("revenue") > 0, pl.col("before") > 0).head(20)
    own = known.with_columns(county=pl.lit(COUNTIES[0]))
    returns, more = returned(own, {2024: "revenue", 2019: "before"}), returned(own.head(early), {2025: "revenue"})
    before, after = (
        pl.concat(each).with_columns(research=pl.col("revenue") / 10) for each in ([returns], [returns, more])
    )
    profile = profiled(own, tmp_path, tax_annual=after.drop("research"))
    assert profile["year"].max() == newest
    assert profile.equals(profiled(own, tmp_path, tax_annual=before.drop("research"))) is (newest == 2024)
    assert researched(own, after, tmp_path)["units"].to_list() == [own.height if newest == 2024 else early]


def test_of_a_division_that_has_closed_there_are_none_in_the_newest_year(tmp_path: Path) -> None:
    own = enterprises(3, 400).with_columns(
        status=pl.when(pl.col("industry") == "1311").then(pl.lit("5")).otherwise("status")
    )
    told = profiled(own, tmp_path).filter(county=COUNTIES[0], industry="13")
    counts = ("enterprises", "enterprises_share", "province_enterprises", "insured_units", "land_units")
    assert told.sort("year").select("year", *counts).rows() == [(2020, *[None] * 5), (2025, *[0] * 5)]


SECTORS = {"13": "06", "17": "07", "26": "12", "34": "16", "51": "28", "65": "31"}


@pytest.mark.parametrize("seed", [6, 7, 8])
def test_chain_positions_are_those_of_the_definition_in_fractions(seed: int, tmp_path: Path) -> None:
    """Chenery and Watanabe (Econometrica 26, 1958): an industry by whether it sells and buys more than all together."""
    random, names = Random(seed), sorted(SECTORS.values())
    cells = {(one, other): Fraction(random.randint(0, 900)) for one in [*names, "VA001"] for other in names}
    cells |= {(one, item): Fraction(random.randint(0, 2500)) for one in names for item in ("FU102", "EX", "IM")}
    sold = {one: (sum(cells[one, other] for other in names), cells[one, "FU102"] + cells[one, "EX"]) for one in names}
    bought = {other: (sum(cells[one, other] for one in names), cells["VA001", other]) for other in names}
    means = [Fraction(sum(inner for inner, _ in of.values()), sum(map(sum, of.values()))) for of in (sold, bought)]
    expected = {}
    for industry, name in SECTORS.items():
        use, inputs = (Fraction(of[name][0], sum(of[name])) for of in (sold, bought))
        word = "下游" if use < means[0] else "上游" if inputs < means[1] else "中游"
        expected[industry] = (word, round(float(use), 3), round(float(inputs), 3))
    rows = [(2025, *pair, int(amount)) for pair, amount in cells.items()]
    flows = pl.DataFrame(rows, schema=["year", "from_item", "to_item", "amount"], orient="row")
    profile = profiled(enterprises(3, 400), tmp_path, statistics_input_output=flows)
    told = profile.select("industry", "chain_position", "intermediate_use", "intermediate_input").unique()
    assert {industry: (word, float(use), float(inputs)) for industry, word, use, inputs in told.iter_rows()} == expected


def test_a_sector_that_sells_nothing_to_others_is_downstream_whether_or_not_its_noughts_are_written(
    tmp_path: Path,
) -> None:
    names = sorted(SECTORS.values())
    cells = [(2025, one, other, 0 if one == "06" else 5) for one in [*names, "VA001"] for other in names]
    cells += [(2025, one, "FU102", 10) for one in names]
    flows = pl.DataFrame(cells, schema=["year", "from_item", "to_item", "amount"], orient="row")
    own = enterprises(3, 400)
    (tmp_path / "bare").mkdir()
    whole = profiled(own, tmp_path, statistics_input_output=flows)
    bare = profiled(own, tmp_path / "bare", statistics_input_output=flows.filter(pl.col("amount") > 0))
    assert whole.equals(bare)
    assert whole.filter(industry="13")["chain_position"].unique().to_list() == ["下游"]


def test_survival_counts_who_was_there_before_the_data_began_from_then_on(tmp_path: Path) -> None:
    """Twenty founded under observation, of whom five end at six months; twelve seen from their fifth month, one ends.

    At six months 32 are at risk and 6 end: 1 - 6/32 of them live through their first year. Nobody is seen at 17 months.
    """
    young = [(f"Y{number}", date(2025, 2, 10), date(2025, 8, 10) if number < 5 else None) for number in range(20)]
    old = [(f"O{number}", date(2024, 8, 1), date(2025, 2, 5) if number < 1 else None) for number in range(12)]
    gone = [("G", date(2024, 9, 1), date(2025, 1, 1))]
    told = indicators_of([*young, *old, *gone], tmp_path)
    survival = told.filter(pl.col("indicator").str.starts_with("survival"))
    assert survival.select("indicator", "scope", "units", "value").rows() == [
        ("survival_1y", "全县", 32, Decimal("0.812500"))
    ]
    assert told.filter(pl.col("indicator") == "deaths")["value"].sum() == 6


def test_survival_by_founding_year_counts_that_years_alone_and_none_before_the_data_began(tmp_path: Path) -> None:
    """The data begin in April 2025. Of that year sixteen are seen from their birth, ten born in January from then on.

    Four of the sixteen end at six months, with all 26 at risk: 1 - 4/26. Two of the ten end at eight months, with 22 at
    risk: 1 - 2/22. The product is 11/13 × 10/11 = 10/13. Of 2026 none is half a year old, and 2024 is pooled alone.
    """
    born = [(f"B{number}", date(2025, 4, 20), date(2025, 10, 20) if number < 4 else None) for number in range(16)]
    seen = [(f"S{number}", date(2025, 1, 20), date(2025, 9, 20) if number < 2 else None) for number in range(10)]
    new = [(f"N{number}", date(2026, 1, 5), None) for number in range(30)]
    old = [(f"O{number}", date(2024, 12, 20), date(2025, 7, 20) if number < 6 else None) for number in range(12)]
    told = indicators_of([*born, *seen, *new, *old], tmp_path, date(2025, 4, 1), date(2026, 6, 30))
    cohorts = told.filter(pl.col("indicator").str.starts_with("cohort"))
    assert cohorts.select("indicator", "scope", "month", "units", "value").rows() == [
        ("cohort_survival_1y", "全县", date(2025, 1, 1), 26, Decimal("0.769231"))
    ]
    pooled = told.filter(indicator="survival_1y", scope="全县").row(0, named=True)
    assert (pooled["month"], pooled["units"]) == (date(2026, 6, 1), 68) and pooled["value"] != Decimal("0.769231")


def test_survival_by_founding_year_is_what_the_definition_says(tmp_path: Path) -> None:
    """Three years of births and deaths at random, each year reckoned life by life in fractions."""
    random, began, today = Random(23), date(2023, 3, 10), date(2026, 9, 30)
    born = [date(2022, 6, 1) + timedelta(random.randrange(1_400)) for _ in range(1_500)]
    ends = [max(day, began) + timedelta(random.randrange(1, 2_500)) for day in born]
    lives = [(f"{at}", *life) for at, life in enumerate(zip(born, ends, strict=True)) if life[0] <= today]
    known = [(name, day, end if end <= today else None) for name, day, end in lives]
    told = indicators_of(known, tmp_path, began, today).filter(pl.col("indicator").str.starts_with("cohort"))
    expected = {
        (f"cohort_survival_{years}y", date(year, 1, 1)): estimate
        for year in (2023, 2024, 2025, 2026) for years in (1, 3, 5)
        if (estimate := product_limit([(day, end) for _, day, end in known if day.year == year], began, today, years))
    }  # fmt: skip
    assert {name for name, _ in expected} == {"cohort_survival_1y", "cohort_survival_3y"} and len(expected) > 3
    said = {(row["indicator"], row["month"]): row["value"] for row in told.iter_rows(named=True)}
    assert said == {key: Decimal(f"{float(value):.6f}") for key, value in expected.items()}


def product_limit(lives: list[tuple[date, date | None]], began: date, today: date, years: int) -> Fraction | None:
    """The estimate over the first years, age by age; None where fewer than ten are at risk at one of them."""
    spans = [(months(day, max(day, began)), months(day, end or today), end is not None) for day, end in lives]
    estimate = Fraction(1)
    for age in range(12 * years):
        at_risk = sum(entry <= age <= until for entry, until, _ in spans)
        if at_risk < 10:
            return None
        estimate *= 1 - Fraction(sum(died and until == age for _, until, died in spans), at_risk)
    return estimate


def months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month - (until.day < since.day)


@pytest.mark.parametrize(
    ("ended", "survived"),
    [(date(2026, 2, 9), "0.750000"), (date(2026, 2, 10), "1.000000")],
    ids=["a day before", "on the day"],
)
def test_who_ends_after_its_first_anniversary_has_lived_a_year(ended: date, survived: str, tmp_path: Path) -> None:
    young = [(f"Y{number}", date(2025, 2, 10), ended if number < 5 else None) for number in range(20)]
    gone = [("G", date(2024, 9, 1), date(2025, 1, 1))]
    told = indicators_of([*young, *gone], tmp_path).filter(indicator="survival_1y", scope="全县")
    assert told["value"].to_list() == [Decimal(survived)]


@pytest.mark.parametrize(
    ("ended", "survived"),
    [(date(2025, 2, 28), "0.875000"), (date(2025, 3, 1), "1.000000")],
    ids=["28 February", "1 March"],
)
def test_who_began_on_a_leap_day_has_lived_a_year_on_the_first_of_march(
    ended: date, survived: str, tmp_path: Path
) -> None:
    """As the mirror tells its age."""
    seen = [(f"Y{number}", date(2024, 2, 29), ended if number < 5 else None) for number in range(20)]
    others = [(f"O{number}", date(2025, 2, 10), None) for number in range(20)]
    gone = [("G", date(2024, 9, 1), date(2025, 1, 1))]
    told = indicators_of([*seen, *others, *gone], tmp_path).filter(indicator="survival_1y", scope="全县")
    assert told["value"].to_list() == [Decimal(survived)]


@pytest.mark.parametrize(
    ("began", "last", "full"),
    [(date(2027, 3, 1), date(2028, 2, 29), date(2028, 3, 1)), (date(2025, 3, 1), date(2026, 2, 28), date(2026, 3, 1)),
     (date(2028, 2, 29), date(2029, 2, 28), date(2029, 3, 1))],
    ids=["over a leap day", "over none", "from a leap day"],
)  # fmt: skip
def test_survival_is_told_once_a_whole_year_has_been_observed(
    began: date, last: date, full: date, tmp_path: Path
) -> None:
    lives: list[tuple[str, date, date | None]] = [
        (f"{age}-{number}", began - timedelta(31 * age), None) for age in range(12) for number in range(20)
    ]
    told = [indicators_of(lives, tmp_path, began, today) for today in (last, full)]
    assert [each.filter(indicator="survival_1y", scope="全县").height for each in told] == [0, 1]


def test_the_figures_of_a_new_year_move_no_window(tmp_path: Path) -> None:
    """All are told anew each year, by revenue and tax; who ended before stays where it ended."""
    began, ended, today = date(2024, 2, 29), date(2024, 6, 15), date(2026, 6, 30)
    lives: list[tuple[str, date, date | None]] = [
        (f"{number}", date(2023, 1, 1), ended if number % 5 == 0 else None) for number in range(60)
    ]
    told = indicators_of(lives, tmp_path, began, today)
    assert told.filter(indicator="deaths", scope="全县", month=date(2024, 6, 1))["value"].to_list() == [12]
    assert told.equals(indicators_of(lives, tmp_path, began, today, date(2025, 12, 31)))


def indicators_of(
    lives: list[tuple[str, date, date | None]], scratch: Path, began: date = date(2025, 1, 1),
    today: date | None = None, changed: date | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The indicators of enterprises of one county by the days on which they were registered and ended; where they have
    `changed`, all their rows stand since then."""
    told = pl.DataFrame(lives, schema=["credit_code", "registered", "ended"], orient="row")
    status = pl.when(pl.col("ended").is_null()).then(pl.lit("1")).otherwise(pl.lit("5"))
    since = pl.coalesce(pl.lit(changed), "ended", pl.max_horizontal("registered", pl.lit(began)))
    library = all_products()["business_indicators"]
    tables = given(library, HERE / library.key)
    own = told.select("credit_code", "registered", county=pl.lit("330110"), status=status)
    watched = told.select(entity_id="credit_code", record="credit_code", status=status, since=since)
    over = told.select(
        feed=pl.lit("tax_registration"), record="credit_code", since=pl.col("ended").cast(pl.Date)
    ).drop_nulls()
    enterprises = pl.concat([tables["enterprise"].clear(), own], how="diagonal")
    tables |= {} if today is None else {"today": pl.DataFrame({"day": [today]})}
    tables["first_delivery"] = pl.DataFrame({"feed": ["tax_registration"], "day": [began]})
    watching = {"tax_registration": watched, "ended_records": over}
    return made(library, tables | watching | {"enterprise": enterprises}, scratch)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_the_average_of_insured_persons_gives_back_nothing_that_is_withheld(seed: int, tmp_path: Path) -> None:
    """The county's persons are those of the profile's divisions; what its towns leave of them is three enterprises'."""
    random, library = Random(seed), all_products()["business_indicators"]
    towns = random.choices([None, "330110012", "330110012", "330110013", "330110014"], k=60)
    industries = random.choices(["1311", "5111", "C", None], k=60)
    own = enterprises(seed, 60).with_columns(
        county=pl.lit("330110"), town=pl.Series(towns), industry=pl.Series(industries)
    )
    tables = given(library, HERE / library.key)
    known = {"enterprise": pl.concat([tables["enterprise"].clear(), own], how="diagonal")}
    average = made(library, tables | known, tmp_path).filter(indicator="average_insured")
    profile = profiled(own, tmp_path).filter(year=2025)
    assert set(average["scope"]) == {"全县", "乡镇"}
    assert average.filter(scope="全县")["units"].to_list() == [profile["insured_units"].sum()]
    counted = own.filter(pl.col("industry").str.len_chars() == 4, pl.col("insured").is_not_null())
    open_ones = average.filter(pl.col("withheld").is_null(), scope="乡镇")
    hidden = counted.join(open_ones, left_on="town", right_on="scope_code", how="anti")
    assert hidden.height == 0 or (hidden.height >= 3 and (hidden["insured"] > 0).sum() not in (1, 2))


@pytest.mark.parametrize(("size", "planned"), [(40, 340), (None, None)], ids=["each known", "one unknown"])
def test_a_town_has_no_plan_where_that_of_one_campus_is_unknown(
    size: int | None, planned: int | None, tmp_path: Path
) -> None:
    seats = all_products()["school_seats"]
    tables = given(seats, HERE / seats.key)
    sized = pl.when(pl.col("campus") == "C3").then(pl.lit(size, pl.Int64)).otherwise("class_size").alias("class_size")
    told = made(seats, tables | {"education_school": tables["education_school"].with_columns(sized)}, tmp_path)
    assert told.drop_nulls("campuses").select("campuses", "planned").rows() == [(3, planned)]


def test_a_town_that_is_written_in_two_ways_is_counted_once_by_its_newest_row(tmp_path: Path) -> None:
    seats = all_products()["school_seats"]
    tables = given(seats, HERE / seats.key)
    people = tables["public_security_population"].with_columns(delivery=pl.lit("2026-06-30-b"), row=pl.lit(2, pl.Int64))
    more = people.with_columns(pl.col("people_least", "people_most") + 500)
    otherwise = [more.with_columns(row=pl.lit(1, pl.Int64)),
                 more.with_columns(delivery=pl.lit("2026-05-31-a"), row=pl.lit(3, pl.Int64))]  # fmt: skip
    told = [made(seats, tables | {"public_security_population": pl.concat([each, *rest])}, tmp_path)
            for each, rest in ((people, []), (people, otherwise))]  # fmt: skip
    assert told[0].height > 0 and told[1].equals(told[0])


def _seats(tables: dict[str, pl.DataFrame], tmp_path: Path, **others: pl.DataFrame) -> pl.DataFrame:
    return made(all_products()["school_seats"], tables | others, tmp_path)


def _beside(rows: pl.DataFrame, years: range, lost: range) -> pl.DataFrame:
    """With S5, which is as S1 is, there in some years; in the lost ones nobody can tell its town."""
    other = rows.filter(pl.col("school") == "S1", pl.col("year").is_in(years)).with_columns(school=pl.lit("S5"))
    town = pl.when(~pl.col("year").is_in(lost)).then("town").alias("town")
    return pl.concat([rows, other.with_columns(town)])


@pytest.mark.parametrize(
    "lost", [range(2025, 2026), range(2021, 2022), range(2021, 2025)], ids=["last", "first", "all but one"]
)
def test_a_school_without_a_town_is_where_it_is_in_another_year(lost: range, tmp_path: Path) -> None:
    seats = all_products()["school_seats"]
    tables = given(seats, HERE / seats.key)
    own, years = tables["education_seats"], range(2021, 2026)
    whole, without = (_beside(own, years, each) for each in (range(0), lost))
    told = _seats(tables, tmp_path, education_seats=whole)
    assert told.filter(town="330110005", year=2025)["places"].to_list() == [1560]
    assert told.equals(_seats(tables, tmp_path, education_seats=without))


def test_a_school_that_has_moved_is_in_the_town_of_the_nearest_year(tmp_path: Path) -> None:
    """S5 is in 330110012 until 2023 and in 330110005 since 2025; of two years as near the earlier one holds."""
    seats = all_products()["school_seats"]
    tables = given(seats, HERE / seats.key)
    moved = _beside(tables["education_seats"], range(2021, 2026), range(2024, 2025)).with_columns(
        pl.when(pl.col("school") == "S5", pl.col("year") < 2024)
        .then(pl.lit("330110012"))
        .otherwise("town")
        .alias("town")
    )
    told = _seats(tables, tmp_path, education_seats=moved).filter(town="330110012", stage="2")
    assert told.filter(year=2024)["places"].to_list() == [300 + 750]


def test_a_school_that_no_year_tells_the_town_of_leaves_its_countys_year_open(tmp_path: Path) -> None:
    """It may lie in any town of 330110; other counties, stages and years are told as ever."""
    seats = all_products()["school_seats"]
    tables = given(seats, HERE / seats.key)
    new = _beside(tables["education_seats"], range(2025, 2026), range(2025, 2026))
    told, before = _seats(tables, tmp_path, education_seats=new), _seats(tables, tmp_path)
    is_open = (pl.col("county") == "330110") & (pl.col("year") == 2025)
    figures = ["need", "need_least", "need_most", "places", "balance"]
    assert told.filter(is_open).select(figures).null_count().row(0) == (4,) * len(figures)
    was = (pl.col("basis") == "实有") & ~is_open
    assert told.filter(was).equals(before.filter(was))
    assert told.filter(county="330110", basis="预测", year=2026, town="330110005")["places"].to_list() == [750]


def _by_name(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(division=pl.lit("330110"), town_name="town")


def test_children_without_a_town_are_where_their_towns_name_is_in_another_year(tmp_path: Path) -> None:
    seats = all_products()["school_seats"]
    tables = given(seats, HERE / seats.key)
    named = _by_name(tables["public_security_population"])
    is_lost = (pl.col("year") == 2025) & (pl.col("town") == "330110005")
    without = named.with_columns(pl.when(~is_lost).then("town").alias("town"))
    told = _seats(tables, tmp_path, public_security_population=named)
    assert told.equals(_seats(tables, tmp_path, public_security_population=without))


def test_children_who_come_under_a_name_that_is_no_town_have_not_left(tmp_path: Path) -> None:
    """In 2025 half of 330110005 is written under another name; its pupils stay, and so does what is expected."""
    seats = all_products()["school_seats"]
    tables = given(seats, HERE / seats.key)
    named = _by_name(tables["public_security_population"])
    is_cut = (pl.col("year") == 2025) & (pl.col("town") == "330110005")
    as_before = named.filter(year=2024, town="330110005").with_columns(year=pl.lit(2025, pl.Int64))
    half = as_before.with_columns(pl.col("people_least", "people_most") // 2)
    unread = half.with_columns(town_name=pl.lit("新名街道"), town=pl.lit(None, pl.String))
    cut = pl.concat([named.filter(~is_cut), half, unread])
    need = _seats(tables, tmp_path, public_security_population=cut).filter(town="330110005", year=2026)["need"].item()
    assert abs(need - 600) <= 10


def test_a_changed_formula_is_a_major_step_and_a_new_indicator_none(monkeypatch: pytest.MonkeyPatch) -> None:
    library, indicators = all_products()["business_indicators"], all_indicators()
    before = contract_of(library, code_lists(current()))
    one = indicators["tax_per_revenue"]
    later = replace(one, code="a", since=date(2030, 1, 1))
    others = {
        "formula": ({**indicators, one.code: replace(one, scale=1000)}, Step.MAJOR),
        "unit": ({**indicators, one.code: replace(one, unit="‰")}, Step.MAJOR),
        "new": ({**indicators, "zz": replace(one, code="zz")}, None),
        "new, later": ({"a": later, **indicators}, None),
        "new, and formula": ({"a": later, **indicators, one.code: replace(one, scale=1000)}, Step.MAJOR),
    }
    for told, step in others.values():
        monkeypatch.setattr(codes, "all_indicators", lambda told=told: told)
        found = differences(before, contract_of(library, code_lists(current())), growth(current()))
        asked = [each for each in found if not each.comes_by_itself]
        assert found and (least_step(asked) if asked else None) == step


@pytest.mark.parametrize("today", [date(2026, 7, 31), date(2029, 1, 31)], ids=str)
@pytest.mark.parametrize(
    "due", [daily("06:00"), monthly(15, "18:00"), yearly(6, 15, "18:00"), yearly(12, 31, "18:00")],
    ids=lambda due: due.title,
)  # fmt: skip
def test_a_feed_has_missed_a_cycle_where_the_portal_calls_it_late(due: Due, today: date, tmp_path: Path) -> None:
    """A file of June that is due in July is not late on the 31st, nor last year's returns in spring."""
    quality = all_products()["data_quality"]
    days = {f"F{back}": today - timedelta(days=back) for back in range(800)}
    tables = given(quality, HERE / "data_quality") | {
        "feed_list": pl.DataFrame([_listed(feed, due) for feed in days]),
        "deliveries": pl.DataFrame([_delivered(feed, day) for feed, day in days.items()]),
    }
    told = made(quality, tables, tmp_path).filter(county="330110").select("feed", "cycles_behind")
    expected = {feed: _missed(due, day, today) for feed, day in days.items()}
    assert dict(told.iter_rows()) == expected


def _listed(feed: str, due: Due) -> dict[str, object]:
    words: dict[str, object] = {
        "feed": feed,
        "title": feed,
        "department": "tax",
        "department_title": "税务局",
        "due": due.title,
    }
    return words | {"entity": "enterprise", "cron": due.cron, "every_days": due.every_days}


def _delivered(feed: str, day: date) -> dict[str, object]:
    counts: dict[str, object] = dict.fromkeys(("landed", "standard", "quarantined", "superseded"), 0)
    told = {"feed": feed, "delivery": f"{day}-a", "number": 0, "came_after": 0, "as_of": day, "in_use": True}
    return told | {"refused": None} | counts


def _missed(due: Due, day: date, today: date) -> int:
    """Due times until the evening of today that asked for a newer delivery, sought as the portal seeks the last one."""
    at, missed = datetime(today.year, today.month, today.day, 23, 59, tzinfo=CHINA), 0
    while (last := last_due(due.cron, at)) is not None and due.least(last.date()) > day:
        missed, at = missed + 1, last - timedelta(minutes=1)
    return missed
