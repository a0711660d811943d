"""What engines are called, and the error of one that cannot run. Chooses none."""

from __future__ import annotations

from schemas.mendable import Mendable

ENGINE = "JUBIAN_ENGINE"
LOCAL, SPARK = "local", "spark"


class NoEngine(Mendable):
    """The engine that was asked for cannot run here; the message says what is missing and what to do."""
