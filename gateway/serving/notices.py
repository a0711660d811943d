"""Notices of releases to recipients' webhooks: found by looking, kept until sent, signed, retried. Blocks nobody."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import Engine, RowMapping, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gateway.door import Door
from gateway.kept.database import NOTICES, WEBHOOKS
from gateway.kept.grants import Recipient, holding, recipient, widest
from gateway.refused import Refused
from gateway.serving.plain import summary
from gateway.supply.released import products, released, served
from schemas.manifest import Manifest
from schemas.web_address import is_web_address

# After each failure a notice waits this many seconds; after the last it is given up and told as such.
WAITS = (60, 300, 1_800, 7_200, 43_200, 86_400)
# An endpoint has so many seconds for its whole answer, of which so many bytes are read.
_DEADLINE = 10
_MOST_READ = 1 << 16
# While one process sends a notice the others leave it alone for so long.
_CLAIMED = 60
_FORMS = ("plain", "dingtalk")


@dataclass(frozen=True)
class Webhook:
    """Where a recipient is told: `plain` JSON, or `dingtalk` as a group robot of 钉钉 or 浙政钉 reads it."""

    id: int
    recipient: int
    url: str
    form: str
    secret: str


def add_webhook(engine: Engine, supply: Path, to: Recipient, url: str, form: str) -> Webhook:
    """Write down a webhook with a secret of its own, and what its county is served now as known to it.

    Raises ValueError for an address or form that is none.
    """
    if not is_web_address(url) or form not in _FORMS:
        raise ValueError(f"'{url}' ({form}): write an https address and one of {', '.join(_FORMS)}.")
    secret, now = secrets.token_urlsafe(32), int(time.time())
    values = {"recipient": to.id, "url": url, "form": form, "secret": secret, "created": now}
    known = list(_served_of(supply, to.county))
    with engine.begin() as connection:
        (made,) = connection.execute(insert(WEBHOOKS).values(values)).inserted_primary_key or (0,)
        hook = Webhook(int(made), to.id, url, form, secret)
        for each in known:
            connection.execute(insert(NOTICES).values(_known(hook, each)))
    return hook


def end_webhook(engine: Engine, number: int) -> bool:
    """End a webhook: it is told nothing any more. Whether there was one that held."""
    columns = WEBHOOKS.c
    ended = update(WEBHOOKS).where(columns.id == number, columns.ended.is_(None))
    with engine.begin() as connection:
        return connection.execute(ended.values(ended=int(time.time()))).rowcount == 1


def webhooks(engine: Engine) -> list[Webhook]:
    """Every webhook that holds, in the order in which they were added."""
    columns = WEBHOOKS.c
    asked = select(columns.id, columns.recipient, columns.url, columns.form, columns.secret)
    with engine.connect() as connection:
        return [Webhook(*row) for row in connection.execute(asked.where(columns.ended.is_(None)).order_by(columns.id))]


def not_received(engine: Engine) -> dict[int, str]:
    """What became of the last notice that was tried, by webhook, of those that did not receive it."""
    columns = NOTICES.c
    last = select(func.max(columns.id)).where(columns.tries > 0).group_by(columns.webhook)
    with engine.connect() as connection:
        tried = connection.execute(select(NOTICES).where(columns.id.in_(last), columns.sent.is_(None))).mappings()
        return {each["webhook"]: _in_words(each) for each in tried}


def _in_words(notice: RowMapping) -> str:
    what = f"version {notice['version']} of {notice['product']} was not received ({notice['error']})"
    return f"{what}; tried {notice['tries']} of {len(WAITS) + 1} times"


def look(at: Door) -> int:
    """Write down a notice for each version that a webhook has not heard of; how many there are new.

    Of what is not granted the served one is taken as known: a grant that comes later tells of later ones.
    """
    asking = ((hook, recipient(at.engine, hook.recipient)) for hook in webhooks(at.engine))
    return sum(_look_for(at, hook, to.county) for hook, to in asking if to)


def _look_for(at: Door, hook: Webhook, county: str) -> int:
    granted = widest(holding(at.engine, hook.recipient))
    before = _newest_known(at.engine, hook)
    new = [each for each in _served_of(at.settings.supply, county) if each.version > before[each.product]]
    _note(at.engine, [_known(hook, each) for each in new if each.product not in granted])
    told = [
        _notice(hook, each, version)
        for each in new
        if each.product in granted
        for version in range(before[each.product] + 1, each.version + 1)
    ]
    return _note(at.engine, told)


def _served_of(supply: Path, county: str) -> Iterator[Manifest]:
    """What a county is served; of what cannot be read whoever asks for it is told, and here the others are."""
    for product in products(supply, county):
        with suppress(Refused, ValueError):
            yield served(supply, county, product)


def _newest_known(engine: Engine, hook: Webhook) -> Counter[str]:
    """The newest version of each product that a webhook has heard of; 0 before the first."""
    columns = NOTICES.c
    asked = select(columns.product, func.max(columns.version)).where(columns.webhook == hook.id)
    with engine.connect() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(asked.group_by(columns.product))})


def _notice(hook: Webhook, manifest: Manifest, version: int) -> dict[str, Any]:
    """A notice of a version that is to be sent."""
    return {"webhook": hook.id, "county": manifest.county, "product": manifest.product, "version": version,
            "tries": 0, "due": int(time.time()), "sent": None, "error": ""}  # fmt: skip


def _known(hook: Webhook, manifest: Manifest) -> dict[str, Any]:
    """The notice of a served version that is not sent: later ones are."""
    return _notice(hook, manifest, manifest.version) | {"sent": int(time.time())}


def _note(engine: Engine, notices: list[dict[str, Any]]) -> int:
    """Write notices, how many; none where another process writes them just now."""
    try:
        with engine.begin() as connection:
            for each in notices:
                connection.execute(insert(NOTICES).values(each))
    except IntegrityError:
        return 0
    return len(notices)


def send_due(at: Door) -> int:
    """Send every notice that is due and that no other process is sending; how many were received.

    All webhooks are told at once, each its notices in order; one that does not receive is told no more in this round.
    """
    waiting = _waiting(at.engine)
    some = [(hook, [each for each in waiting if each["webhook"] == hook.id]) for hook in webhooks(at.engine)]
    return asyncio.run(_told_all(at, some))


def _waiting(engine: Engine) -> Sequence[RowMapping]:
    columns, now = NOTICES.c, int(time.time())
    due = and_(columns.sent.is_(None), columns.due <= now, columns.tries <= len(WAITS))
    with engine.connect() as connection:
        return connection.execute(select(NOTICES).where(due).order_by(columns.id)).mappings().all()


async def _told_all(at: Door, some: list[tuple[Webhook, list[RowMapping]]]) -> int:
    return sum(await asyncio.gather(*(_told_one(at, hook, waiting) for hook, waiting in some)))


async def _told_one(at: Door, hook: Webhook, waiting: list[RowMapping]) -> int:
    """Send a webhook's notices, up to one that it does not receive; of a grant that has ended none is sent any more."""
    granted = widest(holding(at.engine, hook.recipient)) if waiting else {}
    received = 0
    for notice in waiting:
        if not _claim(at.engine, notice["id"], notice["due"]):
            continue
        if notice["product"] not in granted:
            _settle(at.engine, notice["id"], len(WAITS), "the grant has ended")
            continue
        found = _found(at, notice)
        error = await _send(hook, found) if isinstance(found, Manifest) else found
        _settle(at.engine, notice["id"], notice["tries"], error)
        received += not error
        if error and isinstance(found, Manifest):
            break
    return received


