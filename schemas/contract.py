"""The promise behind a product: its contract, generated from the product's class and nowhere else."""

from __future__ import annotations

from schemas.kinds import Kind
from schemas.manifest import Record, fingerprint
from schemas.product import Field, Product


class Promise(Record):
    """What is promised of one column."""

    name: str
    title: str
    kind: str
    type: str
    unit: str | None
    code_list: str | None
    level: str
    required: bool
    meaning: str


class Contract(Record):
    """What is promised of a product: its version, key, columns and the feeds it needs."""

    product: str
    title: str
    version: str
    identifier: str
    grain: tuple[str, ...]
    row_level: str | None
    needs: tuple[str, ...]
    coverage_floor: float
    columns: tuple[Promise, ...]


def _type_of(kind: Kind) -> str:
    return str(kind.dtype)


def _promise(field: Field) -> Promise:
    return Promise(
        name=field.name,
        title=field.title,
        kind=field.kind.name,
        type=_type_of(field.kind),
        unit=field.unit,
        code_list=field.kind.code_list,
        level=field.level,
        required=field.required,
        meaning=field.meaning,
    )


def contract_of(product: type[Product]) -> Contract:
    """The contract that a product's class makes."""
    return Contract(
        product=product.key,
        title=product.title,
        version=product.version,
        identifier=product.identifier,
        grain=product.grain,
        row_level=product.row_level,
        needs=product.needs,
        coverage_floor=product.coverage_floor,
        columns=tuple(_promise(field) for field in product.fields.values()),
    )


def contract_sha256(product: type[Product]) -> str:
    """The sha256 of the contract's canonical form."""
    return fingerprint(contract_of(product))
