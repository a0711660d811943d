"""The versions that one county's product has had, from its manifests. Judges none of them."""

from __future__ import annotations

from pathlib import Path

from schemas.manifest import Manifest, NoManifest, manifest_file, read_manifest


def versions(folder: Path, newest: int = 0) -> tuple[Manifest, list[Manifest]]:
    """The manifest that is served, and those up to it: all, or the `newest` few and the one before them.

    Raises NoManifest where one of them is lost: what it names would seem to be nobody's.
    """
    served = read_manifest(folder / "manifest.json")
    first = max(1, served.version - newest) if newest else 1
    return served, [numbered(manifest_file(folder, number)) for number in range(first, served.version + 1)]


def numbered(file: Path) -> Manifest:
    """A version's manifest. Raises NoManifest where it is lost."""
    try:
        return read_manifest(file)
    except FileNotFoundError as error:
        raise NoManifest(file, "no file") from error


def label(folder: Path) -> str:
    """What a county's product is called in messages: 330110/enterprise_mirror."""
    return f"{folder.parent.name}/{folder.name}"
