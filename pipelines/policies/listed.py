"""The policies in force as a table: what a product tells of each. Whom they fit is not told here."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache

import polars as pl

from pipelines.policies.level import level
from pipelines.policies.match import version_on
from pipelines.policies.read import all_policies
from pipelines.policies.structure import structure
from pipelines.tags.catalogue import Catalogue, only, whole
from pipelines.tags.words import meaning
from schemas.condition import names
from schemas.policy import Policy, Version
from schemas.product import Level, Product

LIST = "policy_list"
_TEXTS = ("policy", "title", "issued_by", "source", "clause", "aimed_at", "condition", "structure", "asks", "content",
          "method", "example", "level")  # fmt: skip
SCHEMA = {name: pl.String() for name in _TEXTS} | {"since": pl.Date()}


def policy_list(on: date) -> pl.DataFrame:
    """A row a policy of which a version holds on a day that repeals nothing, by key."""
    held = [(each, version) for each in all_policies() if (version := version_on(each, on)) and version.asks]
    return pl.DataFrame([_told(each, version, on) for each, version in held], schema=SCHEMA)


def is_told_by(product: type[Product]) -> bool:
    """Whether a product tells of policies, or takes up one that does."""
    return LIST in product.reads()


@cache
def fingerprint() -> str:
    """The sha256 over all policies and their versions, as this process has read them."""
    return hashlib.sha256(repr(all_policies()).encode()).hexdigest()


@cache
def asked_tags() -> Catalogue:
    """The tags that any version of a policy asks for, and those that these rest on."""
    return only(whole(), _asked())


def asked_levels() -> dict[str, Level]:
    """The level of each tag and column that any version of a policy asks for."""
    return {name: whole().told(name).level for name in _asked()}


def _asked() -> list[str]:
    versions = [version.asks for policy in all_policies() for version in policy.versions]
    return [name for asks in versions if asks for name in names(asks)]


def _told(policy: Policy, version: Version, on: date) -> dict[str, object]:
    known, asks = whole(), version.asks
    parts = {"object": version.aimed_at, "condition": version.condition}
    said = {name: structure(part, known) for name, part in parts.items() if part is not None}
    return {
        "policy": policy.key, "title": policy.title, "issued_by": policy.issued_by, "since": version.since,
        "source": version.source, "clause": version.clause,
        "aimed_at": version.aimed_at and meaning(version.aimed_at, known),
        "condition": version.condition and meaning(version.condition, known),
        "structure": json.dumps(said, ensure_ascii=False),
        "asks": ";".join(known.told(name).title for name in names(asks)) if asks else None,
        "content": version.content, "method": version.method, "example": policy.example or None,
        "level": level(policy, known, on),
    }  # fmt: skip
