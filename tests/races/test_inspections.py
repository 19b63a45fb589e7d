"""Residents and supervisors at the same moment: places are never given twice."""

from __future__ import annotations

import pytest

from owners.actions import inspections, visits
from owners.actions.reminders import remind_of_visits, remind_of_warranties
from owners.models import Inspection, InspectionSlot, InspectionVisit, Unit, WarrantyReminder
from servicecenter.accounts.models import Community, User
from servicecenter.notifications.models import Message
from tests.conftest import make_resident, make_unit
from tests.owners.test_inspections import slot_at
from tests.owners.test_reminders import DELIVERED, on
from tests.races.test_races import codes, collide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HOMES = 6


@pytest.fixture
def residents(yangguang: Community) -> list[User]:
    """Six homes with an owner each."""
    return [
        make_resident(f"业主{number}", f"1391234000{number}", make_unit(yangguang, f"3-1-{number}01"))
        for number in range(HOMES)
    ]


@pytest.fixture
def campaign(
    yangguang: Community, residents: list[User], supervisor_bo: User, technician_chen: User
) -> Inspection:
    """Under way, with two places in the morning and six in the afternoon."""
    made = inspections.plan(community=yangguang, title="检修", by=supervisor_bo)
    slot_at(made, technician_chen, supervisor_bo, hour=9, capacity=2)
    slot_at(made, technician_chen, supervisor_bo, hour=14, capacity=HOMES)
    return inspections.open_campaign(made, by=supervisor_bo)


def fresh(campaign: Inspection) -> list[InspectionVisit]:
    return list(campaign.visits.order_by("unit__code"))


def test_of_six_who_book_two_places_at_once_two_get_them(campaign: Inspection, residents: list[User]) -> None:
    slot = campaign.slots.get(capacity=2)
    pairs = list(zip(fresh(campaign), residents, strict=True))
    results = collide(*(lambda v=v, u=u: visits.book(v, slot, by=u) for v, u in pairs))
    assert codes(results) == ["slot_full"] * 4
    slot.refresh_from_db()
    assert slot.taken == slot.visits.filter(status="booked").count() == 2


def test_two_who_change_places_do_not_wait_for_each_other(
    campaign: Inspection, residents: list[User]
) -> None:
    morning, afternoon = campaign.slots.order_by("starts_at")
    one, two = fresh(campaign)[:2]
    visits.book(one, morning, by=residents[0])
    visits.book(two, afternoon, by=residents[1])
    results = collide(
        lambda: visits.move(one, afternoon, by=residents[0]),
        lambda: visits.move(two, morning, by=residents[1]),
    )
    assert codes(results) == []
    assert [each.taken for each in InspectionSlot.objects.order_by("starts_at")] == [1, 1]


def test_a_booking_and_the_calling_off_at_once_leave_nobody_booked_in_vain(
    campaign: Inspection, residents: list[User], supervisor_bo: User
) -> None:
    slot, visit = campaign.slots.get(capacity=2), fresh(campaign)[0]
    same = Inspection.objects.get(pk=campaign.pk)
    results = collide(
        lambda: visits.book(visit, slot, by=residents[0]),
        lambda: inspections.cancel(same, reason="改期", by=supervisor_bo),
    )
    assert set(codes(results)) <= {"campaign_over", "not_permitted"}
    booked = InspectionVisit.objects.get(pk=visit.pk).status == "booked"
    told = Message.objects.filter(
        event="visit.called_off", case_id=visit.pk, params__has_key="due_at"
    ).exists()
    assert booked == told


def test_two_workers_remind_once(yangguang: Community, residents: list[User], supervisor_bo: User) -> None:
    Unit.objects.update(delivered_on=DELIVERED)
    collide(lambda: remind_of_warranties(at=on(4, 20)), lambda: remind_of_warranties(at=on(4, 20)))
    assert WarrantyReminder.objects.count() == HOMES
    assert Message.objects.filter(event="warranty.ends").count() == HOMES
    assert Message.objects.filter(event="warranty.ending").count() == 1


def test_two_workers_mention_a_visit_once(campaign: Inspection, residents: list[User]) -> None:
    slot = campaign.slots.get(capacity=2)
    visits.book(fresh(campaign)[0], slot, by=residents[0])
    soon = slot.starts_at.replace(hour=(slot.starts_at.hour - 1) % 24)
    collide(lambda: remind_of_visits(at=soon), lambda: remind_of_visits(at=soon))
    assert Message.objects.filter(event="visit.soon").count() == 1
