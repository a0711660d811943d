"""`python -m benchmarks.peers`: ours, the peers and the floor over the same deliveries, measured and compared."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.equal import differences
from benchmarks.peers.lookups import write_lookups
from benchmarks.peers.measure import Spent, measured
from demo.__main__ import main as write_province
from demo.feeds import DESCRIBING
from pipelines.door.name import as_of_name
from pipelines.landing.inbox import arrivals
from schemas.feed import all_feeds
from schemas.here import REPOSITORY

PEERS = ("duckdb_sql", "pandas_pandera", "spark_local")
# All that an earlier run left which would spare this one work, or be taken for its own.
_MADE = ("hashed", "landed", "standard", "identity", "fused", "supply", "refused", "places", "floor", "peers")


@dataclass(frozen=True)
class Run:
    """One who ran: what it spent, and how its result differs from ours."""

    name: str
    spent: Spent
    differs: list[str]


def main() -> int:
    """Make or reuse a province, run everyone in a process of its own, print one table; 1 where a result differs."""
    asked = _asked()
    home = asked.home or REPOSITORY / "var" / "peers" / str(asked.enterprises)
    if not (home / "inbox").is_dir():
        write_province(["--out", str(home), "--enterprises", str(asked.enterprises), "--feeds", *DESCRIBING])
    for name in _MADE:
        shutil.rmtree(home / name, ignore_errors=True)
    runs = [_ours(home), *(_peer(name, home) for name in asked.peers), _floor(home)]
    print("\n".join(told(runs)))
    return 1 if any(run.differs or run.spent.failed for run in runs) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="Ours beside its peers.")
    parser.add_argument("--enterprises", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="a folder with an inbox, instead of var/peers/<enterprises>")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    return parser.parse_args()


def _ours(home: Path) -> Run:
    return Run("ours", _run("ours", home), [])


def _floor(home: Path) -> Run:
    return Run("floor", _run("floor", home), [])


def _peer(name: str, home: Path) -> Run:
    """A peer's run beside ours; the tables that all peers are handed are made once, before any of them."""
    lookups, out = home / "peers" / "lookups", home / "peers" / name
    if not lookups.exists():
        write_lookups(lookups, max(as_of_name(feed, file) for feed in all_feeds().values()
                                   for file in arrivals(feed, home / "inbox")))  # fmt: skip
    spent = _run(name, home / "inbox", lookups, out)
    return Run(name, spent, [] if spent.failed else differences(home, out))


def _run(module: str, *arguments: Path) -> Spent:
    print(f"Running {module} …", file=sys.stderr, flush=True)
    command = [python_of(module), "-m", f"benchmarks.peers.{module}", *map(str, arguments)]
    return measured(command, REPOSITORY, {"PYTHONWARNINGS": "ignore"})


def python_of(module: str) -> str:
    """The interpreter with what a module needs: pandas and Spark have an environment of their own."""
    own = os.environ.get("JUBIAN_PEERS_PYTHON", str(REPOSITORY / ".venv-peers" / "bin" / "python"))
    return own if module in ("pandas_pandera", "spark_local") else sys.executable


def told(runs: list[Run]) -> list[str]:
    """The table, then each difference in a line."""
    ours, floor = runs[0].spent, runs[-1].spent
    lines = [
        f"{'':>16} {'wall s':>9} {'CPU s':>9} {'peak MB':>9} {'× ours':>8} {'CPU':>6} {'× floor':>8} {'CPU':>6}  result"
    ]
    for run in runs:
        spent = run.spent
        lines.append(
            f"{run.name:>16} {spent.wall:9.1f} {spent.cpu:9.1f} {spent.peak / 1e6:9.0f} "
            f"{spent.wall / ours.wall:8.2f} {spent.cpu / ours.cpu:6.2f} {spent.wall / floor.wall:8.2f} "
            f"{spent.cpu / floor.cpu:6.2f}  {_result(run)}"
        )
    return [*lines, *(f"{run.name}: {each}" for run in runs for each in run.differs)]


def _result(run: Run) -> str:
    if run.spent.failed:
        return f"failed: {run.spent.failed}"
    if run.name in ("ours", "floor"):
        return ""
    return "differs" if run.differs else "equal"


if __name__ == "__main__":
    raise SystemExit(main())
