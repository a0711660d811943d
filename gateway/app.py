"""The gateway as one application: routers, errors, the door. No route stands here."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gateway import activation, files, plain, sharing
from gateway.door import open_door
from gateway.notices import watch
from gateway.refused import Refused, on_http, on_invalid, on_refused
from gateway.settings import Settings, settings

# How soon after a release its notices go out.
_SECONDS = 10


def make(told: Settings) -> FastAPI:
    """The application over one supply. Its own pages about itself would load from other hosts, so there are none."""
    app = FastAPI(title="聚变统一网关", version="1", docs_url=None, redoc_url=None, lifespan=_watching)
    app.state.door = open_door(told)
    for room in (sharing, files, plain, activation):
        app.include_router(room.router)
    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    return app


@asynccontextmanager
async def _watching(app: FastAPI) -> AsyncIterator[None]:
    """Send notices beside the answers; every process looks, and each notice is sent by one."""
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(app.state.door, _SECONDS, stop), daemon=True)
    watcher.start()
    yield
    stop.set()


def application() -> FastAPI:
    """The application that the environment describes; uvicorn calls it in every process."""
    return make(settings())
