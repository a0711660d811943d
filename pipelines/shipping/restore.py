"""`python -m pipelines.shipping.restore`: take over below JUBIAN_HOME what the object store serves, and judge it."""

from __future__ import annotations

from pathlib import Path

from pipelines.checking.whole import verify
from pipelines.command import command
from pipelines.disk.store import only_one
from pipelines.releasing.where import no_store, store_url
from pipelines.shipping.bring import bring_county, bring_index, served_lines
from pipelines.shipping.ship import index_there
from schemas import here
from schemas.manifest import IndexLine
from schemas.product import all_products
from schemas.store import Lacks, Refuses, index_key, opened, read

_NEWER = "Where it is the newer one: make ship; where what is there is to hold, move it away first"
_PUT_BACK = "Put it back there, from an older version or another copy"


class NotRestored(Exception):
    """A product that is not as the store serves it; the message says why and what to do."""


def restore(product: str, supply: Path, url: str) -> str:
    """Bring a product's releases below `supply`, its index last; says what was brought. Raises Refuses.

    Of a supply that has the same release, or a half of it, what is missing or damaged is brought. Raises NotRestored
    where the supply has another index than the store, and where the store lacks what its own names.
    """
    found, file = read(opened(url), index_key(product)), supply / index_key(product)
    if found is None:
        return f"{product}: nothing is served at {url}."
    is_own = file.exists()
    if is_own and file.read_bytes() != found.content:
        raise NotRestored(f"left alone, {supply} has a release of its own, another than there. {_NEWER}")
    try:
        index = index_there(found.content, product)
    except Lacks as error:
        raise NotRestored(f"{error}. {_PUT_BACK}") from error
    came = _brought(product, served_lines(index), supply, url)
    if is_own:
        return f"{product}: {_again(came)}, {supply} has a release of its own, the same as there."
    bring_index(found.content, product, supply)
    return f"{product}: restored as of {index.as_of} from {url}, {len(served_lines(index))} counties."


def _brought(product: str, lines: list[IndexLine], supply: Path, url: str) -> int:
    """Bring a product's counties, one after the other; gives how many files have come. Raises Refuses.

    One of which the store lacks what its own names keeps no other from coming. Raises NotRestored once all have.
    """
    came, lacked = 0, list[str]()
    for line in lines:
        try:
            came += bring_county(opened(url), product, line, supply)
        except Lacks as error:
            lacked.append(str(error))
    if lacked:
        raise NotRestored(f"{'; '.join(lacked)}. {_PUT_BACK}")
    return came


def _again(came: int) -> str:
    return f"{came:,} files that were missing or damaged have come again" if came else "left alone"


@command
def main() -> int:
    """Gives 0 where what is restored is whole, 1 where it is not or could not be had."""
    url, supply = store_url(), here.supply()
    if url is None:
        print(f"There is nothing to restore from. {no_store()}")
        return 1
    try:
        with only_one(supply):
            left = [product for product in all_products() if not _restored(product, supply, url)]
    except Refuses as error:
        print(f"{url} does not answer ({error}). What was brought is kept; go on: make restore")
        return 1
    except OSError as error:
        why = f"{supply} cannot be written ({error.strerror or error})"
        print(f"{why}. What was brought is kept; make room (df -h {supply.parent}), then go on: make restore")
        return 1
    if not left and not any(supply.glob("index/*.json")):
        print(f"Nothing is served at {url}, of any product. Is the prefix right? See JUBIAN_SUPPLY.")
        return 1
    found = {key: verify(product, supply) for key, product in all_products().items()}
    faults = [fault for each in found.values() for fault in each]
    print("\n".join(faults) or f"Everything below {supply} is whole and as promised.")
    if any(found[key] for key in found.keys() - {*left}):
        print("What is named has not come whole from the store either, as make verify says of it too. Put it back "
              "there, from an older version or another copy, then: make restore")  # fmt: skip
    if left:
        print(f"Not restored: {', '.join(left)}, as said above. Mend it, then: make restore")
    return 1 if faults or left else 0


def _restored(product: str, supply: Path, url: str) -> bool:
    """Whether a product is there as the store serves it; what became of it is said."""
    try:
        print(restore(product, supply, url), flush=True)
    except NotRestored as error:
        print(f"{product}: NOT restored: {error}.", flush=True)
        return False
    return True


if __name__ == "__main__":
    raise SystemExit(main())
