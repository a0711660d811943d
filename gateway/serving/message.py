"""What a webhook is sent of a release, signed: plain JSON, or as a group robot reads it. Sends nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

from gateway.kept.webhooks import Webhook
from gateway.serving.plain import summary
from schemas.manifest import Manifest


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
