"""What waits in the inbox: the files of a feed, what else lies there, and what cannot be read. Reads none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.disk.named import place_by_name
from pipelines.door.name import shown
from pipelines.refusal import Finding
from schemas.feed import Feed

# What is still being sent lies under a name with a point in front; Office marks an open file by the other, and macOS
# leaves `._` names behind.
_HIDDEN = (".", "~$")


def arrivals(feed: type[Feed], inbox: Path) -> list[Path]:
    """The files that wait in `inbox/<feed>/`, in the order of their names; no hidden one."""
    return sorted((path for path in _shown(feed, inbox) if _has_form(feed, path)), key=place_by_name)


def beside_arrivals(feed: type[Feed], inbox: Path) -> list[Path]:
    """What lies beside them under other names than the feed's form has; no hidden one."""
    return sorted(path for path in _shown(feed, inbox) if not _has_form(feed, path))


def _shown(feed: type[Feed], inbox: Path) -> Iterator[Path]:
    return (path for path in (inbox / feed.key).glob("*") if not path.name.startswith(_HIDDEN))


def _has_form(feed: type[Feed], path: Path) -> bool:
    return path.name.endswith(feed.arrives.suffix)


def unreadable(file: Path) -> Finding | None:
    """What is wrong with a name in the inbox that cannot be kept, or with what cannot be read under it."""
    if (name := shown(file.name)) != file.name:
        todo = "Rename it, or have it packed and sent with names in UTF-8."
        return Finding(name, 0, "", "name_unreadable", "a name whose bytes are no UTF-8", "a name in UTF-8", todo)
    if (why := why_unreadable(file)) is not None:
        todo = "Make it readable by the user that runs this, or take it away."
        return Finding(file.name, 0, "", "cannot_be_read", why, "a file that can be read", todo)
    return None


def why_unreadable(file: Path) -> str | None:
    """What the system says where a name in the inbox is a folder, a link to nothing or closed to this user.

    A pipe is not opened: it may never answer.
    """
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):
            return "what is no file, but a pipe or a device"
        with file.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        return f"what cannot be read ({error.strerror})"
    return None
