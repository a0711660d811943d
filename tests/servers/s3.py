"""A server that speaks S3, a process of its own on loopback, and a proxy in front that refuses some calls."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.servers.postgres import free_port

_HEADERS_OF_ONE_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "host")
BUCKET = "jubian"


def environment(address: str) -> dict[str, str]:
    """What an operator sets for a store at an address, besides JUBIAN_SUPPLY."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "jubian",
        "AWS_SECRET_ACCESS_KEY": "geheim",
    }


@contextmanager
def store() -> Iterator[str]:
    """The address of a server with a bucket; it and all that it holds are gone afterwards."""
    port = free_port()
    command = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, **quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        _until_it_answers(server, port)
        urllib.request.urlopen(urllib.request.Request(f"{address}/{BUCKET}", method="PUT")).close()
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        assert server.poll() is None, "the S3 server has ended; is moto installed? (requirements-dev.lock)"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the S3 server does not answer")


@dataclass
class Refusing:
    """A proxy that refuses every `every`-th call (none where it is 0), or those of which `refuses` says so.

    By turns a call is refused with 503, by a connection that breaks before the store has heard of it, and by one that
    breaks after, so that nobody knows. `refused` counts them.
    """

    inner: str
    every: int
    calls: int = 0
    refused: int = 0
    refuses: Callable[[str, str], bool] | None = None
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, method: str, path: str) -> str | None:
        """How this call is refused; None where it is not."""
        with self.lock:
            self.calls += 1
            is_due = self.every and self.calls % self.every == 0
            if not (is_due or (self.refuses and self.refuses(method, path))):
                return None
            self.refused += 1
            return ("503", "before", "after")[self.refused % 3]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Refusing

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.fault(self.command, self.path)
        if fault == "503":
            self._send(503, {}, b"<Error><Code>SlowDown</Code></Error>")
        elif fault == "before":
            self._break_off()
        else:
            status, headers, told = self._asked(body)
            self._break_off() if fault == "after" else self._send(status, headers, told)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer

    def _asked(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        inner = http.client.HTTPConnection(urlsplit(self.proxy.inner).netloc, timeout=30)
        headers = {name: text for name, text in self.headers.items() if name.lower() not in _HEADERS_OF_ONE_HOP}
        inner.request(self.command, self.path, body, headers | {"Host": self.headers["Host"]})
        got = inner.getresponse()
        told = got.read()
        inner.close()
        kept = {name: text for name, text in got.getheaders() if name.lower() not in _HEADERS_OF_ONE_HOP}
        if self.command == "HEAD":
            kept["Content-Length"] = got.getheader("Content-Length") or "0"
        return got.status, kept, told

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, text in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    def _break_off(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet: the test counts what was asked."""


@contextmanager
def refusing(inner: str, every: int) -> Iterator[Refusing]:
    """A proxy in front of a store, while the `with` lasts."""
    proxy = Refusing(inner, every)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": proxy}))
    server.daemon_threads = True
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
