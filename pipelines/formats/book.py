"""What a workbook says of itself: whether it is one, size, form, the XML of sheets, its days. No cell is read here."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile, is_zipfile

from pipelines.formats.begins import no_workbook
from pipelines.formats.rows import refuse_file

WORKBOOK = "an Excel workbook (.xlsx)"
# A workbook is unpacked in memory, its sheet twice. So much has a full one: 4 KB for each of the 1,048,576 rows that a
# sheet can have, some forty columns of text of its own in each cell, or ninety of shared ones.
MOST_UNPACKED = 4 << 30
# A sheet's own tag stands at its beginning.
_HEAD = 1 << 12
# .NET's writers have each tag under a prefix, mostly `x:`; a text has no `<` of its own.
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*):worksheet\b")
# Where ISO 29500's strict form keeps its names.
_STRICT = "{http://purl.oclc.org/"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_xml(file: Path, place: int) -> bytes:
    """The XML of a workbook's sheet of a place, from 0, its tags without a prefix."""
    with ZipFile(file) as parts:
        book, links = (_part(parts, name) for name in ("workbook.xml", "_rels/workbook.xml.rels"))
        sheet = [each.get(_ID) for each in book.iter() if each.tag.endswith("}sheet")][place]
        target = next((each.get("Target", "") for each in links if each.get("Id") == sheet), "")
        content = parts.read(target.removeprefix("/") if target.startswith("/") else f"xl/{target}")
    prefix = _PREFIX.search(content, 0, _HEAD)
    return content if prefix is None else re.sub(rb"<(/?)" + re.escape(prefix[1]) + rb":", rb"<\1", content)


def refuse_no_workbook(file: Path) -> None:
    """Refuse an empty file, one that is cut off, and one that is anything else than the archive that .xlsx is."""
    if _is_blank(file):
        raise refuse_file(file, "empty_file", f"{file.stat().st_size} bytes without a character", "a header and rows")
    if (found := no_workbook(file)) is not None:
        raise refuse_file(file, "not_a_workbook", found, WORKBOOK)
    # The list of what an archive holds stands at its end.
    if not is_zipfile(file):
        raise refuse_file(file, "truncated", "a workbook that is cut off or damaged, without its end", WORKBOOK)
    with ZipFile(file) as parts:
        if "xl/workbook.xml" not in parts.namelist():
            raise refuse_file(file, "not_a_workbook", "a zip archive that holds no workbook", WORKBOOK)


def _is_blank(file: Path) -> bool:
    with file.open("rb") as stream:
        return not any(map(bytes.strip, stream))


def refuse_too_large(file: Path) -> None:
    """Refuse a workbook that would take all memory, however small it is as it was sent."""
    with ZipFile(file) as parts:
        size = sum(part.file_size for part in parts.infolist())
    if size > MOST_UNPACKED:
        expected = f"at most {MOST_UNPACKED:,}: saved anew, without formats of empty cells and without pictures"
        raise refuse_file(file, "too_large", f"{size:,} bytes when it is unpacked", expected)


def refuse_other_form(file: Path) -> None:
    """Refuse a workbook in the strict form, and one that counts days from 1904.

    Read from 1900 on, its serial days are four years and one day early.
    """
    with ZipFile(file) as parts:
        book = _part(parts, "workbook.xml")
    if book.tag.startswith(_STRICT):
        raise refuse_file(file, "strict_workbook", "a workbook in the form 'Strict Open XML'",
                          "one that is saved as .xlsx in the usual form, 'Excel Workbook'")  # fmt: skip
    told = (each.get("date1904", "") for each in book.iter() if each.tag.endswith("}workbookPr"))
    if any(each in ("1", "true") for each in told):
        raise refuse_file(file, "date_system", "days that count from 1904 (date1904)",
                          "a workbook that is saved in the 1900 system")  # fmt: skip


def _part(parts: ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(parts.read(f"xl/{name}"))
