"""Somebody who left asks to be erased; how long things are kept is decided by administrators, within the law."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from owners.actions import consent_texts as words
from owners.actions import consenting, facts
from owners.actions.asking_erasure import ask_erasure
from owners.models import ErasureRequest, Occupancy, Person
from owners.queries.consents import said_by
from servicecenter.accounts.models import User
from servicecenter.audit.models import Erasure, Event, RetentionRule
from servicecenter.audit.retention import set_days
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal

SignIn = Callable[[User], Client]
TEXTS = {"zh-hans": {"title": "社区团购", "text": "我们可以向您发送团购消息。"}}


@pytest.fixture
def gone(person_wang: Person) -> Person:
    """王芳 moved out a hundred days ago."""
    facts.set_id_number(person_wang, "11010519491231002X")
    facts.set_spare_phone(person_wang, "13977776666")
    person_wang.email, person_wang.note = "wang@example.com", "爱安静"
    person_wang.save()
    now = database_now()
    Occupancy.objects.filter(person=person_wang).update(until=now - timedelta(days=100), is_primary=False)
    return person_wang


def test_what_nobody_needs_goes_at_once_and_the_rest_stays_for_claims(gone: Person, agent_li: User) -> None:
    asked = ask_erasure(gone, channel="paper", by=agent_li)
    gone.refresh_from_db()
    assert (gone.email, gone.note, gone.spare_phone_sealed) == ("", "", "")
    assert (gone.name, gone.phone, gone.unseal("id_number")) == ("王芳", "13811112222", "11010519491231002X")
    assert [line["what"] for line in asked.answer] == ["extras", "identity", "cases", "log"]
    assert Erasure.objects.get().on_request


def test_the_answer_says_until_when(gone: Person, agent_li: User, admin_gu: User) -> None:
    set_days("person", 400, by=admin_gu)
    asked = ask_erasure(gone, channel="phone", by=agent_li)
    left = Occupancy.objects.filter(person=gone).latest("until").until
    assert left is not None
    until = local_day(left + timedelta(days=400)).isoformat()
    assert [line["until"] for line in asked.answer[:3]] == ["", until, until]


def test_consents_end_with_the_request(gone: Person, agent_li: User, admin_gu: User) -> None:
    version = words.publish(words.add_purpose("offers", texts=TEXTS, by=admin_gu), by=admin_gu)
    consenting.say(gone, version, given=True, channel="paper", by=agent_li)
    ask_erasure(gone, channel="paper", by=agent_li)
    assert next(each.state for each in said_by(gone) if each.purpose.code == "offers") == "withdrawn"


def test_who_lives_here_is_not_erased(person_wang: Person, agent_li: User) -> None:
    with pytest.raises(Refusal) as refused:
        ask_erasure(person_wang, channel="paper", by=agent_li)
    assert refused.value.code == "still_here"


def test_it_is_answered_once(gone: Person, agent_li: User) -> None:
    ask_erasure(gone, channel="paper", by=agent_li)
    with pytest.raises(Refusal) as refused:
        ask_erasure(gone, channel="paper", by=agent_li)
    assert refused.value.code == "asked_already"


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("tenant_zhao", NotFound), ("agent_binjiang", NotFound), ("manager_mei", NotPermitted)],
)
def test_nobody_else_asks_for_it(
    who: str, refusal: type[Refusal], gone: Person, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    with pytest.raises(refusal):
        ask_erasure(gone, channel="portal" if by.role == "resident" else "paper", by=by)


@pytest.mark.parametrize("table", ["owners_erasurerequest", "audit_erasure"])
def test_the_database_refuses_to_rewrite_request_and_log(table: str, gone: Person, agent_li: User) -> None:
    ask_erasure(gone, channel="paper", by=agent_li)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_an_administrator_decides_how_long_and_it_is_noted(admin_gu: User) -> None:
    set_days("access_log", 400, by=admin_gu)
    assert RetentionRule.days_of("access_log") == 400
    noted = Event.objects.filter(work="retention_rule").values_list("data", flat=True)
    assert {(each["before"], each["after"]) for each in noted} == {(1095, 400)}


@pytest.mark.parametrize(("what", "days"), [("access_log", 183), ("person", 29), ("person", 3651)])
def test_never_below_the_law_or_for_ever(what: str, days: int, admin_gu: User) -> None:
    with pytest.raises(Invalid):
        set_days(what, days, by=admin_gu)


def test_the_database_refuses_less_than_the_law(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRule.objects.create(what="access_log", days=100)


@pytest.mark.parametrize("who", ["supervisor_bo", "manager_mei", "agent_li"])
def test_nobody_else_decides_how_long(who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        set_days("person", 400, by=request.getfixturevalue(who))


def test_a_resident_who_left_asks_in_the_portal_and_reads_the_answer(
    gone: Person, resident_wang: User, signed_in: SignIn
) -> None:
    portal = signed_in(resident_wang)
    assert "/portal/me/erasure/" in portal.get("/portal/").content.decode()
    assert portal.post("/portal/me/erasure/", {"person": "0"}).status_code == 404
    assert portal.post("/portal/me/erasure/", {"person": gone.pk}).status_code == 302
    assert "data-asked" in portal.get("/portal/me/erasure/").content.decode()
    assert ErasureRequest.objects.get().channel == "portal"


def test_the_request_stands_in_the_copy_of_ones_own_data(
    gone: Person, agent_li: User, resident_wang: User, signed_in: SignIn
) -> None:
    ask_erasure(gone, channel="paper", by=agent_li)
    # They come back, and read what they asked for before.
    Occupancy.objects.filter(person=gone).update(until=None)
    portal = signed_in(resident_wang)
    requests = portal.post("/portal/me/data/", {"format": "json"}).json()["erasure_requests"]
    assert [len(each["answer"]) for each in requests] == [4]
    assert requests[0]["answer"][1]["until"] in portal.post("/portal/me/data/").content.decode()


@pytest.mark.parametrize("address", ["/portal/me/data/", "/portal/me/erasure/"])
def test_who_lives_here_reads_why_erasure_waits(
    address: str, person_wang: Person, resident_wang: User, signed_in: SignIn
) -> None:
    assert 'data-erasure="later"' in signed_in(resident_wang).get(address).content.decode()


def test_the_desk_writes_a_request_down(gone: Person, agent_li: User, signed_in: SignIn) -> None:
    desk, address = signed_in(agent_li), f"/desk/people/{gone.pk}/erasure/"
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"channel": "portal"}).status_code == 422
    assert desk.post(address, {"channel": "phone"}).status_code == 302
    assert "data-asked" in desk.get(address).content.decode()


def test_who_leads_reads_what_comes_and_what_went(
    gone: Person, agent_li: User, admin_gu: User, supervisor_bo: User, signed_in: SignIn
) -> None:
    ask_erasure(gone, channel="paper", by=agent_li)
    set_days("person", 60, by=admin_gu)
    page = signed_in(supervisor_bo).get("/manage/retention/")
    assert 'data-tonight="1"' in page.content.decode()
    assert "王芳" not in page.content.decode()
    assert signed_in(supervisor_bo).get("/manage/retention/person/").status_code == 403
    manage = signed_in(admin_gu)
    assert manage.post("/manage/retention/person/", {"days": "29"}).status_code == 422
    assert manage.post("/manage/retention/person/", {"days": "90"}).status_code == 302
    assert manage.get("/manage/retention/nothing/").status_code == 404
