"""What a verb holds that is large and the same for all: an engine of many machines ships it once. Ships nothing."""

from __future__ import annotations


class ShippedOnce:
    """Tables that verbs hold, shipped once a session to each worker; of equal `fingerprints` they are the same."""

    fingerprints: dict[str, str]
