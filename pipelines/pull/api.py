"""Pulling from a paginated HTTP API: pages are kept one by one until all are there, then become one delivery."""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from pipelines.formats.jsonlines import is_whole
from pipelines.pull.budget import Budget, Passing, PullError, check_address, cut_at, patiently, without_secrets
from schemas.put import put_bytes

PAGE_SIZE = 1000
# What a second reading of a page must find as it was; an answer may have a number and a time of its own.
_SAME = ("asOf", "total", "pages", "rows")
_READ, _AGAIN = ".json", ".again"
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class _Changed(Exception):
    """The source answered for another day or total, or a page otherwise than before: what was kept no longer fits."""


def pull_api(feed: str, address: str, path: str, since: date | None, inbox: Path, budget: Budget) -> Path | None:
    """Fetch all pages of `<address><path>` since a day and write `<inbox>/<feed>/<as-of day>.jsonl`.

    Pages wait in `<inbox>/.pulling/<feed>/` so that an interrupted pull goes on with the first missing one.
    Several pages are asked for a second time and must be as they were: a row that moved from one to another while they
    were read would be lost. Gives None where the source has nothing new, or is still at the day `since`: of two
    deliveries of one day none would be the later one, and its next day brings these rows too. Raises PullError; a
    file with its final name is whole.
    """
    check_address(feed, address, ("http", "https"), "https://HOST:PORT/PATH")
    ends = time.monotonic() + budget.seconds
    pages = inbox / ".pulling" / feed / (since.isoformat() if since else "all")
    pages.mkdir(parents=True, exist_ok=True)
    try:
        with cut_at(ends) as line, httpx.Client(follow_redirects=False) as client:
            source = _Source(client, address.rstrip("/") + path, since, budget, ends, line)
            first = _all_pages(source, pages)
    except (Passing, httpx.HTTPError, PullError, UnicodeError, _Changed) as error:
        raise PullError(
            f"{feed}: {without_secrets(address)}{path}: {error or type(error).__name__}. "
            f"Nothing was delivered; mend the source or its address and run again: {_goes_on(pages)}."
        ) from error
    if first is not None and first["total"]:
        return _deliver(first, pages, inbox / feed)
    shutil.rmtree(pages)
    return None


def _goes_on(pages: Path) -> str:
    read, again = (len(list(pages.glob(f"page-*{suffix}"))) for suffix in (_READ, _AGAIN))
    return f"it goes on behind page {again} of the second reading" if again else f"it goes on behind page {read}"


class _Source:
    """One API as of one pull: how a page is asked for, patiently and within the time left."""

    def __init__(
        self, client: httpx.Client, url: str, since: date | None, budget: Budget, ends: float,
        line: Callable[[socket.socket], None],
    ) -> None:  # fmt: skip
        self._client, self._url, self._since, self._budget, self._ends = client, url, since, budget, ends
        self._line = line

    def page(self, number: int) -> dict[str, Any]:
        """A page's JSON."""
        return patiently(self._budget, self._left, lambda: self._ask(number))

    def is_at_a_later_day(self, page: dict[str, Any]) -> bool:
        """Whether a page is of a later day than that since which is asked."""
        return self._since is None or date.fromisoformat(page["asOf"]) > self._since

    def _left(self) -> float:
        return self._ends - time.monotonic()

    def _ask(self, number: int) -> dict[str, Any]:
        self._refuse_late()
        asked: dict[str, str | int] = {"page": number, "size": PAGE_SIZE} | (
            {"since": self._since.isoformat()} if self._since else {}
        )
        wait, noted = max(0.1, min(30.0, self._left())), {"trace": self._note}
        try:
            with self._client.stream("GET", self._url, params=asked, timeout=wait, extensions=noted) as answer:
                _refuse_other(answer, number)
                return _page(answer.read(), number)
        except httpx.TransportError as error:
            self._refuse_late()
            raise Passing(f"{type(error).__name__} at page {number} ({error or 'no more is told'})") from error

    def _note(self, event: str, told: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self._line(told["return_value"].get_extra_info("socket"))

    def _refuse_late(self) -> None:
        if self._left() <= 0:
            raise PullError("the time for this pull is used up")


def _refuse_other(answer: httpx.Response, number: int) -> None:
    """Raise Passing for an answer that may be another one later, PullError for any that brings nothing."""
    told = f"status {answer.status_code} at page {number}"
    if answer.status_code in _TRY_AGAIN:
        raise Passing(told, after=_asked_to_wait(answer))
    if answer.next_request is not None:
        raise PullError(f"{told}, which leads to {without_secrets(str(answer.next_request.url))}")
    if not answer.is_success:
        raise PullError(told)


def _asked_to_wait(answer: httpx.Response) -> float:
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else 0.0


def _page(content: bytes, number: int) -> dict[str, Any]:
    try:
        told: Any = json.loads(content, object_pairs_hook=_each_once)
        date.fromisoformat(told["asOf"])
        page = told | {"rows": told["rows"] or []}
        if told["page"] == number and _is_counted(page):
            return page
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Passing(f"an answer that is no page, at page {number}") from error
    raise Passing(f"another page than asked, or one without numbers and rows, at page {number}")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any] | list[tuple[str, Any]]:
    """A JSON object; one with a key that stands twice as its pairs, so that it lands as a line that is no row."""
    told = dict(pairs)
    return told if len(told) == len(pairs) else pairs


