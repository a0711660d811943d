"""Which listed data sets are near-duplicates: blocked pairs, a score made of parts, and the parts as evidence."""

from __future__ import annotations

import polars as pl

# Pairs below it are not told. Set by reading pairs that are not among those of benchmarks/ledger/judged.csv.
THRESHOLD = 0.6
# A pair of characters that more titles have says too little to bring two of them together.
_MOST_TITLES = 300
# Pairs of which less of both titles' weight is shared are not scored; nor looked at, where less than half of that is
# shared of the lighter one in telling pairs.
_LEAST_SHARED = 0.35
# Bits of information at which a title says its subject whole: 停车场 does, 项目 does not.
_TELLING = 14.0
# Bits by which each of two titles says something else, so that they are told apart.
_APART = 10.0
# Weights are whole so many-th parts of a bit: their sums are exact, so the same in whatever order rows come.
_PARTS_OF_BIT = 2**32

PAIR = {
    "left": pl.String, "right": pl.String, "score": pl.Float64, "relation": pl.String, "title": pl.Float64,
    "telling": pl.Float64, "apart": pl.Float64, "ending": pl.String, "office": pl.Boolean, "fields": pl.Float64,
    "numbers": pl.Boolean, "system": pl.Boolean,
}  # fmt: skip


def alike(entries: pl.DataFrame, least: float = THRESHOLD) -> pl.DataFrame:
    """The pairs of entries (`pipelines.ledger.listed.ENTRY`) that score at least `least`: columns as `PAIR` says.

    left < right; sorted by score, the highest first, then by left and right. The parts, null where not told:

    - `title`: share of the titles' weight that both have, by pairs of characters, the rarer the heavier (0 to 1);
    - `telling`: how much what they share says at all (0 to 1);
    - `apart`: bits that each says and the other does not, of whichever says less: 焊工 and 电工 are told apart by it,
      a title and the same one with more words are not;
    - `ending`: same, longer (one is the other with words in front) or other;
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
    return grams.with_columns(titles.alias("titles"), _weight(titles, numbered.height).alias("weight"))


def _weight(titles: pl.Expr, all_titles: int) -> pl.Expr:
    """The bits of information in what so many of all titles have."""
    return ((pl.lit(all_titles) / titles).log(2) * _PARTS_OF_BIT).round() / _PARTS_OF_BIT


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
    return known.with_columns(title.alias("title"), (pl.col("shared") / _TELLING).clip(0, 1).alias("telling")).filter(
        pl.col("title") >= _LEAST_SHARED
    )


def _parts(pairs: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    told = numbered.select(
        "n", "entry", "core", "office", "numbers", "system", "fields", "division", "town_name", _chars()
    )
    known = pairs.join(told, on="n").join(told, left_on="m", right_on="n", suffix="_2")
    both = pl.col("fields").list.set_intersection("fields_2").list.len()
    either = pl.col("fields").list.set_union("fields_2").list.len()
    return known.with_columns(
        (pl.col("office") == pl.col("office_2")).alias("office"),
        pl.when((pl.col("numbers") != "") | (pl.col("numbers_2") != "")).then(pl.col("numbers") == pl.col("numbers_2")),
        (pl.col("system") == pl.col("system_2")).alias("system"),
        (both / either).alias("fields"),
        _ending(),
        pl.min_horizontal(_bits("chars", "chars_2", numbered), _bits("chars_2", "chars", numbered)).alias("apart"),
    )


def _chars() -> pl.Expr:
    return pl.col("core").str.to_lowercase().str.split("").list.unique().alias("chars")


def _bits(of: str, without: str, numbered: pl.DataFrame) -> pl.Expr:
    """The weight of the characters that one core has and another has not, the rarer the heavier."""
    titles = numbered.select(_chars()).explode("chars", empty_as_null=True)["chars"].value_counts()
    weights = titles.select("chars", bits=_weight(pl.col("count"), numbered.height))
    heavy = pl.element().replace_strict(weights["chars"], weights["bits"], default=0.0, return_dtype=pl.Float64)
    return pl.col(of).list.set_difference(pl.col(without)).list.eval(heavy).list.sum()


def _score() -> pl.Expr:
    """One figure of the parts: the title's, more where only words in front differ, less where parts disagree."""
    title = pl.col("title")
    led = pl.when(pl.col("ending") == "longer").then(title + (1 - title) * _IN_FRONT).otherwise(title)
    told = led * (0.5 + 0.5 * pl.col("telling")) * (1 - 0.5 * (pl.col("apart") / _APART).clip(0, 1))
    for name, share in _LESS.items():
        told = told * pl.when(~pl.col(name)).then(share).otherwise(1.0)
    told = told * pl.when(pl.col("ending") == "other").then(_OTHER_ENDING).otherwise(1.0)
    return told + (1 - told) * _FIELDS * pl.col("fields").fill_null(0)


# Where one title is the other with words in front (旅游景区, 景区), so much of what is missing is given back.
_IN_FRONT = 0.4
# A title's last words say what it is: 医疗机构科室 are no 医疗机构.
_OTHER_ENDING = 0.7
_LESS = {"office": 0.85, "system": 0.75, "numbers": 0.7}
_FIELDS = 0.2


def _ending() -> pl.Expr:
    """same: both end alike; longer: one is the other with words in front; other: they end otherwise."""
    one, two = pl.col("core"), pl.col("core_2")
    is_longer = one.str.ends_with(two) | two.str.ends_with(one)
    is_alike = one.str.slice(-2) == two.str.slice(-2)
    kinds = pl.when(is_longer).then(pl.lit("longer")).when(is_alike).then(pl.lit("same"))
    return kinds.otherwise(pl.lit("other")).alias("ending")


def _relation() -> pl.Expr:
    one, other = pl.col("division"), pl.col("division_2")
    is_same = (one == other) & pl.col("town_name").eq_missing(pl.col("town_name_2"))
    is_above = one.str.starts_with(other) | other.str.starts_with(one)
    kinds = pl.when(is_same).then(pl.lit("again")).when(is_above & (one != other)).then(pl.lit("above"))
    return kinds.otherwise(pl.lit("elsewhere"))


def in_words(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs as near-duplicates are told everywhere: left, right, score, relation and the parts as evidence in words."""
    percent = (pl.col("title") * 100).round().cast(pl.Int64)
    fields = pl.format("；摘要所列字段重合 {}%", (pl.col("fields") * 100).round().cast(pl.Int64)).fill_null("")
    told = [pl.format("去掉地名、部门和套话后标题相同 {}%", percent), *(_yes_or_no(*each) for each in _SAID), fields]
    evidence = pl.concat_str(*told)
    return pairs.select("left", "right", "score", "relation", evidence.alias("evidence"))


_SAID = (
    ("office", "；同一类部门", "；部门不同类"),
    ("numbers", "；年份等级相同", "；年份或等级不同"),
    ("system", "；同一系统", "；系统不同"),
)


def _yes_or_no(name: str, yes: str, no: str) -> pl.Expr:
    return pl.when(pl.col(name)).then(pl.lit(yes)).when(~pl.col(name)).then(pl.lit(no)).otherwise(pl.lit(""))
