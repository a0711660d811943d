"""Which SQL makes each row of one entity alone, so that increments may make those of some: `pipelines.sql.alone`."""

from __future__ import annotations

import pytest

from pipelines.shelf import stands_alone
from pipelines.sql import alone
from pipelines.sql.alone import meets_others
from pipelines.sql.parsed import parsed
from schemas.product import all_products, widened

KEY = frozenset(("credit_code", "entity_id"))
# Of the shelf; a new product need not stand here.
ALONE = {
    "enterprise_mirror": True, "data_disputes": True, "enterprise_tags": False, "policy_matches": False,
    "business_indicators": False, "industry_profile": False,
}  # fmt: skip


def meets(sql: str) -> bool:
    return meets_others(parsed(sql), "enterprise", KEY)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT credit_code, rank() OVER (PARTITION BY county ORDER BY revenue) AS place FROM enterprise",
        "SELECT credit_code, sum(revenue) OVER () AS all_of_it FROM enterprise",
        "SELECT credit_code FROM enterprise QUALIFY row_number() OVER (PARTITION BY county ORDER BY revenue) = 1",
        "SELECT credit_code FROM enterprise ORDER BY revenue DESC LIMIT 10",
        "SELECT DISTINCT ON (county) credit_code FROM enterprise ORDER BY revenue",
        "SELECT any_value(credit_code) AS credit_code FROM enterprise GROUP BY county",
        "SELECT credit_code FROM enterprise WHERE revenue > (SELECT avg(revenue) FROM tax_annual)",
        "SELECT credit_code FROM enterprise WHERE county IN (SELECT county FROM ecology_permit)",
        "SELECT credit_code FROM enterprise AS e WHERE EXISTS (FROM ecology_permit AS p WHERE p.county = e.county)",
        "SELECT credit_code FROM enterprise SEMI JOIN ecology_permit USING (county)",
        "SELECT credit_code FROM enterprise NATURAL JOIN ecology_permit",
        "SELECT credit_code FROM enterprise CROSS JOIN (SELECT max(revenue) AS most FROM enterprise) AS top",
        "SELECT e.credit_code, count(*) AS n FROM enterprise AS e JOIN enterprise AS o ON e.county = o.county "
        "GROUP BY e.credit_code",
        "WITH e AS (FROM enterprise) SELECT a.credit_code FROM e AS a, e AS b WHERE a.county = b.county",
        "WITH sums AS (SELECT county, sum(revenue) AS revenue FROM enterprise GROUP BY county) "
        "SELECT credit_code FROM enterprise JOIN sums USING (county)",
        "FROM (PIVOT enterprise ON status IN ('1', '4') USING max(revenue))",
    ],
)  # fmt: skip
def test_sql_in_which_entities_meet_is_told(sql: str) -> None:
    assert meets(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM enterprise",
        "SELECT DISTINCT credit_code, county FROM enterprise",
        "SELECT e.credit_code, sum(energy) AS energy FROM enterprise AS e, power_customer AS p "
        "WHERE p.entity_id = e.credit_code AND p.month = 0 GROUP BY ALL",
        "SELECT credit_code FROM enterprise SEMI JOIN (SELECT credit_code FROM disputes) AS d USING (credit_code)",
        "SELECT credit_code FROM enterprise WHERE credit_code IN (SELECT entity_id FROM ecology_permit)",
        "SELECT DISTINCT ON (entity_id) entity_id, energy FROM power_customer ORDER BY year",
        "SELECT entity_id, row_number() OVER (PARTITION BY entity_id ORDER BY year) AS n FROM tax_annual",
        "SELECT credit_code, 'ecology_permit' IN (FROM arrived) AS is_known FROM enterprise, today",
        "WITH named AS (SELECT list, max(name) AS name FROM code_list GROUP BY list) "
        "SELECT credit_code FROM enterprise JOIN named ON named.list = 'town'",
    ],
)  # fmt: skip
def test_sql_that_keeps_to_the_key_is_told_apart(sql: str) -> None:
    assert not meets(sql)


def test_of_the_shelf_those_stand_alone_that_an_increment_makes_of_the_touched() -> None:
    told = {key: stands_alone(all_products()[key]) for key in ALONE}
    assert told == ALONE


def test_a_product_whose_sql_ranks_a_county_is_made_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ranked = "SELECT credit_code, rank() OVER (PARTITION BY county ORDER BY revenue) AS place FROM enterprise"
    monkeypatch.setattr(alone, "sql_of", lambda _: ranked)
    assert not stands_alone(widened(all_products()["enterprise_mirror"], {}))
