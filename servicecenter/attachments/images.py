"""Upload rules of photos: whatever comes in, only a freshly encoded picture without metadata goes on.

Limits from the reliability rules: JPEG, PNG or WebP, at most 10 MB; the size is checked before anything is
decoded. The bytes that were sent are never stored: what hides in them (GPS, scripts, archives) ends here.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, UnidentifiedImageError

from servicecenter.attachments.headers import (
    Format,
    Header,
    Unreadable,
    holds_more,
    is_cut_off,
    read_header,
    sniff,
)
from servicecenter.lib.refusals import Refusal

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MAX_SIDE: Final = 12_000
LONGEST_SIDE: Final = 2560
THUMBNAIL_SIDE: Final = 480
CHUNK: Final = 64 * 1024

EXTENSIONS: Final[dict[Format, tuple[str, ...]]] = {
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "png": ("png",),
    "webp": ("webp",),
}
# EXIF orientation → what turns the picture upright.
UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

ImageCode = Literal[
    "empty", "too_large", "not_an_image", "format_not_allowed", "dimensions", "truncated", "animated"
]

NOT_AN_IMAGE: Final = _("This file is not a photo. Please choose a JPEG, PNG or WebP picture.")
SENTENCES: Final[dict[ImageCode, str | Promise]] = {
    "empty": _("This file is empty. Please choose the photo again."),
    "too_large": _("This photo is larger than 10 MB. Please choose a smaller one."),
    "not_an_image": NOT_AN_IMAGE,
    "format_not_allowed": _(
        "This kind of picture cannot be used. Please choose a JPEG, PNG or WebP picture."
    ),
    "dimensions": _(
        "This photo has too many pixels. At most 40 megapixels and 12,000 pixels a side are possible."
    ),
    "truncated": _("This photo is incomplete or damaged. Please take or send it again."),
    "animated": _("Moving pictures cannot be used. Please choose a photo."),
}


# What cameras, phones and chat programs call a picture, whatever is inside.
PICTURE_ENDINGS: Final = frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif", "blob"})


def content_type(form: str) -> str:
    """The fixed type that a stored file is served with."""
    return "application/pdf" if form == "pdf" else f"image/{form}"


class ImageRefused(Refusal):
    """An upload that is not taken; nothing of it was stored."""

    status = 400

    def __init__(self, code: ImageCode, sentence: str | Promise | None = None) -> None:
        super().__init__(sentence or SENTENCES[code], code=code)


@dataclass(frozen=True)
class CleanImage:
    """A picture that may be stored and shown, or a drawing as PDF (`documents`). `sha256` is that of `data`;
    `thumbnail` is always a JPEG."""

    data: bytes
    width: int
    height: int
    format: Format | Literal["pdf"]
    sha256: str
    thumbnail: bytes

    @property
    def extension(self) -> str:
        """The file name's ending, without the dot."""
        return "pdf" if self.format == "pdf" else EXTENSIONS[self.format][0]

    @property
    def content_type(self) -> str:
        """The fixed type it is served with."""
        return content_type(self.format)


def clean_image(upload: IO[bytes], *, declared_name: str) -> CleanImage:
    """The picture in `upload`, upright, at most 2560 px long, encoded anew, with a 480 px thumbnail.

    Reads at most 10 MB from where `upload` stands. A picture with transparency (a signature) stays PNG or
    WebP, all else becomes JPEG. `declared_name` is only compared with the content and never used as a name.
    Refuses with ImageRefused: see SENTENCES; a name whose ending belongs to another kind of file is
    `format_not_allowed`, a file that is a picture and something else besides too.
    """
    data = read(upload)
    header = _inspect(data)
    _check_name(declared_name)
    picture = _decode(data, header)
    form: Format = "jpeg" if picture.mode == "RGB" else "png" if header.format == "png" else "webp"
    encoded = _encode(picture, form)
    return CleanImage(
        data=encoded,
        width=picture.width,
        height=picture.height,
        format=form,
        sha256=sha256(encoded).hexdigest(),
        thumbnail=_thumbnail(picture),
    )


