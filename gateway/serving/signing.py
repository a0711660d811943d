"""Signed addresses of files: what they open is in the signature, and they are good for minutes. No grant is judged."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from gateway.refused import forbidden
from gateway.settings import Settings

# The name by which readers of object stores know a signed address.
SIGNATURE = "X-Amz-Signature"


@dataclass(frozen=True)
class Opening:
    """What a signed address opens: one file, for one grant and one token, by its hash, until a moment."""

    path: str
    grant: int
    token: str
    expires: int


def address(settings: Settings, opening: Opening) -> str:
    """The whole address."""
    query = {"grant": opening.grant, "token": opening.token, "expires": opening.expires}
    return f"{settings.address}{opening.path}?{urlencode({**query, SIGNATURE: signature(settings, opening)})}"


def until(settings: Settings) -> int:
    """When an address signed now expires, in seconds since 1970."""
    return int(time.time()) + settings.seconds


def signature(settings: Settings, opening: Opening) -> str:
    """HMAC-SHA256 over everything that an address opens."""
    content = f"{opening.path}\n{opening.grant}\n{opening.token}\n{opening.expires}"
    return hmac.new(secret_of(settings), content.encode(), hashlib.sha256).hexdigest()


def check(settings: Settings, opening: Opening, given: str) -> None:
    """Refuse an address that was not signed here, was changed, or has expired."""
    if not hmac.compare_digest(signature(settings, opening).encode(), given.encode()):
        raise forbidden("This address was not signed by this gateway. Ask for the table again.")
    if opening.expires < time.time():
        raise forbidden("This address has expired. Ask for the table again: each answer has fresh ones.")


@lru_cache(maxsize=16)
def secret_of(settings: Settings) -> bytes:
    """The gateway's secret: configured, or made once and kept beside the grants."""
    if settings.secret:
        return settings.secret.encode()
    file = settings.state / "secret"
    if not file.exists():
        _make(file)
    return file.read_bytes()


def _make(file: Path) -> None:
    """Write a secret under its name whole, on the disk too; of several processes that try one succeeds."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".secret-{secrets.token_hex(8)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_bytes(32))
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        os.link(partial, file)
    partial.unlink()
