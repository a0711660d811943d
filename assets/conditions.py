"""When a change is carried on by itself: the conditions that assets declare. Only `carry_on` acts on them."""

from __future__ import annotations

import dagster as dg

from assets.dictionaries import GROUP

_Condition = dg.AutomationCondition
_IS_IDLE = ~_Condition.in_progress() & ~_Condition.any_deps_in_progress() & ~_Condition.any_deps_missing()


def from_inputs() -> dg.AutomationCondition:
    """Once any input holds other data than before; an input made anew with the same data starts nothing."""
    changed = _Condition.any_deps_match(_Condition.data_version_changed())
    return (changed.since_last_handled() & _IS_IDLE).with_label("an input has changed")


def from_mappings() -> dg.AutomationCondition:
    """Once a dictionary, the places or the corrections behind it have been edited; deliveries have their own sensor."""
    edited = _Condition.any_deps_match(_Condition.data_version_changed()).allow(dg.AssetSelection.groups(GROUP))
    return (edited.since_last_handled() & _IS_IDLE).with_label("a mapping has been edited")
