"""The UI's port: one that is taken, or none at all, is told before anything is started."""

from __future__ import annotations

import socket

import pytest

from assets.free import why_not
from tests.servers.postgres import free_port


def test_a_port_that_is_taken_is_told_with_another_to_take() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = why_not(str(port))
    assert told is not None and told.startswith(f"The UI cannot answer on 127.0.0.1, port {port} (")
    assert "make ui PORT=" in told


def test_a_port_that_is_free_is_no_fault() -> None:
    assert why_not(str(free_port())) is None


@pytest.mark.parametrize("told", ["", "abc", "0", "65536", "-1", "３０００"])
def test_what_is_no_port_is_told(told: str) -> None:
    assert why_not(told) == f"PORT={told} is no port; write a number from 1 to 65535, such as PORT=3000."
