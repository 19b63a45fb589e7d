"""Reminders: each is said once, to whom it concerns, by the outbox."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from owners.actions import inspections, visits
from owners.actions.reminders import ask_again, remind_of_visits, remind_of_warranties
from owners.models import Inspection, Occupancy, Person, Unit, WarrantyReminder
from owners.models.places import OccupancyRole
from servicecenter.accounts.models import User
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.notifications.models import Message
from servicecenter.notifications.texts import render
from tests.conftest import make_resident
from tests.owners.test_inspections import check_at_once, slot_at, tomorrow

DELIVERED = date(2024, 5, 20)


def on(month: int, day: int, year: int = 2026) -> datetime:
    """A morning."""
    return datetime(year, month, day, 9, 5, tzinfo=LOCAL)


@pytest.fixture
def home(unit_3_2_1201: Unit, resident_wang: User) -> Unit:
    """Wang's home, where wiring, pipes, equipment and decoration end on 20 May 2026."""
    unit_3_2_1201.delivered_on = DELIVERED
    unit_3_2_1201.save()
    return unit_3_2_1201


def test_the_owner_is_reminded_a_month_before_and_once(home: Unit, resident_wang: User) -> None:
    assert remind_of_warranties(at=on(4, 19)) == 0
    assert remind_of_warranties(at=on(4, 20)) == 1
    assert remind_of_warranties(at=on(4, 21)) == 0
    told = Message.objects.get(event="warranty.ends")
    assert (told.recipient, told.params["unit"]) == (resident_wang, home.code)


def test_parts_that_end_on_the_same_day_are_one_message(home: Unit) -> None:
    remind_of_warranties(at=on(4, 20))
    reminder = WarrantyReminder.objects.get()
    assert (reminder.until, reminder.parts) == (
        date(2026, 5, 20),
        ["electrical", "plumbing", "equipment", "decoration"],
    )


def test_a_worker_that_was_away_makes_up_for_it(home: Unit) -> None:
    assert remind_of_warranties(at=on(5, 20)) == 1


def test_what_has_ended_is_not_announced(home: Unit) -> None:
    assert remind_of_warranties(at=on(5, 21)) == 0


def test_an_unknown_delivery_date_reminds_of_nothing(unit_3_2_1201: Unit, resident_wang: User) -> None:
    assert remind_of_warranties(at=on(4, 20)) == 0


def test_a_corrected_delivery_date_is_another_last_day(home: Unit) -> None:
    remind_of_warranties(at=on(4, 20))
    Unit.objects.filter(pk=home.pk).update(delivered_on=date(2024, 5, 25))
    assert remind_of_warranties(at=on(4, 25)) == 1


def test_a_tenant_is_not_reminded_while_an_owner_can_be(home: Unit) -> None:
    make_resident("租客", "13911112222", home, OccupancyRole.TENANT)
    remind_of_warranties(at=on(4, 20))
    assert Message.objects.filter(event="warranty.ends").count() == 1


def test_a_past_owner_is_not_reminded(home: Unit) -> None:
    Occupancy.objects.update(until=database_now() - timedelta(seconds=1))
    assert remind_of_warranties(at=on(4, 20)) == 0


def test_somebody_without_a_login_is_told_on_the_phone(home: Unit) -> None:
    Person.objects.update(user=None)
    remind_of_warranties(at=on(4, 20))
    assert Message.objects.get(event="warranty.ends").recipient is None


def test_the_supervisor_hears_how_many_units_it_concerns(home: Unit, supervisor_bo: User) -> None:
    remind_of_warranties(at=on(4, 20))
    told = Message.objects.get(event="warranty.ending")
    assert (told.recipient, told.params["count"]) == (supervisor_bo, 1)


def test_a_reminder_names_the_parts_in_the_readers_language(home: Unit) -> None:
    remind_of_warranties(at=on(4, 20))
    with translation.override("zh-hans"):
        text = render(Message.objects.get(event="warranty.ends"))
    assert "给排水管道" in text.body
    assert "2026年5月20日" in text.body


def test_a_reminder_of_another_communitys_unit_is_refused_by_the_database(
    home: Unit, unit_binjiang: Unit
) -> None:
    check_at_once()
    with pytest.raises(IntegrityError), transaction.atomic():
        WarrantyReminder.objects.create(
            community=home.community, unit=unit_binjiang, until=DELIVERED, parts=[], at=on(4, 20)
        )


@pytest.fixture
def campaign(home: Unit, supervisor_bo: User, technician_chen: User) -> Inspection:
    """Under way, with a time tomorrow at nine."""
    made = inspections.plan(community=home.community, title="检修", by=supervisor_bo)
    slot_at(made, technician_chen, supervisor_bo)
    return inspections.open_campaign(made, by=supervisor_bo)


def test_a_visit_is_mentioned_the_day_before_and_once(
    campaign: Inspection, resident_wang: User, technician_chen: User
) -> None:
    slot = campaign.slots.get()
    visits.book(campaign.visits.get(), slot, by=resident_wang)
    assert remind_of_visits(at=slot.starts_at - timedelta(hours=25)) == 0
    assert remind_of_visits(at=slot.starts_at - timedelta(hours=20)) == 1
    assert remind_of_visits(at=slot.starts_at - timedelta(hours=19)) == 0
    assert Message.objects.get(event="visit.soon").recipient == resident_wang
    assert Message.objects.get(event="visit.day").recipient == technician_chen


def test_a_changed_time_is_mentioned_again(
    campaign: Inspection, resident_wang: User, technician_chen: User, supervisor_bo: User
) -> None:
    slot, visit = campaign.slots.get(), campaign.visits.get()
    later = slot_at(
        campaign, technician_chen, supervisor_bo, starts_at=tomorrow(9, 3), ends_at=tomorrow(11, 3)
    )
    visits.book(visit, slot, by=resident_wang)
    remind_of_visits(at=slot.starts_at - timedelta(hours=20))
    visits.move(visit, later, by=resident_wang)
    assert remind_of_visits(at=later.starts_at - timedelta(hours=20)) == 1


def test_who_has_not_answered_is_asked_once_more(
    campaign: Inspection, resident_wang: User, technician_chen: User, supervisor_bo: User
) -> None:
    slot_at(campaign, technician_chen, supervisor_bo, starts_at=tomorrow(9, 8), ends_at=tomorrow(11, 8))
    last = tomorrow(9, 8)
    assert ask_again(at=last - timedelta(days=4)) == 0
    assert ask_again(at=last - timedelta(days=2)) == 1
    assert ask_again(at=last - timedelta(days=1)) == 0
    assert Message.objects.get(event="visit.waiting").recipient == resident_wang


def test_who_has_booked_is_not_asked_again(campaign: Inspection, resident_wang: User) -> None:
    slot = campaign.slots.get()
    visits.book(campaign.visits.get(), slot, by=resident_wang)
    Inspection.objects.update(opened_at=slot.starts_at - timedelta(days=3))
    ask_again(at=slot.starts_at - timedelta(hours=1))
    assert not Message.objects.filter(event="visit.waiting").exists()
