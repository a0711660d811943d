"""What a webhook is sent of releases and broken promises, signed: plain JSON, or as a group robot reads it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from gateway.kept.webhooks import Webhook
from gateway.serving.plain import summary
from gateway.supply.counted import Counted
from schemas.manifest import Manifest

# Address, body and headers.
Message = tuple[str, bytes, dict[str, str]]
_BREACHED = "供给承诺提醒"


def of_release(hook: Webhook, manifest: Manifest, counts: Counted, now: float) -> Message:
    """That a version was released, with what its recipient's view counts, signed for this moment."""
    title = f"{manifest.title} 第 {manifest.version} 版"
    lines = [f"数据时点 {manifest.as_of}", summary(manifest, counts)]
    plain = {
        "event": "released", "county": manifest.county, "product": manifest.product, "title": manifest.title,
        "version": manifest.version, "contract_version": manifest.contract_version, "as_of": manifest.as_of,
        "rows": counts.rows, "changes": counts.changes, "summary": summary(manifest, counts),
    }  # fmt: skip
    return _signed(hook, plain, _markdown(title, f"{manifest.county_name} {title}", lines), now)


def of_breaches(hook: Webhook, some: Sequence[Mapping[Any, Any]], now: float) -> Message:
    """That promises to a county are broken, one or more, signed for this moment; what several products share once."""
    first = some[0]
    lines = [f"【{'、'.join(titles)}】{words}" for words, titles in _by_words(some).items()]
    plain = {
        "event": "breached", "county": first["county"],
        "breaches": [{name: each[name] for name in ("product", "title", "about", "words")} for each in some],
        "summary": "\n".join(lines),
    }  # fmt: skip
    return _signed(hook, plain, _markdown(_BREACHED, f"{first['county_name']} {_BREACHED}", lines), now)


def _by_words(some: Sequence[Mapping[Any, Any]]) -> dict[str, list[str]]:
    titles: dict[str, list[str]] = {}
    for each in some:
        titles.setdefault(each["words"], []).append(each["title"])
    return titles


def _markdown(title: str, heading: str, lines: Sequence[str]) -> dict[str, Any]:
    """As group robots of 钉钉 and 浙政钉 read it."""
    return {"msgtype": "markdown", "markdown": {"title": title, "text": "\n\n".join([f"### {heading}", *lines])}}


def _signed(hook: Webhook, plain: dict[str, Any], markdown: dict[str, Any], now: float) -> Message:
    """What the webhook's form asks for, signed with its secret where it has one.

    Plain: `X-Jubian-Signature` is the hexadecimal HMAC-SHA256 of `<X-Jubian-Timestamp>.<body>`. DingTalk: as its
    robots ask, the base64 HMAC-SHA256 of `<milliseconds>\\n<secret>` in the address.
    """
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if hook.form == "dingtalk":
        return _signed_address(hook, now) if hook.secret else hook.url, _bytes(markdown), headers
    body, stamp = _bytes(plain), str(int(now))
    signed = _mac(hook.secret, stamp.encode() + b"." + body).hex()
    return hook.url, body, headers | {"X-Jubian-Timestamp": stamp, "X-Jubian-Signature": signed}


def _signed_address(hook: Webhook, now: float) -> str:
    stamp = str(int(now * 1000))
    sign = base64.b64encode(_mac(hook.secret, f"{stamp}\n{hook.secret}".encode())).decode()
    joined = "&" if "?" in hook.url else "?"
    return f"{hook.url}{joined}{urlencode({'timestamp': stamp, 'sign': sign})}"


def _mac(secret: str, content: bytes) -> bytes:
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
