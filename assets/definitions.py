"""The code location: every definition that Dagster loads, gathered and nothing more."""

from __future__ import annotations

import dagster as dg

from assets.automation import JOBS, SCHEDULES, SENSORS
from assets.dictionaries import mappings_assets
from assets.entities import ENTITIES
from assets.feeds import FEEDS, LANDED
from assets.gaps import mapping_gaps
from assets.ledger import ledger
from assets.objections import objections
from assets.products import PRODUCTS
from assets.promotions import promotion_candidates

defs = dg.Definitions(
    assets=[
        mappings_assets,
        *LANDED,
        *FEEDS,
        mapping_gaps,
        objections,
        ledger,
        *ENTITIES,
        *PRODUCTS,
        promotion_candidates,
    ],
    jobs=JOBS,
    schedules=SCHEDULES,
    sensors=SENSORS,
    executor=dg.in_process_executor,
)
