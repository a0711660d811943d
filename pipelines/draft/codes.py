"""Which code lists and dictionaries a column's values are written in. Nothing is translated here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.draft.share import share
from schemas.kinds import narrowed

_MOSTLY = 0.9
_CLOSE = 0.02
_FEWEST = 2
# As many different digits as this cannot all be codes by chance, where half of all numbers of their length are none.
_ENOUGH = 5
# Towns and villages are places; their codes are recognised as such.
_PLACES = ("town", "village")


@dataclass(frozen=True)
class Coded:
    """A vocabulary that a column may be written in: the list it leads to, the source, the share, the size of it.

    `by_chance` says that numbers would meet it as well: only the column's name can tell.
    """

    code_list: str
    source: str | None
    share: float
    size: int
    by_chance: bool

    @property
    def declared(self) -> str:
        """The kind as a declaration writes it."""
        return f'code("{self.code_list}"' + (f', source="{self.source}")' if self.source else ")")

    @property
    def evidence(self) -> str:
        """What speaks for it, in a few words."""
        return f"{self.share:.1%} are codes of {self.source or self.code_list}"


def coded(values: pl.Series, mappings: Mappings) -> list[Coded]:
    """The vocabularies that most values are of: the largest share first, then the smallest vocabulary."""
    counts = values.alias("code").to_frame().select(narrowed(pl.col("code"))).group_by("code").len()
    if counts.height < _FEWEST or counts["code"].str.len_chars().max() == 0:
        return []
    found = [
        Coded(code_list, source, _share(counts, codes), len(codes), _by_chance(counts, codes))
        for (code_list, source), codes in _vocabularies(_Held(mappings)).items()
    ]
    likely = [each for each in found if each.share >= _MOSTLY]
    best = max((each.share for each in likely), default=0.0)
    close = [each for each in likely if each.share >= best - _CLOSE]
    return sorted(close, key=lambda each: (each.size, each.code_list, each.source or ""))


def listed_names(values: pl.Series, mappings: Mappings) -> str | None:
    """The code list whose names, not codes, the values are; None where there is none."""
    distinct = values.unique()
    names = mappings.lists.filter(~pl.col("list").is_in(_PLACES)).group_by("list", maintain_order=True).agg("name")
    for code_list, held in names.iter_rows():
        if distinct.len() >= _FEWEST and share(distinct.is_in(held)) >= _MOSTLY:
            return str(code_list)
    return None


class _Held:
    """Mappings as a key of the cache: the same as long as their dictionaries are."""

    def __init__(self, mappings: Mappings) -> None:
        self.mappings = mappings

    @property
    def dictionaries(self) -> str:
        """What tells them from any others."""
        return self.mappings.fingerprints["dictionary"]

    def __hash__(self) -> int:
        return hash(self.dictionaries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.dictionaries == other.dictionaries


@lru_cache(maxsize=4)
def _vocabularies(held: _Held) -> dict[tuple[str, str | None], frozenset[str]]:
    """All codes of each dictionary's source, with those of the list that the source is; and of each other list."""
    lists = _sets(held.mappings.lists, "list")
    sources = _sets(held.mappings.codes, "list", "source")
    translated = {source for _, source in sources}
    own: dict[tuple[str, str | None], frozenset[str]] = {
        (name, None): codes for (name,), codes in lists.items() if name not in {*_PLACES, *translated}
    }
    led: dict[tuple[str, str | None], frozenset[str]] = {
        (code_list, source): codes | lists.get((source,), frozenset())
        for (code_list, source), codes in sources.items()
        if code_list not in _PLACES
    }
    return own | led


def _sets(rows: pl.DataFrame, *by: str) -> dict[tuple[str, ...], frozenset[str]]:
    grouped = rows.group_by(*by, maintain_order=True).agg("code")
    return {tuple(map(str, row[:-1])): frozenset(row[-1]) for row in grouped.iter_rows()}


def _share(counts: pl.DataFrame, codes: frozenset[str]) -> float:
    met = counts.filter(pl.col("code").is_in(sorted(codes)))
    return int(met["len"].sum()) / int(counts["len"].sum())


def _by_chance(counts: pl.DataFrame, codes: frozenset[str]) -> bool:
    """Whether numbers of this length would be codes as well; words would not."""
    common = counts.sort("len", "code", descending=[True, False])["code"][0]
    if not common.isdigit():
        return False
    alike = sum(1 for code in codes if code.isdigit() and len(code) == len(common))
    return counts.height < _ENOUGH or alike > 10 ** len(common) / 2
