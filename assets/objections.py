"""Objections as an asset: what counties hold to be wrong, whom that asks, and whose time is up. Answers nothing."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from assets import versions
from assets.conditions import from_inputs
from assets.describe import table, words
from assets.dictionaries import ANSWERS
from assets.known import load, raised
from pipelines.dictionary import Mappings
from pipelines.objections.answer import clock
from pipelines.objections.propose import Proposal, due, proposals
from pipelines.objections.raised import fingerprint, open_ones
from schemas import china
from schemas.entity import all_entities
from schemas.here import home
from schemas.objection import Objection

KEY = dg.AssetKey(["objections"])
CHECK = "overdue"
_MOST = 200
_COLUMNS = ("objection", "county", "product", "key", "column", "raised", "due", "departments", "correction to paste")

Case = tuple[Objection, list[Proposal]]


@dg.asset(
    key=KEY,
    group_name="repair",
    owners=["team:standards"],
    kinds={"json", "polars"},
    description="异议：县里认为有误的单元格、负责答复的部门与期限。`make objections` 给出可直接粘贴的更正行与答复命令",
    deps=[ANSWERS, *(dg.AssetKey([room, key]) for key in all_entities() for room in ("fused", "disputes"))],
    automation_condition=from_inputs(),
    check_specs=[dg.AssetCheckSpec(CHECK, asset=KEY, description="没有部门超过答复期限")],
)
def objections() -> Iterator[dg.MaterializeResult]:
    """List what waits for an answer, by department with its clock, and warn where a department's time is up."""
    mappings, all_objections, today = load(), raised(), china.today()
    cases = [(each, proposals(each, mappings, home())) for each in open_ones(all_objections, mappings)]
    yield dg.MaterializeResult(
        data_version=dg.DataVersion(_version(all_objections, mappings)),
        metadata={
            "dagster/row_count": len(cases),
            "raised": len(all_objections),
            **{f"open/{name}": count for name, count in _by_department(cases).items()},
            "open": table(_COLUMNS, (_row(case, today) for case in sorted(cases, key=lambda case: due(*case))[:_MOST])),
        },
        check_results=[_overdue(cases, today)],
    )


def _version(objections: tuple[Objection, ...], mappings: Mappings) -> str:
    return versions.of_words([fingerprint(objections), mappings.fingerprints["answer"]])


def _by_department(cases: list[Case]) -> dict[str, int]:
    """How many objections each department is asked about."""
    departments = [sorted({each.feed.department_title for each in proposals}) or ["—"] for _, proposals in cases]
    names = sorted({name for each in departments for name in each})
    return {name: sum(name in each for each in departments) for name in names}


def _row(case: Case, today: date) -> list[object]:
    objection, proposals = case
    paste = "<br>".join(f"`{each.to_paste(today)}`" for each in proposals)
    departments = ", ".join(sorted({each.feed.department_title for each in proposals})) or "—"
    facts = [objection.id, objection.county, objection.product, "; ".join(objection.key.values()), objection.column]
    return [*facts, objection.raised, clock(due(*case), today), departments, paste or "—"]


def _overdue(cases: list[Case], today: date) -> dg.AssetCheckResult:
    late = [
        f"{one.feed.department_title}: {objection.id}, {clock(one.due, today)}"
        for objection, proposals in cases
        for one in proposals
        if one.due < today
    ]
    return dg.AssetCheckResult(
        check_name=CHECK, passed=not late, severity=dg.AssetCheckSeverity.WARN, metadata={"overdue": words(late)}
    )
