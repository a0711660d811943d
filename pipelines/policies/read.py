"""Policies read from their files and held against the tag catalogue; all that is wrong is told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from pipelines.dictionary import Mappings, current, policy_documents
from pipelines.meaning.codes import codes_of
from pipelines.near import near
from pipelines.policies.asked import Vocabulary, condition
from pipelines.policies.fault import Fault, PolicyError, Wrong
from pipelines.policies.match import KEYS
from pipelines.tags.catalogue import Catalogue, whole
from schemas.condition import Condition, Holds, OneOf, atoms
from schemas.policy import Policy, Version

_POLICY = {"title": str, "issued_by": str, "versions": list}
_BESIDE = {"example": str}
_VERSION = {
    "since": date,
    "source": str,
    "clause": str,
    "object": dict,
    "condition": dict,
    "content": str,
    "method": str,
}
_REPEAL = {"since": date, "source": str, "clause": str, "repealed": str}
_TYPES = {str: "a text", list: "a list", dict: "a condition", date: "a day, written yyyy-mm-dd"}


@cache
def all_policies() -> tuple[Policy, ...]:
    """Every policy of mappings/policies/ over the whole catalogue, read once a process."""
    return policies(policy_documents(), whole(), current())


def policies(documents: dict[Path, Any], catalogue: Catalogue, mappings: Mappings) -> tuple[Policy, ...]:
    """The policies of files, each under its file's stem, in the order of keys.

    Raises PolicyError with a line for each fault: file, policy, clause, place, found, expected, what to do.
    """
    known, faults = vocabulary(catalogue, mappings), list[Fault]()
    read = {file: _policy(file, document, known, faults) for file, document in sorted(documents.items())}
    faults += _alike({file: policy for file, policy in read.items() if policy is not None})
    if faults:
        raise PolicyError("\n".join(map(str, faults)))
    return tuple(policy for policy in read.values() if policy is not None)


def vocabulary(catalogue: Catalogue, mappings: Mappings) -> Vocabulary:
    """What conditions may name."""
    rows = codes_of(mappings).select("list", "code", "name").partition_by("list", as_dict=True)
    codes = {str(name): dict(each.select("code", "name").iter_rows()) for (name,), each in rows.items()}
    words: dict[str, set[str]] = {}
    rules = [tag.rule for tag in catalogue.tags.values() if isinstance(tag.rule, Condition)]
    asked = [atom for rule in rules for atom in atoms(rule)]
    for atom in asked:
        said = atom.words if isinstance(atom, OneOf) else (atom.word,) if isinstance(atom, Holds) else ()
        words.setdefault(atom.name, set()).update(said)
    rolls = frozenset(atom.name for atom in asked if isinstance(atom, Holds))
    return Vocabulary(catalogue, codes, {name: frozenset(each) for name, each in words.items() if each}, rolls)


def _policy(file: Path, document: Any, known: Vocabulary, faults: list[Fault]) -> Policy | None:
    wrong = [*_misnamed(file.stem), *_shape(document, _POLICY, _BESIDE, "the file")]
    faults += [_fault(file, "", each) for each in wrong]
    if wrong:
        return None
    said = _parts(document)
    versions = [_version(file, each, f"versions[{number}]", known, faults)
                for number, each in enumerate(said["versions"], start=1)]  # fmt: skip
    held = tuple(version for version in versions if version is not None)
    faults += [_fault(file, late.clause, _not_later(late.since, early.since))
               for early, late in pairwise(held) if late.since <= early.since]  # fmt: skip
    return Policy(file.stem, said["title"], said["issued_by"], held, said.get("example", ""))


def _version(file: Path, document: Any, at: str, known: Vocabulary, faults: list[Fault]) -> Version | None:
    said = _parts(document)
    repeals = "repealed" in said
    wrong = list(_shape(document, _REPEAL if repeals else _VERSION, {}, at))
    asked: dict[str, Condition | None] = {"object": None, "condition": None}
    for part in () if wrong or repeals else asked:
        try:
            asked[part] = condition(said[part], f"{at}.{part}", known)
        except Wrong as fault:
            wrong.append(fault)
    clause = str(said.get("clause", ""))
    faults += [_fault(file, clause, each) for each in wrong]
    if wrong:
        return None
    content, method = (said["repealed"], "") if repeals else (said["content"], said["method"])
    return Version(said["since"], said["source"], clause, asked["object"], asked["condition"], content, method)


def _parts(said: Any) -> dict[str, Any]:
    return cast(dict[str, Any], said) if isinstance(said, dict) else {}


def _misnamed(key: str) -> Iterator[Wrong]:
    """A name that is no key: products and the county's door tell of a policy by it."""
    if key in KEYS or not re.fullmatch("[a-z][a-z0-9_]*", key):
        expected = f"small letters, digits and _, and neither {' nor '.join(KEYS)}"
        yield Wrong("its name", f"'{key}'", expected, "Rename the file; of a copy, append its version to the first.")


def _alike(read: dict[Path, Policy]) -> Iterator[Fault]:
    """Policies of one issuer under one title, such as a file that was copied to write its next version."""
    first: dict[tuple[str, str], Path] = {}
    for file, policy in read.items():
        other = first.setdefault((policy.title.strip(), policy.issued_by.strip()), file)
        if other != file:
            found, todo = f"'{policy.title}', as {other} has", "Append a version there, or name one of them otherwise."
            yield _fault(file, "", Wrong("the file.title", found, "a title that its issuer has not given before", todo))


def _says_nothing(said: Any) -> bool:
    return not (said.strip() if isinstance(said, str) else said)


def _shape(said: Any, parts: dict[str, type], may: dict[str, type], at: str) -> Iterator[Wrong]:
    """What lacks, is too much, or is of another type; what it `may` have does not lack."""
    if not isinstance(said, dict):
        yield Wrong(at, repr(said), f"the parts {', '.join(parts)}", "Write each as a key and its value.")
        return
    held = _parts(cast(Any, said))
    for name, kind in (parts | {name: kind for name, kind in may.items() if name in held}).items():
        if type(held.get(name)) is not kind or _says_nothing(held[name]):
            yield Wrong(f"{at}.{name}", repr(held.get(name)), _TYPES[kind], "Mend it." if name in held else "Add it.")
    for name in held:
        if name not in parts and name not in may:
            yield Wrong(at, f"'{name}'", f"only {', '.join([*parts, *may])}", near(name, parts))


def _not_later(since: date, before: date) -> Wrong:
    return Wrong("since", str(since), f"a day after {before}", "Append versions; none is put between.")


def _fault(file: Path, clause: str, wrong: Wrong) -> Fault:
    return Fault(str(file), file.stem, clause, wrong.at, wrong.found, wrong.expected, wrong.todo)
