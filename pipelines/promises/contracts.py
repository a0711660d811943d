"""What has been promised, kept beside the code: contracts/*.odcs.yaml and contracts.lock, held against the classes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.command import command
from pipelines.dictionary import current
from pipelines.meaning.codes import code_lists, growth
from pipelines.promises.bound import unbound
from pipelines.promises.declared import misdeclared
from pipelines.promises.promised import refusal_words
from pipelines.promises.readme import put_tables
from pipelines.promises.row_levels import row_levels
from pipelines.promises.steps import differences, is_promised_anew, is_too_small, numbers
from pipelines.shelf import whole
from pipelines.tags.catalogue import CatalogueError
from schemas.contract import Contract, contract_of
from schemas.here import REPOSITORY
from schemas.mendable import Mendable
from schemas.odcs import NotOurs, Written, read
from schemas.product import all_products
from schemas.put import aside
from schemas.rooms import file_of

HOME = REPOSITORY
LOCK = "contracts.lock"
_FOLDER = "contracts"
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


class NoLock(Mendable):
    """A contracts.lock that cannot be read; the message names the line and what to do."""


def classes_promise() -> dict[str, Written]:
    """The contract that each product's class makes today, by product."""
    lists = code_lists(current())
    return {
        key: Written(contract_of(whole(product), lists, row_levels(product))) for key, product in all_products().items()
    }


def kept_path(product: str) -> str:
    """Where a product's contract is kept, relative to the repository."""
    return f"{_FOLDER}/{product}.odcs.yaml"


def locked(home: Path = HOME) -> dict[str, str]:
    """The sha256 of each kept contract by its path, as contracts.lock has them; `sha256sum -c` reads the same.

    Raises NoLock for a line that is none of it.
    """
    file = home / LOCK
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(_locked(at, line) for at, line in enumerate(lines, 1))


def _locked(at: int, line: str) -> tuple[str, str]:
    if (told := _LINE.fullmatch(line)) is None:
        todo = "take a merge's marks out, keep one line of each path, and run `make contracts`, which writes it anew"
        raise NoLock(f"{LOCK} line {at}: found {line!r}, expected a sha256, two blanks and a path; {todo}.")
    return told[2], told[1]


def kept(product: str, home: Path = HOME) -> Contract | None:
    """A product's kept contract; None where none is. Raises NotOurs where the file is no contract."""
    file = home / kept_path(product)
    return read(file.read_bytes()) if file.exists() else None


def unreviewed(promised: dict[str, Written], home: Path = HOME) -> list[str]:
    """Where the classes promise something else than is kept, or what is kept is not what is locked, in words.

    A list that grew and a feed that was added come by themselves and need no review of the contract.
    """
    lock = locked(home)
    faults = [
        f"{path} is not the file that {LOCK} names" for path, sha256 in lock.items() if _sha(home / path) != sha256
    ]
    faults += [f"{kept_path(key)} is not in {LOCK}" for key in promised if kept_path(key) not in lock]
    faults += [f"{path} has no class any more" for path in lock if path not in map(kept_path, promised)]
    return [*faults, *(f"{key}: {words}" for key, written in promised.items() for words in _news(written, home))]


def _sha(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None


def _news(written: Written, home: Path) -> Iterator[str]:
    contract, before = written.contract, kept(written.contract.product, home)
    has_grown = growth(current())
    if before is not None and is_promised_anew(before, contract, has_grown):
        yield f"version {before.version} → {contract.version}"
        yield from (each.words for each in differences(before, contract, has_grown) if not each.comes_by_itself)


def _by_itself(written: Written, home: Path) -> Iterator[str]:
    """What a list that grew and a feed that was added bring into a contract, for which no version has to step."""
    before = kept(written.contract.product, home)
    brought = [] if before is None else differences(before, written.contract, growth(current()))
    yield from (f"{each.words}; no version has to step" for each in brought if each.comes_by_itself)


def no_versions(promised: dict[str, Written]) -> Iterator[str]:
    """The products whose version is none, in words."""
    for key, written in promised.items():
        try:
            numbers(written.contract.version)
        except ValueError as error:
            yield f"{file_of(all_products()[key])}: {error}; write the version so."


def refusals(promised: dict[str, Written], home: Path = HOME) -> list[str]:
    """The products whose class steps less than its differences from what is kept ask, or is gone, in words."""
    pairs, has_grown = [(kept(key, home), written.contract) for key, written in promised.items()], growth(current())
    small = [refusal_words(before, after, has_grown) for before, after in pairs
             if before and is_too_small(before, after, has_grown)]  # fmt: skip
    gone = [path for path in locked(home) if path not in map(kept_path, promised) and (home / path).exists()]
    return [*small, *(f"{path} has no class any more; delete it if the product is withdrawn." for path in gone)]


def keep(promised: dict[str, Written], home: Path = HOME) -> None:
    """Write every contract and the lock over them."""
    (home / _FOLDER).mkdir(exist_ok=True)
    for key, written in promised.items():
        _put(home / kept_path(key), written.content)
    lines = [f"{written.sha256}  {kept_path(key)}\n" for key, written in promised.items()]
    _put(home / LOCK, "".join(lines).encode())


def renew(promised: dict[str, Written], home: Path = HOME) -> list[str]:
    """Write contracts, lock and the READMEs' tables; gives what is promised otherwise than before, in words."""
    kept_before = {key: each for key, each in promised.items() if kept_path(key) in locked(home)}
    news = unreviewed(kept_before, home)
    news += [f"{key}: {words}" for key, each in kept_before.items() for words in _by_itself(each, home)]
    keep(promised, home)
    put_tables(home)
    first = [kept_path(key) for key in promised if key not in kept_before]
    return [*news, *(f"written: {path}, and its lines in {LOCK} and the READMEs; review them" for path in first)]


def _put(file: Path, content: bytes) -> None:
    with aside(file) as partial:
        partial.write_bytes(content)


@command
def main() -> int:
    """`python -m pipelines.promises.contracts`: write what the classes promise; 1 where a step is too small.

    And where a class, a product's SQL or a family of tags names what is declared nowhere.
    """
    try:
        if faults := misdeclared(current()) or unbound(current()):
            print("\n".join(faults))
            return 1
        promised = classes_promise()
        refused = [*no_versions(promised)] or refusals(promised)
        news = [] if refused else renew(promised)
    except NotOurs as error:
        print(f"A file below {HOME / _FOLDER}: {error}. Restore it from the repository.")
        return 1
    except (CatalogueError, NoLock) as error:
        print(error)
        return 1
    if refused:
        print("\n\n".join(refused))
        return 1
    print("\n".join(news) or "Nothing is promised otherwise than before.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
