"""The last rung: Splink weighs names and places of the rows that every other rung left, with weights declared here.

The weights were estimated once and are fixed, so that the same inputs give the same bytes: nothing is trained
in a run, and no sample is drawn. `make weights` prints how often each level is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import polars as pl

from pipelines.identity.names import ENDS, ends
from pipelines.identity.register import Register
from pipelines.identity.rungs import CANDIDATES
from pipelines.identity.sounds import sound
from pipelines.sql.connected import connected

IMPROBABLE = "improbable"

# Of matches at the threshold one in twenty is wrong. What reaches this rung is about one row in two hundred, so
# that all matches together stay better than 999 in a thousand.
THRESHOLD = 0.95
# Of fewer enterprises than this the one that is meant may well be missing: a first delivery makes nothing probable.
SMALLEST = 100_000
# A person is shown what is likelier than this.
WORTH_A_LOOK = 0.05

_THREADS = 2
_MEMORY = "2GB"


@dataclass(frozen=True)
class Level:
    """How alike two records may be: `m` is how often one enterprise's two records are so, `u` two enterprises'."""

    name: str
    sql: str
    m: float
    u: float


# Each comparison's levels, of which the first that holds counts; where its column is empty nothing is said.
# Estimated with `make weights` on demos of 100,000 enterprises (seeds 20250630 and 1), m over the pairs of one
# enterprise, u over all pairs of two, and rounded towards caution. No feed of today brings an address or a day of
# registration to this rung: those weights are what a register's readers would say, not measured.
COMPARISONS: dict[str, tuple[str, tuple[Level, ...]]] = {
    "name": (
        "short",
        (
            Level("same", "short_l = short_r", m=0.1, u=1e-6),
            Level("same sound", "sound_l = sound_r", m=0.15, u=2e-7),
            Level("one character apart", "jaro_winkler_similarity(short_l, short_r) >= 0.9", m=0.05, u=1e-4),
            Level("different", "ELSE", m=0.7, u=0.9999),
        ),
    ),
    "place in front": (
        "place",
        (
            Level("same", "place_l = place_r", m=0.85, u=0.03),
            Level("one says less", "suffix(place_l, place_r) OR suffix(place_r, place_l)", m=0.14, u=0.15),
            Level("different", "ELSE", m=0.01, u=0.82),
        ),
    ),
    "county": (
        "county",
        (
            Level("same", "county_l = county_r", m=0.94, u=0.02),
            Level("same city", "city_l = city_r", m=0.05, u=0.1),
            Level("elsewhere", "ELSE", m=0.01, u=0.88),
        ),
    ),
    "address": (
        "address",
        (Level("same", "address_l = address_r", m=0.6, u=1e-4), Level("different", "ELSE", m=0.4, u=0.9999)),
    ),
    "day of registration": (
        "registered",
        (Level("same", "registered_l = registered_r", m=0.95, u=2e-4), Level("different", "ELSE", m=0.05, u=0.9998)),
    ),
}

# Only pairs that share one of these are weighed; a branch is never weighed against what is none.
BLOCKS = (
    ("branch", "short"),
    ("branch", "city", "sound"),
    ("branch", "county", "head"),
    ("branch", "county", "tail"),
    ("branch", "county", "gapped"),
)

COMPARED = ("short", "place", "branch", "county", "city", "address", "registered", "sound", *ENDS)


@dataclass(frozen=True)
class Known:
    """What may be weighed: `records` that share a block with a row of the rest, the `names` of their entities
    (entity_id, name), and how many `entities` there are in all."""

    records: pl.DataFrame
    names: pl.DataFrame
    entities: int


def by_likelihood(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The enterprises worth a look, without doubt where one is beyond the threshold and leaves no room for another."""
    left = rest(rows)
    if left.is_empty() or known.records.is_empty():
        return pl.DataFrame(schema=CANDIDATES)
    pairs = _weighed(left, known.records, prior(known.entities))
    scored = pairs.group_by("id", "entity_id").agg(pl.col("score").max()).sort("id", "entity_id")
    others = pl.col("score").sum().over("id") - pl.col("score")
    sure = (pl.col("score") >= THRESHOLD) & (others <= 1 - THRESHOLD)
    doubt = pl.when(~sure).then(pl.lit(IMPROBABLE)).alias("doubt")
    return scored.with_columns(doubt).filter(pl.col("score") >= WORTH_A_LOOK).select(list(CANDIDATES))


