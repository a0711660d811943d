"""One file a feed: what its department makes of the truth, and the file it writes. No defects here.

A file more is a feed more: every module here that has a FORM is found.
"""

from __future__ import annotations

import importlib
import pkgutil

from demo.feeds.form import Form
from schemas.entity import all_entities


def _found() -> tuple[Form, ...]:
    modules = (importlib.import_module(f"demo.feeds.{found.name}") for found in pkgutil.iter_modules(__path__))
    forms = (getattr(module, "FORM", None) for module in modules)
    return tuple(form for form in forms if isinstance(form, Form))


ALL = _found()
_SAYING = {feed.key for feed in all_entities()["enterprise"].described_by()}
# Those that say what an enterprise is: of these a small province is made, and one of ten million.
DESCRIBING = tuple(form.feed for form in ALL if form.feed in _SAYING)


def named(names: list[str] | tuple[str, ...]) -> tuple[Form, ...]:
    """The forms of these feeds, all where none is named. Raises ValueError for a feed that the demo does not write."""
    unknown = sorted(set(names) - {form.feed for form in ALL})
    if unknown:
        raise ValueError(f"the demo writes no {', '.join(unknown)}; it knows {', '.join(form.feed for form in ALL)}.")
    return tuple(form for form in ALL if form.feed in names) if names else ALL
