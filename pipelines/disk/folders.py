"""How a filled folder appears under its name: whole and on the disk, or not at all. Knows no table."""

from __future__ import annotations

import os
import shutil
from collections import deque
from pathlib import Path

from pipelines.disk.store import settle
from pipelines.engine.local import in_order


def take_name(filled: Path, folder: Path) -> None:
    """Let a filled folder stand under a name that is free: what lies in it is on the disk before, the name after."""
    _settle_all(filled)
    os.replace(filled, folder)
    settle(folder.parent)


def take_place(filled: Path, folder: Path) -> None:
    """Let a filled folder stand where another one may stand: the name never stands for half of either.

    Killed between, nothing may stand there; `put_back` gives the name to the one before again.
    """
    _settle_all(filled)
    last = _last(folder)
    shutil.rmtree(last, ignore_errors=True)
    if folder.exists():
        os.replace(folder, last)
    os.replace(filled, folder)
    settle(folder.parent)
    shutil.rmtree(last, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Let the folder whose place another one was about to take stand again, if none stands there; else free it."""
    if not _last(folder).exists():
        return
    if folder.exists():
        shutil.rmtree(_last(folder), ignore_errors=True)
    else:
        os.replace(_last(folder), folder)


def _last(folder: Path) -> Path:
    """Where a folder lies while another one takes its place; like all that is no whole one it ends in `.part`."""
    return folder.with_name(f"{folder.name}.last.part")


def _settle_all(folder: Path) -> None:
    """Several wait for the disk at once, which writes what they wait for together.

    A worker that was given up for lost may still have a name aside here, which is gone in a moment.
    """
    whole = (each for each in folder.rglob("*") if each.suffix != ".part")
    deque(in_order([folder, *whole], settle), maxlen=0)
