"""Which columns say where a row belongs: division codes, names of divisions, cities. No row is placed here."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.draft.fits import CERTAIN, Fit
from pipelines.draft.share import share
from pipelines.places.divisions import spellings
from schemas.kinds import narrowed

_PROVINCE = ("浙江", "浙江省", "33", "330000")
_LONGER = r"^33\d{7}(?:\d{3})?$"
_FILLED = r"^(\d{6})(?:0{3}|0{6})$"


def places(values: pl.Series, mappings: Mappings) -> list[Fit]:
    """What of a place most values are; a column may be several things, the likeliest stands first."""
    known = _known(_Places(mappings))
    text = values.alias("text").to_frame().select(narrowed(pl.col("text"))).to_series()
    six = text.str.extract(r"^(\d{6})(?:\d{3}|\d{6})?$", 1)
    tests = {
        "division": six.is_in(known["code"]).fill_null(value=False),
        "division_name": text.is_in(known["name"]),
        "city": text.is_in(known["city"]),
    }
    shares = {name: share(held) for name, held in tests.items()}
    declared, take = _code(text)
    told = [Fit("division", declared, shares["division"], f"{shares['division']:.1%} begin with a division code", take)]
    told.append(Fit("division_name", "TEXT", shares["division_name"], f"{shares['division_name']:.1%} are divisions"))
    told.append(Fit("city", "TEXT", shares["city"], f"{shares['city']:.1%} are cities of Zhejiang"))
    return sorted((fit for fit in told if fit.share >= CERTAIN), key=lambda fit: -fit.share)


def is_province(values: pl.Series) -> bool:
    """Whether nothing but the province is named."""
    return bool(values.is_in(_PROVINCE).all())


def _code(text: pl.Series) -> tuple[str, str | None]:
    """Statistical codes of towns and villages are a kind of their own; a county's may be filled up with zeros."""
    longer, filled = (share(text.str.contains(form)) for form in (_LONGER, _FILLED))
    if filled >= CERTAIN:
        return "", _FILLED
    return ("DIVISION" if longer >= CERTAIN else ""), None


class _Places:
    """Mappings as a key of the cache: the same as long as their places are."""

    def __init__(self, mappings: Mappings) -> None:
        self.mappings = mappings

    def __hash__(self) -> int:
        return hash(self.mappings.fingerprints["place"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Places) and self.mappings.fingerprints == other.mappings.fingerprints


@lru_cache(maxsize=4)
def _known(held: _Places) -> dict[str, list[str]]:
    counties = held.mappings.counties.select("code", "name", "city")
    cities = counties["city"].unique().sort()
    return {
        "code": counties["code"].unique().sort().to_list(),
        "name": spellings(counties.drop("code"))["name"].unique().sort().to_list(),
        "city": [*cities, *cities.str.strip_suffix("市")],
    }
