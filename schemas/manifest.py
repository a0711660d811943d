"""What a release says of itself: the manifest of one county's product and the index over all of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.mendable import Mendable

Cause = Literal["source", "dictionary", "place", "correction", "authority", "code", "contract", "objection", "overlay"]
CAUSES: tuple[Cause, ...] = (
    "source", "dictionary", "place", "correction", "authority", "code", "contract", "objection", "overlay",
)  # fmt: skip
# Behind a family's name that of what the product's feeds read of it, by which it is known to be a cause.
OF_ITS_FEEDS = "_of_its_feeds"
# Beside the mappings of a product that tells of deliveries, what was refused of them, of which no input tells.
REFUSED = "refused"
# Which rules hold a county's newest data back, besides those of admissions and of a column's kind.
MISSING_RULE, REPEATED_RULE, BEYOND_RULE = "missing", "repeated", "beyond"
PIN_RULE, OVERLAY_RULE, CONTRACT_RULE, MANIFEST_RULE, FILE_RULE = "pin", "overlay", "contract", "manifest", "file"
# Where a supply's indexes lie.
_INDEX = "index"


def _is_none(value: object) -> bool:
    """What a version does not have is not written, so that manifests of before keep their fingerprints."""
    return value is None


def _is_empty(value: tuple[object, ...]) -> bool:
    return not value


class Record(BaseModel):
    """A record that cannot change and refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class File(Record):
    """One Parquet file, its path relative to the manifest; named by the sha256 of its bytes."""

    path: str
    sha256: str
    size: int
    rows: int


class View(Record):
    """The files of one sensitivity level: the changes since the version before, and a full snapshot.

    A version that stands on an earlier one's snapshot has none of its own (`Manifest.base`).
    """

    level: str
    snapshot: File | None = Field(default=None, exclude_if=_is_none)
    changes: File


class Input(Record):
    """One delivery that the release rests on."""

    feed: str
    file: str
    sha256: str
    as_of: str
    rows: int


class Absence(Record):
    """A feed of which no delivery has been taken: none has arrived, or all were refused or stopped."""

    feed: str
    title: str
    reason: str


class Coverage(Record):
    """How many values of a coded column met a dictionary row."""

    feed: str
    column: str
    values: int
    mapped: int
    codes: int
    mapped_codes: int

    @property
    def share(self) -> float:
        """The share of values that met a row; 1 where there was no value."""
        return self.mapped / self.values if self.values else 1.0

    @property
    def share_of_codes(self) -> float:
        """The share of distinct codes that met a row; 1 where there was none."""
        return self.mapped_codes / self.codes if self.codes else 1.0


class Objected(Record):
    """An objection that touches a county's product, as it stands at the release.

    `product` is where it was raised and `key` a row of that product; `level` is the cell's: a view below it does
    not tell of it. `due` is the day by which the last department that is asked must answer, None once one has.
    `state` is open, accepted, declined or withdrawn; `answered` is when the answer was known, `answer` its basis.
    """

    id: str
    product: str
    key: dict[str, str]
    column: str
    level: str
    raised: str
    due: str | None
    state: str
    answered: str | None
    answer: str | None


class Manifest(Record):
    """One version of one county's product. Counts are rows; `previous` chains the manifests.

    `rows` and `changes` are counted in the widest view: a narrower one may have fewer.

    `base` is the earlier version whose snapshots this one stands on: with the changes since they are its own
    (`schemas.snapshot`). Where it is None the version has snapshots of its own. `origin` and `origin_changes` are told
    likewise.
    """

    product: str
    title: str
    county: str
    county_name: str
    version: int
    contract_version: str
    contract_sha256: str
    code_revision: str
    mappings: dict[str, str]
    as_of: str
    rows: int
    changes: dict[str, dict[str, int]]
    views: dict[str, View]
    origin: File | None = Field(default=None, exclude_if=_is_none)
    origin_changes: File | None = Field(default=None, exclude_if=_is_none)
    base: int | None = Field(default=None, exclude_if=_is_none)
    inputs: tuple[Input, ...]
    missing: tuple[Absence, ...]
    coverage: tuple[Coverage, ...]
    quarantined: dict[str, int]
    disputed: dict[str, int]
    objections: tuple[Objected, ...] = ()
    previous: str | None


