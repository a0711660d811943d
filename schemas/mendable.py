"""What a person can mend: faults whose message a command ends with. None of them stands here."""

from __future__ import annotations

from typing import ClassVar


class Mendable(Exception):
    """A fault that a person can mend; the message says what. A command that meets it gives 2, unless it says otherwise.

    What one is raised with goes to `Exception` as it is: in another process the error is made anew of that.
    """

    # What a command says before a message that does not say itself what is at fault.
    opening: ClassVar[str] = ""
