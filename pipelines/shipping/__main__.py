"""`python -m pipelines.shipping`: ship every product's last release, and say of each what came of it."""

from __future__ import annotations

from pathlib import Path

from pipelines.command import command
from pipelines.releasing.where import no_store, store_url
from pipelines.shipping.ship import NotShipped, ship_whole, words
from schemas import here
from schemas.product import all_products
from schemas.store import index_key


@command
def main() -> int:
    """Gives 0 where all is shipped, 1 where anything is not."""
    url, supply = store_url(), here.supply()
    if url is None:
        print(f"There is nowhere to ship to. {no_store()}")
        return 1
    products = [each for each in all_products() if (supply / index_key(each)).exists()]
    if not products:
        print(f"Nothing is released below {supply}. Run `make run` first.")
        return 1
    came = [_told(product, supply, url) for product in products]
    return 0 if all(came) else 1


def _told(product: str, supply: Path, url: str) -> bool:
    try:
        print(words(ship_whole(product, supply, url), url), flush=True)
    except NotShipped as error:
        print(error, flush=True)
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
