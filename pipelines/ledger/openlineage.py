"""The ledger as OpenLineage events: a job an entity and a product, its inputs and outputs, lineage to the column."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

PRODUCER = "urn:jubian:ledger"
NAMESPACE = "jubian"
_SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent"
_SCHEMA = "https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
_LINEAGE = "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"

Node = dict[str, Any]


def openlineage(resources: pl.DataFrame, edges: pl.DataFrame, on: str) -> bytes:
    """One JobEvent a line (OpenLineage 2-0-2), for each entity that is fused and each product that is made.

    Job events and not run events: the ledger tells how things are made, not when they were, so that the same ledger
    gives the same bytes. `eventTime` is midnight in China of the ledger's day.
    """
    made = edges.filter(pl.col("what").is_in(["fuses", "makes"])).with_columns(
        pl.col("source", "target").str.extract(r"^(\w+/\w+)", 1).name.suffix("_whole")
    )
    events = [
        _event(str(name), rows, resources, on) for (name,), rows in made.group_by("target_whole", maintain_order=True)
    ]
    lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in sorted(events, key=_job)]
    return "".join(f"{line}\n" for line in lines).encode()


def _job(event: Node) -> str:
    return event["job"]["name"]


def _event(target: str, made: pl.DataFrame, resources: pl.DataFrame, on: str) -> Node:
    verb = "fuse" if target.startswith("entity/") else "release"
    inputs = [_dataset(name, resources, {}) for name in made["source_whole"].unique().sort()]
    columns = made.filter(pl.col("target") != target)
    behind = columns.group_by("target").agg(pl.col("source").unique().sort()).sort("target")
    fields = {
        column.rsplit("/", 1)[1]: {"inputFields": [_field(each) for each in sources]}
        for column, sources in behind.select("target", "source").iter_rows()
    }
    lineage = {"columnLineage": {"_producer": PRODUCER, "_schemaURL": _LINEAGE, "fields": fields}}
    return {"eventTime": f"{on}T00:00:00+08:00", "producer": PRODUCER, "schemaURL": _SPEC,
            "job": {"namespace": NAMESPACE, "name": f"{verb}.{target.split('/')[1]}", "facets": {}},
            "inputs": inputs, "outputs": [_dataset(target, resources, lineage)]}  # fmt: skip


def _field(column: str) -> Node:
    """A column of a data set; a whole entity, whose disputes are meant, counts as its column `*`."""
    parts = column.split("/")
    return {"namespace": NAMESPACE, "name": "/".join(parts[:2]), "field": parts[2] if parts[2:] else "*"}


def _dataset(name: str, resources: pl.DataFrame, more: Node) -> Node:
    columns = resources.filter(pl.col("part_of") == name, pl.col("kind").str.ends_with(" column"))
    fields = [{"name": each["resource"].rsplit("/", 1)[1], "type": each["means"], "description": each["title"]}
              for each in columns.to_dicts()]  # fmt: skip
    schema = {"schema": {"_producer": PRODUCER, "_schemaURL": _SCHEMA, "fields": fields}}
    return {"namespace": NAMESPACE, "name": name, "facets": schema | more}
