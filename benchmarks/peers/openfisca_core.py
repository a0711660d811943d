"""The peer of policy matching: the same conditions as OpenFisca variables over the same columns.

`python -m benchmarks.peers.openfisca_core FOLDER` runs in an environment of its own, reads `policies.json` and
`columns.npz`, writes `verdicts.npz` and prints what the calculation took.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.spent import spending

_PERIOD = "2026"
_SIGNS = {"at_least": np.greater_equal, "more_than": np.greater, "at_most": np.less_equal, "less_than": np.less}
ENTERPRISE = build_entity("enterprise", "enterprises", "An enterprise", is_person=True)
Formula = Callable[..., np.ndarray]


def main() -> None:
    """Say what 500 calculations over the given columns took; making the system and setting inputs is not timed."""
    folder = Path(sys.argv[1])
    policies = json.loads((folder / "policies.json").read_text())
    columns = dict(np.load(folder / "columns.npz"))
    system = system_of(policies, columns)
    best = min((_timed(system, policies, columns, folder) for _ in range(3)), key=lambda spent: spent.wall)
    print(best)


def _timed(system: TaxBenefitSystem, policies: dict[str, Any], columns: dict[str, np.ndarray], folder: Path) -> Any:
    simulation = SimulationBuilder().build_default_simulation(system, count=len(next(iter(columns.values()))))
    for name, values in columns.items():
        simulation.set_input(name, _PERIOD, values)
    said: dict[str, np.ndarray] = {}
    spent = spending(lambda: said.update({key: simulation.calculate(key, _PERIOD) for key in policies}))
    np.savez(folder / "verdicts.npz", **said)
    return spent


def system_of(policies: dict[str, Any], columns: dict[str, np.ndarray]) -> TaxBenefitSystem:
    """A system with a variable for each column and one with a formula for each policy."""
    system = TaxBenefitSystem([ENTERPRISE])
    for name, values in columns.items():
        kind = {"b": bool, "i": int}.get(values.dtype.kind, float)
        variable = system.add_variable(_variable(name, kind))
        # It holds numbers in single precision, which loses yuan above 16.7 million: a bound would fall on either side.
        variable.dtype = values.dtype
    for key, condition in policies.items():
        system.add_variable(_variable(key, bool, {"formula": _formula(condition)}))
    return system


def _variable(name: str, kind: type, more: dict[str, Formula] | None = None) -> type[Variable]:
    told = {"value_type": kind, "entity": ENTERPRISE, "definition_period": DateUnit.YEAR, "label": name}
    return type(name, (Variable,), told | (more or {}))


def _formula(condition: list[Any]) -> Formula:
    return lambda enterprise, period: _asked(condition, enterprise, period)


def _asked(condition: list[Any], enterprise: Any, period: Any) -> np.ndarray:
    """A condition as its author would write it with NumPy: every variable by its name, joined by & | ~."""
    form, *rest = condition
    if form in ("all", "any"):
        join = np.logical_and if form == "all" else np.logical_or
        return reduce(join, (_asked(part, enterprise, period) for part in rest))
    if form == "not":
        return ~_asked(rest[0], enterprise, period)
    values = enterprise(rest[0], period)
    if form == "is":
        return values
    return np.isin(values, rest[1]) if form == "one_of" else _SIGNS[form](values, rest[1])


if __name__ == "__main__":
    main()
