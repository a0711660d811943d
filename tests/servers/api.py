"""A real HTTP server on loopback that serves pages of permits, with faults on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Row = dict[str, Any]
_HEADERS = {"429": {"Retry-After": "1"}, "302": {"Location": "https://new.example/permits?key=geheim"}}


@dataclass
class Permits:
    """What the department's API has, and what goes wrong at which page: fault names by page, used up in order."""

    rows: list[Row]
    as_of: str = "2026-06-30"
    size: int = 2
    faults: dict[int, list[str]] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    total: int | None = None
    # Whether each answer has a number of its own, as a trace.
    is_numbered: bool = False
    address: str = ""

    def page(self, number: int) -> dict[str, Any]:
        """One page as the department answers it."""
        pages = max(1, -(-len(self.rows) // self.size))
        part = self.rows[(number - 1) * self.size : number * self.size]
        total = len(self.rows) if self.total is None else self.total
        trace = {"requestId": len(self.asked)} if self.is_numbered else {}
        return {"asOf": self.as_of, "total": total, "pages": pages, "page": number, "rows": part, **trace}


class _Handler(BaseHTTPRequestHandler):
    permits: Permits

    def do_GET(self) -> None:
        """Answer one page, or fail as the test wants."""
        number = int(parse_qs(urlsplit(self.path).query)["page"][0])
        self.permits.asked.append(number)
        waiting = self.permits.faults.get(number, [])
        fault = waiting.pop(0) if waiting else "none"
        body = json.dumps(self.permits.page(number)).encode()
        match fault:
            case "500" | "404" | "503":
                self._send(int(fault), b"{}")
            case "429" | "302":
                self._send(int(fault), b"{}", _HEADERS[fault])
            case "hang" | "trickle":
                self._slowly(body if fault == "trickle" else b"")
            case "headers trickle":
                self._drip(b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 200)
            case "reset":
                self._send(200, body[: len(body) // 2], {"Content-Length": str(len(body))})
                self.close_connection = True
            case "junk":
                self._send(200, body[: len(body) // 2])
            case "other page":
                self._send(200, json.dumps(self.permits.page(number + 1)).encode())
            case "moves on":
                self.permits.as_of = "2026-07-01"
                self._send(200, json.dumps(self.permits.page(number), ensure_ascii=False).encode())
            case "a row moves":
                self.permits.rows = [*self.permits.rows[1:], self.permits.rows[0]]
                self._send(200, json.dumps(self.permits.page(number), ensure_ascii=False).encode())
            case _:
                self._send(200, self._written(fault, number, body))

    def _slowly(self, body: bytes) -> None:
        """Nothing for some seconds, or a body byte by byte."""
        if body:
            self._send(200, b"", {"Content-Length": str(len(body))})
        self._drip(body)
        time.sleep(3)

    def _drip(self, content: bytes) -> None:
        for each in content:
            self.wfile.write(bytes([each]))
            time.sleep(0.05)
        self.close_connection = True

    def _written(self, fault: str, number: int, body: bytes) -> bytes:
        """A page as it is, or as no page should be written."""
        front, key, rest = body.rpartition(b'"unitName"')
        page = self.permits.page(number)
        odd = {
            "a key twice": front + key + b': "1", ' + key + rest,
            "no rows": json.dumps(page | {"rows": None}).encode(),
            "no number": json.dumps(page | {"pages": "1"}).encode(),
        }
        return odd.get(fault, body)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet: the test counts what was asked."""


@contextmanager
def serving(permits: Permits) -> Iterator[Permits]:
    """Serve while the `with` lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"permits": permits}))
    permits.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield permits
    finally:
        server.shutdown()
        server.server_close()
