"""What a feed says of data sets that others own. The ledger is not known here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Listing:
    """What a feed says of data sets that others own: the standard columns with a data set's portal, title, office,
    district, summary, day of change and size. The resource ledger takes such a feed in as a catalogue.
    """

    portal: str
    title: str
    office: str
    district: str
    summary: str
    updated: str
    size: str
