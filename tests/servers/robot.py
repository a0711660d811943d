"""A webhook's endpoint on loopback: it keeps what is posted and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sqlalchemy import Engine, Table, update

from gateway.kept.waiting import WAITS


class Robot(ThreadingHTTPServer):
    """What was posted, and what is answered next; 200 where nothing is said."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.drips, self.stopped = False, threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/robot/send?access_token=甲"


class _Handler(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((self.path, dict(self.headers), body))
        status, content = self.server.answers.pop(0) if self.server.answers else (200, b'{"errcode":0}')
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)
        while self.server.drips and not self.server.stopped.wait(0.05):
            self.wfile.write(b" ")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def robots() -> Iterator[Robot]:
    """An endpoint that answers until all is done."""
    with Robot() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.stopped.set()
        server.shutdown()


def try_to_the_end(engine: Engine, table: Table, send: Callable[[], int]) -> None:
    """Send what an endpoint never receives again and again, without waiting between, oftener than it is tried."""
    for _ in range(len(WAITS) + 3):
        assert send() == 0
        with engine.begin() as connection:
            connection.execute(update(table).where(table.c.sent.is_(None)).values(due=0))
