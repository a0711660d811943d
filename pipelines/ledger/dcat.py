"""The ledger as DCAT 3 in JSON-LD: the platform's catalogue, and each foreign one with what it lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

# Every word that is used, so that no context is fetched from anywhere.
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#", "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#", "jubian": "urn:jubian:",
}  # fmt: skip
_MEDIA = {"@id": "https://www.iana.org/assignments/media-types/application/vnd.apache.parquet"}
_DELTA_SHARING = {"@id": "https://github.com/delta-io/delta-sharing/blob/main/PROTOCOL.md"}

Node = dict[str, Any]


def dcat(
    resources: pl.DataFrame, edges: pl.DataFrame, entries: pl.DataFrame, likes: pl.DataFrame,
    divisions: Mapping[str, str], on: str,
) -> bytes:  # fmt: skip
    """One JSON-LD document: a dcat:Catalog of feeds and products, a data service, a dcat:Catalog a foreign portal.

    Recommendation: W3C, Data Catalog Vocabulary (DCAT) - Version 3, 22 August 2024. A product is derived from its
    feeds (prov:wasDerivedFrom); near-duplicates name one another by dcterms:relation. Places bear the names that
    `divisions` has for their codes. The same ledger gives the same bytes.
    """
    graph = [_platform(resources, on), _service(resources), *_agents(resources), *_own(resources, edges),
             *_places(entries, divisions), *_foreign(entries, likes)]  # fmt: skip
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1).encode() + b"\n"


def _id(path: str) -> Node:
    return {"@id": _name(path)}


def _name(path: str) -> str:
    """A resource as a URN; what may not stand in one is escaped."""
    escaped = "".join(
        each
        if each.isascii() and (each.isalnum() or each in "/-._")
        else "".join(f"%{byte:02X}" for byte in each.encode())
        for each in path
    )
    return f"urn:jubian:{escaped}"


def _said(text: str) -> Node:
    return {"@value": text, "@language": "zh"}


def _day(text: str) -> Node:
    return {"@value": text, "@type": "xsd:date"}


def _of(resources: pl.DataFrame, *kinds: str) -> list[dict[str, str]]:
    return resources.filter(pl.col("kind").is_in(kinds)).to_dicts()


def _platform(resources: pl.DataFrame, on: str) -> Node:
    sets = [_id(each["resource"]) for each in _of(resources, "feed", "product")]
    return {"@id": _name("catalogue"), "@type": "dcat:Catalog", "dcterms:title": _said("聚变数据资源账本"),
            "dcterms:modified": _day(on), "dcat:dataset": sets, "dcat:service": _id("gateway")}  # fmt: skip


def _service(resources: pl.DataFrame) -> Node:
    serves = [_id(each["resource"]) for each in _of(resources, "product")]
    return {"@id": _name("gateway"), "@type": "dcat:DataService", "dcterms:title": _said("统一网关"),
            "dcterms:conformsTo": _DELTA_SHARING, "dcat:servesDataset": serves}  # fmt: skip


def _agents(resources: pl.DataFrame) -> Iterator[Node]:
    for each in _of(resources, "department"):
        yield {"@id": _name(each["resource"]), "@type": "foaf:Agent", "foaf:name": _said(each["title"])}


def _own(resources: pl.DataFrame, edges: pl.DataFrame) -> Iterator[Node]:
    behind = _behind(edges)
    words = (
        resources.filter(pl.col("kind").str.ends_with(" column"))
        .group_by("part_of")
        .agg(pl.col("title").unique().sort())
    )
    titles = dict(words.iter_rows())
    for each in _of(resources, "feed", "product"):
        name = each["resource"]
        told: Node = {"@id": _name(name), "@type": "dcat:Dataset", "dcterms:title": _said(each["title"]),
                      "dcterms:identifier": name,
                      "dcat:keyword": [_said(word) for word in titles.get(name, [])]}  # fmt: skip
        if each["kind"] == "feed":
            told["dcterms:publisher"] = _id(each["part_of"])
        else:
            told["prov:wasDerivedFrom"] = [_id(feed) for feed in behind.get(name, [])]
            told["dcat:distribution"] = {"@id": _name(f"{name}/parquet"), "@type": "dcat:Distribution",
                                         "dcat:mediaType": _MEDIA, "dcat:accessService": _id("gateway")}  # fmt: skip
        yield told


def _behind(edges: pl.DataFrame) -> dict[str, list[str]]:
    """The feeds behind each product: by its columns, the entity's columns, the feeds' columns."""
    makes = edges.filter(pl.col("what") == "makes").select(pl.col("source").alias("of"), "target")
    fuses = edges.filter(pl.col("what") == "fuses").select(pl.col("source").alias("feed"), pl.col("target").alias("of"))
    straight = makes.filter(pl.col("of").str.starts_with("feed/")).select(pl.col("of").alias("feed"), "target")
    told = pl.concat([fuses.join(makes, on="of").select("feed", "target"), straight])
    whole = told.select(pl.col("feed", "target").str.extract(r"^(\w+/\w+)", 1)).unique().sort("target", "feed")
    return {str(name): rows["feed"].to_list() for (name,), rows in whole.group_by("target", maintain_order=True)}


def _places(entries: pl.DataFrame, divisions: Mapping[str, str]) -> Iterator[Node]:
    """The divisions that foreign data sets are of."""
    for code in entries["division"].drop_nulls().unique().sort():
        yield {"@id": _name(f"division/{code}"), "@type": "dcterms:Location", "dcterms:identifier": code,
               "skos:prefLabel": _said(divisions.get(code, code))}  # fmt: skip


def _foreign(entries: pl.DataFrame, likes: pl.DataFrame) -> Iterator[Node]:
    both = pl.concat([likes.select("left", "right"), likes.select(left="right", right="left")])
    near = dict(both.group_by("left").agg(pl.col("right").sort()).iter_rows())
    for (name,), rows in entries.group_by("catalogue", maintain_order=True):
        sets = [_id(f"listed/{entry}") for entry in rows["entry"]]
        yield {"@id": _name(f"listed/{name}"), "@type": "dcat:Catalog", "dcterms:title": _said(f"开放目录 {name}"),
               "dcat:dataset": sets}  # fmt: skip
        yield from (_listed(each, near.get(each["entry"], [])) for each in rows.to_dicts())


def _listed(entry: Node, near: list[str]) -> Node:
    told: Node = {"@id": _name(f"listed/{entry['entry']}"), "@type": "dcat:Dataset",
                  "dcterms:title": _said(entry["title"]), "dcterms:identifier": entry["entry"]}  # fmt: skip
    if entry["division"]:
        told["dcterms:spatial"] = _id(f"division/{entry['division']}")
    if entry["office_name"]:
        told["dcterms:publisher"] = {"@type": "foaf:Agent", "foaf:name": _said(entry["office_name"])}
    if entry["updated"]:
        told["dcterms:modified"] = _day(entry["updated"].isoformat())
    if near:
        told["dcterms:relation"] = [_id(f"listed/{each}") for each in near]
    return told
