"""How sensitive a policy's verdict is: what a product needs to put it into its views."""

from __future__ import annotations

from datetime import date

from pipelines.policies.match import in_force
from pipelines.tags.catalogue import Catalogue
from schemas.condition import names
from schemas.policy import Policy
from schemas.product import Level


def level(policy: Policy, catalogue: Catalogue, on: date) -> Level | None:
    """The highest level of all that the version of the day asks, for a verdict tells of it; None where none holds."""
    asks = in_force([policy], on).get(policy.key)
    if asks is None:
        return None
    levels: list[Level] = [catalogue.told(name).level for name in names(asks)]
    return max(levels)
