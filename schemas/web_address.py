"""Whether a text is an address that a browser or a program can call. Calls none."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_BREAKS = re.compile(r"[\s\x00-\x1f]")


def is_web_address(text: str) -> bool:
    """Whether it begins with http:// or https:// and names a host, with a port that there is where one stands."""
    try:
        parts = urlsplit(text)
        names = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return names and not _BREAKS.search(text)
