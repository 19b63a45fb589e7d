"""What a picture says of itself in its bytes, read without decoding a single pixel.

Pillow decides too late for us: its WebP reader allocates the canvas when it opens the file, and a JPEG of a
few megabytes can hold a hundred thousand scans that each cost a pass over all pixels.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Literal

Format = Literal["jpeg", "png", "webp"]

PNG_MAGIC, PNG_END = b"\x89PNG\r\n\x1a\n", b"\0\0\0\0IEND\xaeB`\x82"
# Pictures that we know and do not take; HEIC and AVIF are told by their brand below.
OTHER_PICTURES = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0", b"8BPS", b"\0\0\0\x0cJXL ", b"\xff\x0a")
# A JPEG marker; FF00 is a stuffed byte, D0–D7 restart the same scan, FFFF is filling.
JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
JPEG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
JPEG_ALONE, JPEG_SCAN, JPEG_END = {0x01, 0xD8}, 0xDA, 0xD9
# A camera writes some dozens of segments and about ten scans.
MOST_SEGMENTS, MOST_SCANS = 2000, 100


class Unreadable(Exception):
    """The bytes do not hold what their beginning promises."""


@dataclass(frozen=True)
class Header:
    """Format and size in pixels, as declared by the file itself."""

    format: Format
    width: int
    height: int


def sniff(data: bytes) -> Format | Literal["other"] | None:
    """The format that the first bytes announce; "other" for a picture we do not take, None for no picture."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(PNG_MAGIC):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    brand = data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
    if brand or data.startswith(OTHER_PICTURES) or b"<svg" in data[:1024].lower():
        return "other"
    return None


def read_header(data: bytes, form: Format) -> Header:
    """The declared size. Refuses with Unreadable what cannot be a picture of that format."""
    reader = {"jpeg": _jpeg_size, "png": _png_size, "webp": _webp_size}[form]
    try:
        width, height = reader(data)
    except struct.error as error:
        raise Unreadable("the header is cut off") from error
    return Header(form, width, height)


def is_cut_off(data: bytes, form: Format) -> bool:
    """Whether the end that a PNG or WebP declares is missing. A JPEG shows that while it is decoded."""
    if form == "png":
        return PNG_END not in data
    return form == "webp" and len(data) < _riff_length(data)


def holds_more(data: bytes, form: Format) -> bool:
    """Whether the file is more than a picture: bytes behind a PNG or WebP, a ZIP archive in any of them.

    Bytes behind a JPEG are ordinary (phones append a short film or a second picture) and are left behind when
    the picture is encoded anew.
    """
    if form == "png" and not data.endswith(PNG_END):
        return True
    # RIFF chunks are padded to an even length; some writers leave the last padding byte out, some count it.
    if form == "webp" and len(data) > _riff_length(data) + 1:
        return True
    return is_archive(data)


def _riff_length(data: bytes) -> int:
    length: int = struct.unpack_from("<I", data, 4)[0]
    return length + 8


def is_archive(data: bytes) -> bool:
    """A ZIP is read from its end: the directory lies right before the end record."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) < end + 16:
        return False
    directory = end - struct.unpack_from("<I", data, end + 12)[0]
    return directory >= 0 and data[directory : directory + 4] == b"PK\x01\x02"


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise Unreadable("a PNG begins with its header chunk")
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        low_width, high_width, low_height, high_height = struct.unpack_from("<HBHB", data, 24)
        return (high_width << 16 | low_width) + 1, (high_height << 16 | low_height) + 1
    if kind == b"VP8L" and data[20:21] == b"\x2f":
        bits: int = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise Unreadable("no known kind of WebP")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    size: tuple[int, int] | None = None
    position, scans = 2, 0
    for _ in range(MOST_SEGMENTS):
        match = JPEG_MARKER.search(data, position)
        if not match or (marker := data[match.end() - 1]) == JPEG_END:
            break
        position = match.end()
        if marker in JPEG_ALONE:
            continue
        if marker in JPEG_FRAMES and size is None:
            height, width = struct.unpack_from(">HH", data, position + 3)
            size = width, height
        scans += marker == JPEG_SCAN
        if len(data) < position + 2:
            break
        position += max(2, struct.unpack_from(">H", data, position)[0])
    else:
        raise Unreadable("more segments than any camera writes")
    if size is None or scans > MOST_SCANS:
        raise Unreadable("no size, or more scans than any camera writes")
    return size
