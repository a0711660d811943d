"""How a message is posted to a webhook, within its time, and why it was not received. Makes none and keeps none."""

from __future__ import annotations

import asyncio
import json

import httpx

from gateway.kept.webhooks import Webhook
from gateway.serving.message import Message

# An endpoint has so many seconds for its whole answer, of which so many bytes are read.
_DEADLINE = 10
_MOST_READ = 1 << 16


async def post(hook: Webhook, message: Message) -> str:
    """Post a message; why it was not received, empty where it was: whatever an address or an answer brings."""
    try:
        async with asyncio.timeout(_DEADLINE):
            answer, content = await _posted(message)
    except TimeoutError:
        return f"no whole answer within {_DEADLINE} seconds"
    except Exception as error:  # of whatever kind, an address or an answer is no other webhook's trouble
        return f"{type(error).__name__}: {error}"
    if hook.form == "dingtalk" and answer.is_success and _errcode(content) != 0:
        return f"DingTalk answered {content[:200].decode(errors='replace')!r}"
    return "" if answer.is_success else f"{answer.status_code} {answer.reason_phrase}"


async def _posted(message: Message) -> tuple[httpx.Response, bytes]:
    """The answer, and of its content no more than a robot's verdict takes."""
    url, body, headers = message
    content = b""
    session = httpx.AsyncClient(timeout=_DEADLINE)
    async with session as client, client.stream("POST", url, content=body, headers=headers) as answer:
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > _MOST_READ:
                break
    return answer, content


def _errcode(content: bytes) -> object:
    try:
        verdict = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return verdict.get("errcode") if isinstance(verdict, dict) else None
