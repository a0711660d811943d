"""The gateway as one application: routers, errors, the door. No route stands here."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gateway import activation, files, plain, sharing
from gateway.door import open_door
from gateway.refused import Refused, on_http, on_invalid, on_refused
from gateway.settings import Settings, settings


def make(told: Settings) -> FastAPI:
    """The application over one supply. Its own pages about itself would load from other hosts, so there are none."""
    app = FastAPI(title="聚变统一网关", version="1", docs_url=None, redoc_url=None)
    app.state.door = open_door(told)
    for room in (sharing, files, plain, activation):
        app.include_router(room.router)
    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    return app


def application() -> FastAPI:
    """The application that the environment describes; uvicorn calls it in every process."""
    return make(settings())
