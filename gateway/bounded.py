"""A bound on what comes with a request, held before anybody is asked who sends it. Knows no route."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Far more than any query or form of ours; nginx in front leaves as much through (deploy/nginx).
_MOST_BYTES = 1 << 20


def bounded(app: ASGIApp) -> ASGIApp:
    """An application that reads no more of a body than that, whatever length is told; what is longer is refused."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def received() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > _MOST_BYTES:
                raise HTTPException(413, "What was sent with the request is longer than 1 MB.")
            return message

        await app(scope, received, send)

    return answered
