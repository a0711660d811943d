"""The gateway as one application: routers, errors, the door. No route stands here."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from polars.exceptions import PolarsError
from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.exceptions import HTTPException

from gateway.bounded import bounded
from gateway.door import open_door
from gateway.portal import activation, asking, entrance, ledger, pictures, reading, workbook
from gateway.refused import (
    Refused,
    on_damaged,
    on_http,
    on_invalid,
    on_no_database,
    on_no_store,
    on_refused,
    on_unwritable,
)
from gateway.serving import breached, files, notices, plain, sharing
from gateway.serving.watching import watch
from gateway.settings import Settings, settings
from gateway.supply import bringing, turns
from gateway.supply.mirror import follow
from schemas.manifest import NoManifest
from schemas.store import Refuses

Handler = Callable[[Request, Exception], Response]
_ANSWERS: tuple[tuple[type[Exception], Handler], ...] = (
    (Refused, on_refused),
    (RequestValidationError, on_invalid),
    (HTTPException, on_http),
    (OperationalError, on_no_database),
    (TimeoutError, on_no_database),
    (Refuses, on_no_store),
    (OSError, on_unwritable),
    (FileNotFoundError, on_damaged),
    (NoManifest, on_damaged),
    (PolarsError, on_damaged),
)
# What is sent to webhooks, and after how many seconds it is looked for again: releases soon, broken promises by and by.
_SENT = (((notices.look, notices.send_due), 10), ((breached.look, breached.send_due), 600))


def make(settings: Settings) -> FastAPI:
    """The application over one supply. Its own pages about itself would load from other hosts, so there are none."""
    app = FastAPI(
        title="聚变统一网关", version="1", docs_url=None, redoc_url=None, lifespan=_watching,
        redirect_slashes=False,  # it leads to whatever host a request says that it is for
    )  # fmt: skip
    app.state.door = open_door(settings)
    app.add_middleware(bounded)
    for room in (sharing, files, plain, activation, entrance, reading, pictures, workbook, ledger, asking):
        app.include_router(room.router)
    app.include_router(entrance.front)
    for error, handle in _ANSWERS:
        app.add_exception_handler(error, _for_people_too(handle))
    return app


def _for_people_too(handle: Handler) -> Handler:
    """The protocol's answer to what is refused; below the portal a page that says the same to a person."""

    def answer(request: Request, error: Exception) -> Response:
        response = handle(request, error)
        is_page = f"{request.url.path}/".startswith("/portal/")
        wait = response.headers.get("retry-after", "")
        return entrance.refused(request, response.status_code, wait) if is_page else response

    return answer


@asynccontextmanager
async def _watching(app: FastAPI) -> AsyncIterator[None]:
    """Send notices and follow the store beside the answers; every process looks, and each notice is sent by one."""
    stop, settings = threading.Event(), app.state.door.settings
    for steps, seconds in _SENT:
        threading.Thread(target=watch, args=(app.state.door, steps, seconds, stop), daemon=True).start()
    # Those that wait for their turn or the store take no thread from those that need none of it.
    threads = to_thread.current_default_thread_limiter()
    threads.total_tokens += turns.MOST
    if settings.store:
        threads.total_tokens += bringing.MOST
        threading.Thread(target=follow, args=(settings.store, settings.supply, stop), daemon=True).start()
    yield
    stop.set()


def application() -> FastAPI:
    """The application that the environment describes; uvicorn calls it in every process."""
    return make(settings())
