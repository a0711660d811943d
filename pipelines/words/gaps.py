"""`python -m pipelines.words.gaps`: every code that met no dictionary row, what it may mean, and the row to paste.

And the rows of dictionaries and corrections that meet nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.command import command
from pipelines.dictionary import Mappings, load
from pipelines.disk.outcome import Outcome
from pipelines.disk.tables import read_whole
from pipelines.gather import Gathered, gather
from pipelines.words.mended import idle
from pipelines.words.suggest import Suggestion, left_out, suggest
from pipelines.words.unread import unread
from schemas import china, here
from schemas.feed import Feed, all_feeds
from schemas.mapping import UNSTATED

_EXAMPLES = 3
_UNMAPPED = "unmapped"


@dataclass(frozen=True)
class Gap:
    """A code without a meaning: where it stood, how often, since when, and what it may mean.

    `examples` are up to three `file:row`; `left_out` is why a dictionary row leaves it without meaning on purpose.
    `source` is None where the feed writes the list's own codes, which no dictionary translates.
    """

    feed: str
    column: str
    code_list: str
    source: str | None
    code: str
    rows: int
    examples: tuple[str, ...]
    first_seen: str
    left_out: str | None
    suggestions: tuple[Suggestion, ...]


def gaps(gathered: Gathered, home: Path, mappings: Mappings) -> list[Gap]:
    """The codes of a feed's deliveries in use that met no dictionary row, the most frequent first.

    A code is first seen in the earliest delivery that ever wrote it without a meaning, in use or not.
    """
    used = {outcome.delivery.name for outcome in gathered.used}
    accepted = [outcome for outcome in gathered.outcomes if outcome.refusal is None]
    met = pl.concat([_NONE, *(_unmapped(outcome, home) for outcome in accepted)])
    example = pl.col("example").filter(pl.col("delivery").is_in(sorted(used)))
    counted = met.group_by("column", "code", maintain_order=True).agg(
        example.len().alias("rows"), example.head(_EXAMPLES), pl.col("as_of").min()
    )
    ordered = counted.filter(pl.col("rows") > 0).sort("rows", "column", "code", descending=[True, False, False])
    return [
        _gap(gathered.feed, column, code, rows, tuple(examples), first_seen, mappings)
        for column, code, rows, examples, first_seen in ordered.iter_rows()
    ]


def _gap(
    feed: type[Feed], column: str, code: str, rows: int, examples: tuple[str, ...], first_seen: str, mappings: Mappings
) -> Gap:
    kind, on = feed.columns[column].kind, date.fromisoformat(first_seen)
    code_list, source = str(kind.code_list), kind.source
    why = left_out(code, code_list, source, mappings, on) if source else None
    told = suggest(code, code_list, source, mappings, on) if source and not why else ()
    return Gap(feed.key, column, code_list, source, code, rows, examples, first_seen, why, told)


_NONE = pl.DataFrame(schema=dict.fromkeys(("column", "code", "example", "as_of", "delivery"), pl.String))


def _unmapped(outcome: Outcome, home: Path) -> pl.DataFrame:
    """The unmapped codes of one delivery, one row a row of the delivery, in the columns of `_NONE`."""
    if not any(rule.endswith(_UNMAPPED) for rule in outcome.rules):
        return _NONE
    folder = home / "standard" / outcome.delivery.feed / outcome.delivery.name
    reasons = read_whole(folder / "quarantine.parquet", ["row", "reasons"]).sort("row")
    told = reasons.explode("reasons").unnest("reasons").filter(pl.col("rule") == _UNMAPPED)
    return told.select(
        "column",
        pl.col("found").alias("code"),
        pl.format("{}:{}", pl.lit(outcome.delivery.file), "row").alias("example"),
        pl.lit(outcome.delivery.as_of).alias("as_of"),
        pl.lit(outcome.delivery.name).alias("delivery"),
    )


def row_for(gap: Gap, standard: str, mappings: Mappings, today: date) -> str:
    """The CSV row that gives a code its meaning, or by '' says that it has none, known today.

    It holds since the source's other rows do, or since the code is first seen where that was before.
    """
    rows = mappings.codes.filter(pl.col("list") == gap.code_list)
    own = rows.filter(pl.col("source") == gap.source)
    since = min([date.fromisoformat(gap.first_seen), *own["since"]])
    known = max([today, *rows["known"]])
    told = [gap.source, gap.code, standard or None, str(since), str(known), UNSTATED]
    return pl.DataFrame([told], orient="row").write_csv(include_header=False).rstrip("\n")


def told(gap: Gap, mappings: Mappings, today: date) -> Iterator[str]:
    """A gap in lines for a person: the facts, then each suggestion with the row to paste."""
    yield (f"{gap.feed}.{gap.column} {gap.code!r}: {gap.rows:,} rows, first seen {gap.first_seen}, "
           f"for instance {', '.join(gap.examples)}")  # fmt: skip
    for each in gap.suggestions:
        yield f"  {each.standard} {each.name}? {each.reason}"
        yield f"    {row_for(gap, each.standard, mappings, today)}"
    if not gap.suggestions:
        yield f"  {_why_none(gap)}"
        if _waits(gap):
            yield f"    {row_for(gap, '', mappings, today)}"


def _waits(gap: Gap) -> bool:
    """Whether a row of a dictionary would close it that nobody has written."""
    return gap.source is not None and gap.left_out is None


def _why_none(gap: Gap) -> str:
    """Why nothing is proposed, and what a person can do."""
    if gap.left_out:
        return f"left without meaning on purpose: {gap.left_out}"
    codes = f"mappings/lists/{gap.code_list}.csv"
    if gap.source is None:
        return f"the feed writes the standard's own codes: add it to {codes} if the standard has it, else ask the feed"
    return (
        f"nothing like it is known; {codes} has the codes that it may mean. If none is certain, leave it without one:"
    )


def by_file(found: list[Gap], mappings: Mappings, today: date) -> Iterator[str]:
    """Gaps in lines, under the file that each would be closed in."""
    for file in sorted({_file(gap) for gap in found}):
        mine = [gap for gap in found if _file(gap) == file]
        todo = f": paste a row at its end, write its document in place of {UNSTATED}" if any(map(_waits, mine)) else ""
        yield f"\nFor {file}{todo}"
        for gap in mine:
            yield from told(gap, mappings, today)


def _file(gap: Gap) -> str:
    """The dictionary that translates a code, or the list itself whose codes the feed writes."""
    return f"mappings/{'lists' if gap.source is None else 'codes'}/{gap.code_list}.csv"


@command
def main() -> int:
    """Print the gaps of every feed below JUBIAN_HOME; 1 where nothing has arrived that could have any."""
    home, mappings, today = here.home(), load(), china.today()
    stood = [gathered for feed in all_feeds().values() if (gathered := gather(feed, home)).used]
    if not stood:
        print(f"Nothing has arrived below {home}. Run `make run` first.")
        return 1
    found = [gap for gathered in stood for gap in gaps(gathered, home, mappings)]
    print("\n".join(by_file(found, mappings, today)))
    print("\nNo feed writes in these sources; where nothing else reads them either, their rows translate nothing:")
    print("\n".join(f"  {line}" for line in unread(mappings)))
    if lines := [line for gathered in stood for line in idle(gathered, mappings)]:
        print("\nCorrections that mend nothing in the deliveries in use:")
        print("\n".join(f"  {line}" for line in lines))
    codes, rows = len(found), sum(gap.rows for gap in found)
    print(
        f"\n{codes} codes without a meaning in {rows:,} rows." if found else f"Every code below {home} has a meaning."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
