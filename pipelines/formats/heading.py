"""Whether a delivery names its columns elsewhere than its feed declares, or not at all. What they are called is layout.

Asked only of a header that does not fit: its columns are then not renamed, and no alias would mend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pipelines.formats.layout import Layout, finding, fitted
from pipelines.formats.rows import refuse_file
from pipelines.refusal import Refusal

_VALUE = re.compile(r"[-+]?\d[\d.,:/年月日-]*")
_MOST_SHOWN = 40

# Where names may stand, in words, and the names that would then be those of the columns.
Candidate = tuple[str, list[str]]


def refuse_elsewhere(file: Path, candidates: Iterable[Candidate], declared: str, layout: Layout) -> None:
    """Refuse a delivery of which another candidate has the columns' names than what stands where it is `declared`."""
    where = next((where for where, names in candidates if _fit(file, names, layout)), None)
    if where is not None:
        found, expected = f"the columns' names in {where}", f"them in {declared}"
        raise Refusal(finding(file, "", "header", found, expected))


def refuse_values(file: Path, names: list[str], declared: str, layout: Layout) -> None:
    """Refuse a header that has none of the columns' names and a number or a day among its own."""
    known = {*layout.expected, *layout.aliases}
    value = next((name for name in names if _VALUE.fullmatch(name.strip())), None)
    if value is not None and not known.intersection(names):
        found = f"no column's name, and the value '{value[:_MOST_SHOWN]}', in {declared}"
        raise refuse_file(file, "header", found, f"the columns' names there: {', '.join(layout.expected)}")


def _fit(file: Path, names: list[str], layout: Layout) -> bool:
    try:
        fitted(file, names, layout)
    except Refusal:
        return False
    return True
