"""What a code list is called: by the columns that it is of. Opens no dictionary."""

from __future__ import annotations

from pipelines.ledger.listed import OFFICES
from schemas.feed import all_feeds


def codes_titled(code_list: str) -> str:
    """The columns whose codes a list tells, else those that are written in it or read by it, by their titles; else its
    name."""
    kinds = [(each.title, each.kind) for feed in all_feeds().values() for each in feed.columns.values()]
    told = [title for title, kind in kinds if kind.code_list == code_list]
    written = [title for title, kind in kinds if kind.source == code_list]
    return "、".join(dict.fromkeys(told or written or _offices(code_list))) or code_list


def _offices(code_list: str) -> list[str]:
    """The columns in which foreign catalogues name offices, for the list by which the ledger recognises them."""
    listing = [feed for feed in all_feeds().values() if feed.lists and code_list == OFFICES]
    return [feed.columns[feed.lists.office].title for feed in listing if feed.lists]
