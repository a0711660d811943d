"""The pictures of docs/products/: of one county's served snapshots below JUBIAN_HOME, each product in its widest view.

`make pictures` draws them from the released demo, COUNTY=330110 unless said.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from gateway.drawing.drawn import BESIDE, described
from gateway.drawing.picture import picture_of
from gateway.settings import Settings, settings
from gateway.supply.released import products, served
from schemas.here import REPOSITORY

_FOLDER = REPOSITORY / "docs" / "products"


def illustrate(settings: Settings, county: str, folder: Path) -> Iterator[Path]:
    """Draw every released product that has a picture; gives each file that was written."""
    for product in products(settings.supply, county):
        picture, manifest = picture_of(product), served(settings.supply, county, product)
        seen = picture and described(settings, manifest, [*manifest.views][-1], picture)
        if seen:
            file = folder / f"{product}.svg"
            file.write_text(BESIDE.svg(seen.spec))
            yield file


def main() -> int:
    """`python -m gateway.drawing.illustrate COUNTY`: 1 where the county has no release, or a setting cannot stand."""
    try:
        config, county = settings(), sys.argv[1]
    except ValueError as error:
        print(error)
        return 1
    _FOLDER.mkdir(exist_ok=True)
    files = list(illustrate(config, county, _FOLDER))
    print("\n".join(map(str, files)) or f"Nothing is released for {county} below {config.where}: make run, then again.")
    return 0 if files else 1


if __name__ == "__main__":
    raise SystemExit(main())
