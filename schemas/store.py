"""An object store that holds a supply: known by its URL, which key is what, how objects are read. Puts nothing.

The keys are the paths of a supply on disk, but for three things. `index/<product>.json` alone says what is served: it
names each county's newest manifest, and each manifest the one before. A manifest has its sha256 in its name, so that
two writers never write the same key. What lies on disk as `<county>/<product>/freed.json` is
`freed/<county>/<product>.json`, so that one question tells of all counties.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from schemas.manifest import IndexLine, Manifest, manifest_file
from schemas.mendable import Mendable
from schemas.put import aside
from schemas.web_address import is_web_address

if TYPE_CHECKING:
    from obstore.store import S3Store

SCHEME = "s3://"
INDEXES, RECORDS = "index/", "freed/"
_INDEX = re.compile(rf"^{INDEXES}([a-z][a-z0-9_]{{0,63}})\.json$")
_RECORD = re.compile(rf"^{RECORDS}(\d{{6}})/([a-z][a-z0-9_]{{0,63}})\.json$")
# Refusals, broken connections and time-outs are asked again so often, each time after a longer while.
_TIMES = 10
# The library knows it under several names, of which the pages show one.
_ENDPOINTS = re.compile("^AWS_ENDPOINT")
# The one that is text of several lines (PEM).
_CERTIFICATE = "AWS_PROXY_CA_CERTIFICATE"
_OF_CLIENTS = (
    "AWS_ALLOW_HTTP", "AWS_ALLOW_INVALID_CERTIFICATES", "AWS_CONNECT_TIMEOUT", "AWS_HTTP1_ONLY", "AWS_HTTP2_ONLY",
    "AWS_POOL_IDLE_TIMEOUT", "AWS_POOL_MAX_IDLE_PER_HOST", _CERTIFICATE, "AWS_PROXY_EXCLUDES", "AWS_PROXY_URL",
    "AWS_READ_TIMEOUT", "AWS_TIMEOUT", "AWS_USER_AGENT",
)  # fmt: skip
_STEP = 8 << 20
# What an error's first line leaves out: the store's own code, what the system or TLS says, or that http is refused.
_BEHIND = re.compile(r'<Code>(\w+)</Code>|(?:message|error): "([^"\\]+)"|(InvalidCertificate|InvalidMessage|BadScheme)')
_MEANT = {
    "BadScheme": "an address without TLS needs AWS_ALLOW_HTTP=true",
    "InvalidCertificate": "its certificate is not trusted here",
    "InvalidMessage": "what answers there speaks no TLS",
}


class Refuses(Exception):
    """An object store that does not answer, or says no, after it was asked again and again; the message says what."""


class NoPlace(Mendable, ValueError):
    """A place for releases that is neither a folder nor an object store, or a store whose AWS_* cannot be meant; the
    message says what it may be."""


class Lacks(Refuses):
    """An object store that answers, but has not what another object of it names; the message names the key."""


class Found(NamedTuple):
    """An object as it was read: its bytes, and the tag by which it is known that it is still the same."""

    content: bytes
    tag: str


class Listed(NamedTuple):
    """An object as a store lists it: its key, its tag, its bytes, and when it was put there by the store's clock."""

    key: str
    tag: str
    size: int
    put: datetime


class Patience(NamedTuple):
    """How long one request may last (AWS_TIMEOUT is stronger), and for how long it is asked again and again."""

    request: str
    longest: timedelta


READING = Patience("30s", timedelta(seconds=60))
# A part of a large file goes over a slow link.
SENDING = Patience("300s", timedelta(minutes=10))


def is_store(place: str) -> bool:
    """Whether a place is an object store, and not a folder. Raises NoPlace for a URL that is neither."""
    is_url = re.match(r"\w+:/", place) is not None
    if is_url and not (place.startswith(SCHEME) and place.removeprefix(SCHEME).strip("/")):
        raise NoPlace(f"JUBIAN_SUPPLY is {place}; it may be a folder or {SCHEME}BUCKET/PREFIX.")
    return is_url


@lru_cache(maxsize=16)
def opened(url: str, patience: Patience = READING) -> S3Store:
    """The store at `s3://BUCKET/PREFIX`; endpoint, region and keys are AWS_* in the environment. Raises NoPlace."""
    import obstore  # only who has an object store needs it
    from obstore.store import S3Store

    _refuse_settings()
    backoff = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2}
    retry = {"max_retries": _TIMES, "retry_timeout": patience.longest, "backoff": backoff}
    options = {"timeout": patience.request} | _told_of_clients()
    try:
        return S3Store.from_url(url.rstrip("/"), client_options=options, retry_config=retry)  # pyright: ignore[reportArgumentType]
    except obstore.exceptions.BaseError as error:
        raise NoPlace(f"AWS_* are not as the library takes them ({why(error)}); see: docs/object-store.md.") from error


def _refuse_settings() -> None:
    """Raise NoPlace for what the library takes and then falls over when it asks, in a panic that is no Exception."""
    for name, text in sorted(os.environ.items()):
        if _ENDPOINTS.match(name) and not is_web_address(text):
            raise NoPlace(f"{name} is '{text}'; expected https://HOST or https://HOST:PORT.")
        if name.startswith("AWS_") and name != _CERTIFICATE and not text.isprintable():
            raise NoPlace(f"{name} has a line break or another letter that is not seen; write it anew without.")


