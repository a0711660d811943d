"""`python -m benchmarks.peers.ours HOME`: our own chain from the inbox to the released enterprise mirror, untold."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

from benchmarks.chain import chain
from pipelines.dictionary import current
from schemas.product import all_products

if __name__ == "__main__":
    deque(chain(Path(sys.argv[1]), [all_products()["enterprise_mirror"]], current()), maxlen=0)
