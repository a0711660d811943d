"""`python -m pipelines.gaps`: every code that met no dictionary row, what it may mean, and the row to paste."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.assemble import Gathered, gather
from pipelines.dictionary import Mappings, load
from pipelines.outcome import Outcome
from pipelines.suggest import Suggestion, left_out, suggest
from schemas.feed import Feed, all_feeds

_EXAMPLES = 3
# What a person has to replace before the row is kept.
_BASIS = "待补：依据文件"


@dataclass(frozen=True)
class Gap:
    """A code without a meaning: where it stood, how often, since when, and what it may mean.

    `examples` are up to three `file:row`; `left_out` is why a dictionary row leaves it without meaning on purpose.
    """

    feed: str
    column: str
    code_list: str
    source: str
    code: str
    rows: int
    examples: tuple[str, ...]
    first_seen: str
    left_out: str | None
    suggestions: tuple[Suggestion, ...]


def gaps(gathered: Gathered, home: Path, mappings: Mappings) -> list[Gap]:
    """The codes of a feed's deliveries in use that met no dictionary row, the most frequent first."""
    met = pl.concat([_NONE, *(_unmapped(outcome, home) for outcome in gathered.used)])
    counted = met.group_by("column", "code", maintain_order=True).agg(
        pl.len().alias("rows"), pl.col("example").head(_EXAMPLES), pl.col("as_of").min()
    )
    ordered = counted.sort("rows", "column", "code", descending=[True, False, False])
    return [
        _gap(gathered.feed, column, code, rows, tuple(examples), first_seen, mappings)
        for column, code, rows, examples, first_seen in ordered.iter_rows()
    ]


def _gap(
    feed: type[Feed], column: str, code: str, rows: int, examples: tuple[str, ...], first_seen: str, mappings: Mappings
) -> Gap:
    kind = feed.columns[column].kind
    code_list, source = str(kind.code_list), str(kind.source)
    why = left_out(code, code_list, source, mappings, date.fromisoformat(first_seen))
    told = suggest(code, code_list, source, mappings)
    return Gap(feed.key, column, code_list, source, code, rows, examples, first_seen, why, told)


_NONE = pl.DataFrame(schema=dict.fromkeys(("column", "code", "example", "as_of"), pl.String))


def _unmapped(outcome: Outcome, home: Path) -> pl.DataFrame:
    """The unmapped codes of one delivery: column, code, example, as_of; one row a row of the delivery."""
    folder = home / "standard" / outcome.delivery.feed / outcome.delivery.name
    reasons = pl.read_parquet(folder / "quarantine.parquet", columns=["row", "reasons"]).sort("row")
    told = reasons.explode("reasons").unnest("reasons").filter(pl.col("rule") == "unmapped")
    return told.select(
        "column",
        pl.col("found").alias("code"),
        pl.format("{}:{}", pl.lit(outcome.delivery.file), "row").alias("example"),
        pl.lit(outcome.delivery.as_of).alias("as_of"),
    )


def row_for(gap: Gap, standard: str, mappings: Mappings, today: date) -> str:
    """The CSV row that gives a code its meaning: it holds as long as the source's other rows, and is known today."""
    rows = mappings.codes.filter(pl.col("list") == gap.code_list)
    own = rows.filter(pl.col("source") == gap.source)
    since = own["since"].min() or date.fromisoformat(gap.first_seen)
    known = max([today, *rows["known"]])
    told = [gap.source, gap.code, standard, str(since), str(known), _BASIS]
    return pl.DataFrame([told], orient="row").write_csv(include_header=False).rstrip("\n")


def told(gap: Gap, mappings: Mappings, today: date) -> Iterator[str]:
    """A gap in lines for a person: the facts, then each suggestion with the row to paste."""
    yield (f"{gap.feed}.{gap.column} {gap.code!r}: {gap.rows:,} rows, first seen {gap.first_seen}, "
           f"for instance {', '.join(gap.examples)}")  # fmt: skip
    if gap.left_out:
        yield f"  left without meaning on purpose: {gap.left_out}"
    for each in gap.suggestions:
        yield f"  {each.standard} {each.name}? {each.reason}"
        yield f"    {row_for(gap, each.standard, mappings, today)}"
    if not gap.suggestions:
        yield f"  nothing like it is known; mappings/lists/{gap.code_list}.csv has the codes that it may mean"


def main() -> int:
    """Print the gaps of every feed below JUBIAN_HOME."""
    home, mappings, today = Path(os.environ.get("JUBIAN_HOME", "var/demo")), load(), date.today()
    found = [gap for feed in all_feeds().values() for gap in gaps(gather(feed, home), home, mappings)]
    for code_list in sorted({gap.code_list for gap in found}):
        print(f"\nFor mappings/codes/{code_list}.csv: paste a row at its end, write its document in place of {_BASIS}")
        for gap in (one for one in found if one.code_list == code_list):
            print("\n".join(told(gap, mappings, today)))
    codes, rows = len(found), sum(gap.rows for gap in found)
    print(
        f"\n{codes} codes without a meaning in {rows:,} rows." if found else f"Every code below {home} has a meaning."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
