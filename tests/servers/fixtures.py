"""The servers as pytest fixtures; a server that is not installed skips its tests with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.postgres import MISSING, binaries, postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real PostgreSQL server."""
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres() as url:
        yield url
