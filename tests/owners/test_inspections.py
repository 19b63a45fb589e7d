"""Inspection campaigns: which units, which times, who may book, and what the database refuses by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from owners.actions import inspections, visits
from owners.models import (
    Inspection,
    InspectionSlot,
    InspectionVisit,
    Occupancy,
    Person,
    Unit,
    UnitUse,
    WarrantyPart,
)
from owners.queries.inspections import progress_by_building, progress_of
from owners.workflow import CampaignStatus, VisitStatus
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.clock import LOCAL, database_now, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal, Stale
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import TransitionRefused
from tests.conftest import make_resident, make_unit

Plan = Callable[..., Inspection]


def tomorrow(hour: int, day: int = 1) -> datetime:
    """A full hour of a day to come."""
    now = database_now().astimezone(LOCAL)
    return (now + timedelta(days=day)).replace(hour=hour, minute=0, second=0, microsecond=0)


def check_at_once() -> None:
    """Lets the database check its keys with every statement, not only at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def campaign(yangguang: Community, resident_wang: User, supervisor_bo: User) -> Inspection:
    """A campaign for every home, still being prepared."""
    return inspections.plan(community=yangguang, title="保修期满前检修", by=supervisor_bo)


def slot_at(campaign: Inspection, inspector: User, by: User, hour: int = 9, **more: Any) -> InspectionSlot:
    """A time of two hours with two places."""
    given: dict[str, Any] = {"starts_at": tomorrow(hour), "ends_at": tomorrow(hour + 2), "capacity": 2} | more
    return inspections.add_slots(campaign, inspector=inspector, by=by, **given)[0]


@pytest.fixture
def slot(campaign: Inspection, technician_chen: User, supervisor_bo: User) -> InspectionSlot:
    return slot_at(campaign, technician_chen, supervisor_bo)


@pytest.fixture
def visit(campaign: Inspection, slot: InspectionSlot, supervisor_bo: User) -> InspectionVisit:
    """Wang's home in a campaign that is under way."""
    inspections.open_campaign(campaign, by=supervisor_bo)
    return campaign.visits.get()


def test_a_campaign_takes_the_units_whose_warranty_ends_by_a_day(
    yangguang: Community, unit_3_2_1201: Unit, unit_3_2_1202: Unit, supervisor_bo: User
) -> None:
    today = local_day(database_now())
    two_years_ago = today.replace(year=today.year - 2, day=min(today.day, 28))
    unit_3_2_1201.delivered_on = two_years_ago + timedelta(days=30)
    unit_3_2_1201.save()
    unit_3_2_1202.delivered_on = two_years_ago - timedelta(days=5)
    unit_3_2_1202.save()
    make_unit(yangguang, "3-2-1203")
    plumbing = WarrantyPart.objects.get(code="plumbing")
    made = inspections.plan(
        community=yangguang,
        title="两年到期",
        part=plumbing,
        ends_by=today + timedelta(days=60),
        by=supervisor_bo,
    )
    assert [each.unit for each in made.visits.all()] == [unit_3_2_1201]


def test_parking_spaces_are_not_visited(
    yangguang: Community, unit_3_2_1201: Unit, unit_3_2_1202: Unit, supervisor_bo: User
) -> None:
    Unit.objects.filter(pk=unit_3_2_1202.pk).update(use=UnitUse.PARKING)
    made = inspections.plan(community=yangguang, title="检修", by=supervisor_bo)
    assert [each.unit for each in made.visits.all()] == [unit_3_2_1201]


def test_a_campaign_without_a_unit_is_refused(yangguang: Community, supervisor_bo: User) -> None:
    with pytest.raises(Refusal) as refused:
        inspections.plan(community=yangguang, title="检修", by=supervisor_bo)
    assert refused.value.code == "no_units"


@pytest.mark.parametrize("who", ["agent_li", "manager_mei", "technician_chen", "resident_wang", "admin_gu"])
def test_only_a_supervisor_plans(request: pytest.FixtureRequest, yangguang: Community, who: str) -> None:
    with pytest.raises((NotPermitted, NotFound)):
        inspections.plan(community=yangguang, title="检修", by=request.getfixturevalue(who))


def test_a_supervisor_plans_nothing_in_another_community(unit_binjiang: Unit, supervisor_bo: User) -> None:
    with pytest.raises(NotFound):
        inspections.plan(community=unit_binjiang.community, title="检修", by=supervisor_bo)


