"""`python -m benchmarks.tags`: every tag on 90,000 enterprises, 500 policies matched to them, OpenFisca beside."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.enterprises import ON, enterprises
from benchmarks.made_policies import made_policies
from benchmarks.peers.fisca import asked_of_fisca
from benchmarks.spent import Spent, spending
from pipelines.dictionary import current
from pipelines.policies.asked import Vocabulary
from pipelines.policies.lacking import gaps
from pipelines.policies.match import in_force, matched
from pipelines.policies.read import policies, vocabulary
from pipelines.tags.apply import Reference, tags
from pipelines.tags.catalogue import whole
from schemas.condition import atoms, names
from schemas.policy import Policy

_SEED = 20260630
_TIMES = 3
_UNKNOWN = 0.1
_KEYS = ("credit_code", "county")
# What is aimed at: seconds and megabytes for the tags, seconds for the policies.
_TAGS_WITHIN, _MEMORY_WITHIN, _POLICIES_WITHIN = 3.0, 2_000, 0.5


def main() -> int:
    """Print a line for each; 1 where a bound is broken or a verdict differs."""
    asked = _asked()
    incomplete = enterprises(whole(), asked.enterprises, _SEED, _UNKNOWN)
    first = _tags(incomplete)
    second = _policies(asked)
    return 0 if first and second else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tags", description="Tags, and policies over them.")
    parser.add_argument("--enterprises", type=int, default=90_000)
    parser.add_argument("--policies", type=int, default=500)
    parser.add_argument("--home", type=Path, default=Path("var/tags"), help="where OpenFisca is handed its columns")
    parser.add_argument("--alone", action="store_true", help="without OpenFisca")
    return parser.parse_args()


def _best(work: Callable[[], object]) -> Spent:
    return min((spending(work) for _ in range(_TIMES)), key=lambda spent: spent.wall)


def _seconds(spent: Spent) -> float:
    """The seconds that count: where others use the machine, what one core alone would have taken."""
    return min(spent.wall, spent.cpu)


def _tags(frame: pl.DataFrame) -> bool:
    """Every tag over a frame of which a tenth is unknown."""
    spent = _best(lambda: tags(frame, whole(), Reference(ON)))
    of_industry = sum(tag.family == "industry" for tag in whole().tags.values())
    print(f"{len(whole().tags)} tags, {of_industry} of them industries, on {frame.height} enterprises: {spent}")
    return _seconds(spent) <= _TAGS_WITHIN and spent.peak <= _MEMORY_WITHIN


def _policies(asked: argparse.Namespace) -> bool:
    """Made policies over a frame in which all is known, then over the same with a tenth hidden."""
    frame = enterprises(whole(), asked.enterprises, _SEED, 0.0)
    full = pl.concat([frame, tags(frame, whole(), Reference(ON)).drop(_KEYS)], how="horizontal")
    made = policies(made_policies(whole(), full, asked.policies, _SEED), whole(), current())
    wanted = sorted({name for each in in_force(made, ON).values() for name in names(each)} - {*_KEYS})
    known = full.select(*_KEYS, *wanted)
    spent = _best(lambda: matched(made, known, whole(), ON))
    questions = len({atom for each in in_force(made, ON).values() for atom in atoms(each)})
    print(f"{len(made)} policies of {questions} questions: {spent}")
    within = _seconds(spent) <= _POLICIES_WITHIN
    return within and (asked.alone or _beside(made, known, asked.home))


def _beside(made: tuple[Policy, ...], known: pl.DataFrame, home: Path) -> bool:
    """OpenFisca on the same; then what each says where a tenth is hidden."""
    asks = in_force(made, ON)
    ours = matched(made, known, whole(), ON).drop(_KEYS)
    took, theirs = asked_of_fisca(asks, known, home / "complete")
    differ = sum(int((ours[key] != theirs[key]).sum()) for key in asks)
    cells = ours.width * ours.height
    print(f"OpenFisca-core on the same: {took}; {differ} of {cells} verdicts differ, {_open(ours)} of ours open")
    hidden = a_tenth_hidden(known, vocabulary(whole(), current()))
    three = matched(made, hidden, whole(), ON).drop(_KEYS)
    _, two = asked_of_fisca(asks, hidden, home / "hidden")
    wrong, wrongly = (sum(int((said[key] != ours[key]).sum()) for key in asks) for said in (three, two))
    print(f"With a tenth hidden: {_open(three)} of ours open, {wrong} wrong; OpenFisca-core: 0 open, {wrongly} wrong")
    print(f"Which datum leaves them open, summed by policy: {spending(lambda: gaps(made, hidden, whole(), ON))}")
    return differ == 0 and wrong == 0


def a_tenth_hidden(known: pl.DataFrame, said: Vocabulary) -> pl.DataFrame:
    """The frame with a tenth of each column unknown, but for rolls, whose empty cells say that one is on no list."""
    dice = np.random.default_rng(_SEED)
    own = [name for name in known.columns if name not in _KEYS and name not in said.rolls]
    return known.with_columns(
        pl.when(pl.lit(pl.Series(dice.random(known.height) >= _UNKNOWN))).then(pl.col(name)).alias(name) for name in own
    )


def _open(verdicts: pl.DataFrame) -> int:
    return sum(verdicts.null_count().row(0))


if __name__ == "__main__":
    sys.exit(main())
