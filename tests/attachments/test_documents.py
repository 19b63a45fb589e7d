"""Drawings as PDF: taken as they are, unless they can do anything but be looked at."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from PIL import Image

from servicecenter.attachments import documents
from servicecenter.attachments.documents import MOST_PAGES, clean_document, is_document
from servicecenter.lib.refusals import Refusal


def pdf(pages: int = 1, more: bytes = b"") -> bytes:
    """A real one; `more` is an object beside its pages."""
    data = BytesIO()
    sheets = [Image.new("RGB", (8, 8), "white") for _ in range(pages)]
    sheets[0].save(data, "PDF", save_all=True, append_images=sheets[1:])
    whole = data.getvalue()
    at = whole.rindex(b"xref")
    return whole[:at] + more + whole[at:]


def packed(data: bytes, kind: bytes = b"/ObjStm") -> bytes:
    """An object that hides in a packed stream."""
    held = zlib.compress(data)
    return b"9 0 obj\n<</Type %b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        kind,
        len(held),
        held,
    )


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as found:
        clean_document(BytesIO(data))
    return found.value.code


def test_a_drawing_is_kept_as_it_was_sent_with_a_thumbnail() -> None:
    data = pdf(3)
    assert is_document(BytesIO(data))
    clean = clean_document(BytesIO(data))
    assert (clean.data, clean.extension, clean.content_type) == (data, "pdf", "application/pdf")
    assert Image.open(BytesIO(clean.thumbnail)).format == "JPEG"


@pytest.mark.parametrize(
    "more",
    [
        b"9 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj\n",
        b"9 0 obj\n<</S/Java#53cript>>\nendobj\n",
        b"9 0 obj\n<</Type/EmbeddedFile>>\nendobj\n",
        b"9 0 obj\n<</S/Launch/F(calc.exe)>>\nendobj\n",
        b"9 0 obj\n<</XFA 8 0 R>>\nendobj\n",
        packed(b"1 0 <</S/JavaScript>>"),
        # Reached by an address of its own, inside of what looks like a picture.
        b"9 0 obj\n<</Length 40>>\nstream\n8 0 obj <</S/JavaScript>> endobj\nendstream\nendobj\n",
    ],
)
def test_what_runs_or_carries_other_files_is_refused(more: bytes) -> None:
    assert refused(pdf(more=more)) == "active_content"


def test_a_locked_one_is_refused() -> None:
    assert refused(pdf(more=b"9 0 obj\n<</Encrypt 8 0 R>>\nendobj\n")) == "encrypted"


@pytest.mark.parametrize("data", [pdf()[:-20], pdf() + b"PK\x03\x04 more", pdf()[:200]])
def test_a_broken_one_and_one_with_something_behind_it_are_refused(data: bytes) -> None:
    assert refused(data) == "truncated"


@pytest.mark.parametrize("data", [b"%PDF-9.9\n%%EOF", b"%PDF-1.4\nno pages at all\n%%EOF"])
def test_what_only_begins_like_one_is_refused(data: bytes) -> None:
    assert refused(data) == "not_a_document"


def test_too_many_pages_are_refused() -> None:
    page = b"9 0 obj\n<</Type /Page>>\nendobj\n"
    assert refused(pdf(more=page * MOST_PAGES)) == "too_many_pages"


def test_what_unfolds_to_more_than_a_drawing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_UNFOLDED", 10_000)
    assert refused(pdf(more=packed(bytes(11_000), b"/XObject"))) == "too_large"


def test_names_packed_in_other_ways_are_refused() -> None:
    odd = b"9 0 obj\n<</Type/ObjStm/Filter/LZWDecode>>\nstream\nxx\nendstream\nendobj\n"
    assert refused(pdf(more=odd)) == "not_a_document"
