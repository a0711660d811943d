"""The house's own laws that no linter knows: what a file may say, how long a function may be, what a feed costs."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import symtable
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.feed import all_feeds
from schemas.product import all_products
from schemas.rooms import file_of
from tests.conftest import REPOSITORY, SHARED

ROOMS = ("schemas", "pipelines", "assets", "gateway", "demo", "benchmarks")
MODULES = sorted(file for room in ROOMS for file in (REPOSITORY / room).rglob("*.py"))
HOSTS = ("py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian", "file:///" + "opt")
# What opens a file by a path, or makes a path: the last word of what is called.
PATHS = ("Path", "joinpath", "open", "read_csv", "scan_csv")
# Gives policies that are in no file the names of files.
MADE_UP = {"benchmarks/made_policies.py"}
# In how many scopes a room still calls something `told`; a room that is not here has none. May only fall.
TOLD_LEFT = {"benchmarks": 60, "demo": 13, "pipelines": 401, "schemas": 31}


def _functions(module: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(module.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=REPOSITORY, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    return [REPOSITORY / name for name in listed.stdout.splitlines() if (REPOSITORY / name).is_file()]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(REPOSITORY)))
def test_every_module_opens_with_what_belongs_there(module: Path) -> None:
    docstring = ast.get_docstring(ast.parse(module.read_text()))
    assert docstring and docstring.splitlines()[0].endswith(".")


def _says_where_mappings_lie(module: Path) -> bool:
    """Whether a module joins `mappings` to a path, or makes a path of a text that begins with it."""
    for node in ast.walk(ast.parse(module.read_text())):
        joined = [node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else []
        made = node.args if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(PATHS) else []
        for part in (*joined, *made):
            text = part.values[0] if isinstance(part, ast.JoinedStr) and part.values else part
            if isinstance(text, ast.Constant) and re.match(r"(\./)?mappings(/|$)", str(text.value)):
                return True
    return False


def test_only_the_dictionary_says_where_mappings_lie() -> None:
    found = {str(module.relative_to(REPOSITORY)) for module in MODULES if _says_where_mappings_lie(module)}
    assert found - MADE_UP == {"pipelines/dictionary.py"}


def test_no_function_is_longer_than_a_screen_and_most_are_short() -> None:
    lengths = {
        f"{module.relative_to(REPOSITORY)}:{each.name}": _lines(each)
        for module in MODULES
        for each in _functions(module)
    }
    assert {name: length for name, length in lengths.items() if length > 40} == {}
    assert statistics.median(lengths.values()) <= 11


def _bound(scope: symtable.SymbolTable) -> Iterator[str]:
    """The names that a scope and those within it bind, once a scope, as the compiler itself knows them."""
    bound = (each for each in scope.get_symbols() if each.is_assigned() or each.is_parameter() or each.is_imported())
    yield from (each.get_name() for each in bound)
    for child in scope.get_children():
        yield from _bound(child)


@pytest.mark.parametrize("room", ROOMS)
def test_a_value_is_called_by_what_it_is_and_not_told(room: str) -> None:
    modules = [module for module in MODULES if module.is_relative_to(REPOSITORY / room)]
    names = [name for each in modules for name in _bound(symtable.symtable(each.read_text(), str(each), "exec"))]
    count, left = sum(name.strip("_").lower() == "told" for name in names), TOLD_LEFT.get(room, 0)
    assert count <= left, f"{room}/ calls {count} things told, expected at most {left}: call them by what they are"
    assert count >= left * 0.9, f"{room}/ calls only {count} things told by now: lower TOLD_LEFT"


def test_a_feed_costs_at_most_forty_lines() -> None:
    for feed in all_feeds().values():
        tree = ast.parse((REPOSITORY / file_of(feed)).read_text())
        (declared,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        assert (declared.end_lineno or 0) - declared.lineno + 1 <= 40, feed.key


def test_every_feed_and_every_product_has_a_golden_pair_and_a_product_its_sql() -> None:
    for feed in all_feeds().values():
        folder = REPOSITORY / "tests" / "feeds" / feed.key
        assert list(folder.glob(f"given*{feed.arrives.suffix}")), feed.key
        assert {"expect.csv", "refused.csv"} <= {file.name for file in folder.iterdir()}
    for product in all_products():
        folder = REPOSITORY / "pipelines" / "products"
        assert [suffix for suffix in ("sql", "py") if (folder / f"{product}.{suffix}").exists()], product
        assert (REPOSITORY / "tests" / "products" / product / "expect.csv").exists(), product


def test_no_file_names_a_package_index() -> None:
    tracked = _tracked()
    texts = [file for file in tracked if file.suffix not in {".png", ".xlsx", ".parquet"}]
    assert [str(file) for file in texts if any(host in file.read_text(errors="replace") for host in HOSTS)] == []
    assert [file for file in tracked if file.name == "uv.lock"] == []


def test_no_file_is_over_two_megabytes() -> None:
    assert [file for file in _tracked() if file.stat().st_size > 2_000_000] == []


@pytest.mark.skipif(not (SHARED / "feeds").is_dir(), reason="the real feeds are not here")
def test_no_file_is_a_delivery_of_the_real_feeds() -> None:
    real = [file for file in (SHARED / "feeds").rglob("*") if file.is_file()]
    sizes = {file.stat().st_size for file in real}
    alike = [file for file in _tracked() if file.stat().st_size in sizes]
    delivered = {file.read_bytes() for file in real if file.stat().st_size in {each.stat().st_size for each in alike}}
    assert [str(file) for file in alike if file.read_bytes() in delivered] == []
