"""Counties pulling while gateway and release are killed, and judging what they were given. For short and long tests."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

from gateway.__main__ import main
from gateway.audit import verify
from gateway.kept import grants, tokens
from gateway.kept.database import open_database
from gateway.settings import Settings
from schemas.manifest import Manifest
from tests.begun import begin, kill
from tests.killing import COUNTIES, PRODUCT, Days, release
from tests.published import snapshot
from tests.servers.gateway import told

LONGEST = 2.0


@dataclass
class Pulls:
    """What one county read until the gateway was gone: whole files by the path in their address, and what was wrong."""

    whole: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def kill_while_pulling(days: Days, folder: Path, moments: int, seed: int) -> None:
    """Kill a release and the gateway at so many random moments, each while counties read.

    Fails where a file was torn, a version mixed, or a file read of which the audit log has no record.
    """
    dice = random.Random(seed)
    known = _released(days.first) | _released(days.second)
    for number in range(moments):
        home = folder / f"moment-{number}"
        shutil.copytree(days.first, home / "supply")
        settings = told(home / "supply", home / "gateway")
        pulls = _one_moment(days, settings, dice)
        assert [each.wrong for each in pulls if each.wrong] == []
        _check(settings, sum((each.whole for each in pulls), Counter[str]()), known)
        shutil.rmtree(home)


def _one_moment(days: Days, settings: Settings, dice: random.Random) -> list[Pulls]:
    """One gateway and one release, each killed after a time of its own, once counties read."""
    profiles = {county: _token(settings, county) for county in COUNTIES[:4]}
    server = _serve(settings)
    pulls = {county: Pulls() for county in profiles}
    threads = [
        threading.Thread(target=_pull, args=(settings, county, token, pulls[county]))
        for county, token in profiles.items()
    ]
    try:
        for each in threads:
            each.start()
        _wait(pulls)
        writer = begin(release, days.home, settings.supply)
        time.sleep(dice.uniform(0.05, LONGEST))
        kill(writer)
        time.sleep(dice.uniform(0, 0.3))
    finally:
        kill(server)
        for each in threads:
            each.join()
    return list(pulls.values())


def _wait(pulls: dict[str, Pulls]) -> None:
    """Until a county has read a whole file."""
    for _ in range(1000):
        if any(each.whole for each in pulls.values()):
            return
        time.sleep(0.02)
    raise TimeoutError("no county had read a file within twenty seconds")


def _token(settings: Settings, county: str) -> str:
    engine = open_database(settings)
    to = grants.add_recipient(engine, county, "数据局")
    grants.grant(engine, to, PRODUCT.key, "L3", purpose="试用", approver="测试", days=1)
    return tokens.issue(engine, to.id)


def _serve(settings: Settings) -> ForkServerProcess:
    """A gateway in a process of its own, once it answers."""
    port = settings.address.rsplit(":", 1)[1]
    server = begin(
        main, ["serve", "--port", port], JUBIAN_SUPPLY=str(settings.supply), JUBIAN_GATEWAY_RATE="1000000",
        JUBIAN_GATEWAY_STATE=str(settings.state), JUBIAN_GATEWAY_URL=settings.address,
    )  # fmt: skip
    for _ in range(1000):
        try:
            httpx.get(f"{settings.endpoint}/shares")
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return server
    kill(server)
    raise TimeoutError("the gateway did not answer within twenty seconds")


def _pull(settings: Settings, county: str, token: str, pulls: Pulls) -> None:
    """Read the newest snapshot and changes again and again until nobody answers."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=settings.address, headers=headers, timeout=10) as http:
        while True:
            try:
                links = http.get(f"/counties/{county}/{PRODUCT.key}/latest/L3/files.json").json()
                contents = {kind: http.get(links[kind]["url"]).content for kind in ("snapshot", "changes")}
            except (httpx.TransportError, json.JSONDecodeError):
                return
            for kind, content in contents.items():
                sha256 = hashlib.sha256(content).hexdigest()
                pulls.whole[f"{county} {links['version']} {kind} {sha256}"] += 1
                if sha256 != links[kind]["sha256"]:
                    pulls.wrong.append(f"{county} {kind} of version {links['version']} is torn")


def _released(supply: Path) -> set[str]:
    """Every file that may be read: county, version, kind and sha256."""
    found: set[str] = set()
    for file in supply.glob(f"*/{PRODUCT.key}/manifests/*.json"):
        folder, manifest = file.parent.parent, Manifest.model_validate_json(file.read_bytes())
        for kind, path in (
            ("snapshot", snapshot(folder, manifest, "L3")),
            ("changes", folder / manifest.views["L3"].changes.path),
        ):
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            found.add(f"{manifest.county} {manifest.version} {kind} {sha256}")
    return found


def _check(settings: Settings, whole: Counter[str], known: set[str]) -> None:
    """What was read was released, and every reading of it is in a log that holds."""
    assert set(whole) <= known
    log = settings.log
    assert verify(log).faults == ()
    allowed: Counter[str] = Counter()
    for line in log.read_bytes().splitlines():
        if line.endswith(b"}") and b'"what":"allowed"' in line:
            record = json.loads(line)
            kind = "snapshot" if "snapshot" in record["file"] else "changes"
            allowed[f"{record['county']} {record['version']} {kind}"] += 1
    counted: Counter[str] = Counter()
    for name, times in whole.items():
        counted[name.rsplit(" ", 1)[0]] += times
    assert all(allowed[name] >= times for name, times in counted.items())
