"""What the gateway says no with: a status, a code and a message in the sharing protocol's form. Decides nothing."""

from __future__ import annotations

import errno
import logging

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from schemas.manifest import NoManifest

_LOG = logging.getLogger(__name__)
# What a disk says where nothing can be written to it; anything else that a system refuses is a fault of ours.
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}


class Refused(Exception):
    """A request that is not fulfilled; the message says what to do."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers or {}


def malformed(message: str) -> Refused:
    """A request that cannot be read."""
    return Refused(400, "INVALID_PARAMETER_VALUE", message)


def unknown(what: str) -> Refused:
    """Something that does not exist or is not granted; which of the two is not told."""
    return Refused(404, "RESOURCE_DOES_NOT_EXIST", f"{what} does not exist or is not granted to you.")


def freed(what: str, kept: str, newest: int) -> Refused:
    """Something that was released and is not kept any more; `kept` says what is."""
    advice = f"take the snapshot of version {newest} and go on from there"
    message = f"{what} is not kept any more (retention): {kept}. To go on, {advice}."
    return Refused(404, "RESOURCE_DOES_NOT_EXIST", message)


def not_yet(what: str) -> Refused:
    """Something that is made when it is asked for, while others wait for theirs."""
    message = f"{what} is not made yet, as others are made first. Nothing is lost; ask again in half a minute."
    return Refused(503, "TEMPORARILY_UNAVAILABLE", message, {"Retry-After": "30"})


def unauthenticated(message: str) -> Refused:
    """No token, or none that is known."""
    return Refused(401, "UNAUTHENTICATED", message, {"WWW-Authenticate": "Bearer"})


def forbidden(message: str) -> Refused:
    """A token that may not do this from here or any more."""
    return Refused(403, "PERMISSION_DENIED", message)


def as_response(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The protocol's form of an error."""
    # JSON can write half a character, which a message repeats and nothing else can be written in.
    text = message.encode(errors="replace").decode()
    return JSONResponse({"errorCode": code, "message": text}, status, headers)


def on_refused(_: Request, error: Exception) -> Response:
    """Answer what was refused."""
    assert isinstance(error, Refused)
    return as_response(error.status, error.code, error.message, error.headers)


def on_no_database(_: Request, error: Exception) -> Response:
    """Answer while the database is away: nothing is given without asking it, and nothing is lost."""
    del error
    message = "The gateway's database does not answer just now. Nothing is lost; ask again in half a minute."
    return as_response(503, "TEMPORARILY_UNAVAILABLE", message, {"Retry-After": "30"})


def on_no_store(_: Request, error: Exception) -> Response:
    """Answer while the object store or this disk gives no file: what lies here is served, the rest asked for again."""
    del error
    message = "This released file cannot be brought here just now. Nothing is lost; ask again in half a minute."
    return as_response(503, "TEMPORARILY_UNAVAILABLE", message, {"Retry-After": "30"})


def on_unwritable(request: Request, error: Exception) -> Response:
    """Answer while the disk takes nothing: what is to be written down first is not given. A fault of ours is raised."""
    assert isinstance(error, OSError)
    if error.errno not in UNWRITABLE:
        raise error
    where = error.filename or request.app.state.door.settings.state
    _LOG.warning("%s: %s cannot be written (%s)", request.url.path, where, error.strerror)
    message = "The gateway's disk takes nothing just now. Nothing is lost; ask again in half a minute."
    return as_response(503, "TEMPORARILY_UNAVAILABLE", message, {"Retry-After": "30"})


def tell_damaged(line: str) -> None:
    """Let the operator read in the log what a disk has lost or cut short of what was released."""
    _LOG.warning("%s. What is damaged, and the way back: make verify", line)


def damaged(line: str) -> Refused:
    """A released file that the disk has lost or cut short, which the operator reads in the log: it was granted."""
    tell_damaged(line)
    message = "What was released is damaged where the gateway reads it. You may have it: ask again in an hour."
    return Refused(503, "TEMPORARILY_UNAVAILABLE", message, {"Retry-After": "3600"})


def on_damaged(request: Request, error: Exception) -> Response:
    """Answer where a manifest or table that is read to answer is not whole.

    What reads a damaged table fails in as many ways as what is wrong in our own code: the trace says which it was.
    """
    if not isinstance(error, NoManifest):
        _LOG.warning("%s", request.url.path, exc_info=error)
    return on_refused(request, damaged(f"{request.url.path}: {str(error).splitlines()[0]}"))


def on_invalid(_: Request, error: Exception) -> Response:
    """Answer parameters and bodies of a wrong form, naming each."""
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors())
    return as_response(400, "INVALID_PARAMETER_VALUE", faults)


def on_http(_: Request, error: Exception) -> Response:
    """Answer unknown paths and methods."""
    assert isinstance(error, HTTPException)
    codes = {404: "RESOURCE_DOES_NOT_EXIST", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE"}
    headers = dict(error.headers) if error.headers else None
    return as_response(error.status_code, codes.get(error.status_code, "INVALID_REQUEST"), str(error.detail), headers)
