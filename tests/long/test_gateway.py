"""Every wrong pair of counties at the gateway; a few of them are in the short tests."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from tests.integration.test_gateway_door import let_all_in, refuse_wrong_pairs
from tests.published import EVERY_COUNTY
from tests.servers.gateway import serving, told


def test_no_county_reaches_any_other(three_versions: Path, tmp_path: Path) -> None:
    with serving(told(three_versions / "supply", tmp_path)) as served:
        held = let_all_in(served, three_versions / "supply")
        pairs = list(permutations(held, 2))
        assert len(pairs) == EVERY_COUNTY * (EVERY_COUNTY - 1)
        refuse_wrong_pairs(served, held, pairs)
