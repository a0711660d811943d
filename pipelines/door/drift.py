"""Drift at the door: a delivery beside its declaration and the last accepted one is benign, translated or stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.disk.deliveries import Delivery
from pipelines.door.panel import panel_signs
from pipelines.door.profile import FEWEST_ROWS, Profile
from pipelines.door.swapped import swapped_columns
from pipelines.few import few
from pipelines.refusal import Finding, Sign, Verdict
from schemas.feed import Api, Feed

# A register that loses half of its rows or trebles between two full files was cut short or joined to another.
FALL, RISE = 0.5, 3.0
# The demo and the real register repeat under one row in a hundred; a fifth more is another grain.
REPEATED_MORE, REPEATED_AT_ALL = 0.2, 0.5
# A column that half of the rows filled and now fewer than a tenth do was left out at the source.
FILLED_BEFORE, FILLED_NOW = 0.5, 0.1
# Fills move by a few hundredths between deliveries; from here on it is told.
FILL_TOLD = 0.2
# 元 and 万元 are 10,000 apart; medians of one unit moved by at most 4 times in thirty years of the real register.
UNIT_LEAST, UNIT_MOST = 10**3.5, 10**4.5
# Real and made-up files have under one line in a hundred that is no row; a tenth is another layout.
MALFORMED = 0.1
# A day so many years beyond the last delivery's is a slip in one cell, or in a file's name. Real feeds pause for up to
# two years: the register's yearly files of 2003 and 2005.
LEAP = 5

_VERDICTS: tuple[Verdict, ...] = ("benign", "translate", "stop")
_ADMIT = "If it is meant, admit it: make admit"
_DEPARTED = "the columns as declared"


@dataclass(frozen=True)
class Drift:
    """The signs of one delivery, and which rules an operator has set aside for it."""

    signs: tuple[Sign, ...]
    admitted: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The gravest sign that was not admitted; one that was is translated."""
        told: list[Verdict] = ["translate" if self.is_admitted(sign) else sign.verdict for sign in self.signs]
        return _VERDICTS[max(map(_VERDICTS.index, told), default=0)]

    def is_admitted(self, sign: Sign) -> bool:
        """Whether a stop has been set aside by an operator."""
        return sign.verdict == "stop" and sign.rule in self.admitted

    def stops(self) -> list[Sign]:
        """The signs that keep the delivery out."""
        return [sign for sign in self.signs if sign.verdict == "stop" and not self.is_admitted(sign)]


def drift(
    feed: type[Feed], delivery: Delivery, now: Profile, before: Profile | None, foreign: list[Sign], stands: str,
    last: Delivery | None,
) -> tuple[Sign, ...]:  # fmt: skip
    """Every sign of drift in a delivery, its `foreign` columns among them.

    `stands` names the one that holds of a snapshot's deliveries of that day; `last` is the newest one
    before it that it `may_leap` beyond.
    """
    signs = [
        *_layout(delivery),
        *_malformed(delivery),
        *_same_day(feed, delivery, stands),
        *_repeated_content(feed, now, before),
        *(foreign if now.rows >= FEWEST_ROWS else []),
        *_grain(feed, now, before),
    ]
    if feed.panel is not None:
        signs += panel_signs(feed.panel, before.lists if before else [], now.lists, delivery.as_of)
    if last is not None:
        signs += _leap(feed, delivery, last)
    if before is None:
        return tuple(signs)
    stand = [*_row_count(feed, now, before), *_emptied(feed, now), *swapped_columns(feed, now), *_unit(feed, now)]
    return (*signs, *stand, *_new_values(feed, now, before))


def may_leap(feed: type[Feed], delivery: Delivery, earlier: Delivery) -> bool:
    """Whether a delivery's day can be one of years to come beside that of an `earlier` one.

    By the name of its file it leaps only beyond one that had landed before it: a slip into the past, or an old file
    that is brought later, stops nothing that stands. Nor does what lands after a slip of years let it in.
    """
    return feed.dated is not None or earlier.after < delivery.after