def prior(entities: int) -> float:
    """How likely any two records are one enterprise: one in as many as there are, down to a power of two.

    Rounded, so that the scores of all rows do not move with every enterprise that is born.
    """
    return 1 / max(1 << max(entities.bit_length() - 1, 0), SMALLEST)


def rest(rows: pl.DataFrame) -> pl.DataFrame:
    """What is compared of the rows that have a name and a county, and no number to speak against every candidate.

    A name alone is never enough.
    """
    numbers = ("organisation_code", "tax_number", "registration_number")
    unnumbered = rows.filter(pl.col(name).is_null() for name in numbers)
    named = unnumbered.filter(pl.col("short").str.len_chars() > 0, pl.col("county").is_not_null())
    return _compared(named.with_columns(pl.col("county").str.slice(0, 4).alias("city"))).select("id", *COMPARED)


def records(register: Register) -> pl.DataFrame:
    """What is compared of every name of every entity at every seat."""
    names = pl.concat([register.names, register.other_names]).select("entity_id", "short", "place", "branch")
    seats = register.seats.with_columns(pl.col("county").str.slice(0, 4).alias("city"))
    offices = register.cities.join(seats, on=["entity_id", "city"], how="anti")
    places = pl.concat([seats, offices], how="diagonal")
    told = names.join(places, on="entity_id").join(register.days, on="entity_id", how="left")
    records = _compared(told.filter(pl.col("short") != ""))
    return records.select("entity_id", *COMPARED).sort("entity_id", *COMPARED)


def known_of(register: Register, left: pl.DataFrame) -> Known:
    """The records of a register that share a block with one of the rest; no other is weighed."""
    every = records(register)
    shares = [every.join(left.select(keys).unique(), on=keys, how="semi") for keys in BLOCKS]
    shared = pl.concat(shares).unique()
    names = register.names.select("entity_id", "name").join(shared, on="entity_id", how="semi")
    return Known(shared, names, register.entities)


def together(parts: list[Known], entities: int) -> Known:
    """Several as one; no entity is in two of them."""
    shared = pl.concat([part.records for part in parts]).sort("entity_id", *COMPARED)
    return Known(shared, pl.concat([part.names for part in parts]), entities)


def _compared(told: pl.DataFrame) -> pl.DataFrame:
    """With how the name sounds, and what of its brand and trade a slip leaves as it is."""
    return told.with_columns(sound(told["short"]).alias("sound"), *ends(pl.col("short")))


def _weighed(left: pl.DataFrame, known: pl.DataFrame, prior: float) -> pl.DataFrame:
    """Every pair that shares a block: id, entity_id, and `score`, the probability that they are one enterprise."""
    from splink import DuckDBAPI, Linker  # a second, and only needed where rows are left over

    left, right = (table.with_row_index("unique_id") for table in (left, known))
    with connected({"threads": _THREADS, "memory_limit": _MEMORY}) as connection:
        database = cast(Any, DuckDBAPI(connection=connection))
        tables = [
            database.register(table.select("unique_id", *COMPARED).to_arrow(), dataset_display_name=name)
            for name, table in (("a_rest", left), ("b_register", right))
        ]
        linker = Linker(tables, _settings(prior), log_level=None)
        found = linker.inference.predict(warning_mode="never").as_duckdbpyrelation()
        pairs = found.select("unique_id_l, unique_id_r, match_probability").pl()
    return (
        pairs.join(left.select("id", unique_id_l="unique_id"), on="unique_id_l")
        .join(right.select("entity_id", unique_id_r="unique_id"), on="unique_id_r")
        .select("id", "entity_id", pl.col("match_probability").round(6).alias("score"))
    )


def _settings(prior: float) -> Any:
    from splink import SettingsCreator, block_on

    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=prior,
        comparisons=[_comparison(name, column, levels) for name, (column, levels) in COMPARISONS.items()],
        blocking_rules_to_generate_predictions=[block_on(*keys) for keys in BLOCKS],
        retain_matching_columns=False,
    )


def _comparison(name: str, column: str, levels: tuple[Level, ...]) -> dict[str, Any]:
    silent = {
        "sql_condition": f"{column}_l IS NULL OR {column}_r IS NULL",
        "label_for_charts": "not told",
        "is_null_level": True,
    }
    told = [
        {"sql_condition": level.sql, "label_for_charts": level.name, "m_probability": level.m, "u_probability": level.u}
        for level in levels
    ]
    return {"output_column_name": name.replace(" ", "_"), "comparison_levels": [silent, *told]}
