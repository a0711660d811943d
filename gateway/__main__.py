"""`python -m gateway …`: serve, let recipients in, end grants, read the log. One function a command."""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine

from gateway import audit, granted, grants, notices, pins, requests, tokens
from gateway.audit import Audit
from gateway.database import open_database
from gateway.mirror import brought_up
from gateway.refused import Refused
from gateway.released import products, served
from gateway.settings import PORT, Settings, settings
from gateway.shelf import described, shelf
from schemas.store import Refuses

Options = Mapping[str, Mapping[str, Any]]
Command = Callable[[argparse.Namespace, Settings], int]
_TRIAL = "试用"
# A hundred years: a grant's end is a day that a calendar has.
_MOST_DAYS = 36_500
# Longer than nginx keeps a connection that it does not use: else it sends a request into one that has just ended.
_KEPT_SECONDS = 75


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and do what it says; 1 where it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m gateway", description="The one door over published releases.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (command, told, options) in _COMMANDS.items():
        each = commands.add_parser(name, help=told, description=told)
        for option, about in options.items():
            each.add_argument(option, **about)
        each.set_defaults(command=command)
    asked = parser.parse_args(arguments)
    try:
        return asked.command(asked, _caught_up(settings()))
    except (ValueError, LookupError, Refused, Refuses) as error:
        print(error)
        return 1


def _caught_up(told: Settings) -> Settings:
    """The same, once its mirror is what the store serves; as it is where something is in the way, which is told."""
    if told.store:
        for line in brought_up(told.store, told.supply, {}).values():
            print(line, file=sys.stderr)
    return told


def show_shelf(asked: argparse.Namespace, told: Settings) -> int:
    """Print what one county has."""
    _released(told, asked.county)
    for manifest in shelf(told.supply, asked.county):
        print("\n".join(described(told.where, manifest)))
    return 0


def serve(asked: argparse.Namespace, told: Settings) -> int:
    """Answer on loopback until stopped; production puts TLS in front."""
    import uvicorn  # half a second that no other command needs

    if not told.supply.is_dir():
        print(f"Nothing is released below {told.where}. Run `make run` first.")
        return 1
    _refuse_taken(asked.host, asked.port)
    # Also where nothing is pinned: only by this file retention knows that the pins it reads are a gateway's.
    pins.write(open_database(told), told.state)
    print(f"The gateway answers on {told.address} — stop with Ctrl-C", flush=True)
    uvicorn.run("gateway.app:application", factory=True, host=asked.host, port=asked.port, workers=asked.workers,
                log_level="warning", proxy_headers=True, timeout_keep_alive=_KEPT_SECONDS)  # fmt: skip
    return 0


