"""Which landed rows are read anew after an edit to a dictionary: those whose code is new, gone or means another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.grounds import DeliveryGrounds
from pipelines.replay import looked_at, may_only_wait, touched
from pipelines.translate import coded_columns
from schemas.feed import all_feeds

TAX = all_feeds()["tax_registration"]
STATUS = next(column for column in coded_columns(TAX) if column.name == "status")
CODES = ("03", "05", "88")
BEFORE = DeliveryGrounds(
    code="", meanings={column.name: {} for column in coded_columns(TAX)} | {"status": {"03": "1", "05": "4"}},
    edits=[], place="", admitted=[], before="", stands="",
)  # fmt: skip


@pytest.mark.parametrize(
    ("meant", "expected"),
    [
        ({"03": "1", "05": "4"}, ([], True)),
        ({"03": "1", "05": "4", "88": "1"}, (["88"], True)),
        ({"03": "1", "05": "5"}, (["05"], False)),
        ({"03": "1"}, (["05"], False)),
        ({"03": "1", "05": "4", "99": "1"}, ([], True)),
    ],
    ids=["nothing", "new", "another", "gone", "written by nobody"],
)
def test_rows_of_a_code_that_is_new_gone_or_means_another_are_read_anew(
    meant: dict[str, str], expected: tuple[list[str], bool], tmp_path: Path
) -> None:
    """The codes whose rows are, and whether these can but have waited in quarantine."""
    after = replace(BEFORE, meanings=BEFORE.meanings | {"status": meant})
    written = pl.DataFrame({"column": ["status"] * len(CODES), "code": CODES})
    rows = pl.DataFrame(dict.fromkeys(TAX.headers(), CODES))
    found = rows.filter(touched(TAX, rows, written, BEFORE, after, tmp_path))[STATUS.source].to_list()
    assert (found, may_only_wait(TAX, written, BEFORE, after)) == expected
    assert looked_at(TAX, written, BEFORE, after) == ([STATUS.source] if found else [])