def _claim(engine: Engine, number: int, due: int) -> bool:
    columns = NOTICES.c
    mine = update(NOTICES).where(columns.id == number, columns.due == due, columns.sent.is_(None))
    with engine.begin() as connection:
        return connection.execute(mine.values(due=int(time.time()) + _CLAIMED)).rowcount == 1


def _settle(engine: Engine, number: int, tries: int, error: str) -> None:
    now = int(time.time())
    waits = WAITS[min(tries, len(WAITS) - 1)]
    values = {"error": error, "tries": tries + 1, "due": now + waits} if error else {"sent": now, "tries": tries + 1}
    with engine.begin() as connection:
        connection.execute(update(NOTICES).where(NOTICES.c.id == number).values(values))


def _found(at: Door, notice: RowMapping) -> Manifest | str:
    """The version that a notice tells of, or why it cannot be read."""
    county, product, version = notice["county"], notice["product"], notice["version"]
    try:
        return released(at.settings.supply, county, product, version)
    except (Refused, ValueError) as error:
        return f"version {version} of {county}/{product} is not read here: {str(error).splitlines()[0]}"


async def _send(hook: Webhook, manifest: Manifest) -> str:
    """Post a notice; why it was not received, empty where it was: also that an address is none."""
    url, body, headers = message(hook, manifest, time.time())
    try:
        async with asyncio.timeout(_DEADLINE):
            answer, content = await _posted(url, body, headers)
    except TimeoutError:
        return f"no whole answer within {_DEADLINE} seconds"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}: {error}"
    if hook.form == "dingtalk" and answer.is_success and _errcode(content) != 0:
        return f"DingTalk answered {content[:200].decode(errors='replace')}"
    return "" if answer.is_success else f"{answer.status_code} {answer.reason_phrase}"


