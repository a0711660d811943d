"""What was refused at landing: kept under its sha256 with the finding. Nothing is refused here.

refused/<feed>/<first twelve digits of the sha256>/   the file under its own name, and finding.json
"""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.disk.tables import copied
from pipelines.refusal import Finding
from schemas.feed import Feed
from schemas.put import put_bytes


def refused_notes(feed: type[Feed], home: Path) -> list[tuple[str, Finding]]:
    """The deliveries of a feed that were refused, by the first twelve digits of their sha256."""
    notes = sorted((home / "refused" / feed.key).glob("*/finding.json"))
    return [(note.parent.name, Finding(**json.loads(note.read_text()))) for note in notes]


def refused(feed: type[Feed], home: Path) -> list[Finding]:
    """What was found in them."""
    return [finding for _, finding in refused_notes(feed, home)]


def refused_files(feed: type[Feed], home: Path) -> list[Path]:
    """The kept copies of the files that were refused at landing, under the names that they arrived with."""
    copies = [home / "refused" / feed.key / name / finding.file for name, finding in refused_notes(feed, home)]
    return [copy for copy in copies if copy.exists()]


def keep_refused(feed: type[Feed], file: Path, home: Path, sha256: str, finding: Finding) -> None:
    """Keep a refused file's bytes and why, under its sha256."""
    folder = home / "refused" / feed.key / sha256[:12]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / file.name).exists():
        copied(file, folder / file.name)
    put_bytes(json.dumps(finding.as_dict(), ensure_ascii=False, indent=2).encode(), folder / "finding.json")
