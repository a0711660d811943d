"""A product's release, shipped to the object store where there is one: told, or failed with what is served there."""

from __future__ import annotations

import dagster as dg

from assets.progress import tell
from pipelines.releasing.where import store_url
from schemas.here import supply
from schemas.manifest import Index
from schemas.product import Product


def ship_product(product: type[Product]) -> None:
    """Ship what the product's index names. Raises dg.Failure where the store refuses; the next run ships again."""
    url = store_url()
    if url is None:
        return
    # Only who has an object store waits for its library.
    from pipelines.shipping.ship import NotShipped, ship, words

    try:
        tell(f"{product.title} {words(ship(product.key, supply(), url), url)}")
    except NotShipped as error:
        raise dg.Failure(str(error)) from error


def stays(product: type[Product], index: Index | None) -> str:
    """What counties are served of a product that did not come through."""
    if (url := store_url()) is not None:
        from pipelines.shipping.ship import served_there

        return f"{url}: {served_there(product.key, url)}"
    return f"the release as of {index.as_of} stays served" if index else "nothing is served yet"
