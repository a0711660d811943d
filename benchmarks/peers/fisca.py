"""Policies and enterprises handed to OpenFisca, and its verdicts taken back. Knows nothing of OpenFisca itself."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from schemas import condition as ask
from schemas.condition import All, Compare, Condition, Holds, Is, Not, OneOf, names
from schemas.here import REPOSITORY

_NOTHING = -1


def asked_of_fisca(asks: Mapping[str, Condition], frame: pl.DataFrame, folder: Path) -> tuple[str, pl.DataFrame]:
    """What its calculation took, and its verdicts, a column a policy.

    It knows no unknown: an empty flag is handed over as no, an empty number as 0, an empty word as none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(dict.fromkeys(name for each in asks.values() for name in names(each)))
    words = {name: _numbered(frame[name]) for name in wanted if frame.schema[name] == pl.String}
    np.savez(folder / "columns.npz", **{name: _handed(frame[name], words.get(name, {})) for name in wanted})
    told = {key: _told(condition, words) for key, condition in asks.items()}
    (folder / "policies.json").write_text(json.dumps(told))
    said = subprocess.run([_python(), "-m", "benchmarks.peers.openfisca_core", str(folder)],
                          cwd=REPOSITORY, capture_output=True, text=True, check=True)  # fmt: skip
    return said.stdout.rstrip(), pl.DataFrame(dict(np.load(folder / "verdicts.npz"))).select(list(asks))


def _python() -> str:
    return os.environ.get("JUBIAN_OPENFISCA_PYTHON", str(REPOSITORY / ".venv-openfisca" / "bin" / "python"))


def _numbered(words: pl.Series) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.drop_nulls().unique().sort())}


def _handed(column: pl.Series, words: dict[str, int]) -> np.ndarray:
    if words:
        return column.replace_strict(words, default=_NOTHING, return_dtype=pl.Int32).to_numpy()
    if column.dtype == pl.Boolean:
        return column.fill_null(value=False).to_numpy()
    return column.cast(pl.Float64).fill_null(0).to_numpy()


def _told(condition: Condition, words: dict[str, dict[str, int]]) -> list[Any]:
    """The condition as lists that JSON can carry."""
    match condition:
        case All(parts):
            return ["all", *(_told(part, words) for part in parts)]
        case Not(part):
            return ["not", _told(part, words)]
        case Compare(name, sign, value):
            return [sign, name, value]
        case OneOf(name, among):
            return ["one_of", name, [words[name].get(word, _NOTHING - 1) for word in among]]
        case Holds(name, word):
            listing = [number for cell, number in words[name].items() if word in cell.split(";")]
            return ["one_of", name, listing or [_NOTHING - 1]]
        case Is(name):
            return ["is", name]
        case ask.Any(parts):
            return ["any", *(_told(part, words) for part in parts)]
        case _:
            raise TypeError(f"{condition} is not handed to OpenFisca; made policies do not ask it.")
