"""What became of a delivery's rows, counted, and how that is kept in the delivery's folder. Nothing is decided here."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.disk.deliveries import Delivery, delivery_of
from pipelines.disk.folders import take_place
from pipelines.refusal import Finding
from schemas.manifest import Coverage


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery's rows, counted; `refusal` is set when it was stopped as a whole.

    `replaced` are rows that another row of the same delivery replaced, by reason; `translated` the rows that this
    run translated, fewer than all when only mappings had changed. `corrections` are the edits that hold
    for it, each as column, key, old, new and its fate: applied, spent or absent. `stands_on` are the earlier results,
    by delivery and by what they were `written` under, of which rows stand in it and count among its own: of deliveries
    that it repeats (`standard.repeated`), and of itself before an edit to the mappings (`standard.replayed`).
    `written` tells what its own rows were written under, an earlier state where no edit has touched them since: of
    equal ones the rows are equal.
    """

    delivery: Delivery
    stamp: str
    standard: int
    quarantined: int
    replaced: dict[str, int]
    repaired: int
    rules: dict[str, int]
    coverage: tuple[Coverage, ...]
    translated: int
    refusal: Finding | None = None
    corrections: tuple[tuple[str, ...], ...] = ()
    stands_on: tuple[tuple[str, str], ...] = ()
    written: str = field(kw_only=True)

    @property
    def duplicates(self) -> int:
        """How many rows another row of the delivery replaced."""
        return sum(self.replaced.values())

    @property
    def conserves(self) -> bool:
        """Law 1 within the delivery: every landed row is standard, quarantined or superseded."""
        return self.refusal is not None or self.delivery.rows == self.standard + self.quarantined + self.duplicates


def stopped(delivery: Delivery, stamp: str, finding: Finding) -> Outcome:
    """The outcome of a delivery of which no row enters."""
    return Outcome(delivery, stamp, 0, 0, {}, 0, {}, (), 0, finding, written=stamp)


def written_under(stamp: str, stands_on: tuple[tuple[str, str], ...]) -> str:
    """What some rows are written under: the grounds of a stamp, and the results that the others stand on, if any do."""
    return hashlib.sha256(json.dumps([stamp, stands_on]).encode()).hexdigest()[:16] if stands_on else stamp


def begin(folder: Path) -> Path:
    """An empty folder beside a delivery's, to be filled and then settled."""
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def settle(partial: Path, folder: Path, outcome: Outcome) -> None:
    """Write the outcome and let the filled folder take its place."""
    told = asdict(outcome) | {"coverage": [each.model_dump() for each in outcome.coverage]}
    (partial / "outcome.json").write_text(json.dumps(told, ensure_ascii=False, indent=2))
    take_place(partial, folder)


def read_outcome(folder: Path) -> Outcome | None:
    """The outcome that a folder holds, if it has been settled."""
    if not (folder / "outcome.json").exists():
        return None
    told = json.loads((folder / "outcome.json").read_text())
    # Of deliveries whose rows were freed before reasons were kept, their sum is known alone.
    if (sum_alone := told.pop("duplicates", None)) is not None:
        told["replaced"] = {"duplicate": sum_alone} if sum_alone else {}
    return Outcome(
        **told
        | {
            "delivery": delivery_of(told["delivery"]),
            "refusal": Finding(**told["refusal"]) if told["refusal"] else None,
            "coverage": tuple(Coverage(**each) for each in told["coverage"]),
            "corrections": tuple(tuple(each) for each in told["corrections"]),
            "stands_on": tuple((name, written) for name, written in told.get("stands_on", ())),
            "written": told.get("written") or told["stamp"],
        }
    )
