"""The house's own laws that no linter knows: what a file may say, how long a function may be, what a feed costs."""

from __future__ import annotations

import ast
import statistics
import subprocess
from pathlib import Path

import pytest

from schemas.feed import all_feeds
from schemas.product import all_products

REPOSITORY = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "pipelines", "assets", "gateway", "demo", "benchmarks")
MODULES = sorted(file for room in ROOMS for file in (REPOSITORY / room).rglob("*.py"))
HOSTS = ("py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian", "file:///" + "opt")


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


def test_only_the_dictionary_opens_mappings() -> None:
    allowed = {"pipelines/dictionary.py"}
    named = {
        str(module.relative_to(REPOSITORY))
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Constant) and node.value == "mappings" and "Path" in module.read_text()
    }
    opened = {name for name in named if '/ "mappings"' in (REPOSITORY / name).read_text()}
    assert opened <= allowed


def test_no_function_is_longer_than_a_screen_and_most_are_short() -> None:
    lengths = {
        f"{module.relative_to(REPOSITORY)}:{each.name}": _lines(each)
        for module in MODULES
        for each in _functions(module)
    }
    assert {name: length for name, length in lengths.items() if length > 40} == {}
    assert statistics.median(lengths.values()) <= 11


def test_a_feed_costs_at_most_forty_lines() -> None:
    for feed in all_feeds().values():
        tree = ast.parse(Path(feed.declared_at()[0]).read_text())
        (declared,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        assert (declared.end_lineno or 0) - declared.lineno + 1 <= 40, feed.key


def test_every_feed_has_a_golden_pair_and_every_product_its_sql() -> None:
    for feed in all_feeds().values():
        folder = REPOSITORY / "tests" / "feeds" / feed.key
        assert list(folder.glob(f"given*{feed.arrives.suffix}")), feed.key
        assert {"expect.csv", "refused.csv"} <= {file.name for file in folder.iterdir()}
    for product in all_products():
        folder = REPOSITORY / "pipelines" / "products"
        assert [suffix for suffix in ("sql", "py") if (folder / f"{product}.{suffix}").exists()], product


def test_no_file_names_a_package_index_and_no_real_input_is_committed() -> None:
    tracked = _tracked()
    texts = [file for file in tracked if file.suffix not in {".png", ".xlsx", ".parquet"}]
    assert [str(file) for file in texts if any(host in file.read_text(errors="replace") for host in HOSTS)] == []
    assert [file for file in tracked if file.name == "uv.lock"] == []
    assert [file for file in tracked if file.stat().st_size > 2_000_000] == []
