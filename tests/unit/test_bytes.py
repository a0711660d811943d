"""A file's bytes as they are sent: what went out is recorded, and nothing is sent for ever."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from gateway.serving.files import Bytes


def test_a_file_that_is_cut_short_while_it_is_sent_ends_and_tells_what_went_out(tmp_path: Path) -> None:
    file, recorded, bodies = tmp_path / "snapshot.parquet", list[int](), list[bytes]()
    file.write_bytes(b"x" * 100_000)
    handle = os.open(file, os.O_RDONLY)
    answer = Bytes(handle, 0, 100_000, 200, {}, "", lambda: True, recorded.append)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        bodies.append(message.get("body", b""))
        os.truncate(file, 10)

    async def ask() -> None:
        await asyncio.wait_for(answer({"type": "http"}, receive, send), 10)

    asyncio.run(ask())
    assert recorded == [10] and b"".join(bodies) == b"x" * 10
