"""How what is wrong with a declaration is told: file, class, attribute, found, expected, what to do. Judges nothing."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipelines.near import near
from pipelines.promises.titles import wrong_titles
from schemas.feed import Column, Feed
from schemas.product import Field, Product
from schemas.rooms import file_of

LIST = "a list of mappings/lists/, where a new one is a file"

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
                found, todo = ("none", "Name one.") if name is None else (f"'{name}'", near(name, known))
                yield self.fault(attribute, found, what, todo)

    def misspelt(self) -> Iterator[str]:
        """A line for each attribute that no such class has: nobody would read it."""
        base = Feed if issubclass(self.of, Feed) else Product
        known = {name for name in (*dir(base), *inspect.get_annotations(base)) if not name.startswith("_")}
        own = (name for name, held in vars(self.of).items() if not isinstance(held, (Column, Field)))
        for name in own:
            if not name.startswith("_") and name not in known:
                todo = f"{near(name, known)} What only this file reads begins with _."
                yield self.fault(name, "this attribute", f"one that a {base.__name__} has", todo)

    def lacking(self, *examples: tuple[str, str]) -> Iterator[str]:
        """A line for each attribute that is no text or says nothing; each is named beside an example."""
        for attribute, example in examples:
            held = getattr(self.of, attribute, None)
            if not isinstance(held, str) or not held.strip():
                found = "none" if held is None else repr(held)
                yield self.fault(attribute, found, "a text", f'Write {attribute} = "{example}".')

    def titled(self, columns: Mapping[str, Column | Field]) -> Iterator[str]:
        """A line for each column whose title says nothing, or is another's."""
        for name, *words in wrong_titles((name, each.title) for name, each in columns.items()):
            yield self.fault(f"{name}, its title", *words)

    def listed(self, attribute: str) -> Iterator[str]:
        """Where an attribute is no tuple of names."""
        held = getattr(self.of, attribute, None)
        if not isinstance(held, tuple):
            todo = "Name them between brackets, with a comma behind a single one."
            yield self.fault(attribute, "none" if held is None else repr(held), "a tuple of names", todo)


def titled_alike(classes: Mapping[str, type[D]]) -> Iterator[str]:
    """A line for each class that is titled as one before it."""
    for key, *words in wrong_titles((key, each.title) for key, each in classes.items()):
        yield Declaration(classes[key]).fault("title", *words)
