"""Limits against guessing and flooding: the same behind every door, and on every connection."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from servicecenter.accounts import actions, limits
from servicecenter.accounts.models import ApiToken, LoginAttempt, PhoneCode, User
from servicecenter.audit.models import IdempotencyKey
from servicecenter.audit.tasks import tidy
from servicecenter.lib.refusals import Invalid, TooMany
from tests.conftest import PASSWORD

HERE = "10.0.0.9"


def test_the_door_of_the_administration_has_the_same_limit(client: Client, admin_gu: User) -> None:
    answers = [
        client.post("/admin/login/", {"username": "gu", "password": "wrong"}).status_code
        for _number in range(11)
    ]
    assert answers == [400] * 10 + [429]
    assert client.post("/admin/login/", {"username": "gu", "password": PASSWORD}).status_code == 429
    assert client.post("/login/staff/", {"username": "gu", "password": PASSWORD}).status_code == 429


def test_an_administrator_comes_back_to_the_page_that_asked(client: Client, admin_gu: User) -> None:
    sent = client.get("/admin/accounts/user/")
    page = client.get(sent.headers["Location"])
    typed = {"username": "gu", "password": PASSWORD, "next": page.context["next"]}
    assert client.post("/admin/login/", typed).headers["Location"] == "/admin/accounts/user/"


def test_wrong_names_and_wrong_passwords_read_alike_at_the_administration(
    client: Client, admin_gu: User
) -> None:
    answers = [client.post("/admin/login/", {"username": name, "password": "x"}) for name in ("gu", "nobody")]
    assert answers[0].context["form"].errors == answers[1].context["form"].errors


def test_one_address_cannot_guess_at_many_names(agent_li: User) -> None:
    for number in range(limits.GUESSES_PER_ADDRESS.most):
        with pytest.raises(Invalid):
            actions.sign_in(username=f"nobody{number}", password="x", address=HERE)
    with pytest.raises(TooMany):
        actions.sign_in(username="li", password=PASSWORD, address=HERE)
    assert actions.sign_in(username="li", password=PASSWORD, address="10.0.0.10") == agent_li


def test_signing_in_well_uses_nothing_up(agent_li: User) -> None:
    for _number in range(limits.PASSWORDS.most + 1):
        actions.sign_in(username="li", password=PASSWORD, address=HERE)
    assert not LoginAttempt.objects.exists()


def test_being_refused_does_not_lengthen_the_wait(agent_li: User) -> None:
    start = timezone.now()
    for _number in range(limits.PASSWORDS.most):
        with pytest.raises(Invalid):
            actions.sign_in(username="li", password="x", address=HERE, at=start)
    for minutes in range(1, 15):
        with pytest.raises(TooMany):
            actions.sign_in(username="li", password="x", address=HERE, at=start + timedelta(minutes=minutes))
    later = start + timedelta(minutes=16)
    assert actions.sign_in(username="li", password=PASSWORD, address=HERE, at=later) == agent_li


def test_one_address_cannot_have_codes_sent_to_a_whole_community(resident_wang: User) -> None:
    for number in range(limits.CODES_PER_ADDRESS.most):
        actions.request_code(phone=f"139{number:08d}", address=HERE)
    with pytest.raises(TooMany):
        actions.request_code(phone=resident_wang.phone or "", address=HERE)
    assert not PhoneCode.objects.exists()


def test_one_address_cannot_guess_codes_of_many_phones(resident_wang: User) -> None:
    for number in range(limits.GUESSES_PER_ADDRESS.most):
        with pytest.raises(Invalid):
            actions.sign_in_by_phone(phone=f"139{number:08d}", code="000000", address=HERE)
    with pytest.raises(TooMany):
        actions.sign_in_by_phone(phone=resident_wang.phone or "", code="000000", address=HERE)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_connections_guesses_no_more_often_than_one(agent_li: User) -> None:
    barrier, answers = threading.Barrier(16), []

    def guess() -> None:
        barrier.wait(timeout=10)
        try:
            actions.sign_in(username="li", password="wrong", address=HERE)
        except (Invalid, TooMany) as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    crowd = [threading.Thread(target=guess) for _number in range(16)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(timeout=30)
    assert len(answers) == 16
    assert answers.count("login_failed") <= limits.PASSWORDS.most


def test_what_signing_in_left_behind_is_forgotten_in_time(agent_li: User, resident_wang: User) -> None:
    now = timezone.now()
    old, fresh = now - timedelta(days=40), now - timedelta(minutes=1)
    for at in (old, fresh):
        actions.issue_token(user=agent_li, at=at)
        actions.request_code(phone=resident_wang.phone or "", address=HERE, at=at)
        key = IdempotencyKey.objects.create(user=agent_li, key=str(at), route="r", status=201, answer={})
        IdempotencyKey.objects.filter(pk=key.pk).update(created_at=at)
        session = SessionStore()
        session.save()
        Session.objects.filter(pk=session.session_key).update(expire_date=at + timedelta(days=14))
    tidy()
    assert not LoginAttempt.objects.filter(at=old).exists()
    kept = (LoginAttempt, PhoneCode, ApiToken, IdempotencyKey, Session)
    assert [model.objects.count() for model in kept] == [2, 1, 1, 1, 1]
