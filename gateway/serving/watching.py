"""Work that goes on beside the answers: steps done again and again until all is stopped. Knows none of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from gateway.door import Door


def watch(at: Door, steps: Sequence[Callable[[Door], object]], seconds: float, stop: threading.Event) -> None:
    """Do the steps again and again; whatever goes wrong is told, and tried again in the next round."""
    while not stop.wait(seconds):
        for step in steps:
            try:
                step(at)
            except SQLAlchemyError as error:
                print(f"Notices wait: the database does not answer ({error.__class__.__name__}).", flush=True)
            except Exception as error:
                what = f"{error.__class__.__name__}: {error}".splitlines()[0]
                print(f"Notices wait ({what}). They are tried again; if it stays so, tell the maintainers this line.",
                      flush=True)  # fmt: skip
