"""How a command ends when whoever reads what it prints has gone, as `head` has: with a line. Knows no command."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

_Asked = ParamSpec("_Asked")
# As a shell tells of a command that a closed pipe has ended.
_CLOSED = 141


def piped(main: Callable[_Asked, int]) -> Callable[_Asked, int]:
    """A command that ends with 141 and a line where its output is read no more, instead of where the code stood."""

    @wraps(main)
    def carried_out(*args: _Asked.args, **kwargs: _Asked.kwargs) -> int:
        try:
            ended = main(*args, **kwargs)
            sys.stdout.flush()
            return ended
        except BrokenPipeError:
            # Else Python fails once more when it ends and flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            print("Stopped: what is printed is read no more. What was still to be done is not.", file=sys.stderr)
            return _CLOSED

    return carried_out
