"""`python -m assets.free PORT`: whether the UI can answer there, before Dagster starts all else beside it."""

from __future__ import annotations

import socket
import sys

_HOST = "127.0.0.1"


def why_not(port: str) -> str | None:
    """Why the UI cannot answer on a port of this machine, and what to type; None where it can."""
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return f"PORT={port} is no port; write a number from 1 to 65535, such as PORT=3000."
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((_HOST, int(port)))
    except OSError as error:
        another = int(port) + 1 if int(port) < 65535 else 3001
        todo = f"Stop what answers there, or take another: make ui PORT={another}"
        return f"The UI cannot answer on {_HOST}, port {port} ({error.strerror}). {todo}"
    return None


if __name__ == "__main__":
    raise SystemExit(why_not(sys.argv[1]))
