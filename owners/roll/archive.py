"""Looking into an .xlsx before anything reads it: bombs, macros, outside commands, and cells without a
result.

The reader of cells (calamine) runs no formula and follows no link, but it shows a broken formula as an
empty cell and makes room for every cell between the first and the last one. Both are found out here, with
bounded memory.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from owners.roll.cells import BrokenFormula, Command
from owners.roll.tables import FileRefused

MOST_PARTS = 1000
MOST_BYTES = 400 * 1024 * 1024
# Small files compress a little better than a roll; above this size the ratio tells a bomb.
RATIO_COUNTS_FROM = 20 * 1024 * 1024
HIGHEST_RATIO = 150
MOST_ROWS = 200_000
MOST_COLUMNS = 400
MOST_CELLS = 6_000_000
_CHUNK = 256 * 1024

_MACROS = re.compile(r"vbaProject\.bin$|macrosheets/|dialogsheets/|activeX/|vbaData\.xml$", re.IGNORECASE)
_WORKSHEET_TYPE = "/worksheet"
# Formulas that start programs or call out; their stored result is never what a roll is about.
_COMMAND = re.compile(
    r"\||\b(?:HYPERLINK|WEBSERVICE|FILTERXML|RTD|DDE|CALL|REGISTER(?:\.ID)?|EXEC|IMPORTXML|IMAGE)\s*\(",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"([A-Z]{1,7})(\d{1,9})")

Marks = dict[tuple[int, int], BrokenFormula | Command]


@dataclass
class _SheetScan:
    """Collects the extent of one sheet, its broken formulas and its commands."""

    parser: expat.XMLParserType
    marks: Marks = field(default_factory=dict)
    row: int = -1
    column: int = -1
    last_row: int = -1
    last_column: int = -1
    kind: str = ""
    has_value: bool = False
    formula: list[str] | None = None
    text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2] if ":" in name else name
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "is"):
            self.has_value = True
            if self.kind == "e":
                self.text = []
                self._listen()
        elif name == "row":
            self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else self.row + 1
            self.column = -1
        elif name == "f":
            self.formula = []
            self._listen()

    def _listen(self) -> None:
        """Text is handed over only where it matters: most of a roll are values."""
        self.parser.CharacterDataHandler = self._data

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        if reference:
            self.column = 0
            for letter in reference[1]:
                self.column = self.column * 26 + ord(letter) - 64
            self.column -= 1
            self.row = int(reference[2]) - 1
        else:
            self.column += 1
        self.kind = attributes.get("t", "")
        self.has_value, self.formula, self.text = False, None, None

    def _data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)
        elif self.formula is not None and not self.has_value:
            self.formula.append(text)

    def end(self, name: str) -> None:
        if (name.rpartition(":")[2] if ":" in name else name) != "c":
            return
        filled = self.has_value or self.formula is not None
        if filled and (self.row > self.last_row or self.column > self.last_column):
            self._widen()
        if self.formula is not None and _COMMAND.search("".join(self.formula)):
            self.marks[self.row, self.column] = Command("=" + "".join(self.formula))
        elif self.kind == "e" or (self.formula is not None and not self.has_value):
            self.marks[self.row, self.column] = BrokenFormula("".join(self.text or ()) or "#N/A")
        if self.formula is not None or self.text is not None:
            self.text = self.formula = self.parser.CharacterDataHandler = None

    def _widen(self) -> None:
        self.last_row, self.last_column = max(self.last_row, self.row), max(self.last_column, self.column)
        rows, columns = self.last_row + 1, self.last_column + 1
        if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
            raise FileRefused(
                _(
                    "The sheet is too large: at most %(rows)d rows and %(columns)d columns "
                    "can be imported at once."
                )
                % {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
            )


def _refuse_doctype(*_arguments: object) -> None:
    raise FileRefused(_("The workbook contains an XML document type, which no spreadsheet program writes."))


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _parse(parser: expat.XMLParserType, stream: IO[bytes]) -> None:
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise _broken() from error


def _broken() -> FileRefused:
    return FileRefused(
        _("The file is damaged or no Excel workbook. Open it in Excel and save it again as .xlsx.")
    )


def _measure(archive: zipfile.ZipFile, size: int) -> None:
    """Unpacks every part once without keeping it: the sizes in a zip's own directory may lie."""
    total = 0
    for part in archive.infolist():
        # A document type may stand anywhere before the root element; looking at the head of each part is
        # enough.
        with archive.open(part) as stream:
            head = stream.read(_CHUNK)
            if b"<!DOCTYPE" in head or "<!DOCTYPE".encode("utf-16-le") in head:
                _refuse_doctype()
            total += len(head)
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > MOST_BYTES or (total > RATIO_COUNTS_FROM and total > size * HIGHEST_RATIO):
                    raise FileRefused(
                        _("The file unpacks to far more than a roll can be and was not opened.")
                    )


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = [part.filename for part in archive.infolist()]
    if len(names) > MOST_PARTS or len(set(names)) != len(names) or "[Content_Types].xml" not in names:
        raise _broken()
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise FileRefused(_("The file is protected by a password. Save it without one."))
    if any(_MACROS.search(name) for name in names):
        raise FileRefused(_("The workbook contains macros. Save it as an .xlsx workbook without macros."))
    for name in names:
        if name.startswith("xl/externalLinks/") and name.endswith(".xml"):
            with archive.open(name) as stream:
                if re.search(rb"<(?:\w+:)?(?:ddeLink|oleLink)\b", stream.read(_CHUNK)):
                    raise FileRefused(
                        _("The workbook is linked to another program. Save it with values only.")
                    )


def _elements(archive: zipfile.ZipFile, name: str, wanted: str) -> Iterator[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == wanted:
            found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})

    parser = _parser()
    parser.StartElementHandler = start
    try:
        with archive.open(name) as stream:
            _parse(parser, stream)
    except KeyError as error:
        raise _broken() from error
    yield from found


def _worksheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part name of each worksheet by the name on its tab."""
    root = next(
        (
            item["Target"]
            for item in _elements(archive, "_rels/.rels", "Relationship")
            if item.get("Type", "").endswith("/officeDocument")
        ),
        "xl/workbook.xml",
    ).lstrip("/")
    folder = posixpath.dirname(root)
    links = f"{folder}/_rels/{posixpath.basename(root)}.rels".lstrip("/")
    targets = {
        item["Id"]: item["Target"]
        for item in _elements(archive, links, "Relationship")
        if item.get("Type", "").endswith(_WORKSHEET_TYPE) and "Id" in item and "Target" in item
    }
    sheets = {}
    for item in _elements(archive, root, "sheet"):
        target = targets.get(item.get("id", ""))
        if target:
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            sheets[item.get("name", "")] = part
    return sheets


def inspect(path: str, size: int) -> dict[str, Marks]:
    """For each worksheet, its cells that are no values; `size` is that of the file.

    Refuses with FileRefused: bombs, macros, document types, links to other programs, passwords, damage, and
    sheets of more than 200 000 rows or 400 columns.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive)
            _measure(archive, size)
            return {name: _scan(archive, part) for name, part in _worksheets(archive).items()}
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise _broken() from error


def _scan(archive: zipfile.ZipFile, part: str) -> Marks:
    parser = _parser()
    scan = _SheetScan(parser)
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    try:
        with archive.open(part) as stream:
            _parse(parser, stream)
    except KeyError as error:
        raise _broken() from error
    return scan.marks
