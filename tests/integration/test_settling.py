"""Killed while a result takes the place of the last one: nothing is lost, and the next run ends as if undisturbed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.inprocess import Ran
from assets.report import Supply
from assets.run import _report  # pyright: ignore[reportPrivateUsage]
from pipelines.checking.cut_short import cut_short
from pipelines.dictionary import current, load
from pipelines.disk import tables
from pipelines.disk.deliveries import deliveries
from pipelines.disk.folders import put_back, take_place
from pipelines.disk.outcome import Outcome
from pipelines.fusing.assemble import fuse_entity, fused_table
from pipelines.standard.standardise import standardise
from pipelines.verify import faults_below
from pipelines.verify import main as verified
from schemas.entity import all_entities
from tests.chain import standardised
from tests.editing import STATUS, UNTIL, Edited
from tests.repeating import TAX, deliver, files, known, unlike

# So often folders are moved or deleted where one takes the place of another.
MOMENTS = range(3)


class Killed(BaseException):
    """Instead of SIGKILL."""


def killing(monkeypatch: pytest.MonkeyPatch, moment: int, about: str) -> None:
    """Kill when a folder below one of this name has been moved or deleted so often; of what is being deleted half is
    gone then."""
    left = iter(range(moment, -1, -1))

    def stopped(do: Callable[..., None], halved: Callable[[Path], None]) -> Callable[..., None]:
        def instead(folder: Path, *given: object, **named: object) -> None:
            if about in folder.parts and folder.is_dir() and next(left) == 0:
                halved(folder)
                raise Killed
            do(folder, *given, **named)

        return instead

    monkeypatch.setattr(tables.os, "replace", stopped(os.replace, lambda _: None))
    monkeypatch.setattr(tables.shutil, "rmtree", stopped(shutil.rmtree, _halve))


def _halve(folder: Path) -> None:
    for file in sorted(each for each in folder.rglob("*") if each.is_file())[::2]:
        file.unlink()


def at_rest(home: Path, edited: Edited) -> list[Outcome]:
    """Standardise whatever has landed."""
    mappings = load(edited.folder)
    return [standardise(TAX, each, mappings, home) for each in deliveries(TAX, home)]


def test_what_gets_its_name_is_on_the_disk_before(
    small_province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a name may else stand for an empty file, which no later run writes again."""
    synced, named, bare, sync, move = set[int](), list[str](), list[str](), os.fsync, os.replace

    def replace(source: Path, target: Path) -> None:
        here = target.relative_to(tmp_path)
        if not any(each.endswith(".part") for each in here.parts):
            named.append(here.parts[0])
            below = [source, *source.rglob("*")]
            bare.extend(f"{here}: {each.name}" for each in below if each.stat().st_ino not in synced)
        move(source, target)

    monkeypatch.setattr(os, "fsync", lambda handle: (sync(handle), synced.add(os.fstat(handle).st_ino)))
    monkeypatch.setattr(os, "replace", replace)
    standardised(small_province / "inbox", tmp_path)
    fuse_entity(all_entities()["enterprise"], current(), tmp_path)
    assert bare == [] and {"landed", "standard", "identity", "fused"} <= set(named)
    assert {each.stat().st_ino for each in (*tmp_path.glob("landed/*"), *tmp_path.glob("standard/*"))} <= synced


def test_what_a_disk_has_cut_short_is_named_with_the_way_back(
    small_province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The library says that a Parquet file has no footer, and not which."""
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    standardised(small_province / "inbox", tmp_path)
    fuse_entity(all_entities()["enterprise"], current(), tmp_path)
    (tmp_path / "landed/tax_registration/0123456789ab.part").mkdir()
    (tmp_path / "landed/tax_registration/0123456789ab.part/delivery.json").touch()
    assert list(cut_short(tmp_path)) == []
    (tmp_path / "supply").mkdir()
    for where, parts, back in (
        ("standard/tax_registration/*/standard.parquet/*.parquet", 0, "move standard/tax_registration/2"),
        ("standard/tax_registration/*/outcome.json", 2, "move standard/tax_registration/2"),
        ("landed/tax_registration/*/rows.parquet/*.parquet", 2, "move landed/tax_registration away"),
        ("fused/enterprise/values/*.parquet", 0, "move fused/enterprise away"),
    ):
        file = min(each for each in tmp_path.glob(where) if ".part/" not in str(each))
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 3 * parts])
        (told,) = faults_below(tmp_path)
        assert told.startswith(f"{file.relative_to(tmp_path)}: found ") and back in told
        assert _report(Ran({"tax_registration": "no footer"}, frozenset(), (), ()), Supply(tmp_path), {}) == 1
        assert f"  NOT WHOLE {told}" in capsys.readouterr().err
        assert verified() == 1 and capsys.readouterr().out == f"{told}\n"
        file.write_bytes(content)


@pytest.mark.parametrize("taken_back", [0, 1])
@pytest.mark.parametrize("moment", range(5))
def test_standard_rows_are_those_of_a_home_that_was_not_disturbed(
    moment: int, taken_back: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = files(3, days=2)
    home, edited = tmp_path / "new", Edited(tmp_path / "edited")
    deliver(0, first, load(edited.folder), home)
    # An edit of which no row writes the code: what stands on the first file is then older than its stamp.
    edited.add(STATUS, f"tax_status,一个没有的,1,2020-01-01,{UNTIL}")
    assert deliver(1, second, load(edited.folder), home).stands_on
    edited.add(STATUS, f"tax_status,88,1,2020-01-01,{UNTIL}")
    with monkeypatch.context() as killed:
        killing(killed, moment, "standard")
        with pytest.raises(Killed):
            at_rest(home, edited)
    edited.take_back_newest(taken_back)
    at_rest(home, edited)
    shutil.copytree(home / "landed", tmp_path / "whole" / "landed")
    at_rest(tmp_path / "whole", edited)
    assert unlike(known(home), known(tmp_path / "whole")) == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_was_fused_is_there_whole(
    moment: int, small_province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enterprise = all_entities()["enterprise"]
    standardised(small_province / "inbox", tmp_path)
    counts = fuse_entity(enterprise, current(), tmp_path)
    expected = fused_table(enterprise, "values", tmp_path)
    with monkeypatch.context() as killed:
        killing(killed, moment, "fused")
        (tmp_path / "fused/enterprise/rests.json").write_text("{}")
        with pytest.raises(Killed):
            fuse_entity(enterprise, current(), tmp_path)
    assert fuse_entity(enterprise, current(), tmp_path) == counts
    assert fused_table(enterprise, "values", tmp_path).equals(expected)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_folder_is_never_half_of_one(moment: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, filled = tmp_path / "folder", tmp_path / "folder.part"
    for each, text in ((folder, "old"), (filled, "new")):
        each.mkdir()
        for name in "甲乙丙丁":
            (each / name).write_text(text)
    with monkeypatch.context() as killed:
        killing(killed, moment, tmp_path.name)
        with pytest.raises(Killed):
            take_place(filled, folder)
    put_back(folder)
    told = [file.read_text() for file in sorted(folder.iterdir())]
    assert told in (["old"] * 4, ["new"] * 4)
    assert told == ["new"] * 4 or filled.exists()
