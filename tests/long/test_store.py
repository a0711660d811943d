"""A writer to an object store killed at many moments, also while the store refuses. The short form is elsewhere."""

from __future__ import annotations

from tests.servers.s3 import refusing
from tests.shipping import Days, at, days, kill_at_random, server

__all__ = ["days", "server"]


def test_killed_at_twenty_moments_a_release_is_there_or_not(days: Days, server: str) -> None:
    with at(server):
        kill_at_random(days, kills=20, seed=11)


def test_killed_while_the_store_refuses_every_tenth_call_too(days: Days, server: str) -> None:
    with refusing(server, every=10) as proxy, at(proxy.address):
        kill_at_random(days, kills=6, seed=12)
        assert proxy.refused >= 6
