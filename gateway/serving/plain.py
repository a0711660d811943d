"""Plain HTTP beside the protocol: what I may have, manifest, contract, fresh addresses, a feed of releases."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from xml.etree import ElementTree as xml

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response

from gateway.caller import Caller
from gateway.door import Asking, Door, Here
from gateway.kept.grants import visible
from gateway.kept.tokens import rotate
from gateway.refused import forbidden, unknown
from gateway.serving.delta import identifier
from gateway.serving.files import file_path
from gateway.serving.signing import Opening, address, until
from gateway.supply.causes import CHANGES, in_words, unchanged
from gateway.supply.counted import Counted, counted
from gateway.supply.described import contract_file
from gateway.supply.folded import snapshot
from gateway.supply.mirror import here
from gateway.supply.released import Line, lines, products, released, served, view_of, whole
from schemas.china import CHINA
from schemas.manifest import Manifest, canonical

router = APIRouter(prefix="/counties/{county}", tags=["plain"])
# How long the token before goes on after a rotation.
GRACE_SECONDS = 86_400
_FEED = 30
County = Annotated[str, Path(pattern=r"^\d{6}$")]


@router.get("/products")
def list_products(at: Here, who: Asking, county: County) -> dict[str, object]:
    """The caller's products: title, level, purpose and end of the grant, version and day; those that are damaged."""
    granted = _granted(at, who, county)
    manifests = whole(served, at.settings.supply, county, granted)
    items = [_item(at, who, manifest) for manifest in manifests.values()]
    return {"items": items, "damaged": [each for each in granted if each not in manifests]}


def _granted(at: Door, who: Caller, county: str) -> list[str]:
    if county != who.recipient.county:
        raise unknown(f"County {county}")
    return [each for each in products(at.settings.supply, county) if each in who.grants]


def _item(at: Door, who: Caller, manifest: Manifest) -> dict[str, object]:
    grant = who.grants[manifest.product]
    rows = counted(at.settings.supply, manifest, grant.level).rows
    view = max(visible(manifest, grant).views, default=grant.level)
    return {"product": manifest.product, "title": manifest.title, "view": view, "purpose": grant.purpose,
            "expires": datetime.fromtimestamp(grant.expires, CHINA).isoformat(), "version": manifest.version,
            "contract_version": manifest.contract_version, "as_of": manifest.as_of, "rows": rows}  # fmt: skip


def _manifest(at: Door, who: Caller, county: str, product: str, version: str) -> Manifest:
    """A version by number or `latest`, without the views that are not granted."""
    grant = who.grant_for(county, product)
    if version == "latest":
        manifest = served(at.settings.supply, county, product)
    elif version.isascii() and version.isdigit() and len(version) < 10:
        manifest = released(at.settings.supply, county, product, int(version))
    else:
        raise unknown(f"Version {version}")
    return visible(manifest, grant)


@router.get("/{product}/{version}/manifest.json")
def manifest_of(at: Here, who: Asking, county: County, product: str, version: str) -> Response:
    """A version's manifest, with the views of the grant and their counts."""
    manifest = _manifest(at, who, county, product, version)
    counts = vars(counted(at.settings.supply, manifest, who.grant_for(county, product).level))
    numbers = {name: count for name, count in counts.items() if count is not None}
    content = canonical(manifest.model_copy(update=numbers), *(name for name in counts if name not in numbers))
    return Response(content, media_type="application/json")


@router.get("/{product}/{version}/contract.yaml")
def contract_of(at: Here, who: Asking, county: County, product: str, version: str) -> Response:
    """The contract that a version was released under (Open Data Contract Standard)."""
    manifest = _manifest(at, who, county, product, version)
    file = contract_file(at.settings.supply, manifest)
    if not here(file).exists():
        raise unknown(f"The contract of version {manifest.version}")
    return Response(file.read_bytes(), media_type="application/yaml")


@router.get("/{product}/{version}/{level}/files.json")
def addresses(at: Here, who: Asking, county: County, product: str, version: str, level: str) -> JSONResponse:
    """Fresh signed addresses of a version's files, for tools that read an address and nothing else."""
    grant = who.grant_for(county, product, level)
    manifest = _manifest(at, who, county, product, version)
    expires, view = until(at.settings), view_of(manifest, level)
    whole = snapshot(at.settings, manifest, level).file
    answer: dict[str, object] = {"version": manifest.version, "as_of": manifest.as_of, "expires": expires}
    for kind, file in (("snapshot", whole), ("changes", view.changes)):
        path = file_path(county, product, level, str(manifest.version), kind)
        url = address(at.settings, Opening(path, grant.id, who.token.hash, expires))
        answer[kind] = {"url": url, "sha256": file.sha256, "size": file.size, "rows": file.rows}
    return JSONResponse(answer)


