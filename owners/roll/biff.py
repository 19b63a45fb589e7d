"""Looking into an old .xls: macros, passwords, and cells whose formula has no result.

An .xls is a small file system (OLE2, [MS-CFB]) with one stream of records ([MS-XLS]). Only what the reader
of cells (calamine) cannot tell is read here: it shows an error value as an empty cell.
"""

from __future__ import annotations

import struct
from pathlib import Path

from django.utils.translation import gettext as _

from owners.roll.archive import Marks
from owners.roll.cells import BrokenFormula
from owners.roll.tables import FileRefused

_END_OF_CHAIN = 0xFFFFFFF9
_BOUNDSHEET, _BOF, _FILEPASS, _BOOLERR, _FORMULA = 0x0085, 0x0809, 0x002F, 0x0205, 0x0006
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def _damaged() -> FileRefused:
    return FileRefused(
        _("The file is damaged or no Excel workbook. Open it in Excel and save it again as .xlsx.")
    )


class _Ole:
    """The streams of an OLE2 file, by name."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise _damaged()
        self.size = 1 << shift
        self.fat = self._fat()
        (directory,) = struct.unpack_from("<I", content, 48)
        entries = self._chain(directory)
        self.streams: dict[str, tuple[int, int]] = {}
        for offset in range(0, len(entries) - 127, 128):
            length, kind = struct.unpack_from("<HB", entries, offset + 64)
            name = entries[offset : offset + max(length - 2, 0)].decode("utf-16-le", "replace")
            if kind:
                self.streams[name] = struct.unpack_from("<II", entries, offset + 116)

    def _sector(self, number: int) -> bytes:
        return self.content[(number + 1) * self.size : (number + 2) * self.size]

    def _fat(self) -> list[int]:
        numbers = list(struct.unpack_from("<109I", self.content, 76))
        (more,) = struct.unpack_from("<I", self.content, 68)
        seen = 0
        while more < _END_OF_CHAIN:
            sector = struct.unpack(f"<{self.size // 4}I", self._sector(more))
            numbers += sector[:-1]
            more, seen = sector[-1], seen + 1
            if seen > len(self.content) // self.size:
                raise _damaged()
        fat: list[int] = []
        for number in numbers:
            if number < _END_OF_CHAIN:
                fat += struct.unpack(f"<{self.size // 4}I", self._sector(number))
        return fat

    def _chain(self, start: int) -> bytes:
        parts: list[bytes] = []
        while start < _END_OF_CHAIN:
            # A chain longer than the file runs in a circle.
            if start >= len(self.fat) or len(parts) > len(self.content) // self.size:
                raise _damaged()
            parts.append(self._sector(start))
            start = self.fat[start]
        return b"".join(parts)

    def stream(self, name: str) -> bytes:
        start, length = self.streams[name]
        if length < 4096:
            # Only workbooks of a few cells live in the small sectors; they are kept in the root's own stream.
            return self._small(start, length)
        return self._chain(start)[:length]

    def _small(self, start: int, length: int) -> bytes:
        root = self._chain(self.streams["Root Entry"][0])
        (first,) = struct.unpack_from("<I", self.content, 60)
        table = self._chain(first)
        parts: list[bytes] = []
        while start < _END_OF_CHAIN and len(parts) * 64 < length:
            parts.append(root[start * 64 : start * 64 + 64])
            (start,) = struct.unpack_from("<I", table, start * 4)
        return b"".join(parts)[:length]


def inspect(path: Path) -> list[Marks]:
    """For each sheet in order, its cells whose formula has no result. Refuses with FileRefused: macros,
    passwords, damage.
    """
    try:
        ole = _Ole(path.read_bytes())
        if "EncryptedPackage" in ole.streams:
            raise FileRefused(_("The file is protected by a password. Save it without one."))
        if {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"} & ole.streams.keys():
            raise FileRefused(_("The workbook contains macros. Save it as an .xlsx workbook without macros."))
        name = next(name for name in ("Workbook", "Book", "WORKBOOK") if name in ole.streams)
        return _sheets(ole.stream(name))
    except (struct.error, StopIteration, KeyError, OSError) as error:
        raise _damaged() from error


def _sheets(records: bytes) -> list[Marks]:
    starts: list[int] = []
    offset = 0
    while offset + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, offset)
        if kind == _FILEPASS:
            raise FileRefused(_("The file is protected by a password. Save it without one."))
        if kind == _BOUNDSHEET:
            starts.append(struct.unpack_from("<I", records, offset + 4)[0])
        elif kind == _BOF and starts:
            break
        offset += 4 + length
    return [
        _marks(records, start, min([s for s in starts if s > start], default=len(records)))
        for start in starts
    ]


def _marks(records: bytes, offset: int, end: int) -> Marks:
    marks: Marks = {}
    while offset + 4 <= end:
        kind, length = struct.unpack_from("<HH", records, offset)
        body = records[offset + 4 : offset + 4 + length]
        code = None
        if kind == _BOOLERR and length >= 8 and body[7]:
            code = body[6]
        elif kind == _FORMULA and length >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
            code = body[8]
        if code is not None:
            row, column = struct.unpack_from("<HH", body)
            marks[row, column] = BrokenFormula(_ERRORS.get(code, "#N/A"))
        offset += 4 + length
    return marks
