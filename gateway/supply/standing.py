"""How a county's product stands in the index: what it was last found to agree with, why newer data are held back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.refused import tell_damaged
from gateway.supply.held import in_chinese
from schemas.manifest import Index, IndexLine, Input, Manifest, NoIndex, index_file, read_index


@dataclass(frozen=True)
class Stands:
    """`behind` are the deliveries that a release was last found to agree with: a county without changes gets no new
    version. `held` says why newer data was not released, and what to do; an empty text where it was."""

    behind: tuple[Input, ...]
    held: str


def stands(supply: Path, manifest: Manifest) -> Stands:
    """How a county's served version stands, by one look at the index."""
    index, line = _index(supply, manifest)
    return Stands(_behind(index, line, manifest), _held(line, manifest))


def _behind(index: Index | None, line: IndexLine | None, manifest: Manifest) -> tuple[Input, ...]:
    if index is None or line is None or line.version != manifest.version or line.rests not in index.rests:
        return manifest.inputs
    return index.rests[line.rests].inputs


def _held(line: IndexLine | None, manifest: Manifest) -> str:
    if line is None or line.held is None:
        return ""
    return (
        f"本县最新数据未通过发布检查：{in_chinese(line)}。仍提供第 {manifest.version} 版，数据时点 {manifest.as_of}。"
        "省里核实后会自动更新；如有急用，请联系省数据局并转告上述原因。"
    )


def _index(supply: Path, manifest: Manifest) -> tuple[Index | None, IndexLine | None]:
    """What is served of a product to all, and the county's line in it; neither where a disk has damaged it."""
    try:
        index = read_index(index_file(supply, manifest.product))
    except NoIndex as error:
        tell_damaged(str(error))
        return None, None
    lines = [each for each in index.counties if each.county == manifest.county] if index else []
    return index, lines[0] if lines else None
