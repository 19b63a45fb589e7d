"""Photos and locks: what takes long or fails keeps nobody waiting, and what was typed stays."""

from __future__ import annotations

import os
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from owners.models import Unit
from repairs import actions
from repairs.forms import form_for
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import tidy
from servicecenter.attachments.models import Photo
from servicecenter.attachments.storage import photo_store
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from tests.conftest import Walk
from tests.portal.test_report import picture
from tests.races.test_races import codes, collide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
SignedIn = Callable[[User], Client]
Api = Callable[[User | None], APIClient]


def files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def unkept() -> dict[str, int]:
    """How often each promise about files is broken."""
    stated = [each for each in every_invariant() if each.code == "V11"]
    assert len(stated) == 2
    return {each.sentence: broken(each)[0] for each in stated}


@contextmanager
def locked(sql: str, *parameters: Any) -> Iterator[None]:
    """Somebody else holds a lock on a connection of their own for as long as the block lasts."""
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            ready.set()
            done.wait(timeout=30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert ready.wait(timeout=10)
    try:
        yield
    finally:
        done.set()
        holder.join(timeout=30)


@pytest.fixture
def impatient() -> Iterator[None]:
    """Gives up on a lock at once, so that no test waits for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    yield
    connection.close()


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond a hundred bytes: what the system then says is what it says on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def typed(unit_3_2_1201: Unit) -> dict[str, Any]:
    return {"text": "厨房水龙头滴水", "unit": unit_3_2_1201.pk, "idempotency_key": str(uuid4())}


SERIES = "SELECT 1 FROM accounts_numberseries FOR UPDATE"


def test_a_photo_is_looked_at_before_anything_is_locked(
    impatient: None, ticket_in: Walk, signed_in: SignedIn, resident_wang: User, typed: dict[str, Any]
) -> None:
    ticket_in("reported")
    damaged = SimpleUploadedFile("leak.jpg", b"\xff\xd8\xff nothing", "image/jpeg")
    with locked(SERIES):
        answer = signed_in(resident_wang).post("/portal/report/", typed | {"photos": [damaged]})
    assert answer.status_code == 422
    assert "leak.jpg" in answer.content.decode()


def test_a_report_that_meets_a_locked_number_series_keeps_what_was_typed(
    impatient: None, ticket_in: Walk, signed_in: SignedIn, resident_wang: User, typed: dict[str, Any]
) -> None:
    ticket_in("reported")
    browser = signed_in(resident_wang)
    with locked(SERIES):
        answer = browser.post("/portal/report/", typed | {"photos": [picture()]})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "厨房水龙头滴水" in answer.content.decode()
    assert (Ticket.objects.count(), Photo.objects.count()) == (1, 0)
    assert browser.post("/portal/report/", typed | {"photos": [picture()]}).status_code == 302
    assert Photo.objects.count() == 1


def test_a_step_that_meets_a_locked_repair_keeps_what_was_typed_on_page_dialog_and_api(
    impatient: None, ticket_in: Walk, signed_in: SignedIn, api: Api, resident_wang: User
) -> None:
    ticket = ticket_in("reported")
    url, sent = f"/repairs/{ticket.number}/note/", {"note": "下午在家"}
    browser = signed_in(resident_wang)
    with locked("SELECT 1 FROM repairs_ticket WHERE id = %s FOR UPDATE", ticket.pk):
        answers = [browser.post(url, sent), browser.post(url, sent, headers={"HX-Request": "true"})]
        problem = api(resident_wang).post(f"/api/v1{url}", sent, format="json")
    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "下午在家" in answer.content.decode()
    assert (problem.status_code, problem.data["code"], problem["Retry-After"]) == (503, "busy", "5")
    assert not ticket.events().filter(action="note").exists()


def test_a_page_that_the_database_refuses_says_to_try_again(
    impatient: None, ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("reported")
    browser = signed_in(resident_wang)
    with locked("LOCK TABLE repairs_ticket IN ACCESS EXCLUSIVE MODE"):
        answer = browser.get(f"/portal/tickets/{ticket.number}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert 'data-error="503"' in answer.content.decode()


@pytest.mark.parametrize("face", ["report", "add-photo", "api"])
def test_a_full_disk_stores_nothing_and_keeps_what_was_typed(
    face: str, ticket_in: Walk, signed_in: SignedIn, api: Api, resident_wang: User, typed: dict[str, Any]
) -> None:
    ticket = ticket_in("reported")
    browser, photos = signed_in(resident_wang), {"photos": [picture()]}
    with full_disk():
        if face == "report":
            answer = browser.post("/portal/report/", typed | photos)
            assert "厨房水龙头滴水" in answer.content.decode()
            status = answer.status_code
        elif face == "add-photo":
            status = browser.post(
                f"/repairs/{ticket.number}/add-photo/", photos | {"kind": "report"}
            ).status_code
        else:
            url = f"/api/v1/repairs/{ticket.number}/photos/"
            problem = api(resident_wang).post(url, photos, format="multipart")
            assert problem.json()["code"] == "storage_full"
            status = problem.status_code
    assert status == 507
    assert (Ticket.objects.count(), Photo.objects.count(), files()) == (1, 0, [])
    assert not ticket.events().filter(action="add_photo").exists()


def test_a_refused_form_leaves_no_file_behind(
    ticket_in: Walk, signed_in: SignedIn, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    seen = ticket.version
    actions.classify(ticket, trade="electrical", urgency="normal", by=supervisor_bo)
    sent = {"summary": "已换", "version": str(seen), "photos": [picture()]}
    answer = signed_in(technician_chen).post(f"/repairs/{ticket.number}/complete/", sent)
    assert answer.status_code == 409
    assert not files()


def test_files_without_a_row_are_a_broken_promise_after_a_day_until_they_are_tidied(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("reported")
    sent = {"photos": [picture()], "kind": "report"}
    signed_in(resident_wang).post(f"/repairs/{ticket.number}/add-photo/", sent)
    kept = set(files())
    store = photo_store()
    young, old = store.path(store.write(b"x", "jpg")), store.path(store.write(b"x", "jpg"))
    half = old.with_name(".half.part")
    half.write_bytes(b"x")
    yesterday = time.time() - 25 * 3600
    for path in (old, half, *kept):
        os.utime(path, (yesterday, yesterday))
    assert unkept()["files without a photo after 24 hours"] == 2
    assert tidy(at=database_now()) == 2
    assert set(files()) == kept | {young}
    assert set(unkept().values()) == {0}


def test_a_photo_whose_file_is_gone_is_a_broken_promise(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("reported")
    sent = {"photos": [picture()], "kind": "report"}
    signed_in(resident_wang).post(f"/repairs/{ticket.number}/add-photo/", sent)
    photo_store().delete(Photo.objects.get().thumbnail)
    assert unkept()["photos of which a file is missing"] == 1


def test_two_taps_at_the_same_instant_make_one_note(ticket_in: Walk, resident_wang: User) -> None:
    ticket = ticket_in("accepted")
    key = str(uuid4())

    def tap() -> bool:
        sent = {"note": "下午在家", "idempotency_key": key}
        return form_for("note", Ticket.objects.get(pk=ticket.pk), resident_wang, sent).settle()

    results = collide(tap, tap)
    assert codes(results) == []
    assert results == [True, True]
    assert ticket.events().filter(action="note").count() == 1
