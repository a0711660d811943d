"""Whether what is released is shipped, and to where: from the environment. Ships nothing."""

from __future__ import annotations

import os

from schemas.store import is_store


def store_url() -> str | None:
    """`JUBIAN_SUPPLY` where it is `s3://BUCKET/PREFIX`; None where it is a folder.

    None too where what was known on a day is rebuilt (`JUBIAN_KNOWN`): that stands beside what is served.
    """
    told = os.environ.get("JUBIAN_SUPPLY", "")
    return told if is_store(told) and not os.environ.get("JUBIAN_KNOWN") else None
