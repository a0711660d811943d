"""When a change is carried on by itself: the conditions that assets declare. Only `carry_on` acts on them."""

from __future__ import annotations

import dagster as dg

from assets.dictionaries import GROUP

_Condition = dg.AutomationCondition
_MAPPINGS = dg.AssetSelection.groups(GROUP)
_IS_IDLE = ~_Condition.in_progress() & ~_Condition.any_deps_in_progress()


def from_inputs() -> dg.AutomationCondition:
    """Once any input holds other data than before; an input made anew with the same data starts nothing."""
    changed = _Condition.any_deps_match(_Condition.data_version_changed())
    is_ready = _IS_IDLE & ~_Condition.any_deps_missing()
    return (changed.since_last_handled() & is_ready).with_label("an input has changed")


def from_mappings() -> dg.AutomationCondition:
    """Once a dictionary, the places or the corrections behind it have been edited; deliveries have their own sensor.

    Nothing need have landed: what is edited may be what lets a feed's first delivery in.
    """
    edited = _Condition.any_deps_match(_Condition.data_version_changed()).allow(_MAPPINGS)
    is_ready = _IS_IDLE & ~_Condition.any_deps_missing().allow(_MAPPINGS)
    return (edited.since_last_handled() & is_ready).with_label("a mapping has been edited")
