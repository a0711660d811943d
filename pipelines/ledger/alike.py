"""Which listed data sets are near-duplicates: blocked pairs, a score made of parts, and the parts as evidence."""

from __future__ import annotations

import polars as pl

# Pairs below it are not told. Set by reading pairs that are not among those of benchmarks/ledger/judged.csv.
THRESHOLD = 0.6
# A pair of characters that more titles have says too little to bring two of them together.
_MOST_TITLES = 300
# Pairs whose shared characters weigh less of the lighter title are not looked at.
_LEAST_SHARED = 0.45
# Bits of information at which a title says its subject whole: 停车场 does, 项目 does not.
_TELLING = 14.0
# Bits by which each of two titles says something else, so that they are told apart.
_APART = 10.0

PAIR = {
    "left": pl.String, "right": pl.String, "score": pl.Float64, "relation": pl.String, "title": pl.Float64,
    "telling": pl.Float64, "apart": pl.Float64, "office": pl.Boolean, "fields": pl.Float64, "numbers": pl.Boolean, "system": pl.Boolean,
}  # fmt: skip


def alike(entries: pl.DataFrame, least: float = THRESHOLD) -> pl.DataFrame:
    """The pairs of entries (`pipelines.ledger.listed.ENTRY`) that score at least `least`: columns as `PAIR` says.

    left < right; sorted by score, the highest first, then by left and right. The parts, null where not told:

    - `title`: share of the titles' weight that both have, by pairs of characters, the rarer the heavier (0 to 1);
    - `telling`: how much what they share says at all (0 to 1);
    - `apart`: bits that each says and the other does not, of whichever says less: 焊工 and 电工 are told apart by it,
      a title and the same one with more words are not;
    - `office`, `numbers`, `system`: whether both name the same office, the same years and grades, the same system;
    - `fields`: share of the columns that both summaries list (0 to 1).

    `relation` is `again` where both are of one division, `above` where one division holds the other, else `elsewhere`.
    """
    numbered = entries.with_row_index("n")
    grams = _grams(numbered)
    pairs = _parts(_scored(_blocked(grams), grams), numbered)
    told = pairs.with_columns(_score().alias("score"), _relation().alias("relation")).filter(pl.col("score") >= least)
    named = told.select(pl.col("entry").alias("left"), pl.col("entry_2").alias("right"), *list(PAIR)[2:])
    return named.cast(PAIR).sort(["score", "left", "right"], descending=[True, False, False])  # pyright: ignore[reportArgumentType]


def _grams(numbered: pl.DataFrame) -> pl.DataFrame:
    """The pairs of characters of each core: n, gram, weight in bits, `titles` that have it."""
    core = pl.col("core").str.to_lowercase()
    chars = numbered.select("n", core.str.split("").alias("c"))
    after = pl.col("c").list.shift(-1)
    long = chars.select("n", "c", after.alias("d")).explode("c", "d", empty_as_null=True).drop_nulls()
    grams = long.select("n", pl.concat_str("c", "d").alias("gram")).unique()
    titles = pl.len().over("gram")
    return grams.with_columns(titles.alias("titles"), (pl.lit(numbered.height) / titles).log(2).alias("weight"))


def _blocked(grams: pl.DataFrame) -> pl.DataFrame:
    """Pairs n < m that share a telling pair of characters, or every one."""
    rare = grams.filter(pl.col("titles").is_between(2, _MOST_TITLES)).select("n", "gram", "weight")
    share = rare.join(rare, on="gram").filter(pl.col("n") < pl.col("n_right"))
    some = share.group_by("n", m="n_right").agg(pl.col("weight").sum().alias("rare"))
    total = grams.group_by("n").agg(pl.col("weight").sum().alias("total"))
    known = some.join(total, on="n").join(total, left_on="m", right_on="n", suffix="_2")
    lighter = pl.min_horizontal("total", "total_2")
    return known.filter(pl.col("rare") >= _LEAST_SHARED * lighter * 0.5).select("n", "m", "total", "total_2")


def _scored(pairs: pl.DataFrame, grams: pl.DataFrame) -> pl.DataFrame:
    """The pairs with the weight that they share of both."""
    mine = pairs.select("n", "m").join(grams.select("n", "gram", "weight"), on="n")
    both = mine.join(grams.select(pl.col("n").alias("m"), "gram"), on=["m", "gram"], how="semi")
    shared = both.group_by("n", "m").agg(pl.col("weight").sum().alias("shared"))
    known = pairs.join(shared, on=["n", "m"])
    title = pl.col("shared") * 2 / (pl.col("total") + pl.col("total_2"))
    return known.with_columns(
        title.alias("title"), (pl.col("shared") / _TELLING).clip(0, 1).alias("telling")
    ).filter(pl.col("title") >= _LEAST_SHARED)


def _parts(pairs: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    told = numbered.select("n", "entry", "office", "numbers", "system", "fields", "division", _chars())
    known = pairs.join(told, on="n").join(told, left_on="m", right_on="n", suffix="_2")
    both = pl.col("fields").list.set_intersection("fields_2").list.len()
    either = pl.col("fields").list.set_union("fields_2").list.len()
    return known.with_columns(
        (pl.col("office") == pl.col("office_2")).alias("office"),
        pl.when((pl.col("numbers") != "") | (pl.col("numbers_2") != "")).then(pl.col("numbers") == pl.col("numbers_2")),
        (pl.col("system") == pl.col("system_2")).alias("system"),
        (both / either).alias("fields"),
        pl.min_horizontal(_bits("chars", "chars_2", numbered), _bits("chars_2", "chars", numbered)).alias("apart"),
    )


def _chars() -> pl.Expr:
    return pl.col("core").str.to_lowercase().str.split("").list.unique().alias("chars")


def _bits(of: str, without: str, numbered: pl.DataFrame) -> pl.Expr:
    """The weight of the characters that one core has and another has not, the rarer the heavier."""
    titles = numbered.select(_chars()).explode("chars", empty_as_null=True)["chars"].value_counts()
    weights = titles.select("chars", bits=(numbered.height / pl.col("count")).log(2))
    heavy = pl.element().replace_strict(weights["chars"], weights["bits"], default=0.0, return_dtype=pl.Float64)
    return pl.col(of).list.set_difference(pl.col(without)).list.eval(heavy).list.sum()


def _score() -> pl.Expr:
    """One figure of the parts: the title's, less where it says little, where office, system or numbers differ."""
    title = pl.col("title") * (0.5 + 0.5 * pl.col("telling"))
    less = [pl.when(~pl.col(name)).then(by).otherwise(1.0) for name, by in _LESS.items()]
    told = title * less[0] * less[1] * less[2] * (1 - 0.5 * (pl.col("apart") / _APART).clip(0, 1))
    return pl.when(pl.col("fields").is_null()).then(told).otherwise(told * 0.8 + pl.col("fields") * 0.2)


_LESS = {"office": 0.85, "system": 0.75, "numbers": 0.7}


def _relation() -> pl.Expr:
    one, other = pl.col("division"), pl.col("division_2")
    is_above = one.str.starts_with(other) | other.str.starts_with(one)
    return pl.when(one == other).then(pl.lit("again")).when(is_above).then(pl.lit("above")).otherwise(pl.lit("elsewhere"))
