"""Who is let in, and by what: offices, links, clients, webhooks; and their end."""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from sqlalchemy import Engine

from gateway.audit import Audit
from gateway.commands import Commands
from gateway.commands.named import COUNTY, NUMBER, recipient_numbered, released_for
from gateway.kept import grants, tokens
from gateway.kept.database import open_database
from gateway.kept.webhooks import Webhook, add_webhook, end_webhook
from gateway.settings import Settings
from schemas.typed import typed


def let_in(args: argparse.Namespace, settings: Settings) -> int:
    """Write down a recipient and print its activation link."""
    engine = open_database(settings)
    released_for(settings, args.county)
    to = new_recipient(engine, settings, args.county, args.name, *args.network)
    print(f"Recipient {to.id}: {to.name}, {to.county}. It has nothing yet: {typed(f'gateway grant {to.id} PRODUCT …')}")
    return _link(engine, settings, to)


def new_recipient(engine: Engine, settings: Settings, county: str, name: str, *networks: str) -> grants.Recipient:
    """A recipient written down, and into the log."""
    with engine.begin() as connection:
        to = grants.add_recipient(connection, county, name, networks)
        Audit(settings.log).write("recipient", recipient=to.id, county=to.county, name=to.name)
    return to


def link(args: argparse.Namespace, settings: Settings) -> int:
    """Print a fresh activation link for a recipient."""
    engine = open_database(settings)
    return _link(engine, settings, recipient_numbered(engine, args.recipient))


def _link(engine: Engine, settings: Settings, to: grants.Recipient) -> int:
    with engine.begin() as connection:
        address = f"{settings.address}/activate/{tokens.invite(connection, to.id)}"
        Audit(settings.log).write("link", recipient=to.id, county=to.county)
    print(f"One profile file, within {tokens.ACTIVATION_HOURS} hours: {address}")
    return 0


def shut_out(args: argparse.Namespace, settings: Settings) -> int:
    """End all tokens, clients, open links and webhooks of a recipient."""
    engine = open_database(settings)
    to = recipient_numbered(engine, args.recipient)
    count = tokens.shut_out(engine, to.id)
    Audit(settings.log).write("shut out", recipient=to.id, county=to.county)
    print(f"{count} tokens of {to.name} have ended, with its clients, open links and webhooks. "
          f"A new profile file: {typed(f'gateway link {to.id}')}")  # fmt: skip
    return 0


def make_client(args: argparse.Namespace, settings: Settings) -> int:
    """Print OAuth client credentials as a profile file."""
    engine = open_database(settings)
    to = recipient_numbered(engine, args.recipient)
    with engine.begin() as connection:
        made = tokens.add_client(connection, to.id)
        Audit(settings.log).write("client", recipient=to.id, county=to.county, client=made.id)
    told_once = {"shareCredentialsVersion": 2, "type": "oauth_client_credentials", "endpoint": settings.endpoint,
                 "tokenEndpoint": f"{settings.address}/oauth/token", "clientId": made.id,
                 "clientSecret": made.secret}  # fmt: skip
    print(json.dumps(told_once, indent=2))
    return 0


def end_client(args: argparse.Namespace, settings: Settings) -> int:
    """End an OAuth client, and the tokens that it got."""
    if not tokens.revoke_client(open_database(settings), args.client):
        raise LookupError(f"There is no client {args.client} that holds; its clientId stands in its profile file.")
    Audit(settings.log).write("client ended", client=args.client)
    print(f"Client {args.client} and the tokens that it got have ended.")
    return 0


def add_hook(args: argparse.Namespace, settings: Settings) -> int:
    """Tell a recipient of each release from now on."""
    engine = open_database(settings)
    to = recipient_numbered(engine, args.recipient)
    released_for(settings, to.county)
    secret = _robots_secret() if args.form == "dingtalk" else ""
    with engine.begin() as connection:
        made = add_webhook(connection, settings.supply, to, args.url, args.form, secret)
        Audit(settings.log).write("webhook", recipient=to.id, county=to.county, webhook=made.id, host=made.host)
    print(f"Webhook {made.id}: {to.name} is told at {made.url}. {_how_signed(made)}")
    return 0


def _robots_secret() -> str:
    """What a robot's page shows beside 加签, typed unseen or piped in, as the list of processes shows arguments.

    Raises ValueError where the question is left by Ctrl-D: whether the robot has a secret is not known then.
    """
    prompt = "The secret that the robot's page shows beside 加签 (SEC…; none for a robot without): "
    try:
        return (getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    except EOFError as error:
        raise ValueError("No webhook is made: type the robot's secret, or Enter alone for a robot without.") from error


def _how_signed(made: Webhook) -> str:
    if made.form != "dingtalk":
        return f"Its secret, told once: {made.secret}"
    if made.secret:
        return "What it is told is signed by the robot's own secret."
    return "What it is told is not signed: secure the robot by addresses, or by the county's name as its keyword."


def end_hook(args: argparse.Namespace, settings: Settings) -> int:
    """End a webhook."""
    if not end_webhook(open_database(settings), args.webhook):
        raise LookupError(f"There is no webhook {args.webhook} that holds; see: {typed('gateway grants COUNTY')}")
    Audit(settings.log).write("webhook ended", webhook=args.webhook)
    print(f"Webhook {args.webhook} has ended.")
    return 0


COMMANDS: Commands = {
    "recipient": (let_in, "let an office of a county in", {
        **COUNTY, "name": {}, "--network": {"action": "append", "default": [], "help": "such as 10.33.0.0/16"}}),
    "link": (link, "a fresh activation link", NUMBER),
    "shut-out": (shut_out, "end all tokens, clients, open links and webhooks of a recipient at once", NUMBER),
    "client": (make_client, "OAuth client credentials for a recipient", NUMBER),
    "unclient": (end_client, "end an OAuth client and its tokens", {"client": {"help": "its clientId"}}),
    "webhook": (add_hook, "tell a recipient of each release and of each broken promise", {
        **NUMBER, "url": {}, "--form": {"default": "plain", "help": "plain, or dingtalk for 钉钉 and 浙政钉"}}),
    "unhook": (end_hook, "end a webhook", {"webhook": {"type": int}}),
}  # fmt: skip
