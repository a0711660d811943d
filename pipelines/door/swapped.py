"""Whether two columns hold what the other one held before: amounts and texts that no row's own rules tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from pipelines.door.profile import MARKS, Profile, shares
from pipelines.refusal import Sign
from schemas.feed import Feed

# Of fewer rows medians and shares wander: the median of twenty amounts by half of its size and more.
_FEWEST = 50
# How many times two medians are apart, before and now the other way, and how near each is now to what the other was.
# Revenue and tax are thirty times apart; medians moved by at most 4 times in thirty years of the real register.
_APART, _NEAR = 5.0, 2.0
# How far two shares are apart, before and now the other way. In all years of the real register over half of the
# addresses have a digit and four in five scopes list something; names do neither, and no share moved by a fifth.
_SHARES_APART = 0.4
_TODO = "Each has what the other had: the two look swapped. Ask the department. If it is meant, admit it: make admit."

Numbers = dict[str, float]
Pair = tuple[str, str]


def swapped_columns(feed: type[Feed], now: Profile) -> list[Sign]:
    """A stop for each two columns that look as the other did in the last accepted delivery that had rows enough."""
    signs = [*_amounts(feed, now), *(each for mark in MARKS for each in _texts(mark, now))]
    return list({each.column: each for each in signs}.values())


def _amounts(feed: type[Feed], now: Profile) -> list[Sign]:
    middles = {name: value for name, value in now.middle.items() if now.amounts[name] >= _FEWEST and value > 0}
    usual = {name: value for name, value in now.usual_middle.items() if value > 0}
    pairs = [each for each in _pairs(middles, usual) if _have_crossed(each, middles, usual)]
    return [_sign([feed.columns[name].source for name in each], "medians of {:,.10g} and {:,.10g}",
                  [middles[name] for name in each], [usual[name] for name in each]) for each in pairs]  # fmt: skip


def _have_crossed(pair: Pair, now: Numbers, usual: Numbers) -> bool:
    """Whether the larger median is the smaller one now, as clearly as before, and each is near the other's."""
    small, large = sorted(pair, key=usual.__getitem__)
    is_clear = min(usual[large] / usual[small], now[small] / now[large]) >= _APART
    return is_clear and all(1 / _NEAR <= now[one] / usual[other] <= _NEAR for one, other in (pair, pair[::-1]))


def _texts(mark: str, now: Profile) -> list[Sign]:
    here, usual = shares(now, mark, _FEWEST), now.usual_marks.get(mark, {})
    pairs = [each for each in _pairs(here, usual) if _have_turned(each, here, usual)]
    return [_sign(each, f"{mark} in {{:.0%}} and {{:.0%}} of the texts", [here[name] for name in each],
                  [usual[name] for name in each]) for each in pairs]  # fmt: skip


def _have_turned(pair: Pair, now: Numbers, usual: Numbers) -> bool:
    """Whether the column with the larger share has the smaller one now, as clearly as before."""
    small, large = sorted(pair, key=usual.__getitem__)
    return min(usual[large] - usual[small], now[small] - now[large]) >= _SHARES_APART


def _pairs(now: Numbers, usual: Numbers) -> list[Pair]:
    return list(combinations([name for name in now if name in usual], 2))


def _sign(columns: Sequence[str], form: str, now: list[float], usual: list[float]) -> Sign:
    return Sign("swapped", "stop", ", ".join(columns), form.format(*now), f"about {form.format(*usual)}", 2, _TODO)
