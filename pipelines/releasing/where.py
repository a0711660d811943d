"""Whether what is released is shipped, and to where: from the environment. Ships nothing."""

from __future__ import annotations

import os

from schemas import here
from schemas.store import is_store, opened


def no_store() -> str:
    """Why there is none, in a sentence."""
    if is_store(os.environ.get("JUBIAN_SUPPLY", "")):
        return "What was known on a day is neither shipped nor restored: leave out KNOWN (JUBIAN_KNOWN)."
    return "JUBIAN_SUPPLY names no object store (s3://BUCKET/PREFIX)."


def store_url() -> str | None:
    """`JUBIAN_SUPPLY` where it is `s3://BUCKET/PREFIX`; None where it is a folder.

    None too where what was known on a day is rebuilt (`JUBIAN_KNOWN`): that stands beside what is served. Raises
    NoPlace for a URL that is neither, and for AWS_* that cannot be meant: before anything is done.
    """
    told = os.environ.get("JUBIAN_SUPPLY", "")
    if not is_store(told) or here.known():
        return None
    opened(told)
    return told
