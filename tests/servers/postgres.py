"""A real PostgreSQL server on loopback for as long as a `with` lasts; Debian's package, a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MISSING = "PostgreSQL's server is not installed: apt-get install postgresql"


def binaries() -> Path | None:
    """The folder of the newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@dataclass(frozen=True)
class Server:
    """A server that can be stopped and started again, its data and port staying what they are."""

    url: str
    folder: Path
    control: list[object]
    settings: str

    def start(self) -> None:
        """Let it answer."""
        _as_server(self.folder, [*self.control, "-o", self.settings, "start"])

    def stop(self) -> None:
        """Stop it at once, as a machine that is lost would."""
        _as_server(self.folder, [*self.control, "-m", "immediate", "stop"])


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server and give its URL; stop it and remove its data afterwards."""
    with server() as started:
        yield started.url


@contextmanager
def server() -> Iterator[Server]:
    """Start a server that a test may stop and start; stop it and remove its data afterwards."""
    programs = binaries()
    if programs is None:
        raise RuntimeError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="jubian-postgres-"))
    port = free_port()
    _as_server(
        folder,
        [programs / "initdb", "-D", folder / "data", "-U", "jubian", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"],
    )
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    control = [programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w"]
    made = Server(f"postgresql://jubian:geheim@127.0.0.1:{port}/postgres", folder, control, settings)
    made.start()
    try:
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_server(folder: Path, command: list[object]) -> None:
    """Run one of the server's programs; root lends it to the user postgres, whom the package made."""
    options: dict[str, object] = {}
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        options = {"user": user.pw_uid, "group": user.pw_gid}
    subprocess.run(
        [str(each) for each in command],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **options,
    )


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
