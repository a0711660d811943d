"""How what is wrong with a declaration is told: file, class, attribute, found, expected, what to do. Judges nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipelines.near import near
from schemas.feed import Feed
from schemas.product import Product
from schemas.rooms import file_of

D = TypeVar("D", Feed, Product)


@dataclass(frozen=True)
class Declaration(Generic[D]):
    """A feed's or a product's class, and how what is wrong with it is told."""

    of: type[D]

    def fault(self, attribute: str, found: object, expected: str, todo: str) -> str:
        """One line: the file, the class and its attribute, what was found, what was expected, what to do."""
        return f"{file_of(self.of)}, {self.of.__name__}.{attribute}: found {found}; expected {expected}. {todo}"

    def unknown(self, attribute: str, names: Iterable[Any], known: Collection[str], what: str) -> Iterator[str]:
        """A line for each name that is not known."""
        for name in names:
            if name not in known:
                yield self.fault(attribute, f"'{name}'", what, near(name, known))

    def lacking(self, *examples: tuple[str, str]) -> Iterator[str]:
        """A line for each attribute that is no text; each is named beside an example."""
        for attribute, example in examples:
            if not isinstance(getattr(self.of, attribute, None), str):
                yield self.fault(attribute, "none", "a text", f'Write {attribute} = "{example}".')

    def listed(self, attribute: str) -> Iterator[str]:
        """Where an attribute is no tuple of names."""
        held = getattr(self.of, attribute, None)
        if not isinstance(held, tuple):
            todo = "Name them between brackets, with a comma behind a single one."
            yield self.fault(attribute, "none" if held is None else repr(held), "a tuple of names", todo)