def _is_counted(page: dict[str, Any]) -> bool:
    return all(isinstance(page[name], int) for name in ("total", "pages")) and isinstance(page["rows"], list)


def _all_pages(source: _Source, pages: Path) -> dict[str, Any] | None:
    """Fetch what is missing; when the source moves on midway, what was kept is dropped once and fetched anew.

    Gives the first page, None where the source is still at the day since which it is asked.
    """
    for _ in range(2):
        try:
            first = _keep(source, pages, 1)
            return _missing_pages(source, pages, first) if source.is_at_a_later_day(first) else None
        except _Changed:
            for file in pages.glob("page-*"):
                file.unlink()
    raise PullError("the source changed twice while it was read, or gives its rows in no order of their own")


def _missing_pages(source: _Source, pages: Path, first: dict[str, Any]) -> dict[str, Any]:
    for number in range(2, first["pages"] + 1):
        page = _keep(source, pages, number)
        if (page["asOf"], page["total"]) != (first["asOf"], first["total"]):
            raise _Changed
    rows = sum(len(_kept(pages, number)["rows"]) for number in range(1, first["pages"] + 1))
    if rows != first["total"]:
        raise _Changed
    if first["pages"] > 1:
        _read_again(source, pages, first["pages"])
    return first


def _read_again(source: _Source, pages: Path, count: int) -> None:
    """Ask for every page a second time, and note which was as it is kept."""
    for number in range(1, count + 1):
        noted = _file(pages, number).with_suffix(_AGAIN)
        if not noted.exists():
            told, kept = source.page(number), _kept(pages, number)
            if any(told[name] != kept[name] for name in _SAME):
                raise _Changed
            noted.touch()


def _keep(source: _Source, pages: Path, number: int) -> dict[str, Any]:
    file = _file(pages, number)
    if not file.exists():
        put_bytes(_written(source.page(number)).encode(), file)
    return _kept(pages, number)


def _written(told: Any) -> str:
    """JSON in letters; where half a character is none, all in escapes: its row lands as one that cannot be read."""
    text = json.dumps(told, ensure_ascii=False)
    return text if is_whole(text) else json.dumps(told)


def _kept(pages: Path, number: int) -> dict[str, Any]:
    return json.loads(_file(pages, number).read_text(encoding="utf-8"))


def _file(pages: Path, number: int) -> Path:
    return pages / f"page-{number:06d}{_READ}"


def _deliver(first: dict[str, Any], pages: Path, folder: Path) -> Path:
    """All pages as JSON lines under the as-of day; what lies there already, byte for byte, is not touched."""
    final = folder / f"{str(first['asOf']).replace('-', '')}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{final.name}.part"
    with partial.open("w", encoding="utf-8", newline="\n") as stream:
        for number in range(1, first["pages"] + 1):
            lines = (_written(row) for row in _kept(pages, number)["rows"])
            stream.writelines(f"{line}\n" for line in lines)
        stream.flush()
        os.fsync(stream.fileno())
    if final.exists() and filecmp.cmp(partial, final, shallow=False):
        partial.unlink()
    else:
        os.replace(partial, final)
    shutil.rmtree(pages)
    return final
