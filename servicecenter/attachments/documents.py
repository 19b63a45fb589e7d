"""Upload rules of drawings as PDF: nothing that runs, opens or carries anything else, and few enough pages to be read.

A PDF cannot be encoded anew as a picture can, so it is looked through instead and kept as it was sent. It is never
shown inside a page: whoever may see the case downloads it (`views.photo`).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import IO, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw

from servicecenter.attachments.headers import is_archive
from servicecenter.attachments.images import THUMBNAIL_SIDE, CleanImage, ImageRefused, read
from servicecenter.lib.refusals import Refusal

MAGIC: Final = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)")
MOST_PAGES: Final = 60
# What a viewer may unfold from ten megabytes; a drawing stays far below.
MOST_UNFOLDED: Final = 80 * 1024 * 1024
# The end has to stand at the end: a few line feeds may follow, another file may not.
LAST: Final = 32
STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
PAGE: Final = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
# Long names: they do not come about by chance in the bytes of a picture.
ACTIVE: Final = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|SubmitForm|ImportData|GoToE)(?![A-Za-z])"
)
# Short ones, outside of streams only.
ACTIVE_SHORT: Final = re.compile(rb"/(?:XFA|JS)(?![A-Za-z])")
# Packed in ways that we do not look into.
PACKED: Final = re.compile(rb"/ObjStm(?=.{0,400}/(?:LZW|ASCIIHex|ASCII85|RunLength)Decode)", re.DOTALL)

DocumentCode = Literal["not_a_document", "truncated", "active_content", "encrypted", "too_many_pages"]
SENTENCES: Final[dict[DocumentCode, str | Promise]] = {
    "not_a_document": _("This file is not a PDF that can be read. Please export the drawing again."),
    "truncated": _("This PDF is incomplete, or something follows it. Please export the drawing again."),
    "active_content": _(
        "This PDF holds scripts, forms or other files. Please print the drawing to a PDF and send that."
    ),
    "encrypted": _("This PDF is locked. Please send it without a password."),
    "too_many_pages": _("This PDF has too many pages; sixty are possible. Please send the drawings alone."),
}


class DocumentRefused(Refusal):
    """A PDF that is not taken; nothing of it was stored."""

    status = 400

    def __init__(self, code: DocumentCode) -> None:
        super().__init__(SENTENCES[code], code=code)


def is_document(upload: IO[bytes]) -> bool:
    """Whether it begins as a PDF does. `upload` stands at its beginning before and after."""
    begins = upload.read(5) == b"%PDF-"
    upload.seek(0)
    return begins


def clean_document(upload: IO[bytes]) -> CleanImage:
    """A PDF that may be kept, with a thumbnail that says how many pages it has.

    Refuses with ImageRefused what is too large, with DocumentRefused all else: see SENTENCES.
    """
    data = read(upload)
    pages = _look_through(data)
    thumbnail = _tile(pages)
    return CleanImage(
        data=data,
        width=THUMBNAIL_SIDE,
        height=THUMBNAIL_SIDE,
        format="pdf",
        sha256=sha256(data).hexdigest(),
        thumbnail=thumbnail,
    )


def _look_through(data: bytes) -> int:
    """How many pages it has; refuses what may do anything but be looked at."""
    if not MAGIC.match(data):
        raise DocumentRefused("not_a_document")
    end = data.rfind(b"%%EOF")
    if end < 0 or len(data) - end - 5 > LAST or data[end + 5 :].strip():
        raise DocumentRefused("truncated")
    plain = _named(STREAM.sub(b"stream endstream", data))
    if b"/Encrypt" in plain:
        raise DocumentRefused("encrypted")
    # What lies in a stream could be reached by an address of its own: it is looked through as well.
    whole = [plain, _named(data), *map(_named, _unfolded(data))]
    if is_archive(data) or ACTIVE_SHORT.search(plain) or any(ACTIVE.search(each) for each in whole):
        raise DocumentRefused("active_content")
    pages = len(PAGE.findall(plain)) + sum(len(PAGE.findall(each)) for each in whole[2:])
    if not pages or PACKED.search(plain):
        raise DocumentRefused("not_a_document")
    if pages > MOST_PAGES:
        raise DocumentRefused("too_many_pages")
    return pages


def _named(data: bytes) -> bytes:
    """With names as a viewer reads them: /Java#53cript is /JavaScript."""
    return ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), data) if b"#" in data else data


def _unfolded(data: bytes) -> Iterator[bytes]:
    """What the packed streams hold; refuses with ImageRefused what unfolds to more than any drawing."""
    left = MOST_UNFOLDED
    for found in STREAM.finditer(data):
        unfold = zlib.decompressobj()
        try:
            held = unfold.decompress(found[1], left)
        except zlib.error:
            # A picture, or a font that is packed otherwise.
            continue
        left -= len(held)
        if unfold.unconsumed_tail or left <= 0:
            raise ImageRefused("too_large")
        yield held


def _tile(pages: int) -> bytes:
    """A sheet of paper with the number of pages, for lists of pictures."""
    tile = Image.new("RGB", (THUMBNAIL_SIDE, THUMBNAIL_SIDE), "#eef1f4")
    draw = ImageDraw.Draw(tile)
    draw.rectangle((110, 60, 370, 420), fill="white", outline="#8a94a3", width=6)
    draw.rectangle((110, 190, 370, 290), fill="#b3261e")
    draw.text((240, 240), "PDF", fill="white", anchor="mm", font_size=72)
    draw.text((240, 355), str(pages), fill="#3b4654", anchor="mm", font_size=64)
    held = BytesIO()
    tile.save(held, "JPEG", quality=80)
    return held.getvalue()
