"""Deadlines follow the facts: what was missed stays missed, and what was told stays told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import end_of_day, local_day
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.sla import policies
from servicecenter.sla.models import Clock, Policy, Rung, Timer
from servicecenter.sla.sweep import sweep
from tests.conftest import Walk
from tests.sla.test_clocks import DAY, HOUR, MINUTE, clock, told


@pytest.fixture
def t0() -> datetime:
    """An instant to count from; the virtual clock of these tests begins here."""
    return timezone.now() - 20 * DAY


def armed(ticket: Ticket, stage: str = "respond") -> dict[str, datetime]:
    """The armed timers of a stage: step and instant."""
    found = Timer.objects.filter(case_id=ticket.pk, work="repair", stage=stage, state="armed")
    return dict(found.values_list("step", "due_at"))


def breaches_differ() -> list[int]:
    """Rows that break V12."""
    return [pk for each in every_invariant() if each.code == "V12" for pk in broken(each)[1]]


def classify(ticket: Ticket, urgency: str, by: User, at: datetime) -> None:
    actions.classify(ticket, trade="plumbing", urgency=urgency, by=by, at=at)


# --- urgency there and back


def test_an_emergency_that_was_lowered_can_be_raised_again(
    ticket_in: Walk, supervisor_bo: User, t0: datetime
) -> None:
    ticket = ticket_in(at=t0, urgency="emergency")
    classify(ticket, "normal", supervisor_bo, t0 + MINUTE)
    classify(ticket, "emergency", supervisor_bo, t0 + 2 * MINUTE)
    arrival = clock(ticket, "arrive")
    assert (arrival.cancelled_at, arrival.due_at) == (None, t0 + 30 * MINUTE)
    assert ticket.events().filter(action="clock.revived", data__stage="arrive").count() == 1
    assert armed(ticket, "arrive")["breach"] == t0 + 30 * MINUTE


def test_an_arrival_that_was_kept_is_not_promised_again(
    ticket_in: Walk, supervisor_bo: User, technician_he: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0, urgency="emergency")
    actions.contact(ticket, note="马上到", by=ticket_in.technician, at=t0 + MINUTE)
    actions.arrive(ticket, by=ticket_in.technician, at=t0 + 20 * MINUTE)
    actions.reassign(ticket, technician=technician_he, reason="换人", by=supervisor_bo, at=t0 + HOUR)
    classify(ticket, "normal", supervisor_bo, t0 + 2 * HOUR)
    classify(ticket, "emergency", supervisor_bo, t0 + 3 * HOUR)
    assert clock(ticket, "arrive").met_at == t0 + 20 * MINUTE


def test_an_arrival_that_is_promised_later_knows_the_pauses_before_it(
    ticket_in: Walk, supervisor_bo: User, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + DAY, by=technician_chen, at=t0 + 10 * MINUTE)
    actions.resume(ticket, by=technician_chen, at=t0 + 70 * MINUTE)
    classify(ticket, "emergency", supervisor_bo, t0 + 75 * MINUTE)
    assert clock(ticket, "arrive").due_at == t0 + 90 * MINUTE


def test_a_promise_that_is_made_during_a_hold_waits_for_its_end(
    ticket_in: Walk, supervisor_bo: User, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + DAY, by=technician_chen, at=t0 + 10 * MINUTE)
    classify(ticket, "emergency", supervisor_bo, t0 + HOUR)
    assert clock(ticket, "arrive").paused_at == t0 + 10 * MINUTE
    assert armed(ticket, "arrive") == {}
    actions.resume(ticket, by=technician_chen, at=t0 + 2 * HOUR)
    assert clock(ticket, "arrive").due_at == t0 + 2 * HOUR + 20 * MINUTE
    assert "breach" in armed(ticket, "arrive")


def test_correcting_only_the_trade_does_not_bring_a_newer_promise(
    ticket_in: Walk, agent_li: User, admin_gu: User, t0: datetime
) -> None:
    ticket = ticket_in(at=t0, urgency="normal")
    policies.revise(
        Policy.objects.get(urgency="normal", stage="respond"), by=admin_gu, target_seconds=7200, at=t0 + HOUR
    )
    actions.classify(ticket, trade="electrical", urgency="normal", by=agent_li, at=t0 + 2 * HOUR)
    assert ticket.respond_due_at == t0 + 24 * HOUR


# --- holds beside deadlines


def test_the_daily_reminder_goes_on_after_a_hold(
    ticket_in: Walk, technician_chen: User, manager_mei: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    sweep(at=t0 + 30 * HOUR + 2 * DAY)
    actions.hold(
        ticket, reason="parts", resume_at=t0 + 6 * DAY, by=technician_chen, at=t0 + 30 * HOUR + 2 * DAY
    )
    last = Timer.objects.filter(case_id=ticket.pk, step__startswith="daily", state="fired").latest("due_at")
    actions.resume(ticket, by=technician_chen, at=t0 + 30 * HOUR + 4 * DAY + HOUR)
    assert last.step == "daily_1"
    assert armed(ticket) == {"daily_2": t0 + 30 * HOUR + 5 * DAY}


def test_a_breach_that_nobody_was_told_of_is_told_although_a_hold_came_first(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + 4 * DAY, by=technician_chen, at=t0 + 30 * HOUR)
    assert set(armed(ticket)) == {"breach"}
    sweep(at=t0 + 30 * HOUR)
    assert told(ticket, "repair.breach") == {"bo"}
    assert breaches_differ() == []


def test_a_hold_that_begins_at_the_deadline_excuses_nothing(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + 4 * DAY, by=technician_chen, at=t0 + 24 * HOUR)
    assert set(armed(ticket)) == {"breach"}
    assert Ticket.objects.overdue(t0 + 25 * HOUR).exists()


def test_an_urgency_that_makes_the_deadline_past_is_told_even_during_a_hold(
    ticket_in: Walk, technician_chen: User, supervisor_bo: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + 4 * DAY, by=technician_chen, at=t0 + HOUR)
    classify(ticket, "emergency", supervisor_bo, t0 + 2 * HOUR)
    assert armed(ticket) == {"breach": t0 + 10 * MINUTE}
    sweep(at=t0 + 2 * HOUR)
    assert breaches_differ() == []


def test_a_hold_does_not_hide_a_deadline_that_was_missed_before(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + 4 * DAY, by=technician_chen, at=t0 + 30 * HOUR)
    later = t0 + 3 * DAY
    assert clock(ticket, "respond").is_breached(later)
    assert not clock(ticket, "complete").is_breached(later)
    assert ticket.is_overdue(later)
    assert Ticket.objects.overdue(later).get() == ticket


def test_of_several_resumed_days_a_warning_comes_when_three_quarters_were_really_used(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + 10 * DAY, by=technician_chen, at=t0 + HOUR)
    actions.resume(ticket, by=technician_chen, at=t0 + 5 * DAY + HOUR)
    assert armed(ticket)["warn"] == t0 + 5 * DAY + 18 * HOUR


def test_the_ladder_of_a_working_clock_counts_working_time(
    ticket_in: Walk, yangguang: Community, t0: datetime
) -> None:
    policy = Policy.objects.create(
        work="repair",
        community=yangguang,
        urgency="normal",
        stage="respond",
        target_seconds=4 * 3600,
        clock="working",
        since=t0,
    )
    Rung.objects.lay(policy, [{"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"}])
    # Thursday 5 March 2026, 14:00 in Shanghai; the office closes at 18:00.
    ticket = ticket_in(at=datetime.fromisoformat("2026-03-05T14:00+08:00"))
    assert armed(ticket)["breach"] == datetime.fromisoformat("2026-03-05T18:00+08:00")
    assert armed(ticket)["escalate_1"] == datetime.fromisoformat("2026-03-06T09:30+08:00")


# --- an agreed later day


def agreed(ticket_in: Walk, t0: datetime, days: int = 6) -> Ticket:
    """A repair whose owner agreed to a day after the promised 48 hours."""
    ticket = ticket_in(Status.DISPATCHED, at=t0, urgency="normal")
    actions.contact(ticket, note="约好了", by=ticket_in.technician, at=t0 + HOUR)
    schedule(ticket, ticket_in.technician, t0 + days * DAY, t0 + 2 * HOUR)
    return ticket


def schedule(ticket: Ticket, by: User, start: datetime, at: datetime) -> None:
    actions.schedule(ticket, start=start, end=start + HOUR, by=by, at=at)


def test_an_appointment_moved_to_an_earlier_day_takes_the_agreement_back(
    ticket_in: Walk, t0: datetime
) -> None:
    ticket = agreed(ticket_in, t0)
    schedule(ticket, ticket_in.technician, t0 + DAY, t0 + 3 * HOUR)
    assert ticket.complete_due_at == max(t0 + 48 * HOUR, end_of_day(local_day(t0 + DAY + HOUR)))


def test_an_appointment_moved_a_little_earlier_moves_the_agreed_day(ticket_in: Walk, t0: datetime) -> None:
    ticket = agreed(ticket_in, t0)
    schedule(ticket, ticket_in.technician, t0 + 4 * DAY, t0 + 3 * HOUR)
    assert ticket.complete_due_at == end_of_day(local_day(t0 + 4 * DAY + HOUR))


def test_another_technician_does_not_inherit_the_agreed_day(
    ticket_in: Walk, supervisor_bo: User, technician_he: User, t0: datetime
) -> None:
    ticket = agreed(ticket_in, t0)
    actions.reassign(ticket, technician=technician_he, reason="病假", by=supervisor_bo, at=t0 + 3 * HOUR)
    assert ticket.complete_due_at == t0 + 48 * HOUR
    assert ticket.events().filter(action="clock.lifted").count() == 1


def test_an_emergency_knows_no_agreed_day_and_gets_it_back_when_it_was_none(
    ticket_in: Walk, supervisor_bo: User, t0: datetime
) -> None:
    ticket = agreed(ticket_in, t0)
    before = ticket.complete_due_at
    classify(ticket, "emergency", supervisor_bo, t0 + 3 * HOUR)
    assert ticket.complete_due_at == t0 + 24 * HOUR
    classify(ticket, "normal", supervisor_bo, t0 + 4 * HOUR)
    assert ticket.complete_due_at == before


def test_a_hold_after_the_agreement_moves_the_agreed_day(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = agreed(ticket_in, t0)
    before = ticket.complete_due_at
    assert before is not None
    actions.hold(ticket, reason="parts", resume_at=t0 + 9 * DAY, by=technician_chen, at=t0 + 5 * DAY)
    actions.resume(ticket, by=technician_chen, at=t0 + 8 * DAY)
    assert ticket.complete_due_at == before + 3 * DAY
    assert not clock(ticket, "complete").is_breached(t0 + 8 * DAY)


def test_the_warning_before_an_agreed_day_counts_from_the_agreement(ticket_in: Walk, t0: datetime) -> None:
    ticket = agreed(ticket_in, t0)
    since = t0 + 2 * HOUR
    assert ticket.complete_due_at is not None
    assert armed(ticket, "complete")["warn"] == since + (ticket.complete_due_at - since) * 0.75


# --- who is told


def test_a_technician_who_left_is_not_warned(ticket_in: Walk, technician_chen: User, t0: datetime) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    technician_chen.is_active = False
    technician_chen.save()
    sweep(at=t0 + 18 * HOUR)
    assert told(ticket, "repair.warn") == {"li"}


def test_a_missed_deadline_that_nobody_will_be_told_of_is_found(ticket_in: Walk, t0: datetime) -> None:
    ticket = ticket_in(at=t0)
    Timer.objects.filter(case_id=ticket.pk, step="breach").delete()
    missed = {clock(ticket, "respond").pk, clock(ticket, "complete").pk}
    assert set(breaches_differ()) == missed


def test_a_breach_that_waits_although_the_promise_was_kept_is_found(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.contact(ticket, note="约好了", by=technician_chen, at=t0 + 30 * HOUR)
    Clock.objects.filter(case_id=ticket.pk, stage="respond").update(met_at=t0 + HOUR)
    assert Timer.objects.get(case_id=ticket.pk, stage="respond", state="armed").pk in breaches_differ()


def test_a_step_without_signal_that_arrives_after_its_breach_was_told_is_no_fault(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    sweep(at=t0 + 25 * HOUR)
    actions.contact(ticket, note="地下室没有信号", by=technician_chen, at=t0 + 20 * HOUR)
    assert not clock(ticket, "respond").is_breached(t0 + 25 * HOUR)
    sweep(at=timezone.now() + timedelta(seconds=1))
    assert breaches_differ() == []
