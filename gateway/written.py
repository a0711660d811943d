"""What a person writes into a form: which of its characters nobody sees. Says nothing of length or sense."""

from __future__ import annotations

import unicodedata

# Controls, marks of format (such as those that turn the direction), halves of characters, separators of lines. A
# space of any width is none of them, nor is a rare name's character in private use.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def hidden(text: str) -> set[str]:
    """The characters of a text that nobody sees."""
    return {each for each in text if unicodedata.category(each) in _HIDDEN}
