"""Photos: what may come in, and what is left of it afterwards."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from servicecenter.attachments import images
from servicecenter.attachments.images import CleanImage, ImageRefused, clean_image

SECRET = b"GPS 24.4798N Zhang San"


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def two_halves(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """Red on the left, blue on the right: shows where the top went."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return picture


def signature() -> Image.Image:
    picture = Image.new("RGBA", (60, 20), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (10, 5, 50, 8))
    return picture


PHOTO = encoded(two_halves(), "JPEG", quality=95)
PNG = encoded(two_halves(), "PNG")
WEBP = encoded(two_halves(), "WEBP")
LOSSLESS = encoded(two_halves(), "WEBP", lossless=True)
SIGNATURE = encoded(signature(), "PNG")


def clean(data: bytes, name: str = "") -> CleanImage:
    return clean_image(io.BytesIO(data), declared_name=name)


def refusal(data: bytes, name: str = "") -> str:
    with pytest.raises(ImageRefused) as refused:
        clean(data, name)
    assert refused.value.status == 400
    return refused.value.code


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds a few bytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def webp_of(width: int, height: int) -> bytes:
    """A WebP that declares a size in its extended header."""
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<II", 10, 0) + sides
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose frame header was changed to another size."""
    at = PHOTO.index(b"\xff\xc0") + 5
    return PHOTO[:at] + struct.pack(">HH", height, width) + PHOTO[at + 4 :]


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as bundle:
        bundle.writestr("evil.html", "<script>alert(1)</script>")
    return target.getvalue()


# --- what is taken ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [PHOTO, PNG, WEBP, LOSSLESS], ids=["jpeg", "png", "webp", "lossless webp"])
def test_a_photo_of_each_format_becomes_a_progressive_jpeg(data: bytes) -> None:
    result = clean(data)
    picture = opened(result.data)
    assert (result.format, picture.format, picture.size) == ("jpeg", "JPEG", (64, 32))
    assert picture.info["progressive"]


def test_the_result_names_its_size_and_digest() -> None:
    result = clean(PHOTO)
    assert (result.width, result.height) == (64, 32)
    assert result.sha256 == sha256(result.data).hexdigest()


def test_the_same_upload_gives_the_same_digest() -> None:
    assert clean(PHOTO).sha256 == clean(PHOTO).sha256


def test_a_jpeg_is_served_under_its_fixed_type_and_ending() -> None:
    assert (clean(PHOTO).content_type, clean(PHOTO).extension) == ("image/jpeg", "jpg")


def test_a_signature_keeps_its_transparency_as_png() -> None:
    result = clean(SIGNATURE, "blob")
    picture = opened(result.data)
    assert (result.format, picture.mode, result.extension) == ("png", "RGBA", "png")
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)


def test_the_thumbnail_of_a_signature_lies_on_white_paper() -> None:
    assert opened(clean(SIGNATURE).thumbnail).convert("L").getpixel((0, 0)) == 255


def test_a_transparent_webp_stays_webp() -> None:
    result = clean(encoded(signature(), "WEBP"))
    assert (result.format, opened(result.data).mode, result.content_type) == ("webp", "RGBA", "image/webp")


def test_a_palette_with_a_transparent_colour_keeps_it() -> None:
    palette = signature().convert("P")
    assert opened(clean(encoded(palette, "PNG", transparency=palette.getpixel((0, 0)))).data).mode == "RGBA"


def test_an_alpha_channel_that_hides_nothing_is_dropped() -> None:
    assert clean(encoded(two_halves().convert("RGBA"), "PNG")).format == "jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_a_png_of_few_colours_is_taken(mode: str) -> None:
    assert opened(clean(encoded(two_halves().convert(mode), "PNG")).data).size == (64, 32)


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped() -> None:
    grey = Image.new("I;16", (8, 8), 32768)
    assert abs(opened(clean(encoded(grey, "PNG")).data).convert("L").tobytes()[0] - 128) <= 2


def test_a_jpeg_for_print_is_taken() -> None:
    assert opened(clean(encoded(two_halves().convert("CMYK"), "JPEG")).data).mode == "RGB"


def test_the_first_picture_of_a_portrait_shot_is_the_photo() -> None:
    # Phones write "multi-picture" JPEGs: the photo, then a depth map or a second exposure.
    other = Image.new("RGB", (64, 32), "green")
    shot = encoded(two_halves(), "MPO", save_all=True, append_images=[other])
    red = opened(clean(shot, "IMG_1.jpg").data).getpixel((5, 16))
    assert isinstance(red, tuple)
    assert red[0] > 200 > 60 > red[1]


def test_the_film_behind_a_motion_photo_is_left_behind() -> None:
    assert SECRET not in clean(PHOTO + b"\0\0\0\x18ftypmp42" + SECRET).data


def test_a_long_photo_is_reduced_to_2560_pixels() -> None:
    result = clean(encoded(Image.new("RGB", (5120, 1280)), "JPEG"))
    assert (result.width, result.height) == opened(result.data).size == (2560, 640)


def test_a_small_photo_is_not_enlarged() -> None:
    assert opened(clean(PHOTO).thumbnail).size == (64, 32)


def test_the_thumbnail_is_a_jpeg_of_480_pixels() -> None:
    picture = opened(clean(encoded(Image.new("RGB", (1000, 2000)), "PNG")).thumbnail)
    assert (picture.format, picture.size) == ("JPEG", (240, 480))


def test_a_line_of_one_pixel_keeps_its_pixel() -> None:
    assert clean(encoded(Image.new("RGB", (6000, 1)), "PNG")).height == 1


def test_the_largest_size_is_taken() -> None:
    assert clean(encoded(Image.new("1", (12_000, 3_333)), "PNG")).width == 2560


@pytest.mark.parametrize(
    "name", ["a.jpg", "A.JPEG", "照片.jfif", "blob", "", "a.html.jpg", "../../etc/passwd", "a\0.jpg"]
)
def test_an_honest_or_missing_ending_is_taken(name: str) -> None:
    assert clean(PHOTO, name).format == "jpeg"


class Trickling(io.BytesIO):
    """A stream that gives a few bytes at a time, as a network may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(100)


