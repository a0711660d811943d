"""Webhooks: where a recipient is told of releases, and what it knows of them already. Sends nothing."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlalchemy import Connection, Engine, insert, select, update

from gateway.kept.database import NOTICES, WEBHOOKS, transaction
from gateway.kept.grants import Recipient, recipient
from gateway.refused import Refused
from gateway.supply.released import products, served
from schemas.manifest import Manifest
from schemas.web_address import is_web_address

_FORMS = ("plain", "dingtalk")


@dataclass(frozen=True)
class Webhook:
    """Where a recipient is told: `plain` JSON, or `dingtalk` as a group robot of 钉钉 or 浙政钉 reads it.

    `secret` signs what is sent; it is empty for a robot that is secured by a keyword or by addresses.
    """

    id: int
    recipient: int
    url: str
    form: str
    secret: str

    @property
    def host(self) -> str:
        """Whose address it is: the rest may hold the robot's own key, or a name and its password."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def add_webhook(
    kept: Engine | Connection, supply: Path, to: Recipient, url: str, form: str, secret: str = ""
) -> Webhook:  # fmt: skip
    """Write down a webhook, and what its county is served now as known to it.

    `secret` is the one that DingTalk has made for a robot; a plain webhook gets one of its own. Raises ValueError for
    an address or form that is none, NoManifest while what is served cannot be read: all of it would be told as new.
    """
    _refuse_other(url, form)
    secret, now = secret if form == "dingtalk" else secrets.token_urlsafe(32), int(time.time())
    values = {"recipient": to.id, "url": url, "form": form, "secret": secret, "created": now}
    there = [served(supply, to.county, product) for product in products(supply, to.county)]
    with transaction(kept) as connection:
        (made,) = connection.execute(insert(WEBHOOKS).values(values)).inserted_primary_key or (0,)
        hook = Webhook(int(made), to.id, url, form, secret)
        for each in there:
            connection.execute(insert(NOTICES).values(skipped_notice(hook, each)))
    return hook


def _refuse_other(url: str, form: str) -> None:
    if not is_web_address(url) or form not in _FORMS:
        raise ValueError(f"'{url}' ({form}): write an https address and one of {', '.join(_FORMS)}.")
    try:
        httpx.Request("POST", url)
    except (httpx.InvalidURL, ValueError) as error:
        raise ValueError(f"{url!r} cannot be called ({error}): write an https address that can.") from error


def end_webhook(engine: Engine, number: int) -> bool:
    """End a webhook: it is told nothing any more. Whether there was one that held."""
    columns = WEBHOOKS.c
    ended = update(WEBHOOKS).where(columns.id == number, columns.ended.is_(None))
    with engine.begin() as connection:
        return connection.execute(ended.values(ended=int(time.time()))).rowcount == 1


def webhooks(engine: Engine) -> list[Webhook]:
    """Every webhook that holds, in the order in which they were added."""
    columns = WEBHOOKS.c
    query = select(columns.id, columns.recipient, columns.url, columns.form, columns.secret)
    with engine.connect() as connection:
        return [Webhook(*row) for row in connection.execute(query.where(columns.ended.is_(None)).order_by(columns.id))]


def listening(engine: Engine) -> Iterator[tuple[Webhook, str]]:
    """Every webhook that holds, with the county of its recipient."""
    pairs = ((hook, recipient(engine, hook.recipient)) for hook in webhooks(engine))
    return ((hook, to.county) for hook, to in pairs if to)


def served_of(supply: Path, county: str) -> Iterator[Manifest]:
    """What a county is served; of what cannot be read whoever asks for it is told, and here the others are."""
    for product in products(supply, county):
        with suppress(Refused, ValueError):
            yield served(supply, county, product)


def notice_of(hook: Webhook, manifest: Manifest, version: int) -> dict[str, Any]:
    """A notice of a version that is to be sent."""
    return {"webhook": hook.id, "county": manifest.county, "product": manifest.product, "version": version}


def skipped_notice(hook: Webhook, manifest: Manifest) -> dict[str, Any]:
    """The notice of a served version that is not sent: later ones are."""
    return notice_of(hook, manifest, manifest.version) | {"sent": int(time.time())}
