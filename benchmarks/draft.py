"""`python -m benchmarks.draft`: how many fields of eleven portals a draft names, each held out in turn."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings, load, vocabulary
from pipelines.draft.meaning import meanings
from pipelines.draft.recognise import look
from pipelines.draft.sniff import sniff
from pipelines.draft.words import Word, declared_words, said_by_others, words_of
from schemas.feed import all_feeds

SHARED = Path(os.environ.get("JUBIAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FEED, FAMILY = "open_data_catalogue", "open_data_portal"
OWED = 0.85


def main() -> int:
    """Print what was found of each portal and every field that was not; gives 1 where less came out than is owed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.draft", description="How right a draft's meanings are.")
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder that holds feeds/ and reference/")
    shared = parser.parse_args().shared
    if not (shared / "feeds" / FEED).is_dir():
        print(f"The portals are not at {shared / 'feeds' / FEED}; name the folder above: JUBIAN_SHARED=…")
        return 1
    fields = found(shared)
    right = _share(fields)
    _tell(fields)
    print(f"{int(fields['right'].sum())} of {fields.height} fields found: {right:.1%}; {OWED:.0%} are owed.")
    return 0 if right >= OWED else 1


def found(shared: Path) -> pl.DataFrame:
    """Every field of the mapping that its authors published: portal, header, meaning, `guess` (null: open), `right`.

    What a portal's own words are is not known while it is read, nor what the catalogue's declaration says.
    """
    mapping = pl.read_csv(shared / "reference" / "catalogue_field_mapping.csv", infer_schema=False)
    others = [feed for feed in all_feeds().values() if feed.key != FEED]
    words = [*words_of(vocabulary()), *declared_words(others)]
    fields = mapping.partition_by("portal", as_dict=True, maintain_order=True)
    mappings = load()
    guesses = pl.concat([
        _guessed(shared / "feeds" / FEED / f"{portal}.csv", headers, portal, words, mappings)
        for (portal,), headers in fields.items()
    ])  # fmt: skip
    told = mapping.rename({"source_field": "header", "canonical_field": "meaning"})
    joined = told.join(guesses, on=["portal", "header"], how="left", maintain_order="left")
    return joined.with_columns(right=pl.col("guess").eq_missing(pl.col("meaning")))


def _guessed(file: Path, fields: pl.DataFrame, portal: object, words: list[Word], mappings: Mappings) -> pl.DataFrame:
    """Telephone columns were taken out of the files before they reached us: of those only the name can tell."""
    known = said_by_others(words, f"{FAMILY}.{str(portal).removeprefix('zhejiang_')}")
    looked = look(sniff(file).rows, mappings)
    content = {header: column.content for header, column in looked.items()}
    meant = meanings(dict.fromkeys(fields["source_field"]) | content, known)
    rows = [(portal, header, word.meaning) for header, word in meant.items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("portal", "header", "guess"), pl.String), orient="row")


def _share(fields: pl.DataFrame) -> float:
    return int(fields["right"].sum()) / fields.height


def _tell(fields: pl.DataFrame) -> None:
    by_portal = fields.group_by("portal", maintain_order=True).agg(pl.len().alias("fields"), pl.col("right").sum())
    for portal, total, right in by_portal.iter_rows():
        print(f"{portal:<20}{right:>4} of {total:>2}")
    for portal, header, meaning, guess, _ in fields.filter(~pl.col("right")).iter_rows():
        print(f"  {portal} {header}: {meaning}, {'left open' if guess is None else f'taken for {guess}'}")


if __name__ == "__main__":
    raise SystemExit(main())
