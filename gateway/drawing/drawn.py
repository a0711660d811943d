"""Pictures of released versions, drawn once by the process beside and kept. Knows no recipient and no product."""

from __future__ import annotations

import atexit
import hashlib
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from polars.exceptions import PolarsError

from gateway.drawing.charts import Drawn
from gateway.drawing.picture import Picture
from gateway.settings import Settings
from gateway.supply.described import contract, contract_file
from gateway.supply.folded import columns
from gateway.supply.made import made_of
from schemas.here import REPOSITORY
from schemas.manifest import Manifest
from schemas.put import put_bytes

# A drawing that takes longer is given up, and the process that hangs over it ended.
_SECONDS = 20


class NotDrawn(Exception):
    """A picture that could not be drawn, of these rows or by the process beside; the message says why."""


class _Beside:
    """The process that draws: started when it is asked, asked one thing at a time, started anew when it has gone."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def svg(self, spec: dict[str, Any]) -> str:
        """A specification as SVG. Raises NotDrawn.

        Asked again where the process had gone, but not where it took too long: all others wait meanwhile.
        """
        with self._asking:
            answer = self._answer(spec) or self._answer(spec)
        if "svg" not in answer:
            raise NotDrawn(answer.get("fault", "the process that draws has gone, twice"))
        return answer["svg"]

    def end(self) -> None:
        """End the process; the next question starts another one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _answer(self, spec: dict[str, Any]) -> dict[str, str]:
        """What the process answers; nothing where it has gone, a fault where it took too long."""
        process = self._process or self._started()
        assert process.stdin is not None and process.stdout is not None
        end = time.monotonic() + _SECONDS
        too_long = threading.Timer(_SECONDS, process.kill)
        too_long.start()
        try:
            process.stdin.write(json.dumps(spec) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self.end()
            return {} if time.monotonic() < end else {"fault": f"it took more than {_SECONDS} seconds"}
        finally:
            too_long.cancel()

    def _started(self) -> subprocess.Popen[str]:
        """A process that draws until its input ends; what interrupts this one does not reach it before."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gateway.drawing.renderer"], cwd=REPOSITORY, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        return self._process


BESIDE = _Beside()
atexit.register(BESIDE.end)


def edition(manifest: Manifest, level: str, picture: Picture) -> str:
    """What a drawing is known by: the version, what it is made of, its words, and how it is drawn."""
    parts = (manifest.county, manifest.product, str(manifest.version), level, made_of(manifest, level),
             manifest.contract_sha256, picture.edition)  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def described(settings: Settings, manifest: Manifest, level: str, picture: Picture) -> Drawn | None:
    """What would be drawn of a version's view, and its words; None where there is nothing to draw. Raises NotDrawn.

    Of rows that can be read: a word that this code does not know, of a later release, makes none of them damaged.
    """
    promised = contract(contract_file(settings.supply, manifest))
    called = {each.name: each.title for each in promised.columns}
    rows = columns(settings.supply, manifest, level, picture.columns)
    try:
        return picture.drawn(rows, called)
    except PolarsError as error:
        raise NotDrawn(str(error)) from error


def svg(settings: Settings, manifest: Manifest, level: str, picture: Picture) -> bytes | None:
    """The picture of a version's view; None where there is nothing to draw. Raises NotDrawn."""
    folder = settings.state / "pictures" / manifest.county / manifest.product / level
    file = folder / f"{edition(manifest, level, picture)}.svg"
    if file.exists():
        return file.read_bytes()
    drawing = described(settings, manifest, level, picture)
    return None if drawing is None else _kept(BESIDE.svg(drawing.spec).encode(), file)


def _kept(content: bytes, file: Path) -> bytes:
    """The same bytes, kept whole or not at all; what was drawn of earlier versions goes."""
    put_bytes(content, file)
    for old in file.parent.glob("*.svg"):
        if old != file:
            old.unlink(missing_ok=True)
    return content
