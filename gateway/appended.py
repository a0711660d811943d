"""A line at the end of a file, whole or an error. What lines say, and who else writes there, is for others."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def append(handle: int, content: bytes, file: Path) -> None:
    """Write all of it. Raises OSError where the disk takes a part alone, which the system tells by a count only."""
    if os.write(handle, content) < len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
