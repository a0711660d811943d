"""A number of days as a person types it, for a grant or for how long nobody has used a thing. Tells no day."""

from __future__ import annotations

import argparse
import re

# A hundred years: so many lie behind and before any day that we tell.
_MOST = 36_500
_WHOLE = re.compile(r"[1-9][0-9]{0,4}")


def number_of_days(text: str) -> int:
    """The number that a word of a command means. Raises ArgumentTypeError for any other."""
    if not _WHOLE.fullmatch(text) or int(text) > _MOST:
        raise argparse.ArgumentTypeError(f"found '{text}'; expected a number of days from 1 to {_MOST:,}, such as 90")
    return int(text)
