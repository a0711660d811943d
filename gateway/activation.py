"""How credentials are handed out: a link that gives a profile file once, and OAuth client credentials."""

from __future__ import annotations

import base64
import json
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response

from gateway.door import Here
from gateway.grants import recipient
from gateway.refused import Refused, unknown
from gateway.tokens import ACCESS_SECONDS, access, activate, is_open, profile

router = APIRouter(tags=["credentials"])
_ONCE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>领取配置文件</title>
<body style="font-family:sans-serif;max-width:40em;margin:4em auto">
<h1>领取配置文件</h1><p>配置文件只能领取一次，内含访问令牌，请妥善保存，勿转发。</p>
<form method="post"><button style="font-size:1.2em;padding:.5em 1.5em">领取 jubian.share</button></form>
</body></html>"""


@router.get("/activate/{code}")
def show_activation(at: Here, code: str) -> HTMLResponse:
    """A page with the one button: a chat program that looks at the link does not use it up."""
    if not is_open(at.engine, code):
        raise unknown("This activation link")
    return HTMLResponse(_ONCE, headers={"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})


@router.post("/activate/{code}")
def use_activation(at: Here, code: str) -> Response:
    """Hand out the profile file, once."""
    made = activate(at.engine, code)
    to = None if made is None else recipient(at.engine, made.recipient)
    if made is None or to is None:
        raise unknown("This activation link")
    at.audit.write("activated", recipient=to.id, county=to.county)
    content = json.dumps(profile(at.settings.endpoint, made.secret, made.expires), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="jubian.share"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/json", headers=headers)


@router.post("/oauth/token")
async def token_for_client(request: Request, at: Here, authorization: Annotated[str, Header()] = "") -> JSONResponse:
    """An access token for client credentials (RFC 6749, section 4.4; HTTP Basic)."""
    at.limits.take(f"address {request.client.host if request.client else ''}")
    form = await request.form()
    if form.get("grant_type") != "client_credentials":
        raise Refused(400, "unsupported_grant_type", "Send grant_type=client_credentials.")
    client, secret = _basic(authorization)
    token = await run_in_threadpool(access, at.engine, client, secret)
    if token is None:
        raise Refused(401, "invalid_client", "The client or its secret is wrong.", {"WWW-Authenticate": "Basic"})
    told = {"access_token": token, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        told = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except ValueError:
        told = ""
    client, _, secret = told.partition(":")
    return client, secret
