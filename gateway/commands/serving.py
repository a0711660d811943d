"""The gateway answering, what it has to show, a first try of it, and its log."""

from __future__ import annotations

import argparse
import json
import os
import socket
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from gateway import audit
from gateway.audit import Audit
from gateway.commands import Commands
from gateway.commands.granting import note_grant
from gateway.commands.named import COUNTY, released_for
from gateway.commands.recipients import new_recipient
from gateway.kept import granted, grants, pins, tokens
from gateway.kept.database import open_database
from gateway.settings import PORT, Settings
from gateway.supply.released import schema_of, served
from gateway.supply.shelf import described, shelf
from schemas.manifest import Manifest
from schemas.variables import misspelt

_TRIAL = "试用"
# Longer than nginx keeps a connection that it does not use: else it sends a request into one that has just ended.
_KEPT_SECONDS = 75
_WHERE: dict[str, dict[str, Any]] = {"--host": {"default": "127.0.0.1"}, "--port": {"type": int}}


def serve(args: argparse.Namespace, settings: Settings) -> int:
    """Answer on loopback until stopped; production puts TLS in front."""
    import uvicorn  # half a second that no other command needs

    if not settings.supply.is_dir():
        print(f"Nothing is released below {settings.where}. Run `make run` first.")
        return 1
    port = _port(args, settings)
    _refuse_taken(args.host, port)
    for line in misspelt(os.environ):
        print(line, flush=True)
    # Also where nothing is pinned: only by this file retention knows that the pins it reads are a gateway's.
    pins.write(open_database(settings), settings.state)
    print(f"The gateway answers on {settings.address} — stop with Ctrl-C", flush=True)
    uvicorn.run("gateway.app:application", factory=True, host=args.host, port=port, workers=args.workers,
                log_level="warning", proxy_headers=True, timeout_keep_alive=_KEPT_SECONDS)  # fmt: skip
    return 0


def tell_free(args: argparse.Namespace, settings: Settings) -> int:
    """Say before anything is written for a gateway's callers whether it can answer; 1 where it cannot."""
    _refuse_taken(args.host, _port(args, settings))
    return 0


def _port(args: argparse.Namespace, settings: Settings) -> int:
    return settings.port if args.port is None else args.port


def _refuse_taken(host: str, port: int) -> None:
    """Raise ValueError where a port cannot be listened on: uvicorn would say so after the gateway claimed to answer."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise ValueError(
            f"The gateway cannot answer on {host}, port {port} ({error}). Stop what answers there, or take another for "
            f"the profile file too: JUBIAN_GATEWAY_URL=http://127.0.0.1:{PORT + 1} make gateway; behind a proxy --port."
        ) from error


def show_shelf(args: argparse.Namespace, settings: Settings) -> int:
    """Print what one county has."""
    released_for(settings, args.county)
    for manifest in shelf(settings.supply, args.county):
        print("\n".join(described(settings.where, manifest)))
    return 0


def try_out(args: argparse.Namespace, settings: Settings) -> int:
    """Let a trial recipient of one county have all its products for a month, and print the profile file."""
    keys = released_for(settings, args.county)
    engine = open_database(settings)
    to = next((each for each in grants.recipients(engine, args.county) if each.name == _TRIAL), None)
    to = to or new_recipient(engine, settings, args.county, _TRIAL)
    granted_before = grants.widest(grants.holding(engine, to.id))
    for product in keys:
        level = list(served(settings.supply, args.county, product).views)[-1]
        if product not in granted_before:
            with engine.begin() as connection:
                given = grants.grant(connection, to, product, level, purpose=_TRIAL, approver="make gateway", days=30)
                note_grant(settings, to, given)
    granted.write(engine, settings.state)
    profile = _profile(engine, settings, to)
    file = settings.state / f"{args.county}.share"
    file.write_text(profile)
    file.chmod(0o600)
    tables = [_narrowest(served(settings.supply, args.county, each)) for each in keys]
    print(f"{args.county}'s profile file, {file}:\n{profile}")
    print(f"Its tables: {', '.join(tables)} … Read one:")
    print(f"  import delta_sharing; delta_sharing.load_as_pandas('{file}#{tables[-1]}')")
    print(f"The county's portal: {settings.address}/portal (sign in with this file)")
    return 0


def _narrowest(manifest: Manifest) -> str:
    """The table of a product's lowest view, as Delta Sharing calls it."""
    return f"{manifest.county}.{schema_of(manifest)}.{min(manifest.views)}"


def _profile(engine: Engine, settings: Settings, to: grants.Recipient) -> str:
    seconds = 30 * 86_400
    with engine.begin() as connection:
        secret = tokens.issue(connection, to.id, seconds)
        Audit(settings.log).write("token", recipient=to.id, county=to.county)
    return json.dumps(tokens.profile(settings.endpoint, secret, int(time.time()) + seconds), indent=2)


def check_audit(args: argparse.Namespace, settings: Settings) -> int:
    """Verify the audit log from its first record; 1 where something is wrong."""
    file = args.log or settings.log
    if not file.exists():
        print(f"{file} is not there: nothing has been served yet.")
        return 0
    verdict = audit.verify(file)
    print("\n".join(verdict.faults) or f"{file}: {verdict.records:,} records, each behind the one before.")
    print(f"The last has the hash {verdict.head}; write it down elsewhere and a cut end shows too.")
    return 1 if verdict.faults else 0


COMMANDS: Commands = {
    "free": (tell_free, "whether the gateway can answer", _WHERE),
    "serve": (serve, "answer requests", {**_WHERE, "--workers": {"type": int, "default": 1}}),
    "try": (try_out, "a trial profile for one county's products", COUNTY),
    "shelf": (show_shelf, "what one county has", COUNTY),
    "audit": (check_audit, "verify the audit log", {"--log": {"type": Path}}),
}  # fmt: skip
