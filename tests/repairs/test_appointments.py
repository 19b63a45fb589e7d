"""Appointments: offered, chosen, answered with other times, reminded of, kept and missed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from repairs import actions
from repairs.actions.visits import TooEarly
from repairs.actions.windows import reminders
from repairs.models import Appointment, Ticket
from repairs.models.appointments import BUSY
from repairs.queries.guide import buttons
from repairs.queries.punctuality import punctuality
from repairs.queries.visits import choices_for, read_choice, visit_of
from servicecenter.accounts.models import User
from servicecenter.lib.clock import LOCAL, database_now, end_of_day, local_day
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Clock, Timer
from servicecenter.sla.sweep import sweep
from servicecenter.workflow.run import TransitionRefused
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# Of the day after tomorrow: both reminders are still to come, whenever this runs.
DAY = local_day(timezone.now()) + timedelta(days=2)


def at(hour: float, *, day: int = 0) -> datetime:
    return datetime.combine(DAY + timedelta(days=day), time(), LOCAL) + timedelta(hours=hour)


MORNING, AFTERNOON = (at(9), at(12)), (at(14), at(18))


def states(ticket: Ticket) -> list[str]:
    return list(ticket.appointments.order_by("id").values_list("state", flat=True))


def told(ticket: Ticket, event: str) -> set[str]:
    found = Message.objects.filter(case_id=ticket.pk, event=f"repair.{event}")
    return set(found.values_list("recipient__username", flat=True))


def offered(ticket: Ticket) -> Appointment:
    row = ticket.appointments.offered().first()
    assert row is not None
    return row


def agreed(ticket_in: Walk, start: datetime = MORNING[0], end: datetime = MORNING[1]) -> Ticket:
    ticket = ticket_in("contacted")
    actions.schedule(ticket, start=start, end=end, by=ticket_in.technician)
    return ticket


# --- offered and chosen


def test_the_first_three_times_of_a_report_are_offered_to_whoever_is_sent(ticket_in: Walk) -> None:
    windows = [{"start": at(9, day=n).isoformat(), "end": at(12, day=n).isoformat()} for n in range(4)]
    ticket = ticket_in("dispatched", preferred_windows=windows)
    assert (ticket.windows_from, states(ticket)) == ("resident", ["offered"] * 3)


def test_choosing_an_offered_time_is_the_appointment_the_first_contact_and_the_agreed_day(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("dispatched")
    actions.offer_windows(ticket, windows=[MORNING, AFTERNOON], by=resident_wang)
    assert told(ticket, "offer_windows") == {"chen"}
    actions.choose_window(ticket, window=offered(ticket).pk, by=technician_chen)
    assert (ticket.status, ticket.windows_from) == ("scheduled", "")
    assert (ticket.appointment_start, ticket.appointment_end) == MORNING
    assert states(ticket) == ["agreed", "cancelled"]
    assert ticket.responded_at is not None
    assert Clock.objects.get(case_id=ticket.pk, stage="respond").met_at == ticket.responded_at
    assert ticket.complete_due_at == max(ticket.reported_at + 48 * HOUR, end_of_day(DAY))
    assert told(ticket, "choose_window") == {resident_wang.username}


def test_a_part_of_a_long_time_can_be_chosen(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING], by=resident_wang)
    actions.choose_window(ticket, window=offered(ticket).pk, start=at(10), end=at(11), by=technician_chen)
    row = ticket.appointments.get()
    assert (row.starts_at, row.ends_at, row.side, row.technician) == (
        at(10),
        at(11),
        "resident",
        technician_chen,
    )


@pytest.mark.parametrize(("start", "end"), [(8, 10), (11, 13), (11, 10)])
def test_what_is_chosen_lies_within_what_was_offered(
    start: int, end: int, ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING], by=resident_wang)
    with pytest.raises(Invalid) as refusal:
        actions.choose_window(
            ticket, window=offered(ticket).pk, start=at(start), end=at(end), by=technician_chen
        )
    assert set(refusal.value.errors) == {"start"}


def test_other_times_answer_an_offer_and_the_resident_takes_one_of_them(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING], by=resident_wang)
    actions.offer_windows(ticket, windows=[AFTERNOON, (at(18), at(20))], by=technician_chen)
    assert (states(ticket), ticket.windows_from) == (["countered", "offered", "offered"], "us")
    assert told(ticket, "counter_windows") == {resident_wang.username}
    with pytest.raises(TransitionRefused):
        actions.choose_window(ticket, window=offered(ticket).pk, by=technician_chen)
    actions.accept_window(ticket, window=offered(ticket).pk, by=resident_wang)
    assert (ticket.appointment_start, states(ticket)) == (AFTERNOON[0], ["countered", "agreed", "cancelled"])


def test_the_desk_does_both_sides_on_the_phone(ticket_in: Walk, agent_li: User) -> None:
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING], side="resident", by=agent_li)
    assert ticket.windows_from == "resident"
    actions.offer_windows(ticket, windows=[AFTERNOON], side="agent", by=agent_li)
    actions.accept_window(ticket, window=offered(ticket).pk, by=agent_li)
    assert (ticket.status, states(ticket)) == ("scheduled", ["countered", "agreed"])


def test_nobody_speaks_for_the_other_side_but_the_desk(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING], side="resident", by=technician_chen)
    assert ticket.windows_from == "us"
    with pytest.raises(NotPermitted):
        actions.accept_window(ticket, window=offered(ticket).pk, by=technician_chen)
    actions.offer_windows(ticket, windows=[MORNING], side="agent", by=resident_wang)
    with pytest.raises(NotPermitted):
        actions.choose_window(ticket, window=offered(ticket).pk, by=resident_wang)


def test_a_window_of_another_repair_is_not_offered_here(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    one, other = ticket_in("contacted"), ticket_in("contacted")
    for ticket in (one, other):
        actions.offer_windows(ticket, windows=[MORNING], by=resident_wang)
    with pytest.raises(Invalid):
        actions.choose_window(one, window=offered(other).pk, by=technician_chen)


@pytest.mark.parametrize(
    "windows",
    [
        [],
        [MORNING, MORNING],
        [(at(9, day=n), at(10, day=n)) for n in range(4)],
        [(at(12), at(9))],
        [(at(9), at(22))],
        [(at(9, day=-4), at(12, day=-4))],
        [(at(9, day=90), at(12, day=90))],
    ],
    ids=["none", "twice", "four", "backwards", "too long", "past", "too far"],
)
def test_what_cannot_be_offered_is_refused_and_nothing_is_kept(
    windows: list[tuple[datetime, datetime]], ticket_in: Walk, resident_wang: User
) -> None:
    ticket = ticket_in("contacted")
    with pytest.raises(Invalid) as refusal:
        actions.offer_windows(ticket, windows=windows, by=resident_wang)
    assert set(refusal.value.errors) == {"windows"}
    assert (states(ticket), ticket.events().filter(action="offer_windows").count()) == ([], 0)


def test_an_offer_that_has_passed_cannot_be_chosen(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING], by=resident_wang)
    with pytest.raises(Invalid) as refusal:
        actions.choose_window(ticket, window=offered(ticket).pk, by=technician_chen, at=at(12))
    assert set(refusal.value.errors) == {"window"}


def test_strangers_offer_nothing(ticket_in: Walk, technician_he: User, tenant_zhao: User) -> None:
    ticket = ticket_in("contacted")
    for user in (technician_he, tenant_zhao):
        with pytest.raises(NotFound):
            actions.offer_windows(ticket, windows=[MORNING], by=user)


# --- one place at a time


def test_a_technician_is_not_agreed_to_be_in_two_places(ticket_in: Walk, technician_chen: User) -> None:
    agreed(ticket_in)
    other = ticket_in("contacted")
    with pytest.raises(Invalid) as refusal:
        actions.schedule(other, start=at(11), end=at(13), by=technician_chen)
    assert refusal.value.errors == {"start": [BUSY]}
    actions.schedule(other, start=at(12), end=at(13), by=technician_chen)
    assert other.status == "scheduled"


def test_the_database_refuses_two_places_too(ticket_in: Walk) -> None:
    first = agreed(ticket_in).appointments.get()
    other = ticket_in("contacted")
    first.pk, first.ticket, first.starts_at = None, other, at(10)
    with pytest.raises(IntegrityError, match="appointment_one_place"), transaction.atomic():
        first.save(force_insert=True)


def test_the_database_knows_one_agreed_window_of_a_repair(ticket_in: Walk) -> None:
    row = agreed(ticket_in).appointments.get()
    row.pk, row.starts_at, row.ends_at = None, *AFTERNOON
    with pytest.raises(IntegrityError, match="appointment_one_of_a_repair"), transaction.atomic():
        row.save(force_insert=True)


def test_what_is_offered_for_choice_is_free_by_the_hour(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    agreed(ticket_in, at(10), at(11))
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING], by=resident_wang)
    values = [value for value, _label in choices_for(ticket, database_now())]
    spans = [read_choice(value) for value in values]
    pk = offered(ticket).pk
    assert spans == [(pk, (at(9), at(10))), (pk, (at(11), at(12)))]


# --- moved, given up


def test_another_time_moves_the_appointment_and_its_reminders(ticket_in: Walk, technician_chen: User) -> None:
    ticket = agreed(ticket_in)
    actions.schedule(ticket, start=at(14), end=at(15), by=technician_chen)
    assert states(ticket) == ["moved", "agreed"]
    assert armed(ticket) == reminders(at(14))


@pytest.mark.parametrize(
    ("until", "status", "left"), [(8, "scheduled", "agreed"), (10, "contacted", "cancelled")]
)
def test_a_hold_beyond_the_appointment_gives_it_up(
    until: int, status: str, left: str, ticket_in: Walk, technician_chen: User
) -> None:
    ticket = agreed(ticket_in)
    actions.hold(ticket, reason="parts", resume_at=at(until), by=technician_chen)
    actions.resume(ticket, by=technician_chen)
    assert (ticket.status, states(ticket)) == (status, [left])
    assert bool(armed(ticket)) == (left == "agreed")


def test_another_technician_begins_without_the_appointment_but_with_the_times_of_the_resident(
    ticket_in: Walk, resident_wang: User, technician_he: User, supervisor_bo: User
) -> None:
    ticket = agreed(ticket_in)
    actions.offer_windows(ticket, windows=[AFTERNOON], by=resident_wang)
    actions.reassign(ticket, technician=technician_he, reason="请假", by=supervisor_bo)
    assert (states(ticket), ticket.windows_from, armed(ticket)) == (["cancelled", "offered"], "resident", {})


def test_a_cancelled_repair_leaves_no_time_taken(ticket_in: Walk, resident_wang: User) -> None:
    ticket = agreed(ticket_in)
    actions.cancel(ticket, reason="好了", by=resident_wang)
    assert (states(ticket), armed(ticket)) == (["cancelled"], {})


def test_whoever_arrives_has_kept_it(ticket_in: Walk, technician_chen: User) -> None:
    ticket = agreed(ticket_in)
    actions.arrive(ticket, by=technician_chen, at=at(9.5))
    assert (ticket.appointments.get().closed_at, states(ticket), armed(ticket)) == (at(9.5), ["kept"], {})


# --- reminders


def armed(ticket: Ticket) -> dict[str, datetime]:
    rows = Timer.objects.filter(case_id=ticket.pk, stage="visit", state="armed")
    return dict(rows.values_list("step", "due_at"))


def test_both_sides_are_reminded_at_19_the_evening_before_and_an_hour_before(ticket_in: Walk) -> None:
    ticket = agreed(ticket_in)
    assert armed(ticket) == {"evening": at(19, day=-1), "hour": at(8)}


def test_the_evening_before_is_that_of_the_communitys_day() -> None:
    late = datetime.fromisoformat("2026-03-29T17:30+00:00")
    assert reminders(late)["evening"] == datetime.fromisoformat("2026-03-29T19:00+08:00")


def test_what_lies_before_the_agreement_is_not_armed(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in("contacted")
    actions.schedule(ticket, start=at(9), end=at(10), by=technician_chen, at=at(20, day=-1))
    assert set(armed(ticket)) == {"hour"}


def test_each_reminder_reaches_both_sides_once(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = agreed(ticket_in)
    for _again in range(2):
        sweep(at=at(8, day=0))
    both = {resident_wang.username, technician_chen.username}
    assert told(ticket, "evening") == told(ticket, "hour") == both
    found = Message.objects.filter(case_id=ticket.pk, event__in=["repair.evening", "repair.hour"])
    assert (found.count(), armed(ticket)) == (4, {})


def test_nobody_is_reminded_of_a_time_that_has_begun(ticket_in: Walk) -> None:
    ticket = agreed(ticket_in)
    sweep(at=at(9))
    assert (told(ticket, "hour"), armed(ticket)) == (set(), {})


# --- on the way, and in vain


def test_on_my_way_tells_the_resident_who_comes_and_when(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = agreed(ticket_in)
    seen = ticket.version
    actions.on_way(ticket, minutes=20, by=technician_chen, at=at(8.5))
    (message,) = Message.objects.filter(case_id=ticket.pk, event="repair.on_way")
    assert (message.recipient, message.params["in_minutes"], message.params["engineer_name"]) == (
        resident_wang,
        20,
        "陈刚",
    )
    assert (ticket.status, ticket.version) == ("scheduled", seen)
    page = visit_of(ticket, at(8.6), [])
    assert page is not None
    assert "陈刚" in page.on_way
    assert "08:50" in page.on_way


def test_nobody_is_on_the_way_a_day_early(ticket_in: Walk, technician_chen: User) -> None:
    ticket = agreed(ticket_in)
    with pytest.raises(TooEarly):
        actions.on_way(ticket, minutes=20, by=technician_chen, at=at(4))
    assert told(ticket, "on_way") == set()


def test_nobody_is_noted_absent_in_the_first_ten_minutes(ticket_in: Walk, technician_chen: User) -> None:
    ticket = agreed(ticket_in)
    with pytest.raises(TooEarly):
        actions.nobody_home(ticket, note="敲门无人", by=technician_chen, at=at(9) + timedelta(minutes=9))
    assert states(ticket) == ["agreed"]


def test_a_button_of_the_visit_waits_for_its_time(ticket_in: Walk, technician_chen: User) -> None:
    early = {button.code for button in buttons(agreed(ticket_in), technician_chen)}
    assert early.isdisjoint({"on-way", "nobody-home"})
    soon = database_now() + HOUR
    close = {button.code for button in buttons(agreed(ticket_in, soon, soon + HOUR), technician_chen)}
    assert close & {"on-way", "nobody-home"} == {"on-way"}


def test_nobody_at_home_pauses_in_the_same_tap_and_asks_for_another_time(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = agreed(ticket_in)
    actions.nobody_home(ticket, note="敲门无人", resume_at=at(9, day=1), by=technician_chen, at=at(9.25))
    assert (ticket.status, ticket.hold_reason, ticket.held_from) == ("on_hold", "owner_absent", "contacted")
    assert (states(ticket), ticket.appointment_start) == (["missed_by_resident"], None)
    assert resident_wang.username in told(ticket, "nobody_home")


def test_a_pause_that_is_refused_leaves_no_absence(ticket_in: Walk, technician_chen: User) -> None:
    ticket = agreed(ticket_in)
    with pytest.raises(Invalid):
        actions.nobody_home(
            ticket, note="敲门无人", resume_at=at(9, day=300), by=technician_chen, at=at(9.25)
        )
    ticket.refresh_from_db()
    assert (ticket.status, states(ticket)) == ("scheduled", ["agreed"])


def test_a_resident_who_waited_in_vain_reaches_the_supervisors(
    ticket_in: Walk, resident_wang: User, supervisor_bo: User
) -> None:
    ticket = agreed(ticket_in)
    with pytest.raises(TooEarly):
        actions.nobody_came(ticket, by=resident_wang, at=at(11))
    actions.nobody_came(ticket, note="等了三小时", by=resident_wang, at=at(12))
    assert (ticket.status, states(ticket)) == ("contacted", ["missed_by_technician"])
    assert supervisor_bo.username in told(ticket, "nobody_came")


# --- figures and what must hold


def test_kept_in_time_counts_what_could_be_kept(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    steps: list[Any] = [
        lambda t, n: actions.arrive(t, by=technician_chen, at=at(9.5 + n)),
        lambda t, n: actions.arrive(t, by=technician_chen, at=at(10.5 + n)),
        lambda t, n: actions.nobody_came(t, by=resident_wang, at=at(10 + n)),
        lambda t, n: actions.nobody_home(t, note="无人", by=technician_chen, at=at(9.5 + n)),
        lambda t, n: actions.schedule(t, start=at(9, day=1), end=at(10, day=1), by=technician_chen),
        lambda t, n: None,
    ]
    for number, step in enumerate(steps):
        step(agreed(ticket_in, at(9 + number), at(10 + number)), number)
    (row,) = punctuality([technician_chen.community_ids[0]], since=at(0), until=at(0, day=1), now=at(23))
    assert (row.name, row.in_time, row.due, row.percent) == ("陈刚", 1, 4, 25)
    assert (row.nobody_came, row.nobody_home) == (1, 1)


def rules() -> dict[str, int]:
    return {
        each.sentence: broken(each)[0]
        for each in every_invariant()
        if "appointment" in each.sentence or "agreed window" in each.sentence
    }


def test_an_agreed_appointment_without_its_reminders_is_found(ticket_in: Walk) -> None:
    agreed(ticket_in)
    assert set(rules().values()) == {0}
    Timer.objects.filter(stage="visit", step="hour").delete()
    assert sum(rules().values()) == 1


def test_a_reminder_that_fired_and_was_told_to_nobody_is_found(ticket_in: Walk) -> None:
    ticket = agreed(ticket_in)
    sweep(at=at(8, day=0))
    assert set(rules().values()) == {0}
    Message.objects.filter(case_id=ticket.pk, event="repair.hour").delete()
    assert sum(rules().values()) == 1
