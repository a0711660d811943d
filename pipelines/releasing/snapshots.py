"""`python -m pipelines.releasing.snapshots COUNTY`: a county's served snapshots written whole. Makes no rows itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.command import command
from pipelines.disk.store import only_one
from pipelines.promises.promised import contract_behind
from pipelines.releasing.fold import write_snapshot
from pipelines.releasing.where import store_url
from schemas import here
from schemas.manifest import indexes, read_manifest


@command
def main() -> int:
    """Write the served snapshots of a county whole and say where they lie; 1 where it has none."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.releasing.snapshots", description="Write a county's snapshots whole."
    )
    parser.add_argument("county")
    county, supply = parser.parse_args().county, here.supply()
    folders = [pointer.parent for pointer in sorted((supply / county).glob("*/manifest.json"))]
    if not folders:
        print(_nothing_for(county, supply))
        return 1
    # Retention frees what no version names, and what is half written.
    with only_one(supply):
        written = [folder for folder in folders if _write_served(folder)]
    if written:
        print("Of those that stand on earlier ones no version names the files: make gc YES=1 frees them again.")
    if (url := store_url()) is not None:
        print(f"They lie on this machine alone and are not shipped to {url}; the gateway makes them for whoever asks.")
    return 0


def _write_served(folder: Path) -> bool:
    """Write the served snapshots of one county's product whole and say where they lie; whether any was not there."""
    manifest = read_manifest(folder / "manifest.json")
    key = contract_behind(manifest, folder).grain
    for level, view in manifest.views.items():
        file = view.snapshot or write_snapshot(folder, manifest, level, key)
        print(f"{manifest.title} {manifest.product}, {level}: {folder / file.path}")
    return manifest.base is not None


def _nothing_for(county: str, supply: Path) -> str:
    """Why a county has nothing: none has, or it is none of those that are served."""
    served = next((each.county for index in indexes(supply) for each in index.counties if each.version), None)
    if served is None:
        return f"Nothing is published below {supply} for {county}. Run `make run` first."
    return f"{county} is no county that is served below {supply}; for example {served}."


if __name__ == "__main__":
    raise SystemExit(main())
