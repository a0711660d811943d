"""How credentials are handed out: a link that gives a profile file once, and OAuth client credentials."""

from __future__ import annotations

import base64
import json
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response

from gateway.door import Door, Here
from gateway.kept.grants import recipient
from gateway.kept.tokens import ACCESS_SECONDS, ACTIVATION_HOURS, access, activate, is_open, profile
from gateway.portal.page import page
from gateway.refused import Refused

router = APIRouter(tags=["credentials"])
_SPENT = (
    f"这个领取链接不存在、已被使用或已过期：链接 {ACTIVATION_HOURS} 小时内有效，只能领取一次。"
    "请向省数据局索取新的链接。"
)


@router.get("/activate/{code}")
def show_activation(at: Here, code: str) -> HTMLResponse:
    """A page with the one button: a chat program that looks at the link does not use it up."""
    return page("activate.html") if is_open(at.engine, code) else _spent()


@router.post("/activate/{code}")
def use_activation(at: Here, code: str) -> Response:
    """Hand out the profile file, once."""
    with at.engine.begin() as connection:
        made = activate(connection, code)
        to = None if made is None else recipient(connection, made.recipient)
        if made is None or to is None:
            return _spent()
        at.audit.write("activated", recipient=to.id, county=to.county)
    content = json.dumps(profile(at.settings.endpoint, made.secret, made.expires), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="jubian.share"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/json", headers=headers)


def _spent() -> HTMLResponse:
    """What a person reads who opens a link that gives nothing any more."""
    return page("refused.html", 404, message=_SPENT)


@router.post("/oauth/token")
async def token_for_client(request: Request, at: Here, authorization: Annotated[str, Header()] = "") -> JSONResponse:
    """An access token for client credentials (RFC 6749, section 4.4; HTTP Basic)."""
    at.limits.take(f"address {request.client.host if request.client else ''}")
    form = await request.form()
    if form.get("grant_type") != "client_credentials":
        raise Refused(400, "unsupported_grant_type", "Send grant_type=client_credentials.")
    client, secret = _basic(authorization)
    token = await run_in_threadpool(_given, at, client, secret)
    if token is None:
        raise Refused(401, "invalid_client", "The client or its secret is wrong.", {"WWW-Authenticate": "Basic"})
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": ACCESS_SECONDS}
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _given(at: Door, client: str, secret: str) -> str | None:
    """An access token for client credentials, where its line has been written; None where they are wrong."""
    with at.engine.begin() as connection:
        made = access(connection, client, secret)
        to = None if made is None else recipient(connection, made.recipient)
        if made is None or to is None:
            return None
        at.audit.write("token", recipient=to.id, county=to.county, client=client)
    return made.secret


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        credentials = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except ValueError:
        credentials = ""
    client, _, secret = credentials.partition(":")
    return client, secret
