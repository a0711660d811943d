"""One YAML file of mappings/ read as plain values, a key that stands twice refused. What it means is not said here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from pipelines.mapping_files.csv_file import MappingError, not_utf8

# A key with a full-width colon behind it.
_KEY = re.compile(r"\s*(?:- )?[A-Za-z_]\w*\s*：")


class _Strict(yaml.SafeLoader):
    """Plain values only; YAML itself would let the last of two equal keys win."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "found a key that is no text", key.start_mark)
        if key.value in seen:
            told = f"found the key '{key.value}' a second time"
            raise yaml.constructor.ConstructorError(None, None, told, key.start_mark)
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


def _day(loader: _Strict, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as error:
        told = f"found {node.value}; expected a day that the calendar has, as yyyy-mm-dd ({error})"
        raise yaml.constructor.ConstructorError(None, None, told, node.start_mark) from None


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Strict.add_constructor("tag:yaml.org,2002:timestamp", _day)


def _full_width(lines: list[str]) -> str | None:
    """What to mend where a key in the last line or the one above ends in a Chinese colon, which YAML tells of later."""
    at = next((at for at in range(len(lines), len(lines) - 2, -1) if at > 0 and _KEY.match(lines[at - 1])), None)
    return None if at is None else f"write the '：' behind the key in line {at} as ': ', half-width"


def read_yaml(file: Path) -> Any:
    """The file's value.

    Raises MappingError naming file and line for text that is no YAML, a key that stands twice or is no text, a day that
    is in no calendar and a sign that YAML does not know, and naming the file for what is not of its own type.
    """
    content = file.read_bytes()
    try:
        return yaml.load(content.decode(), Loader=_Strict)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        todo = _full_width(content.decode().splitlines()[:line]) or "mend the line"
        raise MappingError(f"{file} line {line}: {error.problem}; {todo}.") from None
    except yaml.reader.ReaderError as error:
        line = content.decode()[: error.position].count("\n") + 1
        told = f"{error.reason}, found {chr(error.character)!r}"
        raise MappingError(f"{file} line {line}: {told}; take it out.") from None
    except UnicodeDecodeError as error:
        raise MappingError(f"{file}{not_utf8(content, error)}") from None
    except ValueError as error:
        raise MappingError(f"{file}: {error}; write the value without a type of its own.") from None
