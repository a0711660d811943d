"""What documents, docstrings, settings and messages name: links, files, modules, make targets, lines, rows to add."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipelines.dictionary import HOME, load
from schemas.china import today
from tests.conftest import REPOSITORY

# Told as it was when it was written, or by what is made up or added there.
_OF_ITS_TIME = ("CHANGELOG.md", "tests/", "contracts/", "drafts/")
_TEXTS = {".md", ".py", ".yaml", ".toml", ".env", ".service", ".conf", ".html"}
_ROOMS = "assets|benchmarks|contracts|demo|deploy|docs|gateway|mappings|pipelines|schemas|tests"
_PATH = re.compile(rf"(?<![\w/.>$-])(?:{_ROOMS})/[\w./-]*\w(?![\w{{*<])")
_MODULE = re.compile(r"python3? -m ((?:assets|benchmarks|demo|gateway|pipelines)[\w.]*\w)")
_TARGET = re.compile(r"""(?:[`(]|^\$ |: (?=make [a-z-]+["'{]))make ([a-z][a-z-]*)""", re.MULTILINE)
# Where lines are counted, and whose lines a column tells there, by the column's name.
_COUNTED = "docs/decisions/0026-what-adding-costs.md"
_SIZES = {"class": "schemas/products/{}.py", "SQL": "pipelines/products/{}.sql", "module": "pipelines/products/{}.py",
          "file": "gateway/pictures/{}.py", "page": "docs/products/{}.md"}  # fmt: skip
_SIZED = re.compile(r"^\| (?:product|picture) \|.*\n(?:\|.*\n)+", re.MULTILINE)
_SHOWN = re.compile(r"^(?:\+\+\+|---) (\S+)\n((?:\+(?!\+\+ ).*\n)+)", re.MULTILINE)
# Where a run and the gateway write below the home, whose folders are called as rooms are.
_OF_A_HOME = {"gateway/increments", "gateway/audit.jsonl", "gateway/objections.jsonl"}


@cache
def texts() -> dict[str, str]:
    """All texts that are kept in the repository, by path, but for those that tell of another time or place."""
    kept = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    files = [name for name in kept.splitlines() if not name.startswith(_OF_ITS_TIME)]
    named = (name for name in files if Path(name).suffix in _TEXTS or Path(name).name in ("Makefile", "Containerfile"))
    return {name: (REPOSITORY / name).read_text() for name in named if (REPOSITORY / name).exists()}


def _added() -> set[str]:
    """What the README adds in its diffs."""
    return set(re.findall(r"^\+\+\+ (\S+)$", texts()["README.md"], re.MULTILINE))


def _anchors(document: Path) -> set[str]:
    """What a link may say behind #, as GitHub makes it of headings."""
    heads = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


def _told(name: str, text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for each in pattern.finditer(text):
        line = text.count("\n", 0, each.start()) + 1
        yield f"{name}:{line}", each[each.lastindex or 0]


def _sizes() -> Iterator[tuple[str, int]]:
    """Each file of a product or a picture whose lines are counted, and how many are told."""
    for table in _SIZED.findall(texts()[_COUNTED]):
        head, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines())
        for key, *cells in rows:
            told = zip(head[1:], cells, strict=True)
            yield from (
                (_SIZES[name].format(key.split("`")[1]), int(cell)) for name, cell in told if name in _SIZES and cell
            )


def test_each_link_of_a_document_leads_to_what_is_there() -> None:
    lost = list[str]()
    for name in (each for each in texts() if each.endswith(".md")):
        for where, link in _told(name, texts()[name], re.compile(r"\]\((?!https?:)([^)\s]+)\)")):
            path, _, anchor = link.partition("#")
            led = REPOSITORY / name if not path else (REPOSITORY / name).parent / path
            if not led.exists() or (anchor and anchor not in _anchors(led)):
                lost.append(f"{where}: {link}")
    assert not lost


@pytest.mark.parametrize("pattern", [_PATH, _MODULE], ids=["path", "module"])
def test_each_file_that_is_named_is_there(pattern: re.Pattern[str]) -> None:
    known, lost = _added() | _OF_A_HOME, list[str]()
    for name, text in texts().items():
        for where, told in _told(name, text, pattern):
            path = REPOSITORY / (told.replace(".", "/") if pattern is _MODULE else told)
            there = path.exists() or path.with_suffix(".py").exists()
            if not there and told not in known:
                lost.append(f"{where}: {told}")
    assert not lost


def test_each_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", texts()["Makefile"], re.MULTILINE))
    named = [each for name, text in texts().items() for each in _told(name, text, _TARGET)]
    assert {target for _, target in named} >= {"run", "ui", "verify", "draft-feed"}
    assert not [f"{where}: make {target}" for where, target in named if target not in targets]


def test_the_lines_that_are_told_of_products_and_pictures_are_about_theirs() -> None:
    told = dict(_sizes())
    has = {name: len((REPOSITORY / name).read_text().splitlines()) for name in told}
    assert len(told) > 40
    assert {name: lines for name, lines in has.items() if abs(lines - told[name]) > max(10, lines / 10)} == {}


def test_each_command_stands_under_who_types_it_as_in_make_help() -> None:
    makefile, page = texts()["Makefile"], texts()["docs/commands.md"]
    first, *groups = re.findall(r"^##@ (.+)\n((?:(?!##@ ).*\n)*)", makefile, re.MULTILINE)
    tables = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", page, re.MULTILINE))
    begin = set(re.findall(r"^([a-z-]+):.*##", first[1], re.MULTILINE))
    begun = texts()["README.md"].split("## Two commands\n")[1].split("\n## ")[0]
    assert begin - {"help"} == set(re.findall(r"^(?:\| `)?make ([a-z-]+)", begun, re.MULTILINE))
    assert [name for name, _ in groups] == list(tables)
    for name, part in groups:
        typed = set(re.findall(r"^([a-z-]+):.*##", part, re.MULTILINE))
        assert typed == set(re.findall(r"`make ([a-z-]+)", _first_cells(tables[name]))) - begin, name


def _first_cells(table: str) -> str:
    return "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("|"))


def test_what_is_shown_of_how_to_add_stands_there_word_for_word() -> None:
    shown = [(path, body) for path, body in _SHOWN.findall(texts()["docs/adding.md"]) if not path.endswith(".csv")]
    assert {path.split("/")[1] for path, _ in shown} == {"tags", "policies", "overlays"}
    lines = [(path, re.sub(r"^\+", "", body, flags=re.MULTILINE)) for path, body in shown]
    assert not [path for path, body in lines if body not in (REPOSITORY / path).read_text()]


@pytest.mark.parametrize("name", ["README.md", "docs/adding.md"])
def test_the_rows_that_a_document_appends_are_such_as_mappings_take(name: str, tmp_path: Path) -> None:
    shown = "\n".join(re.findall(r"```diff\n(.*?)```", texts()[name], re.DOTALL))
    appended = re.findall(r"^--- mappings/(\S+)\n((?:\+.*\n?)+)", shown, re.MULTILINE)
    assert {file for file, _ in appended} >= {"places/counties.csv", "places/changes.csv", "places/townships.csv"}
    mappings = shutil.copytree(HOME, tmp_path / "mappings")
    for file, rows in appended:
        # Whatever has been appended since the document was written: the last to be known.
        told = re.sub(r",[\d-]{10},([^,\n]+)$", rf",{today()},\1", rows, flags=re.MULTILINE)
        with (mappings / file).open("a") as stream:
            stream.writelines(f"{row[1:]}\n" for row in told.splitlines())
    assert load(mappings).changes.height > load().changes.height


def test_the_glossary_has_each_word_of_the_chinese_readme() -> None:
    in_chinese = texts()["README.zh.md"].split("### 术语")[1]
    told = re.findall(r"^\| ([^|]+) \| ([a-z ]+) \| ", in_chinese, re.MULTILINE)
    both = re.findall(r"^\| ([a-z ]+) \| ([^|]+) \| ", texts()["docs/words.md"].split("## Inside")[0], re.MULTILINE)
    assert len(told) > 30 and {(word, chinese) for chinese, word in told} <= set(both)


def test_the_words_and_the_contributors_tell_of_the_same_laws() -> None:
    whole = re.findall(r"^\| (\d+) \| \*\*", texts()["docs/words.md"], re.MULTILINE)
    assert whole == re.findall(r"^(\d+)\. ", texts()["CONTRIBUTING.md"], re.MULTILINE)
