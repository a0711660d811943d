"""How declarations are found: each key once, in the file that is called by it, and no column called as one of ours."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from schemas import tag
from schemas.feed import Feed, Place, all_feeds, column, taken_names
from schemas.kinds import CREDIT_CODE, TEXT
from schemas.product import Product, all_products, required
from schemas.rooms import Misdeclared, by_key, import_room
from schemas.tag import all_families

# Asked before a test declares a feed or a product of its own, which are none of the project's.
FEEDS, PRODUCTS = all_feeds(), all_products()


def declared(monkeypatch: pytest.MonkeyPatch, file: str, key: str) -> type[Any]:
    """A class of this key that this file declares."""
    module = ModuleType(file.replace("/", "."))
    module.__file__ = file
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return type("Declared", (), {"__module__": module.__name__, "key": key})


def test_of_two_classes_of_one_key_neither_stands_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = [declared(monkeypatch, f"/srv/feeds/{name}.py", "tax_annual") for name in ("tax_annual", "tax_annual_2")]
    with pytest.raises(Misdeclared, match=r"^/srv/feeds/tax_annual.py and /srv/feeds/tax_annual_2.py: found two"):
        by_key(twins)


def test_a_file_is_called_by_the_key_of_what_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misdeclared, match=r"^/srv/feeds/annual.py: .*; expected a file called tax_annual.py"):
        by_key([declared(monkeypatch, "/srv/feeds/annual.py", "tax_annual")])


def test_a_family_stands_in_the_file_of_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    first = all_families()[0]
    monkeypatch.setattr(tag, "members_by_file", lambda *_: [("schemas/tags/second.py", first)])
    with pytest.raises(Misdeclared, match=r"^schemas/tags/second.py: .*; expected a file called above_scale.py"):
        all_families.__wrapped__()


def test_a_declaration_that_cannot_stand_is_told_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room_of_feeds").mkdir()
    (tmp_path / "room_of_feeds" / "__init__.py").touch()
    (tmp_path / "room_of_feeds" / "tax.py").write_text(
        "from schemas.rooms import Misdeclared\nraise Misdeclared('Tax')"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Misdeclared, match=r"^room_of_feeds/tax.py line 2: Tax$"):
        import_room("room_of_feeds")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("from schemas.kinds import MONEY\nTAX = MONY\n", "line 2: NameError: name 'MONY' is not defined. Mend"),
        ("from schemas.kinds import MONY\n", "line 1: ImportError: cannot import name 'MONY' from 'schemas.kinds'"),
        ("if True:\n    A = 1\n   B = 2\n", "line 3: IndentationError: unindent does not match any outer"),
        (
            "from schemas.feed import column\n\nA = column('户号')\n",
            r"line 3: TypeError: column\(\) missing 2 required",
        ),
    ],
)
def test_what_python_cannot_import_is_told_by_file_and_line(
    written: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = f"room_of_{abs(hash(written))}"
    (tmp_path / room).mkdir()
    (tmp_path / room / "__init__.py").touch()
    (tmp_path / room / "tax.py").write_text(written)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Misdeclared, match=rf"^{room}/tax.py {says}") as told:
        import_room(room)
    assert str(told.value).endswith(" Mend the line.")


def test_what_a_declaration_imports_is_not_told_as_the_declarations_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "room_of_broken").mkdir()
    (tmp_path / "room_of_broken" / "__init__.py").touch()
    (tmp_path / "room_of_broken" / "tax.py").write_text("import broken_beside\n")
    (tmp_path / "broken_beside.py").write_text("A = (\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SyntaxError, match="was never closed"):
        import_room("room_of_broken")


@pytest.mark.parametrize(
    "name",
    ["key", "title", "due", "entity", "part", "source", "keep", "describes", "columns", "headers", "since", "record",
     "as_of", "entity_id", "match", "row", "hash", "reasons", "repairs", "superseded", "delivery", "at", "filename",
     "place_reasons", "judged", "candidates", "county", "town", "place_evidence", "origin_county"],
)  # fmt: skip
def test_a_column_of_a_feed_is_not_called_as_one_of_ours(name: str) -> None:
    told = {"place": Place(name="甲"), "elsewhere": {"origin": Place(name="甲")}}
    with pytest.raises(Misdeclared, match=rf"^Water: found columns called {name}; expected names that") as refused:
        type("Water", (Feed,), {**told, name: column("甲", TEXT, "甲")})
    assert str(refused.value).endswith("Name them otherwise.")


def test_a_feed_without_a_place_may_have_what_a_place_gives() -> None:
    assert type("Water", (Feed,), {"town": column("甲", TEXT, "甲")}).columns.keys() == {"town"}
    assert taken_names([""]) - taken_names() == {"county", "town", "place_evidence"}


@pytest.mark.parametrize("name", ["key", "version", "views"])
def test_a_column_of_a_product_is_not_called_as_what_every_product_has(name: str) -> None:
    with pytest.raises(Misdeclared, match=rf"^Water: every product has {name}; name the column otherwise"):
        type("Water", (Product,), {name: required(CREDIT_CODE, "甲", "L1")})
