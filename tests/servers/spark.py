"""A small Spark cluster of worker processes on loopback, for tests: what it needs, and who its executors are."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

MISSING = "pyspark is not installed here; make spark" if importlib.util.find_spec("pyspark") is None else (
    "" if shutil.which("java") else "there is no Java here; on Debian: apt-get install openjdk-17-jre-headless"
)  # fmt: skip
WORKERS = 2


def environment(folder: Path) -> dict[str, str]:
    """The variables that choose a cluster of two executors whose scratch lies in a folder."""
    (folder / "conf").mkdir(parents=True, exist_ok=True)
    (folder / "conf" / "spark-defaults.conf").write_text("spark.ui.enabled false\nspark.driver.host localhost\n")
    return {
        "JUBIAN_ENGINE": "spark",
        "JUBIAN_SPARK_MASTER": f"local-cluster[{WORKERS},1,1024]",
        "SPARK_CONF_DIR": str(folder / "conf"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "localhost",
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "PYTHONWARNINGS": "ignore",
    }


def executors(driver: int) -> list[int]:
    """The executors below a process."""
    return [each for each in _below(driver) if b"CoarseGrainedExecutorBackend" in _read(each, "cmdline")]


def executor_of(worker: int) -> int:
    """The executor that a Python worker belongs to: the nearest Java process above it."""
    above = worker
    while b"CoarseGrainedExecutorBackend" not in _read(above, "cmdline"):
        above = _parent(above)
    return above


def _below(process: int) -> Iterator[int]:
    numbers = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and int(each.name) != process]
    for child in (number for number in numbers if _parent(number) == process):
        yield child
        yield from _below(child)


def _parent(process: int) -> int:
    told = _read(process, "stat").rpartition(b")")[2].split()
    return int(told[1]) if told else 0


def _read(process: int, name: str) -> bytes:
    """What the system tells of a process; nothing of one that has ended."""
    try:
        return Path(f"/proc/{process}/{name}").read_bytes()
    except OSError:
        return b""