async def _posted(url: str, body: bytes, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
    """The answer, and of its content no more than a robot's verdict takes."""
    content = b""
    told = httpx.AsyncClient(timeout=_DEADLINE)
    async with told as client, client.stream("POST", url, content=body, headers=headers) as answer:
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > _MOST_READ:
                break
    return answer, content


def _errcode(content: bytes) -> object:
    try:
        told = json.loads(content)
    except ValueError:
        return None
    return told.get("errcode") if isinstance(told, dict) else None


def message(hook: Webhook, manifest: Manifest, now: float) -> tuple[str, bytes, dict[str, str]]:
    """Address, body and headers of a notice, signed for this moment with the webhook's secret.

    Plain: `X-Jubian-Signature` is the hexadecimal HMAC-SHA256 of `<X-Jubian-Timestamp>.<body>`. DingTalk: as its
    robots ask, the base64 HMAC-SHA256 of `<milliseconds>\\n<secret>` in the address.
    """
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if hook.form == "dingtalk":
        stamp = str(int(now * 1000))
        sign = base64.b64encode(_mac(hook.secret, f"{stamp}\n{hook.secret}".encode())).decode()
        joined = "&" if "?" in hook.url else "?"
        return f"{hook.url}{joined}{urlencode({'timestamp': stamp, 'sign': sign})}", _as_dingtalk(manifest), headers
    body, stamp = _as_json(manifest), str(int(now))
    signed = _mac(hook.secret, stamp.encode() + b"." + body).hex()
    return hook.url, body, headers | {"X-Jubian-Timestamp": stamp, "X-Jubian-Signature": signed}


def _mac(secret: str, content: bytes) -> bytes:
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def _as_json(manifest: Manifest) -> bytes:
    told = {
        "event": "released", "county": manifest.county, "product": manifest.product, "title": manifest.title,
        "version": manifest.version, "contract_version": manifest.contract_version, "as_of": manifest.as_of,
        "rows": manifest.rows, "changes": manifest.changes, "summary": summary(manifest),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False).encode()


def _as_dingtalk(manifest: Manifest) -> bytes:
    title = f"{manifest.title} 第 {manifest.version} 版"
    text = f"### {manifest.county_name} {title}\n\n数据时点 {manifest.as_of}\n\n{summary(manifest)}"
    return json.dumps({"msgtype": "markdown", "markdown": {"title": title, "text": text}}, ensure_ascii=False).encode()


def watch(at: Door, seconds: float, stop: threading.Event) -> None:
    """Look and send again and again; whatever goes wrong is told, and tried again in the next round."""
    while not stop.wait(seconds):
        for step in (look, send_due):
            try:
                step(at)
            except SQLAlchemyError as error:
                print(f"Notices wait: the database does not answer ({error.__class__.__name__}).", flush=True)
            except Exception as error:
                what = f"{error.__class__.__name__}: {error}".splitlines()[0]
                print(f"Notices wait ({what}). They are tried again; if it stays so, tell the maintainers this line.",
                      flush=True)  # fmt: skip