class ReleaseGrounds(Record):
    """What a release rests on besides its contract: code, mappings and deliveries."""

    code_revision: str
    mappings: dict[str, str]
    inputs: tuple[Input, ...]


class Broken(Record):
    """A rule that a county's newest data break: `of` which column, or columns joined by `+`, what was `found` and what
    `expected`, in rows, shares or versions; empty and None where the rule has no such thing."""

    rule: str
    of: str = ""
    found: int | float | None = None
    expected: int | float | None = None


class Held(Record):
    """Why a county's newest data are held back: in words, with what to do, and the rules that are broken."""

    words: str
    broken: tuple[Broken, ...]


class IndexLine(Record):
    """A county's line in the index of a product; `held` says why an older version is still served, `broken` by
    which rules.

    `rests` is the stamp of the grounds that its version was last found to agree with: a county that has not changed
    publishes nothing, but is compared all the same.
    """

    county: str
    county_name: str
    version: int
    manifest_sha256: str
    rows: int
    held: str | None = None
    broken: tuple[Broken, ...] = Field(default=(), exclude_if=_is_empty)
    rests: str = ""


class Index(Record):
    """What is served now, county by county, how fresh the deliveries behind it are, and `rests`: grounds by stamp."""

    product: str
    title: str
    as_of: str
    inputs: tuple[Input, ...]
    missing: tuple[Absence, ...]
    counties: tuple[IndexLine, ...]
    rests: dict[str, ReleaseGrounds] = {}


class NoManifest(Mendable, ValueError):
    """What a published manifest is not any more: there, or whole; the message names its file and says what to do."""

    rule = MANIFEST_RULE
    expected = "the manifest that was published"
    todo = "bring it again from the object store (make restore), or out of the backup (docs/runbook.md)"

    def __init__(self, file: Path, found: str) -> None:
        # As they are, for a worker's error to be made anew of them.
        super().__init__(file, found)

    def __str__(self) -> str:
        file, found = self.args
        return f"{file}: found {found}, expected {self.expected}; {self.todo}"

    @property
    def held(self) -> Held:
        """The same as what holds a county back."""
        return Held(words=str(self), broken=(Broken(rule=self.rule),))


class NoIndex(NoManifest):
    """What a published index is not any more: whole; the message names its file and says what to do."""

    expected = "the index that was published"
    todo = "remove it, and make run writes it anew of what counties are served"


class NoRecord(NoManifest):
    """What a record of what is freed is not any more: whole; the message names its file and says what to do."""

    expected = "the record of what is freed"


class NoFile(NoManifest):
    """What a file that a manifest names is not any more: there, or whole."""

    rule = FILE_RULE
    expected = "the file that was published"


def read_manifest(file: Path) -> Manifest:
    """The manifest that a file holds. Raises FileNotFoundError where there is none, NoManifest for another content."""
    content = file.read_bytes()
    try:
        return Manifest(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise NoManifest(file, f"{len(content):,} bytes that are none") from error


def manifest_file(folder: Path, version: int) -> Path:
    """Where the manifest of a version lies in the folder of a county's product."""
    return folder / "manifests" / f"{version:06d}.json"


def index_file(supply: Path, product: str) -> Path:
    """Where the index of a product lies."""
    return supply / _INDEX / f"{product}.json"


def read_index(file: Path) -> Index | None:
    """The index that a file holds; None before the first release. Raises NoIndex for another content."""
    if not file.exists():
        return None
    content = file.read_bytes()
    try:
        return Index(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise NoIndex(file, f"{len(content):,} bytes that are none") from error


def indexes(supply: Path) -> list[Index]:
    """The indexes of all products that are released, in the order of their keys."""
    files = sorted((supply / _INDEX).glob("*.json"))
    return [index for file in files if (index := read_index(file)) is not None]


def canonical(record: BaseModel, *without: str) -> bytes:
    """The record's one way of being written: JSON, UTF-8, keys in declared order, two spaces, a final newline.

    `without` names what is not told of it.
    """
    return (record.model_dump_json(indent=2, exclude={*without}) + "\n").encode()


def fingerprint(record: BaseModel) -> str:
    """The sha256 of the canonical form, in hexadecimal digits."""
    return hashlib.sha256(canonical(record)).hexdigest()
