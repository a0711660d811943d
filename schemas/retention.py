"""How long things are kept, and what is not kept any more of a county's product. Nothing is freed here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from schemas.manifest import Manifest, NoRecord, Record
from schemas.snapshot import ORIGIN, since

# Beside the manifest of a county's product: what has been freed of its versions.
FREED = "freed.json"


@dataclass(frozen=True)
class Keep:
    """What is kept: the `newest` so many, and whatever stood within the last `days` by as-of days."""

    newest: int
    days: int

    def since(self, today: str) -> str:
        """The day, yyyy-mm-dd, since which whatever stood is kept, as of a day."""
        return (date.fromisoformat(today) - timedelta(days=self.days)).isoformat()


class Freed(Record):
    """What is not kept any more of a county's product; manifests and contracts always are.

    Of the versions before `oldest` no file is kept. Of those in `bare`, which are behind it, only the changes
    are, so that whoever stands on the oldest goes on from there.
    """

    oldest: int = 1
    bare: tuple[int, ...] = ()

    def has_snapshot(self, version: int) -> bool:
        """Whether all files of a version are kept."""
        return version >= self.oldest and version not in self.bare

    def and_what(self, other: Freed) -> Freed:
        """What one of two says that it is not kept any more."""
        oldest, bare = max(self.oldest, other.oldest), {*self.bare, *other.bare}
        while oldest in bare:
            oldest += 1
        return Freed(oldest=oldest, bare=tuple(sorted(version for version in bare if version > oldest)))

    def has_file(self, manifest: Manifest, path: str) -> bool:
        """Whether a file that a version's manifest names is kept."""
        steps = (since(manifest, level) for level in (*manifest.views, ORIGIN))
        changes = {step.path for step in steps if step is not None}
        return self.has_snapshot(manifest.version) or (manifest.version >= self.oldest and path in changes)


NOTHING = Freed()


def read_freed(folder: Path) -> Freed:
    """What has been freed in a folder of one county's product; nothing where it does not say. Raises NoRecord."""
    file = folder / FREED
    content = file.read_bytes() if file.exists() else None
    try:
        return NOTHING if content is None else Freed(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise NoRecord(file, f"{len(content or b''):,} bytes that are none") from error
