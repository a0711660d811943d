"""The versions that one county's product has had, from its manifests. Judges none of them."""

from __future__ import annotations

from pathlib import Path

from schemas.manifest import Manifest, read_manifest


def versions(folder: Path, newest: int = 0) -> tuple[Manifest, list[Manifest]]:
    """The manifest that is served, and the kept ones up to it: all, or the `newest` few and the one before them."""
    served = read_manifest(folder / "manifest.json")
    files = [file for file in sorted((folder / "manifests").glob("*.json")) if int(file.stem) <= served.version]
    kept = files[-newest - 1 :] if newest else files
    return served, [read_manifest(file) for file in kept]


def label(folder: Path) -> str:
    """What a county's product is called in messages: 330110/enterprise_mirror."""
    return f"{folder.parent.name}/{folder.name}"
