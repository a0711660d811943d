"""What operators have set aside: which rules for which delivery or release. Admits nothing."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from pipelines.dictionary import Mappings

_SHORTEST_SHA256 = 12


def admitted(mappings: Mappings, scope: str, subject: str) -> frozenset[str]:
    """The rules that operators have set aside for a delivery of a feed, or for a county's release of a product.

    A delivery is named by its sha256 or at least the first twelve digits of it, a release by `330110/2026-07-01`.
    """
    mine = mappings.admissions.filter(pl.col("scope") == scope).select("subject", "rule")
    return frozenset(rule for named, rule in mine.iter_rows() if _is_named(subject, named))


def last_admitted(mappings: Mappings, scope: str, rule: str, subjects: Collection[str]) -> str | None:
    """Of some subjects the one for which operators set a rule aside last: rows are only ever appended."""
    named = named_for(mappings, scope, rule)
    met = [subject for name in named for subject in subjects if _is_named(subject, name)]
    return met[-1] if met else None


def named_for(mappings: Mappings, scope: str, rule: str) -> list[str]:
    """For which subjects operators have set a rule aside, as they named them and in that order."""
    return mappings.admissions.filter(pl.col("scope") == scope, pl.col("rule") == rule)["subject"].to_list()


def _is_named(subject: str, named: str) -> bool:
    return subject == named or (len(named) >= _SHORTEST_SHA256 and "/" not in named and subject.startswith(named))
