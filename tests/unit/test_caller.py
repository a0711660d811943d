"""Whom a caller's grants let have what: its county's products, each up to the level of its grant, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.caller import Caller
from gateway.kept.grants import Grant, Recipient, allowed_from, widest
from gateway.kept.tokens import Token
from gateway.refused import Refused


def grant(number: int, product: str, level: str) -> Grant:
    """A grant of the caller's."""
    return Grant(number, 1, product, level, "", "", 0, 2**40, None)


HOLDING = (grant(1, "enterprise_mirror", "L1"), grant(2, "enterprise_mirror", "L2"), grant(3, "data_quality", "L3"))
CALLER = Caller(Recipient(1, "330110", "", ()), Token(1, "hash", 1, 2**40), HOLDING, widest(HOLDING))


def test_an_address_is_in_a_network_however_it_is_told() -> None:
    to = Recipient(1, "330110", "", ("10.33.0.0/16", "fd33::/16"))
    assert all(allowed_from(to, each) for each in ("10.33.1.2", "::ffff:10.33.1.2", "fd33::7"))
    assert not any(allowed_from(to, each) for each in ("10.34.1.2", "::ffff:10.34.1.2", "::1", ""))


def test_the_widest_grant_of_a_product_counts() -> None:
    assert CALLER.grant_for("330110", "enterprise_mirror", "L2").id == 2
    assert CALLER.grant_for("330110", "enterprise_mirror").id == 2


def test_of_two_grants_of_one_level_the_one_that_lasts_counts_and_of_two_alike_the_newest() -> None:
    lasting, later = grant(1, "data_quality", "L2"), grant(2, "data_quality", "L2")
    lower = replace(grant(3, "data_quality", "L1"), expires=2**50)
    short = replace(later, expires=later.expires - 1)
    assert widest([lasting, short, lower]) == {"data_quality": lasting}
    assert widest([lasting, later]) == {"data_quality": later}


@pytest.mark.parametrize(
    ("county", "product", "level"),
    [
        ("330106", "enterprise_mirror", "L1"), ("330106", "enterprise_mirror", None),
        ("330110", "enterprise_mirror", "L3"), ("330110", "grid_register", "L1"), ("330110", "grid_register", None),
    ],
)  # fmt: skip
def test_what_is_not_granted_is_unknown(county: str, product: str, level: str | None) -> None:
    with pytest.raises(Refused) as refused:
        CALLER.grant_for(county, product, level)
    assert refused.value.status == 404


def test_an_address_is_good_for_the_grant_product_and_level_that_it_was_signed_for() -> None:
    assert CALLER.grant_numbered(1, "330110", "enterprise_mirror", "L1").id == 1
    for number, county, product, level in (
        (1, "330110", "enterprise_mirror", "L2"), (3, "330110", "enterprise_mirror", "L1"),
        (4, "330110", "enterprise_mirror", "L1"), (1, "330106", "enterprise_mirror", "L1"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            CALLER.grant_numbered(number, county, product, level)
