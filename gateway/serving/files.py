"""Bytes: one file by a signed address or a bearer token, whole or in a range, metered as it is sent. Finds no table."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as Disk
from stat import S_ISREG
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from gateway.caller import Caller, by_hash
from gateway.door import Door, Here, admitted, caller, still_allowed
from gateway.kept.grants import Grant
from gateway.refused import Refused, damaged, unknown
from gateway.serving.signing import SIGNATURE, Opening, check
from gateway.supply.folded import snapshot
from gateway.supply.footer import touched
from gateway.supply.increment import increment
from gateway.supply.made import Lying
from gateway.supply.released import path_of, released, view_of
from schemas.downloads import SERVED, Served
from schemas.manifest import File, Manifest

router = APIRouter()
_FIRST_STEP, _STEP = 1 << 16, 1 << 20
# A grant that ends while a file is sent cuts it off after this many bytes at most.
_ASKED_AGAIN = 8 << 20
_CACHED = "private, no-store"
_SPAN = re.compile(r"^(\d{1,9})(?:-(\d{1,9}))?$")
_RANGE = re.compile(r"^bytes=(?!-$)(\d{0,18})-(\d{0,18})$")


def file_path(county: str, product: str, level: str, span: str, kind: str) -> str:
    """The address of a file without host: `span` is a version, or two with a hyphen for changes over several."""
    return f"/files/{county}/{product}/{level}/{span}/{kind}.parquet"


@dataclass(frozen=True)
class Download:
    """A file that may be sent: where it lies, what a manifest says of it, for whom and of what it is a part."""

    path: Disk
    file: File
    who: Caller
    grant: Grant
    served: Served


class Signed(BaseModel):
    """What a signed address bears behind its path; a bearer token needs none of it."""

    grant: int = 0
    token: str = ""
    expires: int = 0
    signature: str = Field("", alias=SIGNATURE)


class Place(BaseModel):
    """Which file: a county's product, a view of it, one version or two (3-12) for changes, snapshot or changes."""

    county: str
    product: str
    level: str
    span: str
    kind: str

    @property
    def path(self) -> str:
        """The address without host."""
        return file_path(self.county, self.product, self.level, self.span, self.kind)


