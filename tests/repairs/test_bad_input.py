"""Whatever is sent to the pages of residents, technicians and the desk: refused in words, nothing stored, no 500."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image

from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.attachments.storage import photo_store
from servicecenter.audit.models import Event
from tests.attachments.test_images import PHOTO, archive, png_of
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]

# status to act from, who, action, its text fields, the rest of a good form
FORMS = [
    ("accepted", "resident_wang", "note", ("note",), {}),
    ("accepted", "resident_wang", "urge", ("note",), {}),
    ("accepted", "resident_wang", "cancel", ("reason",), {}),
    ("plan_proposed", "resident_wang", "decline-plan", ("reason",), {}),
    ("completed", "resident_wang", "confirm", ("comment",), {"method": "portal", "rating": "9"}),
    ("completed", "resident_wang", "rework", ("reason",), {}),
    ("dispatched", "technician_chen", "contact", ("note",), {}),
    ("on_site", "technician_chen", "propose-plan", ("plan",), {"price": "60"}),
    ("on_site", "technician_chen", "complete", ("summary",), {}),
    ("completed", "agent_li", "confirm", ("reason",), {"method": "phone"}),
    ("accepted", "supervisor_bo", "classify", ("reason",), {"trade": "gas", "urgency": "normal"}),
]
TEXTS = {
    "NUL": "水\x00管",
    "direction override": "\u202egnp.exe",
    "isolate": "a\u2066b",
    "control character": "a\x08b",
    "too long": "字" * 2001,
    "half a million": "字" * 300_000,
}
INSTANTS = [
    "2026-02-30T10:00",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "tomorrow",
    "\x00",
    "2026-13-01T10:00",
]


def facts(ticket: Ticket) -> tuple[Any, ...]:
    ticket.refresh_from_db()
    return ticket.status, ticket.version, ticket.urge_count, Event.objects.count(), Photo.objects.count()


@pytest.mark.parametrize(("status", "who", "action", "fields", "rest"), FORMS)
def test_text_that_may_not_be_stored_is_refused_in_words_and_kept_in_the_form(
    status: str,
    who: str,
    action: str,
    fields: tuple[str, ...],
    rest: dict[str, str],
    ticket_in: Walk,
    signed_in: SignedIn,
    request: pytest.FixtureRequest,
) -> None:
    ticket = ticket_in(status)
    browser, before = signed_in(request.getfixturevalue(who)), facts(ticket)
    for text in TEXTS.values():
        for field in fields:
            answer = browser.post(f"/repairs/{ticket.number}/{action}/", rest | {field: text})
            assert answer.status_code == 422, (action, text[:10])
            assert answer.context["form"].errors[field]
    assert facts(ticket) == before


@pytest.mark.parametrize(("status", "who", "action", "fields", "rest"), FORMS)
def test_a_broken_character_and_a_megabyte_are_refused_before_anything_is_read_into_them(
    status: str,
    who: str,
    action: str,
    fields: tuple[str, ...],
    rest: dict[str, str],
    ticket_in: Walk,
    signed_in: SignedIn,
    request: pytest.FixtureRequest,
) -> None:
    ticket = ticket_in(status)
    browser, before = signed_in(request.getfixturevalue(who)), facts(ticket)
    url, kind = f"/repairs/{ticket.number}/{action}/", "application/x-www-form-urlencoded"
    huge = f"{fields[0]}={'a' * 1_200_000}"
    assert browser.post(url, huge, content_type=kind).status_code == 400
    assert facts(ticket) == before


@pytest.mark.parametrize("text", ["<script>alert(1)</script>{{ 7*7 }}", "漏水👨‍👩‍👧💧𠮷𡘙", "=1+1", "a'b\"c"])
def test_text_that_means_no_harm_is_kept_exactly_and_never_runs(
    text: str, ticket_in: Walk, signed_in: SignedIn, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("dispatched")
    signed_in(resident_wang).post(f"/repairs/{ticket.number}/note/", {"note": text})
    assert ticket.events().get(action="note").text == text
    page = signed_in(technician_chen).get(f"/field/jobs/{ticket.number}/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize("text", ["", "  ", "\u200b\u3000", "\u2800", "\ufeff"])
def test_a_note_that_says_nothing_is_refused(
    text: str, ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("accepted")
    answer = signed_in(resident_wang).post(f"/repairs/{ticket.number}/note/", {"note": text})
    assert answer.status_code == 422


@pytest.mark.parametrize("value", ["-1", str(2**63), str(2**31), "1e3", "abc", "\x00", "9" * 500])
def test_a_number_that_cannot_be_is_refused_in_every_hidden_and_chosen_field(
    value: str,
    ticket_in: Walk,
    signed_in: SignedIn,
    agent_li: User,
    resident_wang: User,
    technician_chen: User,
) -> None:
    ticket = ticket_in("accepted")
    before = facts(ticket)
    desk = signed_in(agent_li)
    for url in (f"/repairs/{ticket.number}/dispatch/", f"/desk/tickets/{ticket.number}/dispatch/"):
        assert desk.post(url, {"technician": value}).status_code == 422
    assert desk.post(f"/repairs/{ticket.number}/mark-duplicate/", {"duplicate_of": value}).status_code == 422
    cancel = {"reason": "不用了", "version": value}
    assert signed_in(resident_wang).post(f"/repairs/{ticket.number}/cancel/", cancel).status_code in (
        409,
        422,
    )
    assert facts(ticket) == before


@pytest.mark.parametrize("price", ["-1", "1e999", "NaN", "Infinity", "9999999.99", "1.234", "\x00", "六十"])
def test_a_price_that_is_none_is_refused(
    price: str, ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    sent = {"plan": "换阀芯", "price": price}
    answer = signed_in(technician_chen).post(f"/repairs/{ticket.number}/propose-plan/", sent)
    assert answer.status_code == 422
    assert "换阀芯" in answer.content.decode()


@pytest.mark.parametrize("moment", INSTANTS)
def test_an_instant_that_is_none_is_refused(
    moment: str, ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    browser, before = signed_in(technician_chen), facts(ticket)
    sent = {"start": moment, "end": moment, "reason": "parts", "resume_at": moment}
    for action in ("schedule", "hold"):
        assert browser.post(f"/repairs/{ticket.number}/{action}/", sent).status_code == 422
    assert facts(ticket) == before


@pytest.mark.parametrize(
    "number", ["%00", "R261122-0042%00", "%ED%A0%80", "..%2F..", "-1", "9" * 400, "%E2%80%AE"]
)
def test_an_address_that_cannot_be_is_not_found(
    number: str, signed_in: SignedIn, resident_wang: User, technician_chen: User, agent_li: User
) -> None:
    for user, places in (
        (
            resident_wang,
            ("/portal/tickets/{}/", "/portal/report/done/{}/", "/repairs/{}/", "/repairs/{}/note/"),
        ),
        (technician_chen, ("/field/jobs/{}/", "/repairs/{}/why/", "/files/{}/full/")),
        (agent_li, ("/desk/tickets/{}/", "/desk/tickets/{}/dispatch/")),
    ):
        browser = signed_in(user)
        assert {browser.get(place.format(number)).status_code for place in places} == {404}


@pytest.mark.parametrize(
    "cursor", ["\x00", "a" * 5000, "-1", "\ud800".encode("utf-8", "surrogatepass"), "{{7*7}}"]
)
def test_a_cursor_that_is_none_shows_the_first_page(
    cursor: str, ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("accepted")
    browser = signed_in(resident_wang)
    for page in ("/portal/tickets/", "/portal/messages/", "/portal/me/looks/"):
        answer = browser.get(page, {"cursor": cursor, "show": cursor})
        assert answer.status_code == 200
    assert ticket.number in browser.get("/portal/tickets/", {"cursor": cursor}).content.decode()


# Files ------------------------------------------------------------------------------------------------------------

BAD_FILES = {
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg"),
    "svg as jpg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.jpg"),
    "html": (b"<!doctype html><script>alert(1)</script>", "a.jpg"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a.png"),
    "polyglot": (PHOTO + archive(), "a.jpg"),
    "html name": (PHOTO, "a.html"),
    "50 000 pixels a side": (png_of(50_000, 50_000), "a.png"),
    "cut off": (PHOTO[: len(PHOTO) // 2], "a.jpg"),
    "empty": (b"", "a.jpg"),
    "more than 10 MB": (PHOTO + b"\0" * (10 * 1024 * 1024), "a.jpg"),
}


@pytest.mark.parametrize("name", list(BAD_FILES))
def test_a_file_that_is_no_photo_is_refused_on_every_face_and_nothing_is_stored(
    name: str, ticket_in: Walk, signed_in: SignedIn, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    before = facts(ticket)
    content, called = BAD_FILES[name]
    report = {"text": "漏水", "unit": ticket.unit_id, "idempotency_key": str(uuid4())}
    for user, url, sent in (
        (resident_wang, "/portal/report/", report),
        (resident_wang, f"/repairs/{ticket.number}/add-photo/", {"kind": "report"}),
        (technician_chen, f"/repairs/{ticket.number}/add-photo/", {"kind": "after"}),
        (technician_chen, f"/repairs/{ticket.number}/complete/", {"summary": "已换"}),
    ):
        upload = SimpleUploadedFile(called, content, "image/jpeg")
        answer = signed_in(user).post(url, sent | {"photos": [upload]})
        assert answer.status_code == 422, (name, url)
        assert answer.context["form"].errors["photos"]
    assert facts(ticket) == before
    assert Ticket.objects.count() == 1
    assert not list(photo_store().root.rglob("*.*"))


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.jpg",
        "..\\..\\a.jpg",
        "a\x00.jpg",
        "a\r\nX: y.jpg",
        "/tmp/a.jpg",
        "字" * 300 + ".jpg",
    ],
)
def test_a_name_of_a_file_is_never_a_path(
    name: str, ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("accepted")
    upload = SimpleUploadedFile("a.jpg", PHOTO, "image/jpeg")
    upload.name = name
    answer = signed_in(resident_wang).post(
        f"/repairs/{ticket.number}/add-photo/", {"kind": "report", "photos": [upload]}
    )
    assert answer.status_code in (302, 422)
    for photo in Photo.objects.all():
        assert photo_store().path(photo.path).is_file()
        assert photo.path.startswith(f"{photo.path[:2]}/{photo.path[:2]}")


def test_where_a_photo_was_taken_is_not_kept(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("accepted")
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (24.0, 28.0, 47.0)
    exif[ExifTags.Base.Artist] = "Zhang San"
    data = BytesIO()
    Image.new("RGB", (64, 48), "red").save(data, "JPEG", exif=exif)
    upload = SimpleUploadedFile("a.jpg", data.getvalue(), "image/jpeg")
    browser = signed_in(resident_wang)
    browser.post(f"/repairs/{ticket.number}/add-photo/", {"kind": "report", "photos": [upload]})
    served = browser.get(f"/files/{Photo.objects.get().token}/full/")
    content = b"".join(served.streaming_content)  # type: ignore[attr-defined]
    assert not Image.open(BytesIO(content)).getexif()
    assert b"Zhang San" not in content


def test_refusals_are_in_the_readers_language(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("accepted")
    sentences = {
        "zh-hans": "不可见的控制字符",
        "zh-hant": "不可見的控制字元",
        "en": "invisible control characters",
    }
    for language, sentence in sentences.items():
        browser = signed_in(resident_wang)
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = browser.post(f"/repairs/{ticket.number}/note/", {"note": "\x00"})
        assert sentence in answer.content.decode()
