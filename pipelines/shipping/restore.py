"""`python -m pipelines.shipping.restore`: take over below JUBIAN_HOME what the object store serves, and judge it."""

from __future__ import annotations

from pathlib import Path

from pipelines.command import command
from pipelines.disk.store import only_one
from pipelines.promises.whole import verify
from pipelines.shipping.bring import bring_county, bring_index, served_lines
from pipelines.shipping.ship import index_in
from pipelines.shipping.where import no_store, store_url
from schemas import here
from schemas.product import all_products
from schemas.store import Refuses, index_key, opened, read


def restore(product: str, supply: Path, url: str) -> str:
    """Bring a product's releases below `supply`, its index last; says what was brought. Raises Refuses.

    A supply that has an index of its own is left alone; one that was brought by half is brought to its end.
    """
    found, file = read(opened(url), index_key(product)), supply / index_key(product)
    if found is None:
        return f"{product}: nothing is served at {url}."
    if file.exists():
        same = "the same as there" if file.read_bytes() == found.content else "another than there; move it away first"
        return f"{product}: left alone, {supply} has a release of its own, {same}."
    index = index_in(found.content)
    for line in served_lines(index):
        bring_county(opened(url), product, line, supply)
    bring_index(found.content, product, supply)
    return f"{product}: restored as of {index.as_of} from {url}, {len(served_lines(index))} counties."


@command
def main() -> int:
    """Gives 0 where what is restored is whole, 1 where it is not or could not be had."""
    url, supply = store_url(), here.supply()
    if url is None:
        print(f"There is nothing to restore from. {no_store()}")
        return 1
    try:
        with only_one(supply):
            for product in all_products():
                print(restore(product, supply, url), flush=True)
    except Refuses as error:
        print(f"{url} does not answer ({error}). What was brought is kept; go on: make restore")
        return 1
    if not any(supply.glob("index/*.json")):
        print(f"Nothing is served at {url}, of any product. Is the prefix right? See JUBIAN_SUPPLY.")
        return 1
    faults = [fault for each in all_products().values() for fault in verify(each, supply)]
    print("\n".join(faults) or f"Everything below {supply} is whole and as promised.")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
