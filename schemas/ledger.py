"""What the portal shows of the resource ledger: the pipelines write it, the gateway reads it. Reckons nothing."""

from __future__ import annotations

from schemas.manifest import Record

# Below JUBIAN_HOME, beside supply/.
FOLDER = "ledger"
# What every county may see: no county, office or grant is named in it.
COMMON = "portal.json"
# A folder with a file a county: its own use and nobody else's.
COUNTIES = "counties"
# A resource that nobody has used for so many days is told of as unused.
UNUSED_DAYS = 90


class Used(Record):
    """A resource of the platform with its use: how often, by how many counties, when last (None: never)."""

    resource: str
    kind: str
    title: str
    times: int
    counties: int
    last: str | None


class Like(Record):
    """Two data sets that are near-duplicates, with the score and the evidence in words."""

    left: str
    right: str
    score: float
    relation: str
    evidence: str


class Catalogued(Record):
    """One foreign catalogue: data sets, listings beyond the first, data sets that have a near-duplicate."""

    catalogue: str
    title: str
    entries: int
    again: int
    alike: int


class Common(Record):
    """The ledger as of a day, as every county may see it; lists are in the order in which they are shown."""

    as_of: str
    counts: dict[str, int]
    most: tuple[Used, ...]
    least: tuple[Used, ...]
    likes: tuple[Like, ...]
    catalogues: tuple[Catalogued, ...]


class Own(Record):
    """What one county uses: its columns of products, the most used first, and the feeds it lives on."""

    county: str
    columns: tuple[Used, ...]
    feeds: tuple[Used, ...]
