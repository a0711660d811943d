"""Manifests of versions without files. For tests of what is decided by manifests alone."""

from __future__ import annotations

from typing import Any

from schemas.manifest import Manifest

NOTHING: dict[str, Any] = {
    "product": "enterprise_mirror", "title": "企业", "county": "330110", "county_name": "余杭区", "version": 1,
    "contract_version": "1.0.0", "contract_sha256": "", "code_revision": "c", "mappings": {}, "as_of": "2026-07-01",
    "rows": 1, "changes": {}, "views": {}, "inputs": (), "missing": (), "coverage": (), "quarantined": {},
    "disputed": {}, "previous": None,
}  # fmt: skip


def manifest(**told: object) -> Manifest:
    """A manifest of a version without rows, but for what is told."""
    return Manifest(**NOTHING | told)
