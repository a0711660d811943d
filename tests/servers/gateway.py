"""The gateway on a free loopback port over a supply of the test's, in this process; it stops by itself."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import delete, update

from gateway.app import make
from gateway.door import Door
from gateway.kept import grants, tokens
from gateway.kept.database import TOKENS
from gateway.settings import Settings


@dataclass(frozen=True)
class Served:
    """A gateway that answers: its door, and its settings."""

    door: Door
    settings: Settings

    def recipient(self, county: str, level: str = "L3", *products: str, networks: tuple[str, ...] = ()) -> str:
        """A new recipient's token, with a grant for each product."""
        to = grants.add_recipient(self.door.engine, county, f"{county} 数据局", networks)
        for product in products or ("enterprise_mirror",):
            grants.grant(self.door.engine, to, product, level, purpose="试用", approver="测试", days=30)
        return tokens.issue(self.door.engine, to.id)

    def record(self, **told: object) -> dict[str, Any]:
        """The newest line of the audit log that says all this, waited for: `served` is written behind the last byte."""
        deadline = time.monotonic() + 10
        while True:
            lines = [json.loads(line) for line in self.door.audit.file.read_bytes().splitlines()]
            if found := [line for line in lines if all(line.get(name) == value for name, value in told.items())]:
                return found[-1]
            assert time.monotonic() < deadline, f"no record of {told}; the last one is {lines[-1:]}"
            time.sleep(0.01)

    def profile(self, token: str) -> Path:
        """The token's profile file."""
        file = self.settings.state / f"{tokens.hashed(token)[:8]}.share"
        file.write_text(json.dumps(tokens.profile(self.settings.endpoint, token, int(time.time()) + 86_400)))
        return file


def told(supply: Path, state: Path, **more: object) -> Settings:
    """Settings over a supply, on a port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    made = Settings(supply, state, f"sqlite:///{state / 'grants.db'}", address, rate=1_000_000)
    return replace(made, **more)  # pyright: ignore[reportArgumentType]


def take_the_number_of_the_one_before(served: Served, token: str) -> None:
    """Leave a token in the place of the one before it, as if a restored database had given the number again."""
    found = tokens.good_token(served.door.engine, token)
    assert found is not None
    with served.door.engine.begin() as connection:
        connection.execute(delete(TOKENS).where(TOKENS.c.id == found.id - 1))
        connection.execute(update(TOKENS).where(TOKENS.c.id == found.id).values(id=found.id - 1))


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Serve until the block ends."""
    app = make(settings)
    port = int(settings.address.rsplit(":", 1)[1])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(app.state.door, settings)
    finally:
        server.should_exit = True
        thread.join(10)