def test_a_building_of_another_community_is_refused(
    yangguang: Community, unit_3_2_1201: Unit, unit_binjiang: Unit, supervisor_bo: User
) -> None:
    with pytest.raises(Invalid):
        inspections.plan(community=yangguang, title="检修", building=unit_binjiang.building, by=supervisor_bo)


def test_a_campaign_without_times_is_not_announced(campaign: Inspection, supervisor_bo: User) -> None:
    with pytest.raises(Refusal) as refused:
        inspections.open_campaign(campaign, by=supervisor_bo)
    assert refused.value.code == "no_slots"


def test_the_owners_are_invited_once(
    visit: InspectionVisit, resident_wang: User, supervisor_bo: User
) -> None:
    told = Message.objects.get(event="visit.invited")
    assert (told.recipient, told.case_id) == (resident_wang, visit.pk)
    with pytest.raises(TransitionRefused):
        inspections.open_campaign(visit.campaign, by=supervisor_bo)


def test_an_owner_without_a_login_is_told_on_the_phone(
    campaign: Inspection, slot: InspectionSlot, supervisor_bo: User
) -> None:
    Person.objects.update(user=None)
    inspections.open_campaign(campaign, by=supervisor_bo)
    assert Message.objects.get(event="visit.invited").recipient is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": (9, -1), "ends_at": (11, -1)}, "day"),
        ({"starts_at": (9, 400), "ends_at": (11, 400)}, "day"),
        ({"ends_at": (9, 1)}, "until"),
        ({"ends_at": (9, 2)}, "until"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 201}, "capacity"),
        ({"days": 0}, "days"),
        ({"days": 32}, "days"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(
    campaign: Inspection, technician_chen: User, supervisor_bo: User, wrong: dict[str, Any], field: str
) -> None:
    given: dict[str, Any] = {
        name: tomorrow(*value) if isinstance(value, tuple) else value for name, value in wrong.items()
    }
    with pytest.raises(Invalid) as refused:
        slot_at(campaign, technician_chen, supervisor_bo, **given)
    assert field in refused.value.errors


def test_an_inspector_is_a_technician_of_the_community(
    campaign: Inspection, agent_li: User, technician_binjiang: User, supervisor_bo: User
) -> None:
    for nobody in (agent_li, technician_binjiang):
        with pytest.raises(Invalid) as refused:
            slot_at(campaign, nobody, supervisor_bo)
        assert "inspector" in refused.value.errors


def test_an_inspector_is_in_one_place_at_a_time(
    campaign: Inspection, slot: InspectionSlot, technician_chen: User, supervisor_bo: User
) -> None:
    with pytest.raises(Invalid):
        slot_at(campaign, technician_chen, supervisor_bo, hour=10)


def test_a_time_is_repeated_on_the_following_days(
    campaign: Inspection, technician_chen: User, supervisor_bo: User
) -> None:
    slot_at(campaign, technician_chen, supervisor_bo, days=3)
    begins = [each.starts_at for each in campaign.slots.all()]
    assert begins == [tomorrow(9, day) for day in (1, 2, 3)]


def test_an_empty_time_can_be_taken_away_and_a_booked_one_not(
    visit: InspectionVisit,
    slot: InspectionSlot,
    resident_wang: User,
    supervisor_bo: User,
    technician_chen: User,
) -> None:
    visits.book(visit, slot, by=resident_wang)
    with pytest.raises(Refusal) as refused:
        inspections.drop_slot(slot, by=supervisor_bo)
    assert refused.value.code == "slot_booked"
    other = slot_at(visit.campaign, technician_chen, supervisor_bo, hour=14)
    inspections.drop_slot(other, by=supervisor_bo)
    assert not InspectionSlot.objects.filter(pk=other.pk).exists()


def test_a_resident_books_and_reads_when(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User
) -> None:
    visits.book(visit, slot, by=resident_wang)
    slot.refresh_from_db()
    assert (visit.status, visit.slot, visit.booked_by, slot.taken) == ("booked", slot, resident_wang, 1)
    assert Message.objects.filter(event="visit.booked", recipient=resident_wang).count() == 1


def test_changing_the_time_gives_the_place_back(
    visit: InspectionVisit,
    slot: InspectionSlot,
    resident_wang: User,
    technician_chen: User,
    supervisor_bo: User,
) -> None:
    later = slot_at(visit.campaign, technician_chen, supervisor_bo, hour=14)
    visits.book(visit, slot, by=resident_wang)
    visits.move(visit, later, by=resident_wang)
    slot.refresh_from_db()
    later.refresh_from_db()
    assert (slot.taken, later.taken) == (0, 1)


def test_a_place_that_is_given_back_is_free(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User
) -> None:
    visits.book(visit, slot, by=resident_wang)
    visits.unbook(visit, by=resident_wang)
    slot.refresh_from_db()
    assert (visit.status, visit.slot, slot.taken) == ("invited", None, 0)


def test_who_declines_may_book_after_all(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User
) -> None:
    visits.book(visit, slot, by=resident_wang)
    visits.decline(visit, by=resident_wang)
    slot.refresh_from_db()
    assert (visit.status, slot.taken) == ("declined", 0)
    visits.book(visit, slot, by=resident_wang)
    assert visit.status == VisitStatus.BOOKED


def test_a_full_time_is_refused(
    visit: InspectionVisit, resident_wang: User, technician_chen: User, supervisor_bo: User
) -> None:
    one = slot_at(visit.campaign, technician_chen, supervisor_bo, hour=14, capacity=1)
    unit = make_unit(visit.community, "3-2-1301")
    other = inspections.add_unit(visit.campaign, unit, by=supervisor_bo)
    visits.book(visit, one, by=resident_wang)
    with pytest.raises(Refusal) as refused:
        visits.book(other, one, by=supervisor_bo)
    assert refused.value.code == "slot_full"


def test_the_database_lets_nobody_into_a_full_time(
    visit: InspectionVisit, resident_wang: User, technician_chen: User, supervisor_bo: User
) -> None:
    one = slot_at(visit.campaign, technician_chen, supervisor_bo, hour=14, capacity=1)
    other = inspections.add_unit(visit.campaign, make_unit(visit.community, "3-2-1301"), by=supervisor_bo)
    visits.book(visit, one, by=resident_wang)
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionVisit.objects.filter(pk=other.pk).update(slot=one, status="booked", booked_by=resident_wang)


def test_a_time_of_another_campaign_is_refused_by_rule_and_database(
    visit: InspectionVisit, resident_wang: User, technician_chen: User, supervisor_bo: User
) -> None:
    second = inspections.plan(community=visit.community, title="另一次", by=supervisor_bo)
    elsewhere = slot_at(second, technician_chen, supervisor_bo, hour=14)
    with pytest.raises(NotFound):
        visits.book(visit, elsewhere, by=resident_wang)
    check_at_once()
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionVisit.objects.filter(pk=visit.pk).update(
            slot=elsewhere, status="booked", booked_by=resident_wang
        )


def test_a_time_that_has_begun_is_neither_booked_nor_given_back(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User
) -> None:
    begun = slot.starts_at
    with pytest.raises(Refusal) as refused:
        visits.book(visit, slot, by=resident_wang, at=begun)
    assert refused.value.code == "too_late"
    visits.book(visit, slot, by=resident_wang)
    with pytest.raises(Refusal) as again:
        visits.unbook(visit, by=resident_wang, at=begun)
    assert again.value.code == "too_late"


@pytest.mark.parametrize(
    "who", ["tenant_zhao", "stranger_sun", "agent_binjiang", "technician_he", "guard_hu"]
)
def test_strangers_have_no_such_visit(
    request: pytest.FixtureRequest, visit: InspectionVisit, slot: InspectionSlot, who: str
) -> None:
    with pytest.raises(NotFound):
        visits.book(visit, slot, by=request.getfixturevalue(who))


@pytest.mark.parametrize("who", ["technician_chen", "manager_mei", "admin_gu"])
def test_who_reads_a_visit_does_not_book_it(
    request: pytest.FixtureRequest, visit: InspectionVisit, slot: InspectionSlot, who: str
) -> None:
    with pytest.raises(NotPermitted):
        visits.book(visit, slot, by=request.getfixturevalue(who))


def test_who_moved_out_books_nothing_any_more(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User
) -> None:
    Occupancy.objects.update(until=database_now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        visits.book(visit, slot, by=resident_wang)


def test_a_resident_does_not_say_what_was_found(visit: InspectionVisit, resident_wang: User) -> None:
    with pytest.raises(NotPermitted):
        visits.find_nothing(visit, by=resident_wang)


def test_a_campaign_in_preparation_is_nobodys_business(
    campaign: Inspection, slot: InspectionSlot, resident_wang: User
) -> None:
    with pytest.raises(NotFound):
        visits.book(campaign.visits.get(), slot, by=resident_wang)


def test_nothing_is_booked_in_a_campaign_that_was_called_off(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User, supervisor_bo: User
) -> None:
    inspections.cancel(visit.campaign, reason="开发商改期", by=supervisor_bo)
    with pytest.raises(Refusal):
        visits.book(InspectionVisit.objects.get(), slot, by=resident_wang)
    assert Message.objects.get(event="visit.called_off").recipient == resident_wang


def test_the_technician_of_a_campaign_that_was_called_off_is_free_for_another(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User, supervisor_bo: User
) -> None:
    visits.book(visit, slot, by=resident_wang)
    inspections.cancel(visit.campaign, reason="开发商改期", by=supervisor_bo)
    again = inspections.plan(community=visit.community, title="改期后的检修", by=supervisor_bo)
    assert slot_at(again, slot.inspector, supervisor_bo).starts_at == slot.starts_at


def test_calling_off_needs_a_reason(visit: InspectionVisit, supervisor_bo: User) -> None:
    with pytest.raises(Invalid):
        inspections.cancel(visit.campaign, reason=" ", by=supervisor_bo)


def test_a_campaign_is_not_finished_while_somebody_waits(
    visit: InspectionVisit, slot: InspectionSlot, resident_wang: User, supervisor_bo: User
) -> None:
    visits.book(visit, slot, by=resident_wang)
    with pytest.raises(Refusal) as refused:
        inspections.finish(visit.campaign, by=supervisor_bo)
    assert refused.value.code == "visits_booked"
    inspections.finish(visit.campaign, by=supervisor_bo, at=slot.ends_at)
    assert visit.campaign.status == CampaignStatus.DONE


def test_who_was_not_there_books_again(
    visit: InspectionVisit,
    slot: InspectionSlot,
    resident_wang: User,
    technician_chen: User,
    supervisor_bo: User,
) -> None:
    later = slot_at(visit.campaign, technician_chen, supervisor_bo, hour=14)
    visits.book(visit, slot, by=resident_wang)
    with pytest.raises(Refusal) as refused:
        visits.miss(visit, by=technician_chen)
    assert refused.value.code == "too_early"
    visits.miss(visit, by=technician_chen, at=slot.starts_at)
    assert Message.objects.filter(event="visit.missed").count() == 1
    visits.book(visit, later, by=resident_wang)
    assert visit.status == VisitStatus.BOOKED


def test_an_old_page_is_stale(visit: InspectionVisit, slot: InspectionSlot, resident_wang: User) -> None:
    visits.book(visit, slot, by=resident_wang)
    with pytest.raises(Stale):
        visits.unbook(visit, by=resident_wang, version=0)


def test_a_unit_is_added_late_and_invited(visit: InspectionVisit, supervisor_bo: User) -> None:
    unit = make_unit(visit.community, "3-2-1301")
    resident = make_resident("钱多", "13911110000", unit)
    inspections.add_unit(visit.campaign, unit, by=supervisor_bo)
    assert Message.objects.filter(event="visit.invited", recipient=resident).count() == 1
    with pytest.raises(Invalid):
        inspections.add_unit(visit.campaign, unit, by=supervisor_bo)


def test_a_unit_of_another_community_is_refused_by_rule_and_database(
    visit: InspectionVisit, unit_binjiang: Unit, supervisor_bo: User
) -> None:
    with pytest.raises(Invalid):
        inspections.add_unit(visit.campaign, unit_binjiang, by=supervisor_bo)
    check_at_once()
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionVisit.objects.create(
            community=visit.community, campaign=visit.campaign, unit=unit_binjiang, status="invited"
        )


def test_progress_is_counted_by_status_and_building(
    visit: InspectionVisit, supervisor_bo: User, technician_chen: User
) -> None:
    inspections.add_unit(visit.campaign, make_unit(visit.community, "5-1-101"), by=supervisor_bo)
    visits.find_nothing(visit, by=technician_chen, note="一切正常")
    progress = progress_of([visit.campaign])[visit.campaign.pk]
    assert (progress.total, progress.inspected, progress.percent) == (2, 1, 50)
    by_building = [(each.code, part.inspected) for each, part in progress_by_building(visit.campaign)]
    assert sorted(by_building) == [("3", 1), ("5", 0)]


def test_every_visit_begins_with_an_event(campaign: Inspection) -> None:
    visit = campaign.visits.get()
    assert Event.objects.of("visit", visit.pk).values_list("action", "to_status").get() == (
        "invite",
        "invited",
    )
