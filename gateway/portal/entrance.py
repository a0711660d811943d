"""In and out of the portal: sign-in by the profile file or its token, sign-out, who is signed in at a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import FileResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from gateway.caller import Caller, by_hash, by_token
from gateway.door import Door, Here, admitted
from gateway.portal import session
from gateway.portal.page import GUARDS, TEMPLATES, page
from gateway.refused import Refused, forbidden
from gateway.settings import SESSION_SECONDS

_MOST_BYTES = 256 * 1024
_UNKNOWN = "令牌缺失、无效、已到期或已作废。请核对是否粘贴完整；若确已失效，请向省数据局申请新的配置文件。"


class Bounded(APIRoute):
    """A route that reads no form longer than any of ours can be."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, asked only where the length is told and small."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            length = request.headers.get("content-length", "")
            if request.method == "POST" and not (length.isdigit() and int(length) <= _MOST_BYTES):
                raise Refused(413, "TOO_LARGE", "The form is longer than 256 KB or does not tell its length.")
            return await handle(request)

        return bounded


def rooms() -> APIRouter:
    """A router for pages: none of them is part of the protocol."""
    return APIRouter(prefix="/portal", include_in_schema=False, route_class=Bounded)


router = rooms()
front = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Signed:
    """Who looks at a page, at which door, and with which session cookie."""

    at: Door
    who: Caller
    cookie: str

    @property
    def proof(self) -> str:
        """What this person's forms carry."""
        return session.proof(self.at.settings, self.cookie)


def signed(request: Request, at: Here) -> Signed:
    """Who is signed in; the token behind the session is asked again at every request."""
    cookie = request.cookies.get(session.COOKIE, "")
    token = session.token_of(at.settings, cookie)
    who = by_hash(at.engine, token) if token is not None else None
    return Signed(at, admitted(request, at, who, "Sign in."), cookie)


def proven(who: Annotated[Signed, Depends(signed)], csrf: Annotated[str, Form()] = "") -> Signed:
    """Who is signed in and has filled in a form of ours."""
    if not session.is_proof(who.at.settings, who.cookie, csrf):
        raise forbidden("This form did not come from a page of the portal. Open the page again and send it from there.")
    return who


Signing = Annotated[Signed, Depends(signed)]
Sending = Annotated[Signed, Depends(proven)]


@front.get("/")
@front.get("/portal/")
def led_in() -> RedirectResponse:
    """Whoever types the gateway's address alone, or a slash too many, is led to the portal; the protocol has nothing
    there."""
    return RedirectResponse("/portal", 303, GUARDS)


@router.get("/style.css")
def style() -> FileResponse:
    """The one style sheet."""
    return _kept("style.css", "text/css")


@router.get("/icon.svg")
def icon() -> FileResponse:
    """The mark of the portal; without one a browser asks for it at an address of its own."""
    return _kept("icon.svg", "image/svg+xml")


def _kept(name: str, media: str) -> FileResponse:
    """A file that browsers keep for a while."""
    return FileResponse(TEMPLATES / name, media_type=media, headers=GUARDS | {"Cache-Control": "public, max-age=300"})


@router.get("/sign-in")
def entrance(request: Request, at: Here) -> Response:
    """The entrance's form."""
    return _entrance(request, at, 200, "")


def _entrance(request: Request, at: Door, status: int, message: str) -> Response:
    cookie = request.cookies.get(session.FORM_COOKIE) or session.stranger()
    answer = page("sign_in.html", status, csrf=session.proof(at.settings, cookie), message=message)
    _give(answer, at, session.FORM_COOKIE, cookie, 3600)
    return answer


@router.post("/sign-in")
def sign_in(
    request: Request, at: Here, csrf: Annotated[str, Form()] = "", token: Annotated[str, Form()] = "",
    profile: Annotated[UploadFile | None, File()] = None,
) -> Response:  # fmt: skip
    """Begin a session with the token of a profile file, pasted or uploaded."""
    if not session.is_proof(at.settings, request.cookies.get(session.FORM_COOKIE, ""), csrf):
        return _entrance(request, at, 403, "这张表单已失效，请在本页重新提交。")
    uploaded = profile.file.read(_MOST_BYTES) if profile else b""
    secret = _secret(token.strip() or uploaded.decode("utf-8-sig", "replace"))
    try:
        who = admitted(request, at, by_token(at.engine, secret), _UNKNOWN)
    except Refused as refused:
        if refused.status != 401:
            raise
        return _entrance(request, at, 401, _UNKNOWN)
    at.audit.write("signed in", recipient=who.recipient.id, county=who.recipient.county)
    answer = RedirectResponse("/portal", 303, GUARDS)
    _give(answer, at, session.COOKIE, session.begin(at.settings, who.token.hash), SESSION_SECONDS)
    answer.delete_cookie(session.FORM_COOKIE, "/portal")
    return answer


def _secret(given: str) -> str:
    """The bearer token of a profile file's text; a text that is no such file is the token itself."""
    try:
        profile = json.loads(given)
    except ValueError:
        return given.strip()
    except RecursionError:  # brackets a hundred thousand deep
        return ""
    # JSON can write half a character, which no token has and nothing hashes.
    return str(profile.get("bearerToken", "")).encode(errors="replace").decode() if isinstance(profile, dict) else ""


def _give(answer: Response, at: Door, name: str, cookie: str, seconds: int) -> None:
    """Set a cookie that no script reads, and that comes from another site only by a link, which changes nothing."""
    is_private = at.settings.address.startswith("https:")
    answer.set_cookie(name, cookie, seconds, path="/portal", secure=is_private, httponly=True, samesite="lax")


@router.post("/sign-out")
def sign_out(who: Sending) -> Response:
    """Take the cookie from the browser; a copy of it ends with its hours or its token."""
    who.at.audit.write("signed out", recipient=who.who.recipient.id, county=who.who.recipient.county)
    answer = RedirectResponse("/portal/sign-in", 303, GUARDS)
    answer.delete_cookie(session.COOKIE, "/portal")
    return answer


_SENTENCES = {
    400: "提交的内容无法识别。请返回上一页检查后重新提交。",
    403: "本次请求未获允许：表单已失效，或当前网络不在允许范围内。请返回页面重新提交；仍不行请联系省数据局核对网络。",
    404: "没有这个页面，或它不属于贵单位的授权范围。请从概览重新进入。",
    405: "这个地址不能这样访问。请从概览重新进入。",
    413: "提交的内容过长（上限 256 KB）。请缩短后重新提交。",
    429: "访问过于频繁，或正在为其他用户生成工作簿，请稍等一分钟再试。",
    503: "网关暂时读不到数据库或已发布的数据，或写不下记录，授权与数据都没有丢失。请稍后再试；仍不行请联系省数据局。",
}


def refused(request: Request, status: int, retry_after: str = "") -> Response:
    """What a person is told where a page cannot be given: where to sign in, or a sentence that says what to do."""
    if status == 401:
        answer: Response = RedirectResponse("/portal/sign-in", 303, GUARDS)
        if session.COOKIE in request.cookies:  # what another site sends comes without, and ends no session
            answer.delete_cookie(session.COOKIE, "/portal")
        return answer
    html = page("refused.html", status, message=_SENTENCES.get(status, _SENTENCES[400]))
    if retry_after:
        html.headers["Retry-After"] = retry_after
    return html
