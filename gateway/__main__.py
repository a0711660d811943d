"""`python -m gateway …`: reads the command line and calls the command, which lies in `gateway/commands/`."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy.exc import OperationalError

from gateway.commands import Commands, asking, backing_up, granting, recipients, serving
from gateway.refused import UNWRITABLE, Refused
from gateway.settings import DATABASE, Settings, settings
from gateway.supply.mirror import brought_up
from schemas.piped import piped
from schemas.store import Refuses
from schemas.typed import typed

_ROOMS = (serving, recipients, granting, asking, backing_up)
_COMMANDS: Commands = {name: each for room in _ROOMS for name, each in room.COMMANDS.items()}


@piped
def main(arguments: list[str] | None = None) -> int:
    """Read the command line and do what it says; 1 where it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m gateway", description="The one door over published releases.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (command, description, options) in _COMMANDS.items():
        each = commands.add_parser(name, help=description, description=description)
        for option, about in options.items():
            each.add_argument(option, **about)
        each.set_defaults(command=command)
    args = parser.parse_args(arguments)
    try:
        return args.command(args, _caught_up(settings()))
    except (ValueError, LookupError, Refused, Refuses) as error:
        print(error)
        return 1
    except OperationalError as error:
        why = str(error.orig).splitlines()[0]
        print(f"The gateway's database does not answer ({why}). Start it, or mend {DATABASE}, and type this again.")
        return 1
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        print(_unwritten(error, settings()))
        return 1


def _unwritten(error: OSError, settings: Settings) -> str:
    """What to do where the state folder has no room: a thing may have ended, or been given, before what failed."""
    where = error.filename or settings.state
    return (
        f"{where} cannot be written ({error.strerror}). Make room there and look whether it was done before you type "
        f"this again: {typed('gateway grants COUNTY')}; {typed('gateway granted')} and {typed('gateway pins')} write "
        "what is read elsewhere."
    )


def _caught_up(settings: Settings) -> Settings:
    """The same, once its mirror is what the store serves; as it is where something is in the way, which is told."""
    if settings.store:
        for line in brought_up(settings.store, settings.supply, {}).values():
            print(line, file=sys.stderr)
    return settings


if __name__ == "__main__":
    raise SystemExit(main())
