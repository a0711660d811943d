"""`python -m pipelines.objections.answer`: list the objections that wait, whom they ask, till when, or answer one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipelines.command import command
from pipelines.dictionary import HOME, MappingError, Mappings, answer, load
from pipelines.objections.propose import class_objected_to, due, proposals
from pipelines.objections.raised import ObjectionError, open_ones, read_objections
from schemas import china, here
from schemas.objection import Objection, objections_file


@command
def main() -> int:
    """Append a row to mappings/answers.csv, or without an objection print what waits; 2 where a word is wrong."""
    asked = _asked()
    home = here.home()
    try:
        objections = read_objections(objections_file(home))
    except ObjectionError as error:
        print(error)
        return 2
    if not asked["objection"]:
        print("\n".join(waiting(objections, load(), home, china.today())) or f"No objection waits below {home}.")
        return 0
    return _record(asked, objections)


def _asked() -> dict[str, str]:
    parser = argparse.ArgumentParser(prog="python -m pipelines.objections.answer", description="Answer counties.")
    for name in ("objection", "verdict", "by", "basis"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--known", default=china.today().isoformat())
    return vars(parser.parse_args())


def _record(asked: dict[str, str], objections: tuple[Objection, ...]) -> int:
    if not all(asked.values()):
        print("Say all of OBJECTION, VERDICT, BY and REASON; `make objections` lists what waits.")
        return 2
    if asked["objection"] not in {each.id for each in objections}:
        print(f"Not recorded. There is no objection {asked['objection']}; see: make objections")
        return 2
    try:
        print(f"Recorded in {HOME / 'answers.csv'}: {answer(asked)}")
    except MappingError as error:
        print(f"Not recorded. {error}")
        return 2
    print("The next release takes the flag off and tells the county: make run")
    return 0


def waiting(objections: tuple[Objection, ...], mappings: Mappings, home: Path, today: date) -> Iterator[str]:
    """What waits for an answer, those that are due first: the cell, the clock, the proposals, the command."""
    told = [(each, proposals(each, mappings, home)) for each in open_ones(objections, mappings)]
    for each, asked in sorted(told, key=lambda one: (due(*one), one[0].id)):
        key = ", ".join(f"{name} {told}" for name, told in zip(each.key, each.in_words, strict=True))
        yield f"{each.id}  {each.county}  {each.product} {key}, column {each.column} ({_title(each)})"
        why = " ".join(each.why.split())
        yield f"  says {_quoted(each.found)}; the county holds {_quoted(each.right)} to be right: {why}"
        yield f"  raised {each.raised} by {each.contact}; due {clock(due(each, asked), today)}"
        for one in asked:
            yield f"  {one.feed.department_title} ({one.feed.title}), {clock(one.due, today)}:"
            yield f"    {one.to_paste(today)}"
        if not asked:
            yield "  No department's own word stands in this cell: it is computed. Answer it with a reason."
        yield f"  make answer OBJECTION={each.id} VERDICT=accepted BY=… REASON=…   (or declined, withdrawn)"


def clock(until: date, today: date) -> str:
    """How long there is still to answer."""
    left = (until - today).days
    return f"{until}, OVERDUE by {-left} days" if left < 0 else f"{until}, {left} days left"


def _title(objection: Objection) -> str:
    product = class_objected_to(objection)
    return product.fields[objection.column].title if product else "a column that the product no longer has"


def _quoted(text: str | None) -> str:
    return "nothing" if text is None else f"'{text}'"


if __name__ == "__main__":
    raise SystemExit(main())
