"""Guesses put together as a feed: columns, place, grain, what is left out, what is open. No text is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipelines.dictionary import Mappings
from pipelines.draft.amounts import AMOUNT, CURRENCY, currency
from pipelines.draft.grain import NEARLY, Grain, find_grain, grain_kind
from pipelines.draft.recognise import Column, Guess, look, recognise
from pipelines.draft.sniff import Sample
from pipelines.draft.words import Word

_OFFICE_IN_CODE = r"^..(\d{6})"
_CODE_IN_PERMIT = r"^\s*(.{18})"
_IDENTITIES = ("credit_code", "organisation_code", "taxpayer_id", "registration_number", "name")
_ROLES = {"division": "division", "division_name": "name", "city": "city"}


@dataclass(frozen=True)
class Draft:
    """All that a declaration says, with the evidence beside it.

    `place` has the arguments of Place by name; `ignored` the guesses that are left out; `grain` names of columns.
    """

    key: str
    sample: Sample
    columns: tuple[Guess, ...]
    place: dict[str, str]
    ignored: tuple[Guess, ...]
    grain: tuple[str, ...]
    grain_evidence: str
    nulls: tuple[str, ...]
    identity: str | None

    @property
    def open(self) -> list[str]:
        """What the delivery does not tell about its columns, one line a column."""
        told = [f"{guess.header}: {guess.open}" for guess in self.columns if guess.open]
        return [*told, f"grain: {self.grain_evidence}"] if self.grain_evidence.startswith("open") else told


def draft(key: str, sample: Sample, words: list[Word], mappings: Mappings) -> Draft:
    """Put together what a sample delivery shows."""
    looked = look(sample.rows, mappings)
    guesses = recognise(looked, words, mappings)
    kept = [guess for guess in guesses if guess.part != "ignored"]
    grain = find_grain(sample.rows, {each.header: grain_kind(sample.rows[each.header], each.kind) for each in kept})
    placed = _place_columns(kept)
    told = grain.headers if grain else ()
    columns = [each for each in kept if each not in placed or each.header in told]
    whole = _with_parts(columns, looked, mappings)
    names = {guess.header: guess.name for guess in reversed(whole)}
    return Draft(
        key, sample, tuple(whole), _place(placed, kept), tuple(each for each in guesses if each.part == "ignored"),
        tuple(names[header] for header in told) or tuple(guess.name for guess in columns), _grain_evidence(grain),
        ("", *sorted({null for column in looked.values() for null in column.nulls})),
        next((guess.name for kind in _IDENTITIES for guess in whole if guess.kind == kind), None),
    )  # fmt: skip


def _place_columns(guesses: list[Guess]) -> list[Guess]:
    """The first column of each role in a place; another with the same role stays a column of text."""
    found = dict[str, Guess]()
    for guess in guesses:
        if guess.part == "place":
            found.setdefault(guess.kind, guess)
    return list(found.values())


def _place(placed: list[Guess], guesses: list[Guess]) -> dict[str, str]:
    """The arguments of Place; without a division, the office in a credit code speaks beside an address."""
    told = {_ROLES[guess.kind]: guess.header for guess in placed}
    take = next((guess.take for guess in placed if guess.kind == "division"), None)
    address = next((guess.header for guess in guesses if guess.kind == "address"), None)
    code = next((guess.header for guess in guesses if guess.kind == "credit_code"), None)
    written = next((guess.header for guess in guesses if guess.name == "registered"), None)
    if address:
        told["address"] = address
    if address and code and "division" not in told:
        told |= {"division": code, "take": _OFFICE_IN_CODE}
        told |= {"written": written} if written else {}
    return told | ({"take": take} if take else {})


def _with_parts(columns: list[Guess], looked: Mapping[str, Column], mappings: Mappings) -> list[Guess]:
    """Columns that are written within another: the credit code in a permit's number, the currency behind an amount."""
    whole = list[Guess]()
    for guess in columns:
        whole.append(replace(guess, take=AMOUNT) if guess.unit and _is_behind(guess) else guess)
        if guess.kind == "permit_number" and not any(each.kind == "credit_code" for each in columns):
            told = "the first 18 characters of a permit's number (HJ 608-2017)"
            whole.append(replace(guess, name="credit_code", title="统一社会信用代码", kind="credit_code",
                                 declared="CREDIT_CODE", evidence=told, take=_CODE_IN_PERMIT))  # fmt: skip
        if _is_behind(guess) and (declared := currency(looked[guess.header].values, mappings)):
            behind = replace(guess, name=f"{guess.name}_currency", title=f"{guess.title}币种", kind="code")
            told = "what stands behind the amounts"
            whole.append(replace(behind, declared=declared, evidence=told, take=CURRENCY, unit=None))
    return whole


def _is_behind(guess: Guess) -> bool:
    return "with 万 behind" in guess.evidence


def _grain_evidence(grain: Grain | None) -> str:
    if grain is None:
        return f"open: no four columns tell {NEARLY:.0%} of the rows apart"
    return f"tells {grain.share:.2%} of the rows apart, repeated ones left out"
