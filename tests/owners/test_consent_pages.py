"""Pages of consents: in the portal, at the desk, where administrators write the words; and those of children."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from owners.actions import consent_texts as words
from owners.actions import facts, guarding
from owners.models import Consent, ConsentPurpose, ConsentVersion, Occupancy, Person, Unit
from servicecenter.accounts.models import User
from servicecenter.audit.models import AccessLog
from servicecenter.lib.clock import database_now, local_day

SignIn = Callable[[User], Client]
TEXTS = {"zh-hans": {"title": "社区团购", "text": "我们可以向您发送团购消息。"}}


@pytest.fixture
def asked(admin_gu: User) -> ConsentVersion:
    return words.publish(words.add_purpose("offers", texts=TEXTS, by=admin_gu), by=admin_gu)


@pytest.fixture
def child(person_wang: Person, unit_3_2_1201: Unit, agent_li: User) -> Person:
    """王小明, ten years old; 王芳 speaks for him."""
    person = Person(community=person_wang.community, name="王小明")
    today = local_day(database_now())
    facts.set_birthday(person, today.replace(year=today.year - 10, day=1), today=today)
    person.save()
    since = database_now() - timedelta(days=30)
    Occupancy.objects.create(
        community=person.community, unit=unit_3_2_1201, person=person, role="family", since=since
    )
    return guarding.name_guardian(person, person_wang, by=agent_li)


def test_a_resident_agrees_and_takes_it_back(
    asked: ConsentVersion, person_wang: Person, resident_wang: User, signed_in: SignIn
) -> None:
    portal = signed_in(resident_wang)
    assert "社区团购" in portal.get("/portal/me/consents/").content.decode()
    for given in ("yes", "no"):
        sent = portal.post("/portal/me/consents/", {"version": asked.pk, "given": given})
        assert sent.status_code == 302
    assert list(Consent.objects.order_by("id").values_list("given", flat=True)) == [True, False]
    assert 'data-consent="withdrawn"' in portal.get("/portal/me/consents/").content.decode()


@pytest.mark.parametrize(
    "body",
    [{}, {"version": "x", "given": "yes"}, {"version": "1e3", "given": "yes"}, {"given": "maybe"}],
)
def test_half_an_answer_is_none(
    body: dict[str, str], asked: ConsentVersion, person_wang: Person, resident_wang: User, signed_in: SignIn
) -> None:
    assert signed_in(resident_wang).post("/portal/me/consents/", body).status_code == 400
    assert not Consent.objects.exists()


def test_the_desk_writes_down_how_it_was_told(
    asked: ConsentVersion, person_wang: Person, agent_li: User, signed_in: SignIn
) -> None:
    desk, address = signed_in(agent_li), f"/desk/people/{person_wang.pk}/consents/"
    assert desk.post(address, {"version": asked.pk, "given": "yes"}).status_code == 400
    assert desk.post(address, {"version": asked.pk, "given": "yes", "channel": "paper"}).status_code == 302
    assert Consent.objects.get().channel == "paper"
    assert 'data-consent="given"' in desk.get(f"/desk/people/{person_wang.pk}/").content.decode()


def test_it_stands_in_the_copy_of_ones_own_data(
    asked: ConsentVersion, person_wang: Person, resident_wang: User, signed_in: SignIn
) -> None:
    portal = signed_in(resident_wang)
    portal.post("/portal/me/consents/", {"version": asked.pk, "given": "yes"})
    copy = portal.post("/portal/me/data/", {"format": "json"}).json()
    assert [(line["purpose"], line["version"]) for line in copy["consents"]] == [("社区团购", "1")]


def test_a_guardian_consents_reads_and_exports_for_the_child(
    asked: ConsentVersion, child: Person, resident_wang: User, signed_in: SignIn
) -> None:
    portal = signed_in(resident_wang)
    assert "王小明" in portal.get("/portal/me/").content.decode()
    sent = portal.post("/portal/me/consents/", {"version": asked.pk, "given": "yes", "for": child.pk})
    assert sent.status_code == 302
    assert Consent.objects.get().person == child
    copy = portal.post("/portal/me/data/", {"format": "json", "for": child.pk}).json()
    assert "王小明" in str(copy["record"])
    assert AccessLog.objects.filter(person_id=child.pk, field="everything").exists()
    assert portal.get(f"/portal/me/looks/?for={child.pk}").status_code == 200


@pytest.mark.parametrize("who", ["tenant_zhao", "stranger_sun"])
@pytest.mark.parametrize("page", ["consents", "data", "looks"])
def test_nobody_else_reads_about_the_child(
    page: str, who: str, child: Person, request: pytest.FixtureRequest, signed_in: SignIn
) -> None:
    portal = signed_in(request.getfixturevalue(who))
    assert portal.get(f"/portal/me/{page}/?for={child.pk}").status_code == 404


@pytest.mark.parametrize("said", ["0", "-1", "9" * 19, "1e3", "x", "٣"])
def test_a_child_that_is_none_is_not_found(
    said: str, person_wang: Person, resident_wang: User, signed_in: SignIn
) -> None:
    assert signed_in(resident_wang).get("/portal/me/consents/", {"for": said}).status_code == 404


def test_the_desk_names_the_guardian_of_a_child(child: Person, agent_li: User, signed_in: SignIn) -> None:
    Person.objects.filter(pk=child.pk).update(guardian=None)
    desk, address = signed_in(agent_li), f"/desk/people/{child.pk}/guardian/"
    assert "data-child" in desk.get(f"/desk/people/{child.pk}/").content.decode()
    assert desk.post(address, {"guardian": child.pk}).status_code == 422
    wang = Person.objects.get(name="王芳")
    assert desk.post(address, {"guardian": wang.pk}).status_code == 302
    child.refresh_from_db()
    assert child.guardian == wang


def test_an_administrator_writes_and_publishes_a_new_version(
    asked: ConsentVersion, admin_gu: User, signed_in: SignIn
) -> None:
    manage = signed_in(admin_gu)
    body = {"title_zh_hans": "社区团购", "text_zh_hans": "新的说明。"}
    assert manage.post("/manage/consents/offers/draft/", body | {"title_en": "Offers"}).status_code == 422
    assert manage.post("/manage/consents/offers/draft/", body).status_code == 302
    assert manage.get("/manage/consents/offers/").status_code == 200
    assert manage.post("/manage/consents/offers/publish/").status_code == 302
    assert manage.post("/manage/consents/offers/publish/").status_code == 409
    assert asked.purpose.versions.count() == 2


def test_an_administrator_adds_a_purpose(admin_gu: User, signed_in: SignIn) -> None:
    manage = signed_in(admin_gu)
    body = {"title_zh_hans": "团购", "text_zh_hans": "说明。"}
    for code, status in (("new", 422), ("坏", 422), ("deals", 302), ("deals", 422)):
        assert manage.post("/manage/consents/new/", body | {"code": code}).status_code == status
    assert ConsentPurpose.objects.filter(code="deals").count() == 1


def test_who_leads_reads_the_words_and_does_not_write_them(
    asked: ConsentVersion, supervisor_bo: User, signed_in: SignIn
) -> None:
    manage = signed_in(supervisor_bo)
    assert manage.get("/manage/consents/").status_code == 200
    assert manage.get("/manage/consents/offers/draft/").status_code == 403
    assert manage.post("/manage/consents/offers/publish/").status_code == 403
    assert manage.post("/manage/consents/offers/use/", {"active": "no"}).status_code == 403