def read(upload: IO[bytes]) -> bytes:
    """All of the upload, one chunk beyond the limit at most: a declared length proves nothing."""
    data = bytearray()
    while chunk := upload.read(CHUNK):
        data += chunk
        if len(data) > MAX_BYTES:
            raise ImageRefused("too_large")
    if not data:
        raise ImageRefused("empty")
    return bytes(data)


def _inspect(data: bytes) -> Header:
    """The header of a picture that may be decoded."""
    form = sniff(data)
    if form is None:
        raise ImageRefused("not_an_image")
    if form == "other":
        raise ImageRefused("format_not_allowed")
    try:
        header = read_header(data, form)
    except Unreadable as error:
        raise ImageRefused("not_an_image") from error
    _check_size(header.width, header.height)
    if is_cut_off(data, form):
        raise ImageRefused("truncated")
    if holds_more(data, form):
        raise ImageRefused(
            "format_not_allowed",
            _("This file holds something else besides the photo. Please send the photo alone."),
        )
    return header


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise ImageRefused("dimensions")


def _check_name(name: str) -> None:
    """Refuses an ending that is no picture's (page.html, run.exe).

    One picture ending for another is let through: phones and chat programs save WebP as .jpg every day, and
    the file is named
    and typed by its content anyway.
    """
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix(".")
    if ending and ending not in PICTURE_ENDINGS:
        raise ImageRefused(
            "format_not_allowed",
            _("The name of this file is not a picture's. Please send a JPEG, PNG or WebP photo."),
        )


def _decode(data: bytes, header: Header) -> Image.Image:
    """The pixels, upright and reduced, mode RGB or RGBA, with nothing else attached."""
    try:
        with Image.open(BytesIO(data), formats=[header.format.upper()]) as picture:
            _check_size(*picture.size)
            # A JPEG with several pictures is a portrait or a stereo shot, its first picture is the photo.
            if header.format != "jpeg" and getattr(picture, "is_animated", False):
                raise ImageRefused("animated")
            return _bare(_upright(picture))
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused("dimensions") from error
    except UnidentifiedImageError as error:
        raise ImageRefused("not_an_image") from error
    except Exception as error:
        # Decoders meet hostile bytes with many kinds of errors, and none of them may become a 500.
        raise ImageRefused("truncated") from error


def _upright(picture: Image.Image) -> Image.Image:
    if picture.format in ("JPEG", "MPO"):
        turn = UPRIGHT.get(_orientation(picture))
        # First smaller, then anything else: the JPEG decoder can skip what is not needed.
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        small = picture.convert("RGB")
    else:
        # A PNG's metadata may stand behind its pixels: reading it decodes them, and a damaged picture must
        # fail here and not where broken metadata is forgiven.
        picture.load()
        turn = UPRIGHT.get(_orientation(picture))
        if picture.mode.startswith("I"):
            # 16 bits of grey; a plain conversion would clip instead of scale.
            picture = picture.point(lambda value: value / 256).convert("L")
        small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return small if turn is None else small.transpose(turn)


def _orientation(picture: Image.Image) -> int:
    """EXIF orientation 1–8; 1 if it cannot be read: broken metadata is no reason to refuse a good photo."""
    try:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) else 1


def _bare(picture: Image.Image) -> Image.Image:
    """The same pixels in a new image, so that no comment, profile or EXIF block can travel along."""
    opaque = picture.mode == "RGB" or picture.getchannel("A").getextrema() == (255, 255)
    bare = Image.new("RGB" if opaque else "RGBA", picture.size)
    bare.paste(picture.convert(bare.mode))
    return bare


def _encode(picture: Image.Image, form: Format, quality: int = 85) -> bytes:
    target = BytesIO()
    if form == "jpeg":
        picture.save(target, "JPEG", quality=quality, progressive=True, optimize=True)
    elif form == "png":
        picture.save(target, "PNG")
    else:
        picture.save(target, "WEBP", quality=quality)
    return target.getvalue()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    if small.mode == "RGBA":
        paper = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(paper, small).convert("RGB")
    return _encode(small, "jpeg", quality=80)
