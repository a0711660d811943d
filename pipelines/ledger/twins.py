"""Which of the platform's own resources are near-duplicates: feeds' columns by meaning and values, tags by rule."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

import polars as pl

from pipelines.gather import Gathered
from pipelines.ledger.sketch import overlaps, sketch
from pipelines.tags.catalogue import Catalogue
from schemas.column import Column

# Columns of one meaning that share fewer of the smaller one's values are not told of.
_LEAST_WITHIN = 0.5
# Values so short a list that they say nothing: yes and no, a dozen codes.
_FEWEST_VALUES = 30

TWIN = {"left": pl.String, "right": pl.String, "score": pl.Float64, "relation": pl.String, "evidence": pl.String}


def twins(gathered: Iterable[Gathered], resources: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Pairs of the platform's own columns and tags: `TWIN`, the highest score first.

    A pair of columns of two feeds shares at least half of the values of the smaller one. Its `relation` is `key` where
    both feeds say by it whose row it is; else `values`, and both mean the same (semantic type and code list). A pair of
    tags, `rule`, asks the same by another name.
    """
    told = pl.concat([_columns(list(gathered), resources), _tags(catalogue)])
    return told.sort(["score", "left", "right"], descending=[True, False, False])


def _columns(gathered: list[Gathered], resources: pl.DataFrame) -> pl.DataFrame:
    there = [(each, name) for each in gathered if each.current for name in each.feed.columns]
    drawn = [_sketch(each, name) for each, name in there]
    wide = [each for each in drawn if each.height >= _FEWEST_VALUES]
    keys = [f"feed/{each.feed.key}/{each.feed.identity}" for each in gathered if hasattr(each.feed, "identity")]
    meaning = resources.select(
        "resource", "title", "part_of", means=pl.concat_str("means", pl.col("code_list").fill_null(""))
    )
    pairs = overlaps(pl.concat([sketch("", []), *wide]))
    known = pairs.join(meaning, left_on="left", right_on="resource").join(
        meaning, left_on="right", right_on="resource", suffix="_2"
    )
    both_keys = pl.col("left").is_in(keys) & pl.col("right").is_in(keys)
    alike = ((pl.col("means") == pl.col("means_2")) | both_keys) & (pl.col("part_of") != pl.col("part_of_2"))
    held = known.filter(alike, pl.col("within") >= _LEAST_WITHIN)
    within, jaccard = ((pl.col(name) * 100).round().cast(pl.Int64) for name in ("within", "jaccard"))
    told = "语义类型 {} 与 {}；较小一列的值有 {}% 在另一列中；全部取值重合 {}%；标题：{} / {}"
    kinds = {f"feed/{each.feed.key}/{name}": _kind(each.feed.columns[name]) for each, name in there}
    of_kind = (pl.col(side).replace_strict(kinds, return_dtype=pl.String) for side in ("left", "right"))
    evidence = pl.format(told, *of_kind, within, jaccard, "title", "title_2")
    relation = pl.when(both_keys).then(pl.lit("key")).otherwise(pl.lit("values"))
    return held.select(
        "left", "right", pl.col("within").alias("score"),
        relation.alias("relation"), evidence.alias("evidence"),
    )  # fmt: skip


def _kind(column: Column) -> str:
    """What a column means, as a county reads it."""
    return f"{column.kind.title} {column.kind.code_list}" if column.kind.code_list else column.kind.title


def _sketch(gathered: Gathered, name: str) -> pl.DataFrame:
    parts = gathered.current.parts if gathered.current else ()
    return sketch(f"feed/{gathered.feed.key}/{name}", (part.read([name])[name] for part in parts))


def _tags(catalogue: Catalogue) -> pl.DataFrame:
    """Tags whose rules are the same."""
    by_rule: dict[str, list[str]] = {}
    for key, tag in catalogue.tags.items():
        by_rule.setdefault(repr(tag.rule), []).append(key)
    pairs = [(f"tag/{one}", f"tag/{two}", _likeness(catalogue, one, two), "rule", "口径相同：同一条件，两个名称")
             for keys in by_rule.values() for n, one in enumerate(keys) for two in keys[n + 1 :]]  # fmt: skip
    return pl.DataFrame(pairs, schema=TWIN, orient="row")


def _likeness(catalogue: Catalogue, one: str, two: str) -> float:
    """How alike two titles are, on top of the half that one rule is."""
    return 0.5 + 0.5 * SequenceMatcher(None, catalogue.tags[one].title, catalogue.tags[two].title).ratio()
