"""What an office may have, and which versions are kept for it: grants and pins."""

from __future__ import annotations

import argparse
import time

from gateway.audit import Audit
from gateway.commands import Commands
from gateway.commands.named import COUNTY, NUMBER, recipient_numbered, released_for
from gateway.kept import granted, grants, pins
from gateway.kept.database import open_database
from gateway.kept.waiting import not_received
from gateway.kept.webhooks import webhooks
from gateway.settings import Settings
from gateway.supply.released import products, served
from schemas.china import day_of
from schemas.days import number_of_days
from schemas.typed import typed


def give(args: argparse.Namespace, settings: Settings) -> int:
    """Grant a product up to a view."""
    engine = open_database(settings)
    to = recipient_numbered(engine, args.recipient)
    if args.product not in products(settings.supply, to.county):
        raise LookupError(f"'{args.product}' is not released for {to.county}; see: make shelf COUNTY={to.county}")
    refuse_below(settings, to, args.product, args.level)
    with engine.begin() as connection:
        given = grants.grant(connection, to, args.product, args.level, purpose=args.purpose,
                             approver=args.approver, days=args.days)  # fmt: skip
        note_grant(settings, to, given)
    granted.write(engine, settings.state)
    print(
        f"Grant {given.id}: {to.name} ({to.county}) may have {given.product} up to {given.level} for {args.days} days."
    )
    return 0


def refuse_below(settings: Settings, to: grants.Recipient, product: str, level: str) -> None:
    """Raise ValueError where a grant up to a level would open no view of what is served."""
    lowest = min(served(settings.supply, to.county, product).views)
    if level < lowest:
        raise ValueError(
            f"{product} has no view up to {level} for {to.county}: the lowest is {lowest}; grant that one."
        )


def note_grant(settings: Settings, to: grants.Recipient, given: grants.Grant, **more: int) -> None:
    """Write a grant into the log, before it holds."""
    Audit(settings.log).write(
        "granted", recipient=to.id, county=to.county, grant=given.id, product=given.product, view=given.level,
        purpose=given.purpose, approver=given.approver, expires=given.expires, **more)  # fmt: skip


def end(args: argparse.Namespace, settings: Settings) -> int:
    """Revoke a grant: addresses that are out are cut off too."""
    engine = open_database(settings)
    if not grants.revoke(engine, args.grant):
        raise LookupError(f"There is no grant {args.grant} that holds; see: {typed('gateway grants COUNTY')}")
    Audit(settings.log).write("revoked", grant=args.grant)
    pins.write(engine, settings.state)
    granted.write(engine, settings.state)
    print(f"Grant {args.grant} has ended.")
    return 0


def tell_granted(_: argparse.Namespace, settings: Settings) -> int:
    """Write every subscriber and grant where the resource ledger reads them."""
    print(f"Written: {granted.write(open_database(settings), settings.state)}")
    return 0


def pin(args: argparse.Namespace, settings: Settings) -> int:
    """Hold a version of a grant's product fast: `make gc` never frees it while the grant holds."""
    engine = open_database(settings)
    given = grants.grant_numbered(engine, args.grant)
    to = recipient_numbered(engine, given.recipient)
    pins.pin(engine, settings, to.county, given, args.version)
    Audit(settings.log).write(
        "pinned", grant=given.id, county=to.county, product=given.product, version=args.version)  # fmt: skip
    print(f"Version {args.version} of {given.product} for {to.county} is kept for as long as grant {given.id} holds.")
    return 0


def unpin(args: argparse.Namespace, settings: Settings) -> int:
    """Let go of a version: retention frees it as it does others."""
    if not pins.unpin(open_database(settings), settings.state, args.grant, args.version):
        raise LookupError(f"Grant {args.grant} does not pin version {args.version}; see: {typed('gateway pins')}")
    Audit(settings.log).write("unpinned", grant=args.grant, version=args.version)
    print(f"Version {args.version} is not held by grant {args.grant} any more.")
    return 0


def list_pins(args: argparse.Namespace, settings: Settings) -> int:
    """Print every pin, and write the file that retention reads anew."""
    all_pins = pins.write(open_database(settings), settings.state).pins
    for each in all_pins:
        print(f"grant {each.grant}  {each.county}/{each.product} version {each.version}, to {each.until}")
    if not all_pins:
        print("No grant pins a version.")
    return 0


def list_grants(args: argparse.Namespace, settings: Settings) -> int:
    """Print every recipient, grant and webhook of a county, also of one for which nothing is released any more."""
    engine = open_database(settings)
    offices, hooks = grants.recipients(engine, args.county), webhooks(engine)
    faults = not_received(engine)
    if not offices:
        released_for(settings, args.county)
        print(f"Nobody of {args.county} has been let in; see: {typed(f'gateway recipient {args.county} NAME')}")
    for to in offices:
        print(f"recipient {to.id}  {to.name}  {', '.join(to.networks) or 'from anywhere'}")
        for each in grants.grants_of(engine, to.id):
            state = "holds" if each.holds(time.time()) else "ended"
            until = day_of(each.expires)
            print(
                f"  grant {each.id}  {each.product} {each.level}  {each.purpose}, {each.approver}, to {until}: {state}"
            )
        for hook in (each for each in hooks if each.recipient == to.id):
            fault = f": {faults[hook.id]}" if hook.id in faults else ""
            print(f"  webhook {hook.id}  {hook.host}, {hook.form}{fault}")
    return 0


COMMANDS: Commands = {
    "grant": (give, "grant a product up to a view", {
        **NUMBER, "product": {}, "level": {"help": "L1 to L4"}, "--purpose": {"required": True},
        "--approver": {"required": True}, "--days": {"type": number_of_days, "default": 365}}),
    "grants": (list_grants, "every recipient, grant and webhook of a county", COUNTY),
    "granted": (tell_granted, "every subscriber and grant, into the file that the resource ledger reads", {}),
    "revoke": (end, "end a grant at once", {"grant": {"type": int}}),
    "pin": (pin, "keep a version for as long as a grant holds", {
        "grant": {"type": int}, "version": {"type": int}}),
    "unpin": (unpin, "let go of a pinned version", {"grant": {"type": int}, "version": {"type": int}}),
    "pins": (list_pins, "every pin; writes the file that retention reads anew", {}),
}  # fmt: skip
