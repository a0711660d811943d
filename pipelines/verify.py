"""`python -m pipelines.verify`: whether all that is published here, and what a store serves, is as promised."""

from __future__ import annotations

from pathlib import Path

from pipelines.checking.complete import incomplete
from pipelines.checking.cut_short import cut_short
from pipelines.checking.whole import verify
from pipelines.command import command
from pipelines.releasing.where import store_url
from pipelines.shipping.verified import faults_there
from schemas import here
from schemas.product import Product, offered_products

_WAY_BACK = (
    "A published file that is missing, or another, comes again from the object store (make restore) or out of the "
    "backup: docs/runbook.md, 'A file of the home is not whole'."
)


def faults_below(home: Path) -> list[str]:
    """Everything wrong with what is published below a home, all products, in words; where what it is made of cannot
    be read, that alone."""
    return list(cut_short(home)) or _faults_published(home)


def _faults_published(home: Path) -> list[str]:
    return [fault for each in offered_products().values() for fault in _faults_of(each, home)]


def _faults_of(product: type[Product], home: Path) -> list[str]:
    print(f"{product.title} ({product.key}) is read …", flush=True)
    return [*verify(product, home / "supply"), *incomplete(product, home)]


@command
def main() -> int:
    """Check everything published below JUBIAN_HOME and, where releases are shipped to an object store, everything
    served there; 1 where anything is wrong.
    """
    home, url = here.home(), store_url()
    supply, faults = home / "supply", list[str]()
    if supply.is_dir():
        faults += _say_below(home)
    elif url is None:
        print(f"Nothing is published below {supply}. Run `make run` first.")
        return 1
    if url is not None:
        faults += _say(faults_there(url), f"Everything served at {url} is whole and as promised.")
    return 1 if faults else 0


def _say_below(home: Path) -> list[str]:
    """What is wrong below a home, and how what is published comes back; what cannot be read says so itself."""
    if unreadable := list(cut_short(home)):
        return _say(unreadable, "")
    faults = _say(_faults_published(home), f"Everything published below {home / 'supply'} is whole and as promised.")
    if faults:
        print(_WAY_BACK, flush=True)
    return faults


def _say(faults: list[str], otherwise: str) -> list[str]:
    print("\n".join(faults) or otherwise, flush=True)
    return faults


if __name__ == "__main__":
    raise SystemExit(main())
