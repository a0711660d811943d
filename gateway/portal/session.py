"""Who is signed in: a signed cookie that names a token, and the proof that a form is ours. Asks no database."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from gateway.serving.signing import secret_of
from gateway.settings import SESSION_SECONDS, Settings

COOKIE = "jubian_session"
# Before anybody is signed in, this one ties the form of the entrance to the browser that asked for it.
FORM_COOKIE = "jubian_form"


def begin(settings: Settings, token: str) -> str:
    """The cookie of a session of a token, by its hash: whether the token is good is asked at every request."""
    content = f"{token}.{int(time.time()) + SESSION_SECONDS}.{secrets.token_hex(8)}"
    return f"{content}.{_seal(settings, 'session', content)}"


def token_of(settings: Settings, cookie: str) -> str | None:
    """The hash of the token that a session was begun with; None where it is forged or too old."""
    content, _, seal = cookie.rpartition(".")
    if not _is_same(seal, _seal(settings, "session", content)):
        return None
    token, expires, _ = content.split(".")
    return token if int(expires) > time.time() else None


def stranger() -> str:
    """The cookie of somebody who is not signed in."""
    return secrets.token_hex(16)


def proof(settings: Settings, cookie: str) -> str:
    """What a form carries so that it can only have come from a page that the bearer of the cookie was given."""
    return _seal(settings, "form", cookie)


def is_proof(settings: Settings, cookie: str, given: str) -> bool:
    """Whether a form carries the proof that belongs to the cookie."""
    return cookie != "" and _is_same(given, proof(settings, cookie))


def _seal(settings: Settings, use: str, content: str) -> str:
    return hmac.new(secret_of(settings), f"portal {use}\n{content}".encode(), hashlib.sha256).hexdigest()


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
