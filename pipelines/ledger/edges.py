"""What rests on what: an edge from each resource to those that are made of it. Measures no use."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.ledger.own import own_columns
from pipelines.policies.listed import is_told_by
from pipelines.shelf import whole
from pipelines.tags.catalogue import Catalogue
from schemas.behind import feeds_behind, reads_fused
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.granted import Granted
from schemas.product import Product, all_products
from schemas.standard import tells

EDGE = {"source": pl.String, "target": pl.String, "what": pl.String}
# Tags are asked of the mirror's columns.
_MIRROR = "enterprise_mirror"
# They are told in columns of their own name there.
_TAGS = "enterprise_tags"

_Edge = tuple[str, str, str]


def edges(resources: pl.DataFrame, catalogue: Catalogue, granted: Granted) -> pl.DataFrame:
    """A row an edge: source, target, what; sorted; both ends are among the resources.

    `what` is holds (a whole its parts), brings (a department its feed), lists (a code list a dictionary), translates
    (a dictionary a column), fuses (a feed's column an entity's), makes (what a product's column is made of, or a feed
    all of a product), tags (a column a tag or what a county has of its own, and a tag the column in which it is told),
    opens (a product a grant), serves (a grant a subscriber).
    """
    told = [
        *_translates(),
        *_fuses(),
        *_makes(),
        *_disputes(),
        *_judges(),
        *_tags(catalogue),
        *_own(),
        *_grants(granted),
    ]
    known = pl.concat([_parts(resources), pl.DataFrame(told, schema=EDGE, orient="row")]).unique()
    names = resources.select("resource")
    both = known.join(names, left_on="source", right_on="resource", how="semi")
    return both.join(names, left_on="target", right_on="resource", how="semi").sort("source", "target", "what")


def _parts(resources: pl.DataFrame) -> pl.DataFrame:
    """A whole and its parts, by what the part is."""
    words = {"feed": "brings", "dictionary": "lists"}
    what = pl.col("kind").replace_strict(words, default="holds")
    known = resources.filter(pl.col("part_of").is_not_null(), pl.col("kind") != "grant")
    return known.select(pl.col("part_of").alias("source"), pl.col("resource").alias("target"), what.alias("what"))


def _translates() -> Iterator[_Edge]:
    for key, feed in all_feeds().items():
        for name, each in feed.columns.items():
            if each.kind.code_list and each.kind.source:
                yield f"dictionary/{each.kind.code_list}/{each.kind.source}", f"feed/{key}/{name}", "translates"
            elif each.kind.code_list:
                yield f"list/{each.kind.code_list}", f"feed/{key}/{name}", "translates"


def _fuses() -> Iterator[_Edge]:
    for key, entity in all_entities().items():
        for feed in entity.described_by():
            for name in entity.attributes:
                if tells(feed, name):
                    yield f"feed/{feed.key}/{name}", f"entity/{key}/{name}", "fuses"


def _makes() -> Iterator[_Edge]:
    for key, product in all_products().items():
        for name, each in whole(product).fields.items():
            for origin in each.of or (f"{product.entity}.{name}",):
                yield _origin(product, origin), f"product/{key}/{name}", "makes"


def _origin(product: type[Product], origin: str) -> str:
    """A column as a resource; of disputes the entity whose they are."""
    table, column = origin.split(".", 1)
    if table == "disputes":
        return f"entity/{product.entity}"
    return f"{'feed' if table in all_feeds() else 'entity'}/{table}/{column}"


def _disputes() -> Iterator[_Edge]:
    """What is in dispute is the word of any feed that describes the entity, whichever column it is of."""
    for key, product in all_products().items():
        entity = reads_fused(product)
        for name, each in whole(product).fields.items():
            if entity is not None and any(origin.startswith("disputes.") for origin in each.of):
                for feed in entity.described_by():
                    yield f"feed/{feed.key}", f"product/{key}/{name}", "makes"


def _judges() -> Iterator[_Edge]:
    """A policy asks for what it likes, whatever the product's columns name: all that stands behind it makes its rows.

    Accounts of deliveries lead to no feed: whoever reads how fresh one is has used nothing of what it says.
    """
    for key, product in all_products().items():
        for feed in feeds_behind(product) if is_told_by(product) else ():
            yield f"feed/{feed.key}", f"product/{key}", "makes"


def _tags(catalogue: Catalogue) -> Iterator[_Edge]:
    told = whole(all_products()[_TAGS]).fields
    for key, tag in catalogue.tags.items():
        for name in tag.of:
            yield _asked(name), f"tag/{key}", "tags"
        if key in told:
            yield f"tag/{key}", f"product/{_TAGS}/{key}", "tags"


def _asked(name: str) -> str:
    """What a tag rests on, as a resource."""
    return f"product/{_MIRROR}/{name}" if name in all_products()[_MIRROR].fields else f"awaited/{name}"


def _own() -> Iterator[_Edge]:
    for each in own_columns():
        for origin in (*map(_asked, each.asks), *each.takes):
            yield origin, each.resource, "tags"


def _grants(granted: Granted) -> Iterator[_Edge]:
    for each in granted.grants:
        yield f"product/{each.product}", f"grant/{each.id}", "opens"
        yield f"grant/{each.id}", f"subscriber/{each.subscriber}", "serves"
