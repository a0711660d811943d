"""Requests that nobody would send, by the gateway's own OpenAPI document. Used by the short and the long test."""

from __future__ import annotations

import random
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from sqlalchemy import func, select

from gateway.app import make
from gateway.kept.database import TOKENS
from tests.gateway import COUNTY, PRODUCT, SCHEMA
from tests.servers.gateway import Served

# What a stranger may have learnt of how things are called, mixed into what is made up.
_KNOWN = {
    "county": [COUNTY, "330782"], "share": [COUNTY, "330782"], "schema": [SCHEMA, f"{PRODUCT}_v2"],
    "product": [PRODUCT, "data_disputes"], "table": ["L1", "l3"], "level": ["L1", "L3"], "version": ["1", "latest"],
    "span": ["1", "1-2", "2-1", "0", "999999999-999999999"], "kind": ["snapshot", "changes"],
}  # fmt: skip
# Each made-up request is sent as it is, then with names that exist in some places.
_WAYS = 4


def fuzz(served: Served, count: int, number: int) -> dict[int, int]:
    """Send so many requests with a token for one county's L1; how often each status was answered.

    Fails where the gateway breaks, tells of another county, or sends bytes above the view.
    """
    schema = schemathesis.openapi.from_dict(make(served.settings).openapi())
    operations = [each.ok() for each in schema.get_all_operations()]
    cases = st.one_of(*(_cases(each, mode) for each in operations for mode in GenerationMode))
    token, dice, told = served.recipient(COUNTY, "L1"), random.Random(number), dict[int, int]()
    headers, session = {"Authorization": f"Bearer {token}"}, requests.Session()

    @seed(number)
    @settings(max_examples=count // _WAYS, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(cases)
    def send(case: Any) -> None:
        for way in range(_WAYS):
            if way:
                _put_known(case, dice)
            try:
                answer = case.call(base_url=served.settings.address, headers=headers, session=session)
            except (requests.RequestException, ValueError, UnicodeError):
                return
            told[answer.status_code] = told.get(answer.status_code, 0) + 1
            judge(served, answer)

    send()
    return told


def _put_known(case: Any, dice: random.Random) -> None:
    """Names that exist in place of some that are made up."""
    for name in sorted(set(case.path_parameters or {}) & set(_KNOWN)):
        if dice.random() < 0.7:
            case.path_parameters[name] = dice.choice(_KNOWN[name])


def _cases(operation: Any, mode: GenerationMode) -> st.SearchStrategy[Any]:
    return operation.as_strategy(generation_mode=mode)


def judge(served: Served, answer: Any) -> None:
    """No breakdown, no other county, no view above L1."""
    assert answer.status_code < 500, (answer.request.url, answer.content[:300])
    path = str(answer.request.path_url)
    if answer.status_code < 300 and answer.content:
        assert b"330782" not in answer.content or path.startswith("/oauth"), path
        assert b"PAR1" not in answer.content or path.startswith(f"/files/{COUNTY}/{PRODUCT}/L1/"), path
    with served.door.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(TOKENS)).scalar_one() < 10_000
