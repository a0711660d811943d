"""How a command ends where a mapping, setting or pipe cannot stand: with a line. No command stands here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from schemas.mendable import Mendable
from schemas.piped import piped
from schemas.variables import misspelt

_Asked = ParamSpec("_Asked")
_TO_MEND = 2


def command(main: Callable[_Asked, int]) -> Callable[_Asked, int]:
    """A command that gives 2 and says what to mend, instead of where the code stood, for a faulty mapping,
    setting, declaration or manifest; of a variable that is misspelt it says so and goes on."""

    @piped
    @wraps(main)
    def carried_out(*args: _Asked.args, **kwargs: _Asked.kwargs) -> int:
        for line in misspelt(os.environ):
            print(line, file=sys.stderr)
        try:
            return main(*args, **kwargs)
        except Mendable as fault:
            return ended_by(fault)

    return carried_out


def ended_by(fault: Mendable) -> int:
    """How a command ends by what a person can mend: it says what, and gives 2."""
    print(f"{fault.opening}{fault}", file=sys.stderr)
    return _TO_MEND
