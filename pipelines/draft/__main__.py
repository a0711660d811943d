"""`python -m pipelines.draft FILE --key KEY`: a feed's first declaration and golden pair, and what is open."""

from __future__ import annotations

import argparse
import re
import shutil
from contextlib import suppress
from pathlib import Path

import polars as pl

from pipelines.command import command
from pipelines.dictionary import Mappings, load, vocabulary
from pipelines.draft.declaration import Draft, draft
from pipelines.draft.golden import declared_in, write_pair
from pipelines.draft.sniff import sniff
from pipelines.draft.words import Word, declared_words, words_of
from pipelines.draft.write import declaration
from pipelines.landing.inbox import why_unreadable
from pipelines.refusal import Finding, Refusal
from schemas.feed import all_feeds
from schemas.rooms import file_of

_KEY = re.compile(r"^[a-z]+[0-9]*(?:_[a-z]+[0-9]*)*$")


def words_without(key: str) -> list[Word]:
    """All names that are known but for those that a feed of this key declares: it is being drafted."""
    others = [feed for feed in all_feeds().values() if feed.key != key]
    return [*words_of(vocabulary()), *declared_words(others)]


def write_draft(file: Path, key: str, declared: Path, pair: Path, mappings: Mappings) -> tuple[Draft, tuple[int, int]]:
    """Draft a feed from a delivery into the file `declared` and the folder `pair`, which must not be there.

    Raises Refusal where the delivery cannot be read, FileExistsError where something would be overwritten.
    """
    for path in (declared, pair):
        if path.exists():
            raise FileExistsError(f"{path} is there already and is not overwritten; move it, or give another KEY=.")
    made = draft(key, sniff(file), words_without(key), mappings)
    if not made.columns:
        raise Refusal(_nothing_to_declare(file, made))
    declared.parent.mkdir(parents=True, exist_ok=True)
    declared.write_text(declaration(made))
    try:
        return made, write_pair(declared_in(declared), made.sample, pair, mappings)
    except Exception:
        declared.unlink()
        shutil.rmtree(pair, ignore_errors=True)
        with suppress(OSError):
            declared.parent.rmdir()
        raise


def _nothing_to_declare(file: Path, made: Draft) -> Finding:
    headers = made.sample.headers
    found = f"{len(headers)} columns of which none can be declared: {', '.join(headers)}"
    expected = "a column that is no person's, no running number, not empty in every row and more than a row's place"
    return Finding(file.name, 0, "", "no_columns", found, expected, "Name a delivery that has one.")


@command
def main(arguments: list[str] | None = None) -> int:
    """Read the command line, draft, and tell."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.draft", description="A feed's first declaration.")
    parser.add_argument("file", type=Path, help="one delivery as it arrived")
    parser.add_argument("--key", default="", help="the feed's key, such as water_customer; by default from the path")
    parser.add_argument("--drafts", type=Path, default=Path("drafts"), help="the folder for drafts")
    asked = parser.parse_args(arguments)
    key = asked.key or _key_of(asked.file)
    if not _KEY.match(key):
        parser.error(f"'{key}' is no key: write KEY=water_customer, small Latin letters joined by _")
    if key in all_feeds():
        print(f"{key} is declared in {file_of(all_feeds()[key])}; give the feed that is being drafted another KEY=.")
        return 1
    if (why := why_unreadable(asked.file)) is not None:
        print(f"{asked.file} is {why}; name one delivery as it arrived: make draft-feed FILE=/path/to/202606.csv")
        return 1
    room = asked.drafts / key
    declared, pair = room / f"{key}.py", room / "golden"
    try:
        made, counts = write_draft(asked.file, key, declared, pair, load())
    except (Refusal, OSError) as error:
        print(error)
        return 1
    _tell(made, counts, declared, pair)
    return 0


def _key_of(file: Path) -> str:
    """The folder's name for a file that is called by its day, else the file's own."""
    own = re.sub(r"[\W\d_]+", "_", file.stem.lower()).strip("_")
    return own or re.sub(r"\W+", "_", file.resolve().parent.name.lower())


def _tell(made: Draft, counts: tuple[int, int], declared: Path, pair: Path) -> None:
    print(f"{declared}: {len(made.columns)} columns of {made.sample.rows.height:,} rows, {len(made.ignored)} left out")
    print(f"{pair}: {counts[0]} rows that stand, {counts[1]} that are refused")
    if made.sample.malformed.height:
        print(_left_out(made.sample.malformed))
    print("open: title, department, due and delivers, which no file tells")
    for line in made.open:
        print(f"open: {line}")
    print("Each line of the declaration says what it rests on. Read them, and every row of expect.csv and refused.csv:")
    print("they say what the draft does, not what is right. The rows in given are real ones; replace what is personal.")
    moved = f"mv {declared} schemas/feeds/ && mv {pair} tests/feeds/{made.key}"
    print(f"Then: {moved} && make contracts && make test-unit")


def _left_out(malformed: pl.DataFrame) -> str:
    """How many lines are no row, and why the first of them is none."""
    first = malformed.row(0, named=True)
    why = first["reasons"][0]
    return (f"{malformed.height:,} lines are no row and are left out; the first is row {first['row']:,}: "
            f"found {why['found']}; expected {why['expected']} [{why['rule']}]")  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
