"""Whether each product's SQL names what there is: bound to the tables that it may read, of no row. Runs no SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.cut import asked, lists_behind, refuse_unlike
from pipelines.dictionary import Mappings
from pipelines.disk.buckets import NOWHERE
from pipelines.disk.layers import layers_of
from pipelines.fusing.bucketed import PRESENCE, bucketed
from pipelines.fusing.nothing import fuse_nothing
from pipelines.gather import gather
from pipelines.sql.parsed import has_sql, read_by
from pipelines.surveying.survey import Laid, function_of, lay, opened
from schemas.behind import feeds_behind
from schemas.entity import all_entities
from schemas.product import Product, all_products

# Any will do: of no row none is of another day.
_TODAY = date(2026, 1, 1)


def unbound(mappings: Mappings) -> list[str]:
    """The products whose SQL names what no table of theirs has, or makes other columns than declared, in words."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        for entity in all_entities().values():
            fuse_nothing(entity, mappings, _TODAY, home)
        said = [product for product in all_products().values() if has_sql(product)]
        # What is reckoned of the mirror's rows runs its SQL too.
        return [*dict.fromkeys(fault for product in said for fault in _faults(product, mappings, home))]


def _faults(product: type[Product], mappings: Mappings, home: Path) -> Iterator[str]:
    try:
        laid = _laid(product, mappings, home)
        with opened(laid, home) as connection, asked(product, connection) as rows:
            made = rows.columns
        if function_of(product) is None:
            refuse_unlike(product, made)
    except ValueError as error:
        yield str(error)


def _laid(product: type[Product], mappings: Mappings, home: Path) -> Laid:
    """What its SQL is given, as its release lays it out, but no feed that the class does not name."""
    gathered = [gather(feed, home) for feed in feeds_behind(product)]
    lists = lists_behind(product, mappings, (), _TODAY)
    if product.is_made_by_province():
        return lay(product, gathered, lists, _TODAY, home, home)
    read = read_by(product) & {PRESENCE, *(each.feed.key for each in gathered)}
    return Laid(bucketed(layers_of(all_entities()[product.entity], home), [NOWHERE], read, lists, _TODAY).named, {})
