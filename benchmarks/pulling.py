"""Counties that pull at once: one thread each, in a process of its own, reading and throwing away. Serves nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.wide import PRODUCT, own_snapshot
from gateway.settings import Settings
from schemas.manifest import File, Manifest


@dataclass(frozen=True)
class Pull:
    """Bytes a second of all counties together, and how long one file took them (seconds)."""

    rate: float
    p50: float
    p99: float


def pull_all(address: str, told: Settings, tokens: dict[str, str], rounds: int) -> Pull:
    """Let every county pull its file so many times; without a token it is read from nginx's static files."""
    asked = json.dumps({"address": address, "supply": str(told.supply), "tokens": tokens, "rounds": rounds})
    command = [sys.executable, "-m", "benchmarks.pulling"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Pull(**json.loads(done.stdout))


def _pull(asked: dict[str, Any], county: str, token: str, told: list[tuple[float, int]]) -> None:
    parts = urlsplit(asked["address"])
    snapshot = _snapshot(asked, county).path
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=120)
    block = bytearray(1 << 20)
    for _ in range(asked["rounds"]):
        began = time.monotonic()
        connection.request("GET", _where(connection, county, token, snapshot))
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{county}: {answer.status} {answer.read()[:300]!r}")
        read = 0
        while count := answer.readinto(block):
            read += count
        told.append((time.monotonic() - began, read))


def _where(connection: HTTPConnection, county: str, token: str, snapshot: str) -> str:
    """The path of the file: static, or signed by the gateway as a client of the protocol asks for it."""
    if not token:
        return f"/static/{county}/{PRODUCT}/{snapshot}"
    table = f"/delta-sharing/shares/{county}/schemas/{PRODUCT}_v1/tables/L1/query"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", table, body="{}", headers=headers)
    lines = connection.getresponse().read().splitlines()
    parts = urlsplit(json.loads(lines[2])["file"]["url"])
    return f"{parts.path}?{parts.query}"


def main() -> None:
    """Read what is asked from standard input, pull, and print the figures."""
    asked = json.load(sys.stdin)
    expected = {county: _snapshot(asked, county).size for county in asked["tokens"]}
    told: dict[str, list[tuple[float, int]]] = {county: [] for county in asked["tokens"]}
    threads = [
        threading.Thread(target=_pull, args=(asked, county, token, told[county]))
        for county, token in asked["tokens"].items()
    ]
    began = time.monotonic()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    took = time.monotonic() - began
    for county, pulls in told.items():
        if [size for _, size in pulls] != [expected[county]] * asked["rounds"]:
            raise RuntimeError(f"{county} did not get all that it asked for")
    seconds = sorted(second for pulls in told.values() for second, _ in pulls)
    total = sum(size for pulls in told.values() for _, size in pulls)
    pull = Pull(total / took, seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))])
    print(json.dumps(asdict(pull)))


def _snapshot(asked: dict[str, Any], county: str) -> File:
    pointer = Path(asked["supply"]) / county / PRODUCT / "manifest.json"
    return own_snapshot(Manifest.model_validate_json(pointer.read_bytes()))


if __name__ == "__main__":
    main()
