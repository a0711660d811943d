"""The grids of a town and the codes that Civil Affairs gives them; every town has two communities of two grids."""

from __future__ import annotations

import polars as pl

from demo.places import ROADS

COMMUNITIES, GRIDS = 2, 2
_WORDS = ("一", "二")
# A street and a hundred house numbers lie in one grid.
_NUMBERS = 100
_STREET = rf"({'|'.join(ROADS)})(\d+)"


def communities() -> pl.DataFrame:
    """The communities and grids that every town has: community and grid, from 0."""
    places = [(community, grid) for community in range(COMMUNITIES) for grid in range(GRIDS)]
    return pl.DataFrame(places, schema=["community", "grid"], orient="row")


def grid_code(town: pl.Expr, community: pl.Expr, grid: pl.Expr) -> pl.Expr:
    """Fifteen digits: the county, a town's number of Civil Affairs' own, community and grid from 001 on."""
    serial = (town.str.slice(6, 3).cast(pl.Int64) * 7 + 11) % 1000
    parts = (serial, community + 1, grid + 1)
    return pl.concat_str(town.str.slice(0, 6), *(part.cast(pl.String).str.zfill(3) for part in parts))


def community_name(town_name: pl.Expr, community: pl.Expr) -> pl.Expr:
    """仓前第一社区."""
    return pl.format("{}第{}社区", town_name.str.replace("(街道|镇|乡)$", ""), _word(community))


def grid_name(community: pl.Expr, grid: pl.Expr) -> pl.Expr:
    """仓前第一社区第二网格, from the community's name."""
    return pl.format("{}第{}网格", community, _word(grid))


def street(address: pl.Expr) -> pl.Expr:
    """The street and house number in an address, 人民路12号; null where the demo knows no such street."""
    return pl.concat_str(address.str.extract(_STREET, 1), address.str.extract(_STREET, 2), pl.lit("号"))


def lies_in(address: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The community and grid that a street and house number lie in."""
    at = {road: place for place, road in enumerate(dict.fromkeys(ROADS))}
    road = address.str.extract(_STREET, 1).replace_strict(at, return_dtype=pl.Int64)
    block = road * 7 + address.str.extract(_STREET, 2).cast(pl.Int64) // _NUMBERS
    return block % COMMUNITIES, block // COMMUNITIES % GRIDS


def _word(number: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(_WORDS)).gather(number)