@router.get("/releases.atom")
def releases(at: Here, who: Asking, county: County) -> Response:
    """The last releases of every granted product as an Atom feed."""
    feed = xml.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    latest = last_of_each(_newest(at, who, county))
    _element(feed, "id", f"urn:uuid:{identifier(county, 'releases')}")
    _element(feed, "title", f"{county} 数据半成品发布")
    _element(feed, "updated", _at(latest[0][0] if latest else 0))
    author = xml.SubElement(feed, "author")
    _element(author, "name", "聚变")
    _link(feed, "self", f"{at.settings.address}/counties/{county}/releases.atom")
    for at_ms, line, version in latest:
        manifest = released(at.settings.supply, county, line.product, version)
        counts = counted(at.settings.supply, manifest, who.grants[line.product].level)
        entry = _entry(feed, manifest, counts, at_ms)
        _link(entry, "alternate", f"{at.settings.address}/portal/products/{line.product}")
    return Response(xml.tostring(feed, encoding="utf-8", xml_declaration=True), media_type="application/atom+xml")


def last_of_each(some: list[Line]) -> list[tuple[int, Line, int]]:
    """So many releases as a feed holds, by their moments, the newest first: of each product about as many.

    A release bears no clock but the day of its data: by moments alone what is released now of a yearly feed's product
    would stand behind a month of a daily one's, and never be seen.
    """
    entries = [
        (back, moment.at, each, moment.version) for each in some for back, moment in enumerate(reversed(each.moments))
    ]
    newest = sorted(entries, key=lambda each: (each[0], -each[1], each[2].product))[:_FEED]
    return sorted((each[1:] for each in newest), key=lambda each: (-each[0], each[1].product))


def _newest(at: Door, who: Caller, county: str) -> list[Line]:
    return [each[-1] for each in whole(lines, at.settings.supply, county, _granted(at, who, county)).values()]


def _entry(feed: xml.Element, manifest: Manifest, counts: Counted, at_ms: int) -> xml.Element:
    entry = xml.SubElement(feed, "entry")
    _element(entry, "id", f"urn:uuid:{identifier(manifest.county, manifest.product, str(manifest.version))}")
    _element(entry, "title", f"{manifest.title} 第 {manifest.version} 版（数据时点 {manifest.as_of}）")
    _element(entry, "updated", _at(at_ms))
    _element(entry, "summary", summary(manifest, counts))
    return entry


def _link(parent: xml.Element, rel: str, address: str) -> None:
    xml.SubElement(parent, "link", rel=rel, href=address)


def summary(manifest: Manifest, counts: Counted) -> str:
    """What a release changed in a view, in one Chinese line: rows by change and cause, and who was absent."""
    rows = [] if counts.rows is None else [f"共 {counts.rows:,} 行"]
    absent = [f"缺数：{'、'.join(each.title for each in manifest.missing)}"] if manifest.missing else []
    return "；".join([*rows, *_changed(manifest, counts), *absent])


def _changed(manifest: Manifest, counts: Counted) -> list[str]:
    if counts.changes is None:
        return []
    clauses = [f"{CHANGES[change]} {sum(causes.values()):,} 行（{_why(causes)}）"
               for change, causes in counts.changes.items()]  # fmt: skip
    return clauses or [unchanged(manifest.version)]


def _why(causes: dict[str, int]) -> str:
    return "，".join(f"{in_words(cause)} {rows:,}" for cause, rows in causes.items())


def _element(parent: xml.Element, name: str, text: str) -> None:
    xml.SubElement(parent, name).text = text


def _at(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, CHINA).isoformat()


@router.post("/token")
def rotate_token(at: Here, who: Asking, county: County) -> dict[str, object]:
    """A new token for the caller; the one that asks goes on for a day."""
    if county != who.recipient.county:
        raise unknown(f"County {county}")
    with at.engine.begin() as connection:
        token = rotate(connection, who.token, GRACE_SECONDS)
        if token is None:
            raise forbidden(
                "This token gives no other. A client asks /oauth/token for its next one; where a newer one was given "
                "it goes on; whoever has lost it asks for a new activation link."
            )
        at.audit.write("rotated", recipient=who.recipient.id, county=county)
    return {"bearerToken": token, "graceSeconds": GRACE_SECONDS}
