"""Which columns a product's SQL holds to today, whatever names they and today go by: `pipelines.sql.parsed`."""

from __future__ import annotations

import pytest

from pipelines.sql.parsed import beside_today, held_to_today, parsed
from schemas.product import all_products

DAYS = {"registered", "decided", "valid_until", "issued"}


def held(sql: str) -> set[str] | None:
    names = beside_today(parsed(sql))
    return None if names is None else set(names) & DAYS


@pytest.mark.parametrize(
    ("sql", "days"),
    [
        ("SELECT registered, decided FROM e", set()),
        ("SELECT registered, today.day FROM e CROSS JOIN today", set()),
        ("SELECT date_sub('year', e.registered, today.day) AS age, e.decided FROM e, today", {"registered"}),
        ("SELECT * FROM e, today WHERE valid_until IS NULL OR valid_until >= day", {"valid_until"}),
        ("SELECT * FROM e JOIN today ON e.decided > today.day - INTERVAL 3 YEAR AND issued > x", {"decided", "issued"}),
        ("SELECT count(*) FILTER (decided < today.day) AS n FROM e, today GROUP BY issued", {"decided"}),
        ("SELECT x FROM e WHERE registered < (SELECT day FROM today)", {"registered"}),
        ("SELECT x FROM e, today AS now WHERE registered < now.day", {"registered"}),
        # Today by another name, and by the name of what is made of it.
        ("WITH now AS (SELECT day AS d FROM today) SELECT x FROM e, now WHERE registered < now.d", {"registered"}),
        ("WITH t AS (SELECT day - INTERVAL 1 YEAR AS since FROM today), u AS (SELECT since AS s FROM t) "
         "SELECT x FROM e, u WHERE decided < s", {"decided"}),
        # A day by another name.
        ("WITH t AS (SELECT registered AS r, issued AS i FROM e) SELECT r < today.day AS old, i FROM t, today",
         {"registered"}),
        ("WITH t AS (SELECT coalesce(decided, issued) AS d FROM e) SELECT x FROM t, today WHERE d < today.day",
         {"decided", "issued"}),
        # A name that comes of a place, of a pattern or of a text is not followed: any day may be meant.
        ("SELECT registered AS d, day FROM e, today UNION ALL SELECT decided, day FROM e, today", None),
        ("WITH t(r) AS (SELECT registered FROM e) SELECT x FROM t, today WHERE r < today.day", None),
        ("SELECT x FROM (SELECT registered FROM e) AS t(r), today WHERE r < today.day", None),
        ("SELECT x FROM (SELECT * RENAME (registered AS r) FROM e) AS t, today WHERE r < today.day", None),
        ("SELECT x FROM (SELECT max(registered) FROM e) AS t, today WHERE \"max(registered)\" < today.day", None),
    ],
)  # fmt: skip
def test_whatever_stands_beside_today_is_told(sql: str, days: set[str] | None) -> None:
    assert held(sql) == days


def test_of_the_mirror_those_days_count_by_which_a_row_of_it_turns() -> None:
    mirror = held_to_today(all_products()["enterprise_mirror"])
    assert mirror is not None
    assert {"registered", "valid_until", "decided", "rated"} <= mirror
    assert not {"started", "first_insured", "issued", "granted"} & mirror
    assert held_to_today(all_products()["data_disputes"]) == frozenset()
