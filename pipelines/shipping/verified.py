"""Whether what an object store serves is whole and as promised: brought county by county, and judged as on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipelines.checking.whole import verify
from pipelines.shipping.bring import bring_county, served_lines
from pipelines.shipping.ship import index_there
from schemas.manifest import IndexLine
from schemas.product import Product, offered_products
from schemas.store import Lacks, Refuses, index_key, opened, read


def faults_there(url: str) -> list[str]:
    """Everything wrong with what is served at a URL of all products, in words; a store that refuses is a fault too."""
    try:
        return [f"{url}: {fault}" for product in offered_products().values() for fault in faults_of(product, url)]
    except Refuses as error:
        return [f"{url}: could not be read to its end ({error}); verify again"]


def faults_of(product: type[Product], url: str) -> list[str]:
    """Everything wrong with what is served of a product. Raises Refuses."""
    print(f"{product.title} ({product.key}) is read from {url} …", flush=True)
    found = read(opened(url), index_key(product.key))
    if found is None:
        return [f"{product.key}: nothing is served there; ship it: make ship"]
    try:
        index = index_there(found.content, product.key)
    except Lacks as error:
        return [f"{product.key}: {error}"]
    return [fault for line in served_lines(index) for fault in _county(product, line, url)]


def _county(product: type[Product], line: IndexLine, url: str) -> list[str]:
    """What is wrong with a county's versions, beside the index's word and their own."""
    with tempfile.TemporaryDirectory(prefix="jubian-verify-") as scratch:
        try:
            bring_county(opened(url), product.key, line, Path(scratch))
        except Refuses as error:
            return [f"{line.county}/{product.key}: {error}"]
        except OSError as error:
            why = f"cannot be brought to {scratch} to be verified ({error.strerror or error})"
            return [f"{line.county}/{product.key}: {why}; make room there, or elsewhere: TMPDIR=… make verify"]
        return verify(product, Path(scratch))
