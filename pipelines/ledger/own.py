"""The columns that counties have of their own, as the ledger calls them, and what each is made of. Counts no use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.overlays.own import Columns, columns
from pipelines.overlays.read import wishes
from pipelines.shelf import whole
from schemas.product import Field, all_products


@dataclass(frozen=True)
class OwnColumn:
    """A column that a county's overlay adds to a product; two counties' of one name are two."""

    county: str
    product: str
    field: Field
    name: str
    made: Columns

    @property
    def resource(self) -> str:
        """What the ledger calls it."""
        return f"own/{self.county}/{self.product}/{self.name}"

    @property
    def asks(self) -> tuple[str, ...]:
        """The columns of the catalogue that it is reckoned from; none where a feed brings it as it is."""
        return () if self.name in self.made.taken else self.made.catalogue.tags[self.name].of

    @property
    def takes(self) -> tuple[str, ...]:
        """The feed's column that it is, by its resource; none where it is reckoned."""
        taken = self.made.taken.get(self.name)
        return () if taken is None else (f"feed/{taken.feed}/{taken.column}",)


def own_columns() -> Iterator[OwnColumn]:
    """Every column of every overlay that can be relied on, by county."""
    for county, told in wishes().items():
        for key, overlay in told.overlays.items():
            if overlay.adds and not told.wrong(key):
                made = columns(overlay, whole(all_products()[key]))
                yield from (OwnColumn(county, key, field, name, made) for name, field in made.fields.items())