def _refuse_taken(host: str, port: int) -> None:
    """Raise ValueError where a port cannot be listened on: uvicorn would say so after the gateway claimed to answer."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise ValueError(
            f"The gateway cannot answer on {host}, port {port} ({error}). Stop what answers there, or take another: "
            f"JUBIAN_GATEWAY_URL=http://127.0.0.1:{PORT + 1} python -m gateway serve --port {PORT + 1}"
        ) from error


def try_out(asked: argparse.Namespace, told: Settings) -> int:
    """Let a trial recipient of one county have all its products for a month, and print the profile file."""
    found = _released(told, asked.county)
    engine = open_database(told)
    to = next((each for each in grants.recipients(engine, asked.county) if each.name == _TRIAL), None)
    to = to or _let_in(engine, told, asked.county, _TRIAL)
    held = grants.widest(grants.holding(engine, to.id))
    for product in found:
        level = list(served(told.supply, asked.county, product).views)[-1]
        if product not in held:
            given = grants.grant(engine, to, product, level, purpose=_TRIAL, approver="make gateway", days=30)
            _note_grant(told, to, given)
    granted.write(engine, told.state)
    profile = _profile(engine, told, to)
    file = told.state / f"{asked.county}.share"
    file.write_text(profile)
    file.chmod(0o600)
    tables = [f"{asked.county}.{each}_v{served(told.supply, asked.county, each).contract_version.split('.')[0]}.L1"
              for each in found]  # fmt: skip
    print(f"{asked.county}'s profile file, {file}:\n{profile}")
    print(f"Its tables: {', '.join(tables)} … Read one:")
    print(f"  import delta_sharing; delta_sharing.load_as_pandas('{file}#{tables[-1]}')")
    print(f"The county's portal: {told.address}/portal (sign in with this file)")
    return 0


def _profile(engine: Engine, told: Settings, to: grants.Recipient) -> str:
    seconds = 30 * 86_400
    secret = tokens.issue(engine, to.id, seconds)
    Audit(told.state / "audit.jsonl").write("token", recipient=to.id, county=to.county)
    return json.dumps(tokens.profile(told.endpoint, secret, int(time.time()) + seconds), indent=2)


def let_in(asked: argparse.Namespace, told: Settings) -> int:
    """Write down a recipient and print its activation link."""
    engine = open_database(told)
    _released(told, asked.county)
    to = _let_in(engine, told, asked.county, asked.name, *asked.network)
    print(f"Recipient {to.id}: {to.name}, {to.county}. It has nothing yet: python -m gateway grant {to.id} PRODUCT …")
    return _link(engine, told, to)


def _let_in(engine: Engine, told: Settings, county: str, name: str, *networks: str) -> grants.Recipient:
    to = grants.add_recipient(engine, county, name, networks)
    Audit(told.state / "audit.jsonl").write("recipient", recipient=to.id, county=to.county, name=to.name)
    return to


def link(asked: argparse.Namespace, told: Settings) -> int:
    """Print a fresh activation link for a recipient."""
    engine = open_database(told)
    return _link(engine, told, _recipient(engine, asked.recipient))


def _link(engine: Engine, told: Settings, to: grants.Recipient) -> int:
    address = f"{told.address}/activate/{tokens.invite(engine, to.id)}"
    Audit(told.state / "audit.jsonl").write("link", recipient=to.id, county=to.county)
    print(f"One profile file, within {tokens.ACTIVATION_HOURS} hours: {address}")
    return 0


def give(asked: argparse.Namespace, told: Settings) -> int:
    """Grant a product up to a view."""
    engine = open_database(told)
    to = _recipient(engine, asked.recipient)
    if asked.product not in products(told.supply, to.county):
        raise LookupError(f"'{asked.product}' is not released for {to.county}; see: make shelf COUNTY={to.county}")
    given = grants.grant(
        engine, to, asked.product, asked.level, purpose=asked.purpose, approver=asked.approver, days=asked.days
    )
    _note_grant(told, to, given)
    granted.write(engine, told.state)
    print(
        f"Grant {given.id}: {to.name} ({to.county}) may have {given.product} up to {given.level} for {asked.days} days."
    )
    return 0


def _note_grant(told: Settings, to: grants.Recipient, given: grants.Grant, **more: int) -> None:
    Audit(told.state / "audit.jsonl").write(
        "granted", recipient=to.id, county=to.county, grant=given.id, product=given.product, view=given.level,
        purpose=given.purpose, approver=given.approver, expires=given.expires, **more)  # fmt: skip


def end(asked: argparse.Namespace, told: Settings) -> int:
    """Revoke a grant: addresses that are out are cut off too."""
    engine = open_database(told)
    if not grants.revoke(engine, asked.grant):
        raise LookupError(f"There is no grant {asked.grant} that holds; see: python -m gateway grants COUNTY")
    pins.write(engine, told.state)
    granted.write(engine, told.state)
    Audit(told.state / "audit.jsonl").write("revoked", grant=asked.grant)
    print(f"Grant {asked.grant} has ended.")
    return 0


def tell_granted(_: argparse.Namespace, told: Settings) -> int:
    """Write every subscriber and grant where the resource ledger reads them."""
    print(f"Written: {granted.write(open_database(told), told.state)}")
    return 0


def pin(asked: argparse.Namespace, told: Settings) -> int:
    """Hold a version of a grant's product fast: `make gc` never frees it while the grant holds."""
    engine = open_database(told)
    given = grants.grant_numbered(engine, asked.grant)
    to = _recipient(engine, given.recipient)
    pins.pin(engine, told, to.county, given, asked.version)
    Audit(told.state / "audit.jsonl").write("pinned", grant=given.id, county=to.county, product=given.product,
                                            version=asked.version)  # fmt: skip
    print(f"Version {asked.version} of {given.product} for {to.county} is kept for as long as grant {given.id} holds.")
    return 0


def unpin(asked: argparse.Namespace, told: Settings) -> int:
    """Let go of a version: retention frees it as it does others."""
    if not pins.unpin(open_database(told), told.state, asked.grant, asked.version):
        raise LookupError(f"Grant {asked.grant} does not pin version {asked.version}; see: python -m gateway pins")
    Audit(told.state / "audit.jsonl").write("unpinned", grant=asked.grant, version=asked.version)
    print(f"Version {asked.version} is not held by grant {asked.grant} any more.")
    return 0


def list_pins(asked: argparse.Namespace, told: Settings) -> int:
    """Print every pin, and write the file that retention reads anew."""
    held = pins.write(open_database(told), told.state).pins
    for each in held:
        print(f"grant {each.grant}  {each.county}/{each.product} version {each.version}, to {each.until}")
    if not held:
        print("No grant pins a version.")
    return 0


