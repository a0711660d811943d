"""Servers for benchmarks in processes of their own on loopback: the gateway, nginx, and one in front of the other."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from benchmarks.wide import PRODUCT
from gateway.kept import grants, tokens
from gateway.kept.database import open_database
from gateway.settings import Settings

_NGINX = """
{user}
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream gateway {{ server 127.0.0.1:{inner}; keepalive 32; }}
  server {{
    listen 127.0.0.1:{port};
    location /static/ {{ alias {supply}/; }}
    location /released/ {{ internal; alias {supply}/; }}
    location / {{
      proxy_pass http://gateway; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $http_host;
    }}
  }}
}}
"""

# The first process answers while the others are still starting, which would count as time to serve.
_UNTIL_ALL_ANSWER = 4


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gateway(told: Settings, workers: int) -> Iterator[tuple[str, Settings]]:
    """The gateway with so many worker processes; its address, and its settings with it."""
    port = int(told.address.rsplit(":", 1)[1]) if told.accel else free_port()
    settings = told if told.accel else replace(told, address=f"http://127.0.0.1:{port}")
    environment = os.environ | {
        "JUBIAN_SUPPLY": str(settings.supply), "JUBIAN_GATEWAY_STATE": str(settings.state),
        "JUBIAN_GATEWAY_URL": _outside(settings), "JUBIAN_GATEWAY_RATE": str(settings.rate),
        "JUBIAN_GATEWAY_ACCEL": settings.accel,
    }  # fmt: skip
    command = [sys.executable, "-m", "gateway", "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _until_it_answers(f"http://127.0.0.1:{port}/delta-sharing/shares")
        time.sleep(_UNTIL_ALL_ANSWER * (workers > 1))
        yield settings.address, settings
    finally:
        server.terminate()
        server.wait()


def _outside(settings: Settings) -> str:
    """What signed addresses begin with: nginx where it stands in front, of which the port is in the state folder."""
    file = settings.state / "outside"
    return file.read_text() if settings.accel else settings.address


@contextmanager
def nginx(told: Settings) -> Iterator[str]:
    """Nginx over the supply's files alone."""
    port = free_port()
    with _nginx(told, port, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def nginx_in_front(told: Settings) -> Iterator[tuple[str, Settings]]:
    """Nginx that asks a gateway and sends what it allows; its address, and the settings that the gateway needs."""
    port, inner = free_port(), free_port()
    outside = f"http://127.0.0.1:{port}"
    told.state.mkdir(parents=True, exist_ok=True)
    (told.state / "outside").write_text(outside)
    with _nginx(told, port, inner):
        yield outside, replace(told, address=f"http://127.0.0.1:{inner}", accel="/released")


@contextmanager
def _nginx(told: Settings, port: int, inner: int) -> Iterator[None]:
    found = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(found).exists():
        raise SystemExit("nginx is not installed; on Debian: apt-get install nginx-light")
    folder = told.supply.parent / f"nginx-{port}"
    folder.mkdir()
    # Started by root it would give up the rights to read a temporary folder.
    user = "user root;" if os.geteuid() == 0 else ""
    conf = _NGINX.format(user=user, folder=folder, supply=told.supply, port=port, inner=inner)
    (folder / "nginx.conf").write_text(conf)
    server = subprocess.Popen([found, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        _until_it_answers(f"http://127.0.0.1:{port}/static/")
        yield
    finally:
        server.terminate()
        server.wait()


def _until_it_answers(url: str) -> None:
    for _ in range(1000):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


def grant_all(told: Settings, counties: Iterable[str]) -> dict[str, str]:
    """A token of each county, which may have the product."""
    engine, made = open_database(told), dict[str, str]()
    for county in counties:
        to = grants.add_recipient(engine, county, "数据局")
        grants.grant(engine, to, PRODUCT, "L1", purpose="测速", approver="测速", days=1)
        made[county] = tokens.issue(engine, to.id)
    return made