@router.api_route("/files/{county}/{product}/{level}/{span}/{kind}.parquet", methods=["GET", "HEAD"], tags=["files"])
def send_file(
    request: Request, at: Here, place: Annotated[Place, Path()], signed: Annotated[Signed, Query()],
    range: Annotated[str, Header()] = "", if_range: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:  # fmt: skip
    """A file's bytes, none to who has them. By a signed address, or by a token, which asks for the grant each time."""
    who = _by_address(request, at, place, signed) if signed.signature else caller(request, at)
    download = _find(at, who, _grant(who, place, signed), place)
    etag = f'"{download.file.sha256}"'
    if etag in if_none_match or if_none_match.strip() == "*":
        return Response(None, 304, {"ETag": etag, "Cache-Control": _CACHED})
    wanted = "" if if_range and if_range != etag else range
    start, end = _span(wanted, download.file.size)
    _refuse_lost(download)
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": _CACHED}
    if _RANGE.match(wanted):
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{download.file.size}"
    return _answer(request.method, at, download, start, end, headers)


def _by_address(request: Request, at: Door, place: Place, signed: Signed) -> Caller:
    check(at.settings, Opening(place.path, signed.grant, signed.token, signed.expires), signed.signature)
    message = "The token behind this address has expired or was revoked. Ask for a new profile file."
    return admitted(request, at, by_hash(at.engine, signed.token), message)


def _grant(who: Caller, place: Place, signed: Signed) -> Grant:
    if signed.signature:
        return who.grant_numbered(signed.grant, place.county, place.product, place.level)
    return who.grant_for(place.county, place.product, place.level)


def _find(at: Door, who: Caller, grant: Grant, place: Place) -> Download:
    """The file that an address names, out of those that manifests name: no path of the caller's is ever opened."""
    match = _SPAN.match(place.span)
    if match is None:
        raise unknown(f"Version {place.span}")
    first, last = int(match[1]), int(match[2] or match[1])
    county, product, level = place.county, place.product, place.level
    if match[2] is None:
        path, file = _of_version(at, released(at.settings.supply, county, product, first), level, place.kind)
    elif last > first and place.kind == "changes":
        path, file = increment(at.settings, county, product, level, first, last)
    else:
        raise unknown(f"Version {place.span}")
    served = Served(recipient=who.recipient.id, grant=grant.id, county=county, product=product, view=level,
                    version=last, file=file.path, bytes=0, columns=None)  # fmt: skip
    return Download(path, file, who, grant, served)


def _of_version(at: Door, manifest: Manifest, level: str, kind: str) -> Lying:
    """The snapshot or the changes of one version's view."""
    if kind == "snapshot":
        return snapshot(at.settings, manifest, level)
    if kind != "changes":
        raise unknown(f"{manifest.product}/{level}/{kind}")
    file = view_of(manifest, level).changes
    return Lying(path_of(at.settings.supply, manifest, file), file)


def _span(wanted: str, size: int) -> tuple[int, int]:
    """The bytes [start, end) of a range header; the whole file where there is none or one of several parts."""
    match = _RANGE.match(wanted)
    if match is None:
        return 0, size
    if match[1] == "":
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(size, int(match[2]) + 1 if match[2] else size)
    if start >= end:
        message = f"The file has {size} bytes; a range must lie in them."
        raise Refused(416, "INVALID_PARAMETER_VALUE", message, {"Content-Range": f"bytes */{size}"})
    return start, end


def _refuse_lost(download: Download) -> None:
    """Refuse a file that a disk has lost or cut short since it was published."""
    lies = download.path.lstat() if os.path.lexists(download.path) else None
    if lies is None or (S_ISREG(lies.st_mode) and lies.st_size != download.file.size):
        what = f"found {lies.st_size:,} bytes" if lies else "found no file"
        raise damaged(f"{download.path}: {what}, expected {download.file.size:,} bytes")


def _answer(method: str, at: Door, download: Download, start: int, end: int, headers: dict[str, str]) -> Response:
    status = 206 if "Content-Range" in headers else 200
    media = "application/vnd.apache.parquet"
    if method == "HEAD":
        return Response(None, status, {**headers, "Content-Length": str(end - start)}, media)
    fields = {**download.served.model_dump(), "bytes": end - start, "columns": _columns(download, start, end)}
    if at.settings.accel and download.path.is_relative_to(at.settings.supply):
        # nginx opens it by its path: what is refused here never comes to that.
        os.close(_open(download, at))
        at.audit.write(SERVED, **fields)
        inner = f"{at.settings.accel}/{download.path.relative_to(at.settings.supply)}"
        kept = {name: headers[name] for name in ("ETag", "Cache-Control")}
        return Response(None, 200, {**kept, "X-Accel-Redirect": inner}, media)
    at.audit.write("allowed", **fields)

    def record(sent: int) -> None:
        at.audit.write(SERVED, **{**fields, "bytes": sent})

    def goes_on() -> bool:
        return still_allowed(at, download.grant.id, download.who.token.hash)

    return Bytes(_open(download, at), start, end, status, headers, media, goes_on, record)


def _columns(download: Download, start: int, end: int) -> list[str] | None:
    """The columns of which bytes are asked for; None for the whole file."""
    return None if end - start == download.file.size else list(touched(download.path, start, end))


def _open(download: Download, at: Door) -> int:
    """A handle on exactly the bytes that the manifest names: no link leads out, no other length is sent."""
    rooms = (at.settings.supply.resolve(), at.settings.state.resolve())
    if not any(download.path.parent.resolve().is_relative_to(room) for room in rooms):
        raise unknown(download.file.path)
    try:
        handle = os.open(download.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        raise unknown(download.file.path) from None
    if os.fstat(handle).st_size != download.file.size:
        os.close(handle)
        raise unknown(download.file.path)
    return handle


async def _gone(receive: Receive) -> None:
    """Wait until the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Bytes(Response):
    """An answer of a file's bytes [start, end) that asks now and then whether it may go on, and says what it sent."""

    def __init__(
        self, handle: int, start: int, end: int, status: int, headers: dict[str, str], media: str,
        goes_on: Callable[[], bool], record: Callable[[int], None],
    ) -> None:  # fmt: skip
        self.handle, self.start, self.end = handle, start, end
        self.goes_on, self.record, self.sent = goes_on, record, 0
        super().__init__(None, status, {**headers, "Content-Length": str(end - start)}, media)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send; whatever happens the handle is closed and the bytes that went out are recorded."""
        gone = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await self._send(send, gone)
        except OSError:
            # The reader has gone or is cut off, or the file is: what was sent is recorded all the same.
            pass
        finally:
            gone.cancel()
            os.close(self.handle)
            await run_in_threadpool(self.record, self.sent)

    async def _send(self, send: Send, gone: asyncio.Task[None]) -> None:
        """Send the bytes, the first ones in small steps: some readers ask only whether the file is there."""
        at, last_check, step = self.start, self.start, _FIRST_STEP
        while at < self.end and not gone.done():
            if at - last_check >= _ASKED_AGAIN:
                last_check = at
                if not await run_in_threadpool(self.goes_on):
                    raise ConnectionAbortedError("the grant or the token has ended")
            body = os.pread(self.handle, min(step, self.end - at), at)
            if not body:
                raise OSError("the file has been cut short since it was opened")
            await send({"type": "http.response.body", "body": body, "more_body": at + len(body) < self.end})
            at, step = at + len(body), min(2 * step, _STEP)
            self.sent = at - self.start
            # Only so the loop can learn that the reader has gone: a send that finds room does not wait.
            await asyncio.sleep(0)
