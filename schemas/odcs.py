"""The contract's one way of being written: Open Data Contract Standard 3.1 in YAML, with the profile of ours.

`docs/contract-profile.md` says what the profile adds. What a contract promises is not said here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from schemas.contract import Check, CodeList, Contract, Department, Promise, RowLevel

STANDARD = "v3.1.0"
# Wider than any line: a folded text would be other bytes for the same words.
_WIDTH = 1 << 16
_LOGICAL = {"VARCHAR": "string", "BIGINT": "integer", "DOUBLE": "number", "DATE": "date", "BOOLEAN": "boolean"}
Node = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A contract with its bytes and their sha256, which is the contract's name in manifests."""

    contract: Contract

    @cached_property
    def content(self) -> bytes:
        """The YAML document, UTF-8."""
        return _written(self.contract)

    @cached_property
    def sha256(self) -> str:
        """The sha256 of the document, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


def contract_path(sha256: str) -> str:
    """Where a contract lies, relative to the manifest of the product that was released under it."""
    return f"contracts/{sha256[:16]}.yaml"


def _written(contract: Contract) -> bytes:
    return yaml.dump(
        _document(contract),
        Dumper=yaml.CSafeDumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        encoding="utf-8",
    )


def _document(contract: Contract) -> Node:
    return {
        "apiVersion": STANDARD,
        "kind": "DataContract",
        "id": contract.catalogue_code,
        "name": contract.title,
        "version": contract.version,
        "status": "active",
        "domain": contract.entity,
        "dataProduct": contract.product,
        "description": {"purpose": contract.description},
        "schema": [_table(contract)],
        "slaProperties": [
            {"property": "frequency", "value": contract.every_days, "unit": "d", "description": contract.cycle},
            {"property": "latency", "value": contract.fresh_within_days, "unit": "d",
             "description": contract.freshness},
        ],
        "customProperties": _custom(_of_contract(contract)),
    }  # fmt: skip


def _of_contract(contract: Contract) -> Node:
    """What the standard has no place for, of the whole product."""
    return {
        "sharingType": contract.sharing,
        "sensitivityScheme": contract.scheme,
        "sensitivityLevels": list(contract.levels),
        "rowLevel": contract.row_level,
        "rowLevels": [each.model_dump() for each in contract.row_levels] or None,
        "identifier": contract.identifier,
        "neededFeeds": list(contract.needs),
        "sourceDepartments": [each.model_dump() for each in contract.departments],
        "coverageFloor": contract.coverage_floor,
        "mayFall": contract.may_fall,
        "codeLists": [each.model_dump() for each in contract.lists],
        "coreVersion": contract.core,
    }


def _table(contract: Contract) -> Node:
    versions = {each.name: each.version for each in contract.lists}
    return {
        "name": contract.product,
        "physicalType": "parquet",
        "businessName": contract.title,
        "properties": [_property(each, versions) for each in contract.columns],
    }


def _property(promise: Promise, versions: dict[str, str]) -> Node:
    key = {"primaryKey": True, "primaryKeyPosition": promise.key} if promise.key is not None else {}
    coded = {"codeList": promise.code_list, "codeListVersion": versions.get(promise.code_list or "")}
    return {
        "name": promise.name,
        "businessName": promise.title,
        "logicalType": _LOGICAL.get(promise.type, "number"),
        "physicalType": promise.type,
        **({"description": promise.meaning} if promise.meaning else {}),
        "required": promise.required,
        **key,
        "classification": promise.level,
        **({"quality": [_quality(rule) for rule in promise.rules]} if promise.rules else {}),
        "customProperties": _custom({"kind": promise.kind, "unit": promise.unit, **coded, "own": promise.own or None}),
    }


def _quality(rule: Check) -> Node:
    return {"name": rule.name, "type": "text", "description": rule.expected}


def _custom(told: Node) -> list[Node]:
    return [{"property": name, "value": value} for name, value in told.items() if value is not None]


class NotOurs(Exception):
    """A document that is no contract of this profile; the message says what is wrong in it."""


def read(content: bytes) -> Contract:
    """A contract from its document. Raises NotOurs where the document is none of this profile."""
    try:
        document: Node = yaml.load(content, Loader=yaml.CSafeLoader)
        return _contract(document)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        expected = "a contract as release writes it (docs/contract-profile.md)"
        raise NotOurs(f"expected {expected}, found: {type(error).__name__} {error}") from error


def _contract(document: Node) -> Contract:
    told = _told(document["customProperties"])
    agreed = {each["property"]: each["value"] for each in document["slaProperties"]}
    (table,) = document["schema"]
    return Contract(
        product=document["dataProduct"],
        title=document["name"],
        description=document["description"]["purpose"],
        version=document["version"],
        catalogue_code=document["id"],
        entity=document["domain"],
        identifier=told["identifier"],
        levels=tuple(told["sensitivityLevels"]),
        row_level=told.get("rowLevel"),
        row_levels=tuple(RowLevel(**each) for each in told.get("rowLevels", ())),
        may_fall=told["mayFall"],
        sharing=told["sharingType"],
        scheme=told["sensitivityScheme"],
        needs=tuple(told["neededFeeds"]),
        departments=tuple(Department(**each) for each in told["sourceDepartments"]),
        every_days=agreed["frequency"],
        fresh_within_days=agreed["latency"],
        coverage_floor=told["coverageFloor"],
        lists=tuple(CodeList(**each) for each in told["codeLists"]),
        columns=tuple(_promised(each) for each in table["properties"]),
        core=told.get("coreVersion"),
    )


def _promised(each: Node) -> Promise:
    told = _told(each["customProperties"])
    return Promise(
        name=each["name"],
        title=each["businessName"],
        kind=told["kind"],
        type=each["physicalType"],
        unit=told.get("unit"),
        code_list=told.get("codeList"),
        level=each["classification"],
        required=each["required"],
        key=each.get("primaryKeyPosition"),
        meaning=each.get("description", ""),
        rules=tuple(Check(name=one["name"], expected=one["description"]) for one in each.get("quality", ())),
        own=told.get("own", False),
    )


def _told(custom: Iterable[Node]) -> Node:
    return {each["property"]: each["value"] for each in custom}