def test_an_upload_that_arrives_in_drops_is_read_to_its_end() -> None:
    assert clean_image(Trickling(PHOTO), declared_name="a.jpg").width == 64


# --- upright, and nothing attached --------------------------------------------------------------------------


def with_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (24.0, 28.0, 47.3)
    return exif


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_ends_upright(orientation: int, form: str) -> None:
    stored = two_halves().transpose(
        {
            1: Image.Transpose.ROTATE_180,  # replaced below: upright already
            2: Image.Transpose.FLIP_LEFT_RIGHT,
            3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90,
            7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270,
        }[orientation]
    )
    picture = two_halves() if orientation == 1 else stored
    result = opened(clean(encoded(picture, form, exif=with_exif(orientation))).data)
    left, right = result.getpixel((8, 16)), result.getpixel((56, 16))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (result.size, left[0] > 200, right[2] > 200) == ((64, 32), True, True)


def test_an_orientation_that_does_not_exist_is_ignored() -> None:
    assert clean(encoded(two_halves(), "JPEG", exif=with_exif(77))).width == 64


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_metadata_does_not_cost_the_photo() -> None:
    assert clean(encoded(two_halves(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")).width == 64


def jpeg_with_everything() -> bytes:
    return encoded(
        two_halves(),
        "JPEG",
        exif=with_exif(),
        comment=SECRET,
        icc_profile=SECRET * 9,
        xmp=b"<x>" + SECRET + b"</x>",
    )


def png_with_everything() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return encoded(signature(), "PNG", exif=with_exif(), pnginfo=text, icc_profile=SECRET)


def webp_with_everything() -> bytes:
    return encoded(signature(), "WEBP", exif=with_exif().tobytes(), xmp=SECRET, icc_profile=SECRET)


@pytest.mark.parametrize("made", [jpeg_with_everything, png_with_everything, webp_with_everything])
def test_position_author_profile_and_comments_are_gone(made: Callable[[], bytes]) -> None:
    sent = made()
    result = clean(sent)
    assert SECRET in sent
    for data in (result.data, result.thumbnail):
        picture = opened(data)
        assert dict(picture.getexif()) == {}
        assert not {"exif", "icc_profile", "comment", "xmp", "Author", "XML:com.adobe.xmp"} & set(
            picture.info
        )
        assert SECRET not in data


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b"%PDF-1.7\n1 0 obj",
        b"PK\x03\x04",
        b"hello",
        b"\0" * 100,
        b"\xff",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff<script>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        b"RIFF\x10\0\0\0WEBP",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"RIFF\x10\0\0\0WEBPALPHxxxxxxxxxxxxxxxxx",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert refusal(data) == "not_an_image"


@pytest.mark.parametrize(
    "data",
    [
        encoded(two_halves(), "GIF"),
        encoded(two_halves(), "BMP"),
        encoded(two_halves(), "TIFF"),
        encoded(two_halves(), "AVIF"),
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?>\n<!-- x --><SVG/>',
        b"\0\0\0\x18ftypheic",
        b"GIF89a/*\0\0\0*/=1;alert(1)",
    ],
    ids=["gif", "bmp", "tiff", "avif", "svg", "svg behind xml", "heic", "gif and javascript"],
)
def test_a_picture_of_another_kind_is_refused(data: bytes) -> None:
    assert refusal(data, "photo.jpg") == "format_not_allowed"


@pytest.mark.parametrize("data", [PHOTO, PNG, WEBP], ids=["jpeg", "png", "webp"])
def test_a_picture_that_is_an_archive_as_well_is_refused(data: bytes) -> None:
    assert refusal(data + archive()) == "format_not_allowed"


def test_an_archive_hidden_before_the_end_of_a_png_is_refused() -> None:
    hidden = SIGNATURE[:-12] + chunk(b"zzZz", archive()) + SIGNATURE[-12:]
    assert refusal(hidden) == "format_not_allowed"


@pytest.mark.parametrize("data", [PNG, WEBP], ids=["png", "webp"])
def test_a_script_behind_a_picture_is_refused(data: bytes) -> None:
    assert refusal(data + b"<script>alert(1)</script>") == "format_not_allowed"


def test_a_script_in_a_comment_does_not_survive() -> None:
    sent = encoded(two_halves(), "JPEG", comment=b"*/=alert(1);/*")
    assert b"alert" not in clean(sent).data


@pytest.mark.parametrize("name", ["a.jpg.exe", "a.svg", "a.html", "C:\\x.jpg\\evil.php", "a.gif"])
def test_an_ending_that_is_no_pictures_is_refused(name: str) -> None:
    assert refusal(PHOTO, name) == "format_not_allowed"


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "empty"


class Endless(io.RawIOBase):
    """Gives bytes for ever and counts them."""

    given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        self.given += size
        return b"\xff" * size


def test_an_endless_upload_is_left_after_ten_megabytes() -> None:
    stream = Endless()
    with pytest.raises(ImageRefused) as refused:
        clean_image(stream, declared_name="a.jpg")  # type: ignore[arg-type]  # a raw stream is enough
    assert (refused.value.code, stream.given <= images.MAX_BYTES + images.CHUNK) == ("too_large", True)


def test_one_byte_too_many_is_refused() -> None:
    assert refusal(PHOTO + b"\0" * (images.MAX_BYTES + 1 - len(PHOTO))) == "too_large"


def test_exactly_ten_megabytes_are_taken() -> None:
    assert clean(PHOTO + b"\0" * (images.MAX_BYTES - len(PHOTO))).width == 64


@pytest.mark.parametrize(
    "data",
    [
        png_of(50_000, 50_000),
        png_of(2**31 - 1, 1),
        png_of(12_001, 1),
        png_of(1, 12_001),
        png_of(8_000, 5_001),
        png_of(0, 10),
        webp_of(16_000, 16_000),
        webp_of(2**24, 2**24),
        jpeg_of(65_000, 65_000),
        jpeg_of(12_000, 12_000),
        jpeg_of(0, 5),
    ],
    ids=[
        "png bomb",
        "png stripe",
        "too wide",
        "too high",
        "too many pixels",
        "png of nothing",
        "webp bomb",
        "webp canvas bomb",
        "jpeg bomb",
        "jpeg",
        "jpeg of nothing",
    ],
)
def test_a_size_beyond_the_limits_is_refused(data: bytes) -> None:
    assert refusal(data) == "dimensions"


def test_the_size_is_refused_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **options: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(Image, "open", never)
    assert {
        refusal(data) for data in (png_of(50_000, 50_000), webp_of(16_000, 16_000), jpeg_of(65_000, 65_000))
    } == {"dimensions"}


def test_a_jpeg_with_thousands_of_scans_is_refused_without_decoding_them() -> None:
    progressive = encoded(two_halves(), "JPEG", progressive=True)
    at = progressive.rindex(b"\xff\xda")
    scan = progressive[at:-2]
    assert refusal(progressive[:at] + scan * 5000 + b"\xff\xd9") == "not_an_image"


def test_a_png_text_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 80_000_000, 9))
    assert refusal(PNG[:33] + bomb + PNG[33:]) == "truncated"


def noise() -> Image.Image:
    return Image.effect_noise((200, 200), 90).convert("RGB")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_picture_that_was_cut_off_is_refused(form: str, share: float) -> None:
    whole = encoded(noise(), form)
    assert refusal(whole[: int(len(whole) * share)]) == "truncated"


def test_a_png_whose_pixels_cannot_be_unpacked_is_refused() -> None:
    at = PNG.index(b"IDAT") + 4
    assert refusal(PNG[:at] + b"\xff\xff\xff\xff" + PNG[at + 4 :]) == "truncated"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_moving_picture_is_refused(form: str) -> None:
    frames = [two_halves(), Image.new("RGB", (64, 32), "green")]
    moving = encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    assert refusal(moving) == "animated"


def test_every_refusal_has_a_sentence() -> None:
    codes = {
        "empty",
        "too_large",
        "not_an_image",
        "format_not_allowed",
        "dimensions",
        "truncated",
        "animated",
    }
    assert set(images.SENTENCES) == codes


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from([PHOTO, PNG, WEBP, LOSSLESS, SIGNATURE, jpeg_with_everything(), webp_with_everything()]),
    st.lists(st.tuples(st.floats(0, 0.9999), st.binary(min_size=1, max_size=8)), max_size=4),
    st.floats(0.05, 1),
)
def test_damaged_bytes_are_a_picture_or_a_refusal_and_never_an_error(
    data: bytes, damage: list[tuple[float, bytes]], share: float
) -> None:
    damaged = bytearray(data)
    for where, patch in damage:
        at = int(where * len(data))
        damaged[at : at + len(patch)] = patch
    with suppress(ImageRefused):
        result = clean(bytes(damaged[: max(1, int(len(damaged) * share))]))
        assert opened(result.data).size == (result.width, result.height)
