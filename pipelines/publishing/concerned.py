"""What the feeds behind a product read of dictionaries and corrections: another's edit is no cause of its changes."""

from __future__ import annotations

import polars as pl

from pipelines.cut import read_behind
from pipelines.dictionary import Mappings, fingerprint
from pipelines.policies import listed as policies
from schemas.behind import feeds_behind
from schemas.feed import Feed
from schemas.manifest import OF_ITS_FEEDS
from schemas.product import Product

# What SQL reads every dictionary by.
_DICTIONARIES = "dictionary_list"


def of_its_feeds(product: type[Product], mappings: Mappings) -> dict[str, str]:
    """The fingerprints of what a product's feeds read of a family, by the family's name and OF_ITS_FEEDS.

    A product that reads dictionaries besides, by its SQL or out of policies, has none of them: any row may be a cause.
    """
    feeds = feeds_behind(product)
    edits = mappings.corrections.filter(pl.col("feed").is_in([feed.key for feed in feeds]))
    told = {f"correction{OF_ITS_FEEDS}": fingerprint(edits)}
    if _DICTIONARIES in read_behind(product) or policies.is_told_by(product):
        return told
    return told | {f"dictionary{OF_ITS_FEEDS}": fingerprint(mappings.lists, _written_by(feeds, mappings))}


def _written_by(feeds: list[type[Feed]], mappings: Mappings) -> pl.DataFrame:
    """The dictionaries' rows of codes that feeds write."""
    kinds = [column.kind for feed in feeds for column in feed.columns.values()]
    read = [(kind.code_list, kind.source) for kind in kinds if kind.source is not None]
    pairs = pl.DataFrame(read, schema={"list": pl.String, "source": pl.String}, orient="row").unique()
    return mappings.codes.join(pairs, on=["list", "source"], how="semi", maintain_order="left")
