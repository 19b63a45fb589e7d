"""Moving in and out: rights follow the occupancy in the same second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from owners.actions.moving import AlreadyHere, NewOwner, make_primary, move_in, move_out, transfer
from owners.models import Occupancy, Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.refusals import Invalid, Refusal
from tests.conftest import make_resident


def person(community: Community, name: str, phone: str = "") -> Person:
    return Person.objects.create(community=community, name=name, phone=phone, phone_last4=phone[-4:])


def test_the_first_to_move_in_is_the_primary_contact(
    yangguang: Community, unit_3_2_1201: Unit, agent_li: User
) -> None:
    stay = move_in(unit_3_2_1201, person=person(yangguang, "赵一"), role="owner", by=agent_li)
    unit_3_2_1201.refresh_from_db()
    assert stay.is_primary
    assert unit_3_2_1201.state == "occupied"


def test_nobody_moves_in_twice(yangguang: Community, unit_3_2_1201: Unit, agent_li: User) -> None:
    one = person(yangguang, "赵一")
    move_in(unit_3_2_1201, person=one, role="owner", by=agent_li)
    with pytest.raises(AlreadyHere):
        move_in(unit_3_2_1201, person=one, role="owner", by=agent_li)


def test_whoever_moves_out_sees_the_unit_no_more(unit_3_2_1201: Unit, agent_li: User) -> None:
    resident = make_resident("王业主", "13900000011", unit_3_2_1201)
    stay = Occupancy.objects.get(person__user=resident)
    move_out(stay, by=agent_li)
    assert not Unit.objects.visible_to(resident).exists()


def test_after_a_move_out_somebody_else_is_asked_first(
    yangguang: Community, unit_3_2_1201: Unit, agent_li: User
) -> None:
    first = move_in(unit_3_2_1201, person=person(yangguang, "赵一"), role="owner", by=agent_li)
    second = move_in(unit_3_2_1201, person=person(yangguang, "钱二"), role="family", by=agent_li)
    move_out(first, by=agent_li, at=timezone.now() + timedelta(seconds=2))
    second.refresh_from_db()
    assert second.is_primary


def test_a_stay_ends_once(unit_3_2_1201: Unit, agent_li: User) -> None:
    stay = Occupancy.objects.get(person__user=make_resident("王业主", "13900000011", unit_3_2_1201))
    move_out(stay, by=agent_li)
    with pytest.raises(Refusal):
        move_out(stay, by=agent_li)


def test_a_stay_cannot_end_before_it_begins(unit_3_2_1201: Unit, agent_li: User) -> None:
    since = timezone.now() - timedelta(days=10)
    stay = Occupancy.objects.get(
        person__user=make_resident("王业主", "13900000011", unit_3_2_1201, since=since)
    )
    with pytest.raises(Invalid):
        move_out(stay, until=since - timedelta(days=1), by=agent_li)


def test_a_transfer_ends_the_former_owner_and_the_family_but_not_the_tenant(
    yangguang: Community, unit_3_2_1201: Unit, agent_li: User
) -> None:
    owner = make_resident("王业主", "13900000011", unit_3_2_1201)
    family = make_resident("王太太", "13900000012", unit_3_2_1201, "family")
    tenant = make_resident("李租客", "13900000013", unit_3_2_1201, "tenant")
    buyer = person(yangguang, "孙新主")
    transfer(unit_3_2_1201, to=[NewOwner(buyer)], by=agent_li)
    assert not Unit.objects.visible_to(owner).exists()
    assert not Unit.objects.visible_to(family).exists()
    assert Unit.objects.visible_to(tenant).exists()
    assert Occupancy.objects.current().get(unit=unit_3_2_1201, is_primary=True).person == buyer


def test_a_transfer_to_the_present_owner_is_refused(unit_3_2_1201: Unit, agent_li: User) -> None:
    owner = Occupancy.objects.get(person__user=make_resident("王业主", "13900000011", unit_3_2_1201)).person
    with pytest.raises(Invalid):
        transfer(unit_3_2_1201, to=[NewOwner(owner)], by=agent_li)


def test_nobody_moves_into_another_community(
    binjiang: Community, unit_3_2_1201: Unit, agent_li: User
) -> None:
    stranger = person(binjiang, "外人")
    with pytest.raises(Invalid):
        move_in(unit_3_2_1201, person=stranger, role="owner", by=agent_li)


def test_a_move_more_than_a_year_away_is_refused(
    yangguang: Community, unit_3_2_1201: Unit, agent_li: User
) -> None:
    far = timezone.now() + timedelta(days=4000)
    with pytest.raises(Invalid):
        move_in(unit_3_2_1201, person=person(yangguang, "赵一"), role="owner", since=far, by=agent_li)


def test_the_primary_contact_is_one(yangguang: Community, unit_3_2_1201: Unit, agent_li: User) -> None:
    move_in(unit_3_2_1201, person=person(yangguang, "赵一"), role="owner", by=agent_li)
    second = move_in(unit_3_2_1201, person=person(yangguang, "钱二"), role="family", by=agent_li)
    make_primary(second, by=agent_li)
    assert [stay.pk for stay in unit_3_2_1201.occupancies.filter(is_primary=True)] == [second.pk]


def test_every_move_stands_in_the_history_of_the_unit(
    yangguang: Community, unit_3_2_1201: Unit, agent_li: User
) -> None:
    stay = move_in(unit_3_2_1201, person=person(yangguang, "赵一"), role="owner", by=agent_li)
    move_out(stay, by=agent_li, at=timezone.now() + timedelta(seconds=2))
    events = Event.objects.of("unit", unit_3_2_1201.pk)
    assert [(event.action, event.by) for event in events] == [("move_in", agent_li), ("move_out", agent_li)]
