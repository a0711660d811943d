"""Requests for grants, and their answers."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.audit import Audit
from gateway.commands import Commands
from gateway.commands.granting import note_grant, refuse_below
from gateway.commands.named import recipient_numbered
from gateway.kept import granted, requests
from gateway.kept.database import open_database
from gateway.settings import Settings
from schemas.china import day_of
from schemas.days import number_of_days
from schemas.typed import typed

_REQUEST: dict[str, dict[str, Any]] = {"request": {"type": int, "help": "number of the request"}}


def list_requests(args: argparse.Namespace, settings: Settings) -> int:
    """Print what waits for an answer, each with the two commands."""
    waiting = requests.pending(open_database(settings))
    for each, to in waiting:
        on = day_of(each.asked)
        print(f"request {each.id}  {on}  {to.name} ({to.county})  {each.product} {each.level}")
        print(f"  for {each.purpose}; ask {each.contact}")
        print(f"  {typed(f'gateway approve {each.id} --approver …')}")
        print(f"  {typed(f'gateway decline {each.id} --by … --reason …')}")
    if not waiting:
        print("No request waits.")
    return 0


def approve(args: argparse.Namespace, settings: Settings) -> int:
    """Grant what a request asks for."""
    engine = open_database(settings)
    waits = requests.waiting(engine, args.request)
    to = recipient_numbered(engine, waits.recipient)
    refuse_below(settings, to, waits.product, waits.level)
    with engine.begin() as connection:
        given = requests.approve(connection, waits, to, approver=args.approver, days=args.days)
        note_grant(settings, to, given, request=waits.id)
    granted.write(engine, settings.state)
    print(f"Grant {given.id}: {to.name} ({to.county}) may have {given.product} up to {given.level}.")
    return 0


def decline(args: argparse.Namespace, settings: Settings) -> int:
    """Say no to a request, and why; its page shows it."""
    engine = open_database(settings)
    waits = requests.waiting(engine, args.request)
    with engine.begin() as connection:
        requests.decline(connection, waits, by=args.by, reason=args.reason)
        Audit(settings.log).write(
            "declined", recipient=waits.recipient, request=waits.id, by=args.by, reason=args.reason
        )
    print(f"Request {waits.id} is declined; its page says why.")
    return 0


COMMANDS: Commands = {
    "requests": (list_requests, "requests for grants that wait", {}),
    "approve": (approve, "grant what a request asks for", {
        **_REQUEST, "--approver": {"required": True}, "--days": {"type": number_of_days, "default": 365}}),
    "decline": (decline, "say no to a request, and why", {
        **_REQUEST, "--by": {"required": True}, "--reason": {"required": True}}),
}  # fmt: skip