def _layout(delivery: Delivery) -> list[Sign]:
    return [Sign("layout", "translate", "", departure, _DEPARTED) for departure in delivery.departures]


def _malformed(delivery: Delivery) -> list[Sign]:
    """So many lines that are no rows that the file was written in another way."""
    if delivery.rows < FEWEST_ROWS or delivery.malformed <= MALFORMED * delivery.rows:
        return []
    found = f"{delivery.malformed:,} of {delivery.rows:,} lines that are no rows"
    todo = f"Look at the lines, which landed as malformed, and ask the department for the file again. {_ADMIT}."
    return [Sign("malformed", "stop", "", found, "a row in each line", delivery.malformed, todo)]


def _leap(feed: type[Feed], delivery: Delivery, last: Delivery) -> list[Sign]:
    """Whether a delivery tells of years to come: every later one would be older than this."""
    if int(delivery.as_of[:4]) - int(last.as_of[:4]) < LEAP:
        return []
    expected = f"a day within {LEAP} years of {last.name}"
    if feed.dated is None:
        found, todo = f"a day of {delivery.as_of} in the file's name", f"Rename the file if it is a slip. {_ADMIT}."
        return [Sign("leap", "stop", "", found, expected, 1, todo)]
    column, todo = feed.columns[feed.dated].source, f"Have the day set right at the source. {_ADMIT}."
    return [Sign("leap", "stop", column, f"a newest day of {delivery.as_of}", expected, 1, todo)]


def _same_day(feed: type[Feed], delivery: Delivery, stands: str) -> list[Sign]:
    """Of two full files of one day one holds; without a word of the department nobody knows which."""
    if feed.delivers == "increment" or delivery.name == stands:
        return []
    found = f"a second delivery of {delivery.as_of} beside {stands}"
    todo = f"Ask the department which of the two holds. {_ADMIT}."
    return [Sign("same_day", "stop", "", found, "one full delivery a day", 1, todo)]


def _repeated_content(feed: type[Feed], now: Profile, before: Profile | None) -> list[Sign]:
    """Whether an older delivery had the same rows: it may be an old file under a new name.

    A pull from an API brings the last day's rows again, and on a quiet day no others.
    """
    if now.content not in now.seen:
        return []
    is_quiet = isinstance(feed.source, Api) and before is not None and now.content == before.content
    verdict = "benign" if feed.may_repeat or is_quiet else "stop"
    todo = f"Ask the department whether nothing has changed. {_ADMIT}, or write may_repeat = True on the feed."
    return [Sign("repeated_content", verdict, "", f"the same {now.rows} rows as {now.seen[now.content]}",
                 "rows that are not all old", now.rows, todo)]  # fmt: skip


def _row_count(feed: type[Feed], now: Profile, before: Profile) -> list[Sign]:
    """How many rows came; only a full file must be about as long as the last."""
    if now.rows == before.rows:
        return []
    is_odd = not FALL * before.rows <= now.rows <= RISE * before.rows
    verdict = "stop" if is_odd and feed.delivers == "snapshot" and before.rows >= FEWEST_ROWS else "benign"
    expected = f"about the {before.rows} rows of {before.delivery}"
    todo = f"Look for a file that is cut short or holds two. {_ADMIT}."
    return [Sign("row_count", verdict, "", f"{now.rows} rows", expected, now.rows, todo)]


def _grain(feed: type[Feed], now: Profile, before: Profile | None) -> list[Sign]:
    """Whether more rows than before share a grain."""
    share = now.repeated / max(now.rows, 1)
    allowed = REPEATED_AT_ALL if before is None else before.repeated / max(before.rows, 1) + REPEATED_MORE
    if share <= allowed or now.rows < FEWEST_ROWS:
        return []
    found = f"{now.repeated} of {now.rows} rows that repeat it"
    todo = f"Ask the department what one row is now. {_ADMIT}."
    return [Sign("grain", "stop", ", ".join(feed.grain), found, "one row each", now.repeated, todo)]