def _told_of_clients() -> dict[str, str]:
    """What the environment says of connections: the library leaves it out as soon as it is told anything itself."""
    return {name.removeprefix("AWS_").lower(): os.environ[name] for name in _OF_CLIENTS if name in os.environ}


def index_key(product: str) -> str:
    """What is served of a product, county by county."""
    return f"{INDEXES}{product}.json"


def indexed(key: str) -> str | None:
    """The product of which a key is the index; None of any other key."""
    match = _INDEX.match(key)
    return match[1] if match else None


def record_key(county: str, product: str) -> str:
    """What is not kept any more of a county's product."""
    return f"{RECORDS}{county}/{product}.json"


def recorded(key: str) -> tuple[str, str] | None:
    """The county and the product of which a key is the record; None of any other key."""
    match = _RECORD.match(key)
    return (match[1], match[2]) if match else None


def manifest_key(county: str, product: str, version: int, sha256: str) -> str:
    """The manifest of a version, known by its bytes."""
    return f"{county}/{product}/manifests/{version:06d}-{sha256[:16]}.json"


def read(store: S3Store, key: str) -> Found | None:
    """An object; None where there is none. Raises Refuses."""
    import obstore

    try:
        got = obstore.get(store, key)
        return Found(bytes(got.bytes()), got.meta["e_tag"] or "")
    except FileNotFoundError:
        return None
    except obstore.exceptions.BaseError as error:
        raise Refuses(why(error)) from error


class Told(NamedTuple):
    """A version of a county's product: its number, its manifest as it is written, and whether a folder has it."""

    version: int
    content: bytes
    is_here: bool


def told(store: S3Store, product: str, line: IndexLine, folder: Path) -> Iterator[Told]:
    """The versions of a county's product, the newest first: from the index's word back by each manifest's own.

    Only what the folder lacks is asked of the store. Raises Refuses; Lacks where one is missing or is another.
    """
    version, sha256 = line.version, line.manifest_sha256
    while sha256 is not None:
        here = _here(manifest_file(folder, version), sha256)
        content = here or _there(store, manifest_key(line.county, product, version, sha256), sha256)
        yield Told(version, content, here is not None)
        version, sha256 = version - 1, _manifest(content, line.county, product, version).previous


def _manifest(content: bytes, county: str, product: str, version: int) -> Manifest:
    try:
        return Manifest(**json.loads(content))
    except (ValueError, TypeError) as error:
        what = f"the manifest of version {version} of {county}/{product} is of no form that is known here"
        raise Lacks(f"{what}: run the code that shipped it ({' '.join(str(error).split())[:200]})") from error


def chain(store: S3Store, product: str, line: IndexLine, folder: Path) -> list[Told]:
    """The versions that a folder lacks down to one that it has, behind which it lacks none; the oldest first."""
    return [*takewhile(lambda each: not each.is_here, told(store, product, line, folder))][::-1]


def _here(file: Path, sha256: str) -> bytes | None:
    content = file.read_bytes() if file.exists() else b""
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _there(store: S3Store, key: str, sha256: str) -> bytes:
    found = read(store, key)
    if found is None or hashlib.sha256(found.content).hexdigest() != sha256:
        raise Lacks(f"{key} is missing or not the manifest that was published")
    return found.content


def tags(store: S3Store, below: str) -> Iterator[tuple[str, str]]:
    """Every key below one that ends with a slash, and its tag. Raises Refuses."""
    return ((each.key, each.tag) for each in listed(store, below))


def listed(store: S3Store, below: str) -> Iterator[Listed]:
    """Every object below a key that ends with a slash. Raises Refuses."""
    import obstore

    try:
        for some in obstore.list(store, below):  # pyright: ignore[reportUnknownMemberType]
            yield from (Listed(each["path"], each["e_tag"] or "", each["size"], each["last_modified"]) for each in some)
    except (FileNotFoundError, obstore.exceptions.BaseError) as error:
        raise Refuses(why(error)) from error


def fetch(store: S3Store, key: str, file: Path, sha256: str = "") -> bool:
    """Bring an object to a file, which appears whole or not at all; False where there is no object.

    Raises Refuses; Lacks where the object's sha256 does not begin with the one that is given.
    """
    import obstore

    file.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with aside(file) as partial:
            with partial.open("wb") as stream:
                for chunk in obstore.get(store, key).stream(min_chunk_size=_STEP):
                    stream.write(chunk)
                    digest.update(chunk)
                stream.flush()
                os.fsync(stream.fileno())
            if not digest.hexdigest().startswith(sha256):
                raise Lacks(f"{key} is not the file that was published")
        return True
    except FileNotFoundError:
        return False
    except obstore.exceptions.BaseError as error:
        raise Refuses(why(error)) from error


def why(error: Exception) -> str:
    """What a store said, or why it could not be asked, in one line."""
    first, _, rest = str(error).partition("\n")
    told = first.partition(": <?xml")[0].strip()
    if (behind := _BEHIND.search(f"{first}\n{rest}")) is None:
        return told
    found = behind[behind.lastindex or 0]
    return f"{told} ({_MEANT.get(found, found)})"
