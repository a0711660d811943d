"""One file a feed: what its department makes of the truth, and the file it writes. No defects here.

A file more is a feed more: every module here that has a FORM is found.
"""

from __future__ import annotations

import importlib
import pkgutil

from demo.feeds import (
    ecology_permit,
    market_regulation_enterprise,
    science_technology_list,
    social_security_employer,
    tax_registration,
)
from demo.feeds.form import Form

MARKET = market_regulation_enterprise.FORM
TAX = tax_registration.FORM
SOCIAL = social_security_employer.FORM
SCIENCE = science_technology_list.FORM
ECOLOGY = ecology_permit.FORM
# Those that a day's events show in; the others come once a month or a year.
DAILY = (MARKET, TAX, SOCIAL, SCIENCE, ECOLOGY)
DAILY_FEEDS = tuple(form.feed for form in DAILY)


def _others() -> tuple[Form, ...]:
    modules = (importlib.import_module(f"demo.feeds.{found.name}") for found in pkgutil.iter_modules(__path__))
    forms = (getattr(module, "FORM", None) for module in modules)
    return tuple(form for form in forms if isinstance(form, Form) and form not in DAILY)


PERIODIC = _others()
ALL = DAILY + PERIODIC


def named(names: list[str] | tuple[str, ...]) -> tuple[Form, ...]:
    """The forms of these feeds, all where none is named. Raises ValueError for a feed that the demo does not write."""
    unknown = sorted(set(names) - {form.feed for form in ALL})
    if unknown:
        raise ValueError(f"the demo writes no {', '.join(unknown)}; it knows {', '.join(form.feed for form in ALL)}.")
    return tuple(form for form in ALL if form.feed in names) if names else ALL