def _emptied(feed: type[Feed], now: Profile) -> list[Sign]:
    """Columns that are filled otherwise than before."""
    if now.rows < FEWEST_ROWS:
        return []
    shares = {name: (now.usual_filled.get(name, share), share) for name, share in now.filled.items()}
    return [
        _fill(feed, name, was, share)
        for name, (was, share) in shares.items()
        if abs(was - share) > FILL_TOLD and name not in feed.ignored
    ]


def _fill(feed: type[Feed], name: str, was: float, share: float) -> Sign:
    is_empty = feed.delivers == "snapshot" and was >= FILLED_BEFORE and share < FILLED_NOW
    todo = f"Ask the department why it is empty. {_ADMIT}."
    found, expected = f"filled in {share:.0%} of the rows", f"about {was:.0%}"
    return Sign("emptied" if is_empty else "fill", "stop" if is_empty else "benign", name, found, expected, 1, todo)


def _unit(feed: type[Feed], now: Profile) -> list[Sign]:
    """Amounts whose median is about ten thousand times what it was, or a ten thousandth."""
    enough = [name for name in now.usual_middle if now.amounts.get(name, 0) >= FEWEST_ROWS]
    return [
        _shifted(feed, name, now.middle[name], now.usual_middle[name])
        for name in enough
        if _is_shift(now.middle[name], now.usual_middle[name])
    ]


def _is_shift(now: float, before: float) -> bool:
    """Whether two medians are a unit apart; the median of amounts with a sign may be nothing, which has no ratio."""
    return now * before != 0 and UNIT_LEAST <= max(now / before, before / now) <= UNIT_MOST


def _shifted(feed: type[Feed], name: str, now: float, before: float) -> Sign:
    column = feed.columns[name]
    looks = "万元 written as 元" if now < before else "元 written as 万元"
    todo = f"It looks like {looks}. Ask the department, and change the unit in schemas/feeds/ if it is meant."
    return Sign(
        "unit", "stop", column.source, f"a median of {now:,.10g}", f"about {before:,.10g}", 1, f"{todo} {_ADMIT}."
    )


def _new_values(feed: type[Feed], now: Profile, before: Profile) -> list[Sign]:
    """Words that no delivery has used, and those that a full file no longer uses."""
    return [sign for name, words in now.words.items() for sign in _new_words(feed, name, list(words), now, before)]


def _new_words(feed: type[Feed], name: str, words: list[str], now: Profile, before: Profile) -> list[Sign]:
    new = [word for word in words if word not in now.known.get(name, [])]
    last = before.words.get(name, {}) if feed.delivers == "snapshot" else {}
    gone = [word for word in last if word not in words]
    if not (new or gone) or name not in now.known:
        return []
    found = "; ".join(f"{said} {few(these)}" for said, these in (("new", new), ("gone", gone)) if these)
    return [Sign("new_values", "translate", name, found, "the words used so far", len(new) + len(gone))]


def finding(delivery: Delivery, sign: Sign) -> Finding:
    """A stop as the finding that refuses a delivery."""
    return Finding(delivery.file, 0, sign.column, sign.rule, sign.found, sign.expected, sign.todo or f"{_ADMIT}.")


def write_drift(told: Drift, folder: Path) -> None:
    """Keep verdict and signs in a delivery's folder."""
    record = {"verdict": told.verdict} | asdict(told)
    (folder / "drift.json").write_text(json.dumps(record, ensure_ascii=False, indent=2))


def read_drift(folder: Path) -> Drift | None:
    """The drift that a delivery's folder holds, if it has been judged."""
    if not (folder / "drift.json").exists():
        return None
    told = json.loads((folder / "drift.json").read_text())
    return Drift(tuple(Sign(**each) for each in told["signs"]), tuple(told["admitted"]))


def counted(drifts: Iterable[Drift]) -> dict[str, int]:
    """How much of each rule several deliveries show."""
    counts: dict[str, int] = {}
    for sign in (sign for each in drifts for sign in each.signs):
        counts[sign.rule] = counts.get(sign.rule, 0) + sign.count
    return dict(sorted(counts.items()))