def shut_out(asked: argparse.Namespace, told: Settings) -> int:
    """End all tokens, clients, open links and webhooks of a recipient."""
    engine = open_database(told)
    to = _recipient(engine, asked.recipient)
    count = tokens.shut_out(engine, to.id)
    Audit(told.state / "audit.jsonl").write("shut out", recipient=to.id, county=to.county)
    print(f"{count} tokens of {to.name} have ended, with its clients, open links and webhooks. "
          f"A new profile file: python -m gateway link {to.id}")  # fmt: skip
    return 0


def make_client(asked: argparse.Namespace, told: Settings) -> int:
    """Print OAuth client credentials as a profile file."""
    engine = open_database(told)
    to = _recipient(engine, asked.recipient)
    made = tokens.add_client(engine, to.id)
    Audit(told.state / "audit.jsonl").write("client", recipient=to.id, county=to.county, client=made.id)
    told_once = {"shareCredentialsVersion": 2, "type": "oauth_client_credentials", "endpoint": told.endpoint,
                 "tokenEndpoint": f"{told.address}/oauth/token", "clientId": made.id,
                 "clientSecret": made.secret}  # fmt: skip
    print(json.dumps(told_once, indent=2))
    return 0


def end_client(asked: argparse.Namespace, told: Settings) -> int:
    """End an OAuth client, and the tokens that it got."""
    if not tokens.revoke_client(open_database(told), asked.client):
        raise LookupError(f"There is no client {asked.client} that holds; its clientId stands in its profile file.")
    Audit(told.state / "audit.jsonl").write("client ended", client=asked.client)
    print(f"Client {asked.client} and the tokens that it got have ended.")
    return 0


def add_hook(asked: argparse.Namespace, told: Settings) -> int:
    """Tell a recipient of each release from now on."""
    engine = open_database(told)
    to = _recipient(engine, asked.recipient)
    made = notices.add_webhook(engine, to.id, asked.url, asked.form)
    at = urlsplit(made.url).netloc  # the rest may hold the robot's own key
    Audit(told.state / "audit.jsonl").write("webhook", recipient=to.id, county=to.county, webhook=made.id, at=at)
    print(f"Webhook {made.id}: {to.name} is told at {made.url}. Its secret, told once: {made.secret}")
    return 0


def end_hook(asked: argparse.Namespace, told: Settings) -> int:
    """End a webhook."""
    if not notices.end_webhook(open_database(told), asked.webhook):
        raise LookupError(f"There is no webhook {asked.webhook} that holds; see: python -m gateway grants COUNTY")
    Audit(told.state / "audit.jsonl").write("webhook ended", webhook=asked.webhook)
    print(f"Webhook {asked.webhook} has ended.")
    return 0


def list_requests(asked: argparse.Namespace, told: Settings) -> int:
    """Print what waits for an answer, each with the two commands."""
    waiting = requests.pending(open_database(told))
    for each, to in waiting:
        on = time.strftime("%Y-%m-%d", time.localtime(each.asked))
        print(f"request {each.id}  {on}  {to.name} ({to.county})  {each.product} {each.level}")
        print(f"  for {each.purpose}; ask {each.contact}")
        print(f"  python -m gateway approve {each.id} --approver …   or   decline {each.id} --by … --reason …")
    if not waiting:
        print("No request waits.")
    return 0


def approve(asked: argparse.Namespace, told: Settings) -> int:
    """Grant what a request asks for."""
    engine = open_database(told)
    waits = requests.waiting(engine, asked.request)
    to = _recipient(engine, waits.recipient)
    given = requests.approve(engine, waits, to, approver=asked.approver, days=asked.days)
    _note_grant(told, to, given, request=waits.id)
    granted.write(engine, told.state)
    print(f"Grant {given.id}: {to.name} ({to.county}) may have {given.product} up to {given.level}.")
    return 0


def decline(asked: argparse.Namespace, told: Settings) -> int:
    """Say no to a request, and why; its page shows it."""
    engine = open_database(told)
    waits = requests.waiting(engine, asked.request)
    requests.decline(engine, waits, by=asked.by, reason=asked.reason)
    Audit(told.state / "audit.jsonl").write(
        "declined", recipient=waits.recipient, request=waits.id, by=asked.by, reason=asked.reason)  # fmt: skip
    print(f"Request {waits.id} is declined; its page says why.")
    return 0


