"""The page of operations and the banner: who sees them, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicecenter.accounts.models import User
from servicecenter.operations.actions import Part, beat, prove, record_backup
from servicecenter.operations.models import Heartbeat, PartRole, Verification
from servicecenter.operations.watch import WATCH

SignIn = Callable[[User], Client]
PAGE = "/manage/operations/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def watched() -> Iterator[None]:
    """This process has just looked, as the heart of a web process does; nothing of it stays."""
    WATCH.look()
    yield
    WATCH._remember(False)


@pytest.mark.parametrize("who", ["supervisor_bo", "manager_mei", "admin_gu"])
def test_whoever_answers_for_the_center_sees_the_page(
    who: str, request: pytest.FixtureRequest, signed_in: SignIn
) -> None:
    assert signed_in(request.getfixturevalue(who)).get(PAGE).status_code == 200


@pytest.mark.parametrize("who", ["agent_li", "technician_chen", "guard_hu", "resident_wang"])
def test_the_page_is_closed_to_everybody_else(
    who: str, request: pytest.FixtureRequest, signed_in: SignIn
) -> None:
    assert signed_in(request.getfixturevalue(who)).get(PAGE).status_code == 403


def test_an_empty_center_says_what_is_missing(admin_gu: User, signed_in: SignIn) -> None:
    page = signed_in(admin_gu).get(PAGE).content.decode()
    assert 'data-state="at_risk"' in page
    assert 'data-missing="clock"' in page
    assert 'data-backup="never"' in page


def test_a_living_part_is_shown_alive_and_a_dead_one_dead(admin_gu: User, signed_in: SignIn) -> None:
    beat(Part(PartRole.CLOCK, pid=1))
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    beat(Part(PartRole.CLOCK, pid=2))
    page = signed_in(admin_gu).get(PAGE).content.decode()
    assert page.count('data-alive="true"') == 1
    assert page.count('data-alive="false"') == 1
    assert 'data-state="kept"' in page


def test_a_fresh_backup_is_shown(admin_gu: User, signed_in: SignIn) -> None:
    record_backup(size_bytes=5_000_000, place="/backup/today.dump")
    page = signed_in(admin_gu).get(PAGE).content.decode()
    assert 'data-backup="fresh"' in page
    assert "/backup/today.dump" in page


def test_an_old_backup_is_late_in_production_only(
    admin_gu: User, signed_in: SignIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_backup(size_bytes=1, place="old", at=timezone.now() - timedelta(hours=27))
    client = signed_in(admin_gu)
    assert b'data-backup="fresh"' in client.get(PAGE).content
    monkeypatch.setattr(type(settings.ENV), "is_production", property(lambda self: True))
    assert b'data-backup="late"' in client.get(PAGE).content


def test_the_nightly_proof_is_shown_line_by_line(admin_gu: User, signed_in: SignIn) -> None:
    prove()
    page = signed_in(admin_gu).get(PAGE).content.decode()
    assert 'data-proof="kept"' in page
    assert 'data-line="V5"' in page
    assert page.count('data-line="V14"') == 1


def test_a_proof_that_ran_out_of_time_is_not_taken_for_one(admin_gu: User, signed_in: SignIn) -> None:
    prove(budget=0)
    assert all(line["count"] is None for line in Verification.objects.get().lines)
    assert b'data-proof="broken"' in signed_in(admin_gu).get(PAGE).content


@pytest.mark.parametrize(
    ("who", "face"),
    [
        ("agent_li", "/desk/"),
        ("technician_chen", "/field/"),
        ("manager_mei", "/board/"),
        ("admin_gu", "/manage/"),
    ],
)
def test_all_staff_are_told_when_promises_are_at_risk(
    who: str, face: str, request: pytest.FixtureRequest, signed_in: SignIn, watched: None
) -> None:
    assert b"data-at-risk" in signed_in(request.getfixturevalue(who)).get(face).content


def test_residents_are_not_worried(resident_wang: User, signed_in: SignIn, watched: None) -> None:
    assert b"at-risk" not in signed_in(resident_wang).get("/portal/").content


def test_the_banner_goes_when_a_clock_lives_again(agent_li: User, signed_in: SignIn, watched: None) -> None:
    client = signed_in(agent_li)
    assert b"data-at-risk" in client.get(f"{PAGE}banner/").content
    beat(Part(PartRole.CLOCK))
    WATCH.look()
    assert b"data-at-risk" not in client.get(f"{PAGE}banner/").content


def test_the_live_counts_of_the_desk_bring_the_banner(
    agent_li: User, signed_in: SignIn, watched: None
) -> None:
    page = signed_in(agent_li).get("/desk/live/?seen=0", headers={"HX-Request": "true"}).content
    assert b"data-at-risk" in page


def test_the_banner_costs_a_page_no_query(
    agent_li: User, signed_in: SignIn, django_assert_num_queries: Any, watched: None
) -> None:
    client = signed_in(agent_li)
    with django_assert_num_queries(2):  # the session and the user
        client.get(f"{PAGE}banner/")
