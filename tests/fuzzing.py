"""Requests that nobody would send, by the gateway's own OpenAPI document. Used by the short and the long test."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import polars as pl
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from sqlalchemy import func, select

from gateway.app import make
from gateway.kept.database import TOKENS
from gateway.serving.signing import SIGNATURE
from schemas.product import all_products
from schemas.snapshot import CAUSE, CHANGE
from tests.gateway import COUNTY, PRODUCT, SCHEMA
from tests.servers.gateway import Served

# What a stranger may have learnt of how things are called, mixed into what is made up; first what is the token's own.
_KNOWN = {
    "county": [COUNTY, "330782"], "share": [COUNTY, "330782"], "schema": [SCHEMA, f"{PRODUCT}_v1"],
    "product": [PRODUCT, "data_disputes"], "table": ["L1", "l3"], "level": ["L1", "L3"],
}  # fmt: skip
# Which of an own product's files is asked for; of the first two of each some are there.
_WHICH = {
    "version": ["1", "latest"], "span": ["1", "1-2", "2-1", "0", "999999999-999999999"],
    "kind": ["snapshot", "changes"], "startingVersion": ["1", "2", "9"], "endingVersion": ["1", "3"],
}  # fmt: skip
_COLUMNS = {*all_products()[PRODUCT].views()["L1"], CHANGE, CAUSE}
# Each made-up request is sent as it is, twice with names that exist in some places, and with the token's own in all.
_WAYS = 4


@dataclass
class Answered:
    """How often each status was answered, and how many answers had a Parquet file's bytes."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    files: int = 0

    def total(self) -> int:
        """How many answers there were."""
        return self.statuses.total()


def fuzz(served: Served, count: int, number: int) -> Answered:
    """Send so many requests with a token for one county's L1.

    Fails where the gateway breaks, tells of another county, or sends bytes above the view.
    """
    schema = schemathesis.openapi.from_dict(make(served.settings).openapi())
    operations = [each.ok() for each in schema.get_all_operations()]
    cases = st.one_of(*(_cases(each, mode) for each in operations for mode in GenerationMode))
    token, dice, told = served.recipient(COUNTY, "L1"), random.Random(number), Answered()
    headers, session = {"Authorization": f"Bearer {token}"}, requests.Session()

    @seed(number)
    @settings(max_examples=count // _WAYS, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(cases)
    def send(case: Any) -> None:
        for way in range(_WAYS):
            if way == _WAYS - 1:
                _put_own(case, dice)
            elif way:
                _put_known(case, dice)
            try:
                answer = case.call(base_url=served.settings.address, headers=headers, session=session)
            except (requests.RequestException, ValueError, UnicodeError):
                continue
            told.statuses[answer.status_code] += 1
            told.files += answer.content.startswith(b"PAR1")
            judge(served, answer)

    send()
    return told


def _put_known(case: Any, dice: random.Random) -> None:
    """Names that exist in place of some that are made up."""
    known = _KNOWN | _WHICH
    for name in sorted(set(case.path_parameters or {}) & set(known)):
        if dice.random() < 0.7:
            case.path_parameters[name] = dice.choice(known[name])


def _put_own(case: Any, dice: random.Random) -> None:
    """The token's own names in place of all that are made up, with no made-up signature, so that bytes are reached."""
    own = {name: known[0] for name, known in _KNOWN.items()}
    own |= {name: dice.choice(which[:2]) for name, which in _WHICH.items()}
    for told in (case.path_parameters or {}, case.query or {}):
        told.update({name: own[name] for name in told if name in own})
    (case.query or {}).pop(SIGNATURE, None)


def _cases(operation: Any, mode: GenerationMode) -> st.SearchStrategy[Any]:
    return operation.as_strategy(generation_mode=mode)


def judge(served: Served, answer: Any) -> None:
    """No breakdown, no other county, no view above L1."""
    assert answer.status_code < 500, (answer.request.url, answer.content[:300])
    path = str(answer.request.path_url)
    if answer.status_code < 300 and answer.content:
        assert b"330782" not in answer.content or path.startswith("/oauth"), path
        assert b"PAR1" not in answer.content or path.startswith(f"/files/{COUNTY}/{PRODUCT}/L1/"), path
        if answer.content.startswith(b"PAR1"):
            assert pl.read_parquet_schema(BytesIO(answer.content)).keys() <= _COLUMNS, path
    with served.door.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(TOKENS)).scalar_one() < 10_000