def list_grants(asked: argparse.Namespace, told: Settings) -> int:
    """Print every recipient, grant and webhook of a county, also of one for which nothing is released any more."""
    engine = open_database(told)
    offices, hooks = grants.recipients(engine, asked.county), notices.webhooks(engine)
    if not offices:
        _released(told, asked.county)
        print(f"Nobody of {asked.county} has been let in; see: python -m gateway recipient {asked.county} NAME")
    for to in offices:
        print(f"recipient {to.id}  {to.name}  {', '.join(to.networks) or 'from anywhere'}")
        for each in grants.grants_of(engine, to.id):
            state = "holds" if each.holds(time.time()) else "ended"
            until = time.strftime("%Y-%m-%d", time.localtime(each.expires))
            print(
                f"  grant {each.id}  {each.product} {each.level}  {each.purpose}, {each.approver}, to {until}: {state}"
            )
        for hook in (each for each in hooks if each.recipient == to.id):
            print(f"  webhook {hook.id}  {urlsplit(hook.url).netloc}, {hook.form}")
    return 0


def check_audit(asked: argparse.Namespace, told: Settings) -> int:
    """Verify the audit log from its first record; 1 where something is wrong."""
    file = asked.log or told.state / "audit.jsonl"
    if not file.exists():
        print(f"{file} is not there: nothing has been served yet.")
        return 0
    verdict = audit.verify(file)
    print("\n".join(verdict.faults) or f"{file}: {verdict.records:,} records, each behind the one before.")
    print(f"The last has the hash {verdict.head}; write it down elsewhere and a cut end shows too.")
    return 1 if verdict.faults else 0


def _recipient(engine: Engine, number: int) -> grants.Recipient:
    found = grants.recipient(engine, number)
    if found is None:
        raise LookupError(f"There is no recipient {number}; see: python -m gateway grants COUNTY")
    return found


def _released(told: Settings, county: str) -> list[str]:
    """The products of a county. Raises LookupError where it has none, so that it is served nothing."""
    found = products(told.supply, county)
    if not found:
        raise LookupError(
            f"Nothing is released for {county} below {told.where}. Write the six digits of a county that is served, "
            "or run `make run` first."
        )
    return found


def _days(written: str) -> int:
    """For how many days a grant is to hold."""
    if not written.isdecimal() or not 1 <= int(written) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"'{written}' is no number of days; write one from 1 to {_MOST_DAYS}.")
    return int(written)


_COUNTY = {"county": {"help": "six-digit county code, such as 330110"}}
_NUMBER = {"recipient": {"type": int, "help": "number of the recipient"}}
_REQUEST = {"request": {"type": int, "help": "number of the request"}}
_COMMANDS: dict[str, tuple[Command, str, Options]] = {
    "serve": (serve, "answer requests", {
        "--host": {"default": "127.0.0.1"}, "--port": {"type": int, "default": PORT},
        "--workers": {"type": int, "default": 1}}),
    "try": (try_out, "a trial profile for one county's products", _COUNTY),
    "shelf": (show_shelf, "what one county has", _COUNTY),
    "recipient": (let_in, "let an office of a county in", {
        **_COUNTY, "name": {}, "--network": {"action": "append", "default": [], "help": "such as 10.33.0.0/16"}}),
    "grant": (give, "grant a product up to a view", {
        **_NUMBER, "product": {}, "level": {"help": "L1 to L4"}, "--purpose": {"required": True},
        "--approver": {"required": True}, "--days": {"type": _days, "default": 365}}),
    "grants": (list_grants, "every recipient, grant and webhook of a county", _COUNTY),
    "requests": (list_requests, "requests for grants that wait", {}),
    "approve": (approve, "grant what a request asks for", {
        **_REQUEST, "--approver": {"required": True}, "--days": {"type": _days, "default": 365}}),
    "decline": (decline, "say no to a request, and why", {
        **_REQUEST, "--by": {"required": True}, "--reason": {"required": True}}),
    "granted": (tell_granted, "every subscriber and grant, into the file that the resource ledger reads", {}),
    "revoke": (end, "end a grant at once", {"grant": {"type": int}}),
    "pin": (pin, "keep a version for as long as a grant holds", {
        "grant": {"type": int}, "version": {"type": int}}),
    "unpin": (unpin, "let go of a pinned version", {"grant": {"type": int}, "version": {"type": int}}),
    "pins": (list_pins, "every pin; writes the file that retention reads anew", {}),
    "link": (link, "a fresh activation link", _NUMBER),
    "shut-out": (shut_out, "end all tokens, clients, open links and webhooks of a recipient at once", _NUMBER),
    "client": (make_client, "OAuth client credentials for a recipient", _NUMBER),
    "unclient": (end_client, "end an OAuth client and its tokens", {"client": {"help": "its clientId"}}),
    "webhook": (add_hook, "tell a recipient of each release", {
        **_NUMBER, "url": {}, "--form": {"default": "plain", "help": "plain, or dingtalk for 钉钉 and 浙政钉"}}),
    "unhook": (end_hook, "end a webhook", {"webhook": {"type": int}}),
    "audit": (check_audit, "verify the audit log", {"--log": {"type": Path}}),
}  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
