"""What retention frees: said line by line and in sums, freed when told so; then what is kept is verified."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.command import command
from pipelines.disk.standard import NotKept
from pipelines.disk.store import only_one
from pipelines.promises.versions import versions
from pipelines.releasing.where import store_url
from pipelines.retention.freeing import Free, in_sum, keep, record, remove, told
from pipelines.retention.half_written import half_written
from pipelines.retention.in_store import free_there, not_shipped, record_there
from pipelines.retention.old_deliveries import old_deliveries
from pipelines.retention.old_versions import ROOM, folders_of, kept_manifests, old_versions
from pipelines.retention.pins import PinError, pins_file, read_pins
from pipelines.verify import faults_below
from schemas import here
from schemas.alone import alone
from schemas.feed import all_feeds
from schemas.manifest import Index, index_file, read_index
from schemas.pins import LOCK, Pin
from schemas.product import Product, all_products
from schemas.store import Refuses


@dataclass(frozen=True)
class Scope:
    """A home whose old things are sought, and the versions that grants hold fast."""

    home: Path
    pins: tuple[Pin, ...]

    @property
    def supply(self) -> Path:
        """Where its products are published."""
        return self.home / "supply"


def spare(scope: Scope) -> list[Free]:
    """Everything below a home that its policies do not keep: versions of products, then deliveries of feeds, and what
    killed runs have left."""
    products = [each for each in all_products().values() if folders_of(each, scope.supply)]
    old = [one for each in products for one in old_versions(each, scope.supply, scope.pins, _today(each, scope))]
    rested_on = {sha256 for each in products for sha256 in _rested_on(each, scope)} | _of_withdrawn(scope.supply)
    feeds = all_feeds().values()
    gone = (one for feed in feeds for one in old_deliveries(feed, scope.home, rested_on))
    return [*old, *gone, *half_written(scope.home)]


def _index(product: type[Product], scope: Scope) -> Index | None:
    return read_index(index_file(scope.supply, product.key))


def _today(product: type[Product], scope: Scope) -> str:
    """The day that counts as today: as of which the product was last released, whether or not that run finished."""
    index = _index(product, scope)
    served = (versions(folder, 1)[0].as_of for folder in folders_of(product, scope.supply))
    return max([*served, *([index.as_of] if index else [])])


def _rested_on(product: type[Product], scope: Scope) -> Iterator[str]:
    """The deliveries that a kept version or the index of a product names."""
    if (index := _index(product, scope)) is not None:
        yield from (each.sha256 for each in index.inputs)
        yield from (each.sha256 for grounds in index.rests.values() for each in grounds.inputs)
    for manifest in kept_manifests(product, scope.supply, scope.pins, _today(product, scope)):
        yield from (each.sha256 for each in manifest.inputs)


def _of_withdrawn(supply: Path) -> set[str]:
    """What the versions of products rest on that have no class any more, and so no policy: all of them are kept."""
    folders = [each.parent for each in supply.glob("*/*/manifest.json") if each.parent.name not in all_products()]
    return {each.sha256 for folder in folders for manifest in versions(folder)[1] for each in manifest.inputs}


def say(found: list[Free]) -> None:
    """Print what is to be freed, line by line and in sums."""
    for room in dict.fromkeys(one.room for one in found):
        mine = [one for one in found if one.room == room]
        print(f"{room}: {in_sum(mine)}")
        print("\n".join(map(told, mine)))


@command
def main() -> int:
    """`python -m pipelines.retention.gc [--yes]`: say what would be freed below JUBIAN_HOME, or free it and verify."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.retention.gc", description="Free what retention does not keep."
    )
    parser.add_argument("--yes", action="store_true", help="free it; without, nothing is touched")
    asked = parser.parse_args()
    home = here.home()
    if not (home / "supply").is_dir():
        print(f"Nothing is published below {home / 'supply'}. Run `make run` first.")
        return 1
    if store_url() is not None and not pins_file(home).exists():
        print(f"The gateway's pins are not here ({pins_file(home)}): nothing is freed. Type it where the gateway "
              "serves, or name its state folder: JUBIAN_GATEWAY_STATE=… make gc YES=1")  # fmt: skip
        return 1
    with only_one(home), only_one(home / "supply"):
        try:
            return _freed(home) if asked.yes else _left(_sought(Scope(home, read_pins(pins_file(home)))))
        except (PinError, NotKept) as error:
            print(error)
        except Refuses as error:
            again = "make gc YES=1" if asked.yes else "make gc"
            print(f"{store_url()} does not answer ({error}). No file has gone; go on: {again}")
        return 1


def _sought(scope: Scope) -> list[Free]:
    """What is to be freed, said; of a product of which the store serves another release nothing is."""
    found = spare(scope)
    if (url := store_url()) is not None:
        left = not_shipped(scope.supply, url)
        found = [one for one in found if one.room != ROOM or one.note is None or one.note.parent.name not in left]
    say(found)
    return found


def _recorded(home: Path) -> tuple[list[Free], tuple[Pin, ...]]:
    """What is written down as freed, first where the gateway reads it, and the pins that hold none of it.

    Pins are given behind the same lock: whoever gives one has been read here, or reads what is freed.
    """
    file, url = pins_file(home), store_url()
    while True:
        pins = read_pins(file)
        found = _sought(Scope(home, pins))
        keep(found)
        with alone(file.with_name(LOCK)):
            if read_pins(file) == pins:
                if url is not None:
                    record_there(found, url)
                record(found)
                return found, pins
        print("Pins have changed meanwhile: what may be freed is sought again.")


def _freed(home: Path) -> int:
    """Free what is not kept, here and then in the store; 1 where what is kept is not whole, or the store refuses."""
    found, pins = _recorded(home)
    came = _removed(found, home) if found else _left(found)
    return came if (url := store_url()) is None else max(came, _freed_there(home / "supply", pins, url))


def _freed_there(supply: Path, pins: tuple[Pin, ...], url: str) -> int:
    """The same in the object store to which releases are shipped; what a time that was broken off left goes too."""
    try:
        print(free_there(supply, pins, url))
        return 0
    except Refuses as error:
        print(f"{url} does not answer ({error}). What is freed is told there first; go on: make gc YES=1")
        return 1


def _left(found: list[Free]) -> int:
    kept = "Everything is kept: no version and no delivery is older than its policy."
    print(f"{in_sum(found)} would be freed. Nothing is yet; free it: make gc YES=1" if found else kept)
    return 0


def _removed(found: list[Free], home: Path) -> int:
    sums = in_sum(found)
    remove(found)
    print(f"{sums} are freed. What is kept is read again …", flush=True)
    faults = faults_below(home)
    print("\n".join(faults) or "Everything that is kept is whole and as promised.")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
