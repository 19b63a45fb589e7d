"""Files that are no photos, and photos that are not for everybody."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
REPAIRS = "/api/v1/repairs/"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A real photo."""
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind)
    return target.getvalue()


FILES = {
    "nothing": ("a.png", b""),
    "text": ("a.png", b"hello"),
    "SVG": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "HTML": ("a.png", b"<html><script>alert(1)</script></html>"),
    "PDF": ("a.pdf", b"%PDF-1.7"),
    "GIF": ("a.gif", picture("GIF")),
    "half a picture": ("a.png", picture()[:60]),
    "a lying name": ("a.exe", picture()),
    "a picture and an archive": ("a.png", picture() + b"PK\x03\x04" + b"x" * 200),
    "10 MB and more": ("a.png", picture() + b"x" * (10 * 1024 * 1024)),
    "50000 x 50000": ("a.png", picture()[:16] + (50_000).to_bytes(4, "big") * 2 + picture()[24:]),
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_what_is_no_photo_is_refused(
    api: Api, ticket_in: Walk, resident_wang: User, file: tuple[str, bytes]
) -> None:
    ticket = ticket_in("reported")
    upload = SimpleUploadedFile(*file)
    answer = api(resident_wang).post(
        f"{REPAIRS}{ticket.number}/photos/", {"photos": upload}, format="multipart"
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.png", "a\r\nX-Evil: 1.png", "照片.png", "x" * 300 + ".png", ".png"]
)
def test_a_name_with_tricks_in_it_names_nothing(
    api: Api, ticket_in: Walk, resident_wang: User, name: str
) -> None:
    ticket = ticket_in("reported")
    upload = SimpleUploadedFile(name, picture())
    answer = api(resident_wang).post(
        f"{REPAIRS}{ticket.number}/photos/", {"photos": upload}, format="multipart"
    )
    assert answer.status_code == 201
    photo = answer.json()["results"][0]
    assert "passwd" not in photo["url"]
    shown = api(resident_wang).get(photo["url"])
    assert (shown.status_code, shown["X-Content-Type-Options"]) == (200, "nosniff")
    assert b"".join(shown.streaming_content)[:3] == b"\xff\xd8\xff"  # type: ignore[attr-defined]


def test_photos_are_taken_together_or_not_at_all(api: Api, ticket_in: Walk, resident_wang: User) -> None:
    ticket = ticket_in("reported")
    url = f"{REPAIRS}{ticket.number}/photos/"
    files = [SimpleUploadedFile("a.png", picture()), SimpleUploadedFile("b.png", b"hello")]
    assert api(resident_wang).post(url, {"photos": files}, format="multipart").status_code == 400
    assert not Photo.objects.exists()
    assert api(resident_wang).post(url, {}, format="multipart").status_code == 400
    assert api(resident_wang).post(url, {"photos": "text"}, format="multipart").status_code == 400
    ten = [SimpleUploadedFile(f"{n}.png", picture(size=(40 + n, 30))) for n in range(10)]
    assert api(resident_wang).post(url, {"photos": ten}, format="multipart").status_code == 400
    broken = api(resident_wang).post(url, b"--x", content_type="multipart/form-data; boundary=x")
    assert broken.status_code == 400


def test_a_photo_is_seen_by_those_who_see_the_repair(
    api: Api,
    ticket_in: Walk,
    resident_wang: User,
    agent_binjiang: User,
    tenant_zhao: User,
    technician_chen: User,
) -> None:
    ticket = ticket_in("dispatched")
    url = f"{REPAIRS}{ticket.number}/photos/"
    upload = {"photos": SimpleUploadedFile("a.png", picture()), "kind": "before"}
    assert api(technician_chen).post(url, upload, format="multipart").status_code == 201
    photo = api(resident_wang).get(url).json()["results"][0]
    assert photo["kind"] == "before"
    for user in (agent_binjiang, tenant_zhao):
        for address in (url, photo["url"], photo["thumbnail_url"]):
            assert api(user).get(address).status_code == 404
    assert api(None).get(photo["url"]).status_code == 401
    kind = {"photos": SimpleUploadedFile("b.png", picture(size=(50, 50))), "kind": "after"}
    assert api(resident_wang).post(url, kind, format="multipart").status_code == 400
