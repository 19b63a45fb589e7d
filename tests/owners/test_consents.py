"""Consents: in versions, given and withdrawn, never rewritten; a child's by the guardian."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from owners.actions import changing, consenting, facts, guarding
from owners.actions import consent_texts as words
from owners.models import Consent, ConsentPurpose, ConsentVersion, Occupancy, Person, Unit
from owners.queries.consents import said_by, who_agreed
from owners.queries.wards import wards_of
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from tests.conftest import make_resident

TEXTS = {
    "zh-hans": {"title": "社区团购", "text": "我们可以向您发送团购消息。"},
    "en": {"title": "Offers", "text": "Offers."},
}


@pytest.fixture
def asked(admin_gu: User) -> ConsentVersion:
    """A purpose of its own with its first version in force."""
    purpose = words.add_purpose("offers", texts=TEXTS, by=admin_gu)
    return words.publish(purpose, by=admin_gu)


@pytest.fixture
def child(person_wang: Person, unit_3_2_1201: Unit) -> Person:
    """王小明, ten years old, lives with 王芳."""
    person = Person(community=person_wang.community, name="王小明")
    today = local_day(database_now())
    facts.set_birthday(person, today.replace(year=today.year - 10, day=1), today=today)
    person.save()
    Occupancy.objects.create(
        community=person.community,
        unit=unit_3_2_1201,
        person=person,
        role="family",
        since=database_now() - timedelta(days=30),
    )
    return person


def state(person: Person, code: str = "offers") -> str:
    return next(each.state for each in said_by(person) if each.purpose.code == code)


def test_what_was_said_last_counts(asked: ConsentVersion, person_wang: Person, resident_wang: User) -> None:
    assert state(person_wang) == "open"
    consenting.say(person_wang, asked, given=True, channel="portal", by=resident_wang)
    assert state(person_wang) == "given"
    consenting.say(person_wang, asked, given=False, channel="portal", by=resident_wang)
    assert state(person_wang) == "withdrawn"
    assert Consent.objects.count() == 2


def test_saying_the_same_again_writes_nothing(
    asked: ConsentVersion, person_wang: Person, resident_wang: User
) -> None:
    for _again in range(2):
        consenting.say(person_wang, asked, given=True, channel="portal", by=resident_wang)
    assert Consent.objects.count() == 1


def test_a_new_version_asks_again(
    asked: ConsentVersion, person_wang: Person, resident_wang: User, admin_gu: User
) -> None:
    consenting.say(person_wang, asked, given=True, channel="portal", by=resident_wang)
    words.draft(asked.purpose, texts=TEXTS, by=admin_gu)
    assert state(person_wang) == "given"
    words.publish(asked.purpose, by=admin_gu)
    assert state(person_wang) == "asked_again"
    with pytest.raises(Refusal) as refused:
        consenting.say(person_wang, asked, given=True, channel="portal", by=resident_wang)
    assert refused.value.code == "stale"


def test_only_those_who_agreed_to_the_words_in_force_are_written_to(
    asked: ConsentVersion, person_wang: Person, agent_li: User, admin_gu: User
) -> None:
    everybody = Person.objects.all()
    assert not who_agreed("offers", everybody).exists()
    consenting.say(person_wang, asked, given=True, channel="paper", by=agent_li)
    assert list(who_agreed("offers", everybody)) == [person_wang]
    words.draft(asked.purpose, texts=TEXTS, by=admin_gu)
    words.publish(asked.purpose, by=admin_gu)
    assert not who_agreed("offers", everybody).exists()


@pytest.mark.parametrize(
    "statement", ["UPDATE owners_consent SET given = false", "DELETE FROM owners_consent"]
)
def test_the_database_refuses_to_rewrite_what_was_said(
    statement: str, asked: ConsentVersion, person_wang: Person, resident_wang: User
) -> None:
    consenting.say(person_wang, asked, given=True, channel="portal", by=resident_wang)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE owners_consentversion SET texts = '{}' WHERE id = %s",
        "UPDATE owners_consentversion SET published_at = NULL WHERE id = %s",
        "DELETE FROM owners_consentversion WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_published_words(statement: str, asked: ConsentVersion) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [asked.pk])


def test_the_database_refuses_a_consent_to_a_draft(
    asked: ConsentVersion, person_wang: Person, admin_gu: User
) -> None:
    draft = words.draft(asked.purpose, texts=TEXTS, by=admin_gu)
    with pytest.raises(IntegrityError), transaction.atomic():
        _line(person_wang, draft, admin_gu)


def test_the_database_refuses_a_consent_of_another_community(
    asked: ConsentVersion, person_wang: Person, admin_gu: User, binjiang: object
) -> None:
    def write() -> None:
        with transaction.atomic():
            _line(person_wang, asked, admin_gu, community=binjiang)
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        write()


def _line(person: Person, version: ConsentVersion, by: User, **other: object) -> Consent:
    facts_of: dict[str, object] = {"community": person.community} | other
    return Consent.objects.create(
        person=person, version=version, given=True, channel="paper", by=by, at=database_now(), **facts_of
    )


def test_what_the_service_needs_is_not_asked(person_wang: Person, agent_li: User) -> None:
    purpose = ConsentPurpose.objects.create(code="needed", basis="contract")
    version = ConsentVersion.objects.create(
        purpose=purpose, number=1, texts=TEXTS, published_at=database_now()
    )
    with pytest.raises(Refusal):
        consenting.say(person_wang, version, given=False, channel="paper", by=agent_li)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("tenant_zhao", NotFound),
        ("stranger_sun", NotFound),
        ("agent_binjiang", NotFound),
        ("technician_chen", NotPermitted),
        ("manager_mei", NotPermitted),
        ("admin_gu", NotPermitted),
    ],
)
def test_nobody_else_says_it(
    who: str,
    refusal: type[Refusal],
    asked: ConsentVersion,
    person_wang: Person,
    request: pytest.FixtureRequest,
) -> None:
    by = request.getfixturevalue(who)
    channel = "portal" if by.role == "resident" else "paper"
    with pytest.raises(refusal):
        consenting.say(person_wang, asked, given=True, channel=channel, by=by)


def test_a_resident_says_it_in_the_portal_and_the_desk_how_it_was_told(
    asked: ConsentVersion, person_wang: Person, resident_wang: User, agent_li: User
) -> None:
    with pytest.raises(Invalid):
        consenting.say(person_wang, asked, given=True, channel="paper", by=resident_wang)
    with pytest.raises(Invalid):
        consenting.say(person_wang, asked, given=True, channel="portal", by=agent_li)


@pytest.mark.parametrize("who", ["agent_li", "supervisor_bo", "manager_mei", "resident_wang"])
def test_only_administrators_write_the_words(
    who: str, asked: ConsentVersion, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        words.draft(asked.purpose, texts=TEXTS, by=by)
    with pytest.raises(NotPermitted):
        words.publish(asked.purpose, by=by)


def test_words_without_chinese_are_refused(asked: ConsentVersion, admin_gu: User) -> None:
    with pytest.raises(Invalid):
        words.draft(asked.purpose, texts={"en": {"title": "Offers", "text": "Offers."}}, by=admin_gu)


def test_a_child_under_fourteen_is_told_from_the_birthday(child: Person) -> None:
    today = date(2026, 3, 1)
    assert child.is_minor
    assert facts.is_minor(date(2012, 3, 2), today)
    assert not facts.is_minor(date(2012, 3, 1), today)
    assert not facts.is_minor(date(2012, 2, 29), today)
    assert facts.is_minor(date(2012, 2, 29), date(2026, 2, 28))


def test_nothing_is_consented_to_before_the_guardian_is_named(
    asked: ConsentVersion, child: Person, agent_li: User
) -> None:
    with pytest.raises(Refusal) as refused:
        consenting.say(child, asked, given=True, channel="paper", by=agent_li)
    assert refused.value.code == "guardian_needed"


def test_the_guardian_consents_for_the_child(
    asked: ConsentVersion, child: Person, person_wang: Person, resident_wang: User, agent_li: User
) -> None:
    guarding.name_guardian(child, person_wang, by=agent_li)
    assert list(wards_of(resident_wang, child.community_id)) == [child]
    consenting.say(child, asked, given=True, channel="portal", by=resident_wang)
    line = Consent.objects.get()
    assert (line.person, line.guardian) == (child, person_wang)


def test_the_database_refuses_a_childs_consent_without_the_guardian(
    asked: ConsentVersion, child: Person, person_wang: Person, agent_li: User
) -> None:
    guarding.name_guardian(child, person_wang, by=agent_li)
    child.refresh_from_db()
    with pytest.raises(IntegrityError), transaction.atomic():
        _line(child, asked, agent_li)


def test_a_guardian_who_moved_out_speaks_for_nobody_here(
    asked: ConsentVersion, child: Person, person_wang: Person, resident_wang: User, agent_li: User
) -> None:
    guarding.name_guardian(child, person_wang, by=agent_li)
    Occupancy.objects.filter(person=person_wang).update(until=database_now(), is_primary=False)
    assert not wards_of(resident_wang, child.community_id).exists()
    with pytest.raises(NotFound):
        consenting.say(child, asked, given=True, channel="portal", by=resident_wang)


def test_a_neighbour_or_another_child_is_no_guardian(
    child: Person, tenant_zhao: User, agent_li: User
) -> None:
    with pytest.raises(Invalid):
        guarding.name_guardian(child, Person.objects.get(user=tenant_zhao), by=agent_li)
    with pytest.raises(Invalid):
        guarding.name_guardian(child, child, by=agent_li)


def test_the_database_refuses_a_guardian_of_another_community(child: Person, unit_binjiang: Unit) -> None:
    other = Person.objects.get(user=make_resident("孙丽", "13811119999", unit_binjiang))

    def write() -> None:
        with transaction.atomic():
            Person.objects.filter(pk=child.pk).update(guardian=other)
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        write()


def test_the_database_refuses_a_login_of_a_child(child: Person, resident_wang: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=child.pk).update(user=resident_wang)


def test_a_corrected_birthday_that_makes_a_child_ends_the_login(
    person_wang: Person, resident_wang: User, agent_li: User, agent_zhou: User
) -> None:
    today = local_day(database_now())
    born = today.replace(year=today.year - 9, day=1).isoformat()
    change = changing.propose(person_wang, "birthday", {"birthday": born}, by=agent_li)
    changing.verify(change, by=agent_zhou)
    person_wang.refresh_from_db()
    resident_wang.refresh_from_db()
    assert (person_wang.is_minor, person_wang.user, resident_wang.is_active) == (True, None, False)


def test_a_child_with_a_new_number_still_has_no_login(
    child: Person, agent_li: User, agent_zhou: User
) -> None:
    change = changing.propose(child, "phone", {"phone": "13900001234"}, by=agent_li)
    changing.verify(change, by=agent_zhou)
    child.refresh_from_db()
    assert (child.phone, child.user) == ("13900001234", None)


def test_whoever_turned_fourteen_speaks_for_themselves(
    child: Person, person_wang: Person, agent_li: User
) -> None:
    guarding.name_guardian(child, person_wang, by=agent_li)
    assert guarding.come_of_age() == 0
    assert guarding.come_of_age(at=database_now() + timedelta(days=5 * 366)) == 1
    child.refresh_from_db()
    assert (child.is_minor, child.guardian) == (False, None)


def test_only_the_desk_names_a_guardian(
    child: Person, person_wang: Person, manager_mei: User, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotPermitted):
        guarding.name_guardian(child, person_wang, by=manager_mei)
    with pytest.raises(NotFound):
        guarding.name_guardian(child, person_wang, by=request.getfixturevalue("agent_binjiang"))
