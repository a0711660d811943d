"""The servers as pytest fixtures; a server that is not installed skips its tests with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.postgres import MISSING, Server, binaries, postgres, server
from tests.servers.robot import Robot, robots


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real PostgreSQL server."""
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres() as url:
        yield url


@pytest.fixture
def database() -> Iterator[Server]:
    """A PostgreSQL of one's own, that may be stopped and started."""
    if binaries() is None:
        pytest.skip(MISSING)
    with server() as started:
        yield started


@pytest.fixture
def robot() -> Iterator[Robot]:
    """A webhook's endpoint."""
    with robots() as started:
        yield started
