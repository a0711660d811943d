"""`python -m benchmarks.peers.floor HOME`: the floor of the chain's benchmark in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.floor import reading, writing

if __name__ == "__main__":
    reading(Path(sys.argv[1]))
    writing(Path(sys.argv[1]))
