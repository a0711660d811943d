"""Which columns make a row one of its kind: the fewest whose values together hardly ever repeat. No meaning here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import polars as pl

from pipelines.draft.share import share

# Departments deliver some rows twice; a key may repeat in so few.
NEARLY = 0.97
_MOST_COLUMNS = 4
_MOST_TRIED = 12
# What names a thing before what only happens to differ.
_NAMES_A_THING = ("permit_number", "credit_code", "taxpayer_id", "organisation_code", "registration_number",
                  "certificate_number", "number", "division")  # fmt: skip
_ORDER = ("division_name", "name", "day", "month", "year", "code", "text")


@dataclass(frozen=True)
class Grain:
    """The columns, and the share of rows (repeated ones left out) that they tell apart."""

    headers: tuple[str, ...]
    share: float


def find_grain(rows: pl.DataFrame, kinds: dict[str, str]) -> Grain | None:
    """The smallest set of columns that tells rows apart; of equals the likelier kinds, then the larger share.

    `kinds` has each header that may be part of a key; a number that is no amount is of the kind `number`.
    None where no set does.
    """
    kinds = {header: kind for header, kind in kinds.items() if kind in (*_NAMES_A_THING, *_ORDER)}
    once = rows.drop("row", strict=False).unique(maintain_order=True).select(list(kinds))
    candidates = sorted(kinds, key=lambda header: _rank(header, kinds))[:_MOST_TRIED]
    for width in range(1, _MOST_COLUMNS + 1):
        found = [Grain(headers, _share(once, headers)) for headers in combinations(candidates, width)]
        good = [grain for grain in found if grain.share >= NEARLY]
        if good:
            return min(good, key=lambda grain: ([_rank(header, kinds) for header in grain.headers], -grain.share))
    return None


def _rank(header: str, kinds: dict[str, str]) -> int:
    return 0 if kinds[header] in _NAMES_A_THING else 1 + _ORDER.index(kinds[header])


def _share(rows: pl.DataFrame, headers: tuple[str, ...]) -> float:
    """Different keys of all rows; a row without its key is told apart by nothing."""
    filled = rows.select(headers).drop_nulls()
    return filled.n_unique() / rows.height if rows.height else 0.0


def grain_kind(values: pl.Series, kind: str) -> str:
    """`number` for text that is a number or code of its own, such as S001; else the kind itself."""
    is_code = values.drop_nulls().str.contains(r"^[0-9A-Za-z_.-]+$")
    return "number" if kind == "text" and share(is_code) >= NEARLY else kind
