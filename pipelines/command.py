"""How a command ends where a mapping, setting or pipe cannot stand: with a line. No command stands here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from pipelines.mapping_files.csv_file import MappingError
from schemas.here import NoHome
from schemas.manifest import NoManifest
from schemas.piped import piped
from schemas.product import UnknownProduct
from schemas.rooms import Misdeclared
from schemas.store import NoPlace
from schemas.variables import misspelt

_Asked = ParamSpec("_Asked")


def command(main: Callable[_Asked, int]) -> Callable[_Asked, int]:
    """A command that gives 2 and says what to mend, instead of where the code stood, for a faulty mapping,
    setting, declaration or manifest; of a variable that is misspelt it says so and goes on."""

    @piped
    @wraps(main)
    def carried_out(*args: _Asked.args, **kwargs: _Asked.kwargs) -> int:
        for line in misspelt(os.environ):
            print(line, file=sys.stderr)
        try:
            return main(*args, **kwargs)
        except MappingError as error:
            print(f"A mapping cannot be relied on: {error}", file=sys.stderr)
            return 2
        except (Misdeclared, NoHome, NoManifest, NoPlace, UnknownProduct) as error:
            print(error, file=sys.stderr)
            return 2

    return carried_out
