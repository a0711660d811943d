"""`python -m benchmarks.gateway`: what an increment, three columns and fifty counties at once cost, beside nginx."""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import duckdb
import httpx
import polars as pl

from benchmarks.pulling import Pull, pull_all
from benchmarks.serving import gateway, grant_all, nginx, nginx_in_front
from benchmarks.wide import COUNTY, PRODUCT, wide_supply
from gateway.settings import Settings

OWED_INCREMENT, OWED_COLUMNS, OWED_ALONE, OWED_IN_FRONT = 0.02, 0.01, 0.5, 0.9
_TIMES = 3
THREE = ["key", "flag_1", "amount_2"]


def main() -> int:
    """Make a supply, measure, print; gives 1 where less came out than is owed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway", description="What the gateway costs.")
    parser.add_argument("--rows", type=int, default=90_000)
    parser.add_argument("--columns", type=int, default=1_000)
    parser.add_argument("--counties", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=4)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jubian-gateway-") as folder:
        told = wide_supply(Path(folder), asked.rows, asked.columns, asked.counties)
        bytes_kept = transferred(told)
        rates_kept = rates(told, asked.counties, asked.rounds)
    print("\nAll that is owed." if bytes_kept and rates_kept else "\nLess than owed: see above.")
    return 0 if bytes_kept and rates_kept else 1


def transferred(told: Settings) -> bool:
    """Bytes by the gateway's own metering: one increment and three columns, as shares of the snapshot."""
    with gateway(told, 1) as (served, at):
        (token,) = grant_all(at, [COUNTY]).values()
        headers = {"Authorization": f"Bearer {token}"}
        links = httpx.get(f"{served}/counties/{COUNTY}/{PRODUCT}/latest/L1/files.json", headers=headers).json()
        snapshot = links["snapshot"]
        print(f"{snapshot['rows']:,} rows, snapshot {snapshot['size'] / 1e6:.1f} MB, 1 % of the rows changed")
        begun = _metered(at)
        pl.read_parquet(httpx.get(links["changes"]["url"]).content)
        increment = _metered(at) - begun
        pl.scan_parquet(snapshot["url"]).select(THREE).collect()
        by_polars = _metered(at) - begun - increment
        mirror = pl.scan_parquet(snapshot["url"])
        assert mirror is not None  # DuckDB finds it by its name
        duckdb.execute(f"SELECT {', '.join(THREE)} FROM mirror").fetchall()
        by_duckdb = _metered(at) - begun - increment - by_polars
    owed = {"increment": (increment, OWED_INCREMENT), "three columns, Polars": (by_polars, OWED_COLUMNS),
            "three columns, DuckDB": (by_duckdb, OWED_COLUMNS)}  # fmt: skip
    for name, (count, most) in owed.items():
        print(f"  {name:<24}{count / 1e6:>8.2f} MB  {count / snapshot['size']:>7.2%} of it, at most {most:.0%} owed")
    return all(count < most * snapshot["size"] for count, most in owed.values())


def _metered(told: Settings) -> int:
    log = told.log
    records = map(json.loads, log.read_bytes().splitlines()) if log.exists() else ()
    return sum(each["bytes"] for each in records if each["what"] == "served")


def rates(told: Settings, counties: int, rounds: int) -> bool:
    """Every county pulls its file again and again, all at once: bytes a second and the slowest pulls.

    Each server is fresh at first: that one pull is told beside, and what is owed is held against those after it.
    """
    names = sorted(folder.name for folder in told.supply.glob("33????") if folder.name != COUNTY)[:counties]
    with gateway(told, 2) as (_, at):
        tokens = grant_all(at, names)
    times = [_each(told, tokens, rounds) for _ in range(_TIMES)]
    first, found = (_best([{name: pulls[at] for name, pulls in each.items()} for each in times]) for at in (0, 1))
    floor = found["nginx alone"].rate
    owed = {"gateway alone": OWED_ALONE, "nginx in front": OWED_IN_FRONT}
    print(f"{counties} counties at once, {rounds} files each, the best of {_TIMES} times in turn")
    for name, pull in found.items():
        share = f"{pull.rate / floor:>6.1%} of nginx, at least {owed[name]:.0%} owed" if name in owed else ""
        fresh = f"first pull {first[name].rate / 1e6:>5.0f} MB/s"
        print(f"  {name:<16}{pull.rate / 1e6:>8.0f} MB/s  p50 {pull.p50:.2f} s  p99 {pull.p99:.2f} s  {fresh}  {share}")
    return all(found[name].rate >= least * floor for name, least in owed.items())


def _each(told: Settings, tokens: dict[str, str], rounds: int) -> dict[str, tuple[Pull, Pull]]:
    """One after the other, so that a machine that is busy for a while is busy for all of them."""
    found: dict[str, tuple[Pull, Pull]] = {}
    with nginx(told) as address:
        found["nginx alone"] = _pulled(address, told, dict.fromkeys(tokens, ""), rounds)
    with gateway(told, 2) as (address, _):
        found["gateway alone"] = _pulled(address, told, tokens, rounds)
    with nginx_in_front(told) as (address, inner), gateway(replace(inner, rate=told.rate), 2):
        found["nginx in front"] = _pulled(address, told, tokens, rounds)
    return found


def _pulled(address: str, told: Settings, tokens: dict[str, str], rounds: int) -> tuple[Pull, Pull]:
    """Each county's first file of a server that has just started, and then `rounds` files each."""
    return pull_all(address, told, tokens, 1), pull_all(address, told, tokens, rounds)


def _best(times: list[dict[str, Pull]]) -> dict[str, Pull]:
    return {name: max((each[name] for each in times), key=lambda pull: pull.rate) for name in times[0]}


if __name__ == "__main__":
    raise SystemExit(main())
