"""`python -m benchmarks.peers.ours HOME`: our own chain from the inbox to the released enterprise mirror, untold."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.chain import verbs
from schemas.product import all_products

if __name__ == "__main__":
    for verb in verbs(Path(sys.argv[1]), [all_products()["enterprise_mirror"]]).values():
        verb()
