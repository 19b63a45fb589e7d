"""The clocks of a repair: started, stopped, paused, moved and told, from policy rows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Clock, Policy, Timer
from servicecenter.sla.sweep import sweep
from tests.conftest import Walk

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def t0() -> datetime:
    """An instant to count from; the virtual clock of these tests begins here."""
    return timezone.now() - 10 * DAY


def clock(ticket: Ticket, stage: str, round: int = 1) -> Clock:
    return Clock.objects.get(case_id=ticket.pk, work="repair", stage=stage, round=round)


def told(ticket: Ticket, event: str) -> set[str]:
    """User names that were told of an event of this ticket."""
    return set(
        Message.objects.filter(case_id=ticket.pk, work="repair", event=event).values_list(
            "recipient__username", flat=True
        )
    )


@pytest.mark.parametrize(
    ("urgency", "stage", "target"),
    [
        ("normal", "respond", 24 * HOUR),
        ("normal", "complete", 48 * HOUR),
        ("emergency", "respond", 10 * MINUTE),
        ("emergency", "arrive", 30 * MINUTE),
        ("emergency", "secure", 4 * HOUR),
        ("emergency", "complete", 24 * HOUR),
    ],
)
def test_the_promises_come_from_the_policy_rows(
    urgency: str, stage: str, target: timedelta, ticket_in: Walk, t0: datetime
) -> None:
    ticket = ticket_in(at=t0, urgency=urgency)
    assert clock(ticket, stage).due_at == t0 + target


def test_arrival_is_promised_for_emergencies_only(ticket_in: Walk) -> None:
    ticket = ticket_in(urgency="normal")
    assert not Clock.objects.filter(case_id=ticket.pk, stage="arrive").exists()


def test_an_emergency_is_to_be_made_safe_and_that_is_what_stops_this_clock(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0, urgency="emergency")
    actions.contact(ticket, note="马上到", by=technician_chen, at=t0 + MINUTE)
    actions.arrive(ticket, by=technician_chen, at=t0 + 20 * MINUTE)
    assert clock(ticket, "secure").due_at == ticket.next_due_at == t0 + 4 * HOUR
    actions.secure(ticket, note="已关总阀", by=technician_chen, at=t0 + HOUR)
    assert clock(ticket, "secure").met_at == ticket.secured_at == t0 + HOUR
    assert ticket.next_due_at == clock(ticket, "complete").due_at == t0 + DAY


def test_work_that_is_done_is_safe_as_well(ticket_in: Walk, technician_chen: User, t0: datetime) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0, urgency="emergency")
    actions.contact(ticket, note="马上到", by=technician_chen, at=t0 + MINUTE)
    actions.arrive(ticket, by=technician_chen, at=t0 + 20 * MINUTE)
    actions.complete(ticket, summary="修好了", by=technician_chen, at=t0 + 5 * HOUR)
    assert clock(ticket, "secure").met_at == ticket.secured_at == t0 + 5 * HOUR
    assert clock(ticket, "secure").is_breached(t0 + 6 * HOUR)


def test_an_emergency_that_comes_back_is_to_be_made_safe_again(ticket_in: Walk, resident_wang: User) -> None:
    ticket = ticket_in(Status.COMPLETED, urgency="emergency")
    actions.rework(ticket, reason="又漏了", by=resident_wang)
    assert (ticket.secured_at, ticket.is_dangerous) == (None, True)
    rounds = Clock.objects.filter(case_id=ticket.pk, stage="secure").order_by("round")
    assert [(each.round, each.is_running) for each in rounds] == [(1, False), (2, True)]


def test_a_communitys_own_promise_comes_before_the_companys(
    ticket_in: Walk, yangguang: Community, t0: datetime
) -> None:
    Policy.objects.create(
        work="repair", community=yangguang, urgency="normal", stage="respond", target_seconds=3600, since=t0
    )
    assert clock(ticket_in(at=t0), "respond").due_at == t0 + HOUR


def test_no_target_is_a_choice_and_arms_nothing(ticket_in: Walk, yangguang: Community, t0: datetime) -> None:
    Policy.objects.create(
        work="repair", community=yangguang, urgency="normal", stage="respond", target_seconds=None, since=t0
    )
    ticket = ticket_in(at=t0)
    assert clock(ticket, "respond").due_at is None
    assert not Timer.objects.filter(case_id=ticket.pk, stage="respond").exists()


def test_the_first_contact_stops_the_response_clock(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.contact(ticket, note="约好了", by=technician_chen, at=t0 + 3 * HOUR)
    assert clock(ticket, "respond").met_at == ticket.responded_at == t0 + 3 * HOUR
    assert not Timer.objects.filter(case_id=ticket.pk, stage="respond", state="armed").exists()


def test_the_next_promise_is_what_lists_are_sorted_by(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    assert ticket.next_due_at == ticket.respond_due_at
    actions.contact(ticket, note="约好了", by=technician_chen, at=t0 + 3 * HOUR)
    assert ticket.next_due_at == ticket.complete_due_at


def test_at_three_quarters_of_the_time_the_worker_and_the_agent_are_warned(
    ticket_in: Walk, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    sweep(at=t0 + 18 * HOUR - MINUTE)
    assert told(ticket, "repair.warn") == set()
    sweep(at=t0 + 18 * HOUR)
    assert told(ticket, "repair.warn") == {"chen", "li"}


def test_a_breach_goes_to_the_supervisor_and_later_to_the_manager(
    ticket_in: Walk, manager_mei: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    sweep(at=t0 + 24 * HOUR)
    assert (told(ticket, "repair.breach"), told(ticket, "repair.escalate")) == ({"bo"}, set())
    sweep(at=t0 + 30 * HOUR)
    assert told(ticket, "repair.escalate") == {"mei"}


def test_a_ladder_without_a_manager_ends_with_the_next_higher_role(
    ticket_in: Walk, admin_gu: User, t0: datetime
) -> None:
    ticket = ticket_in(at=t0)
    sweep(at=t0 + 30 * HOUR)
    assert told(ticket, "repair.escalate") == {"gu"}


def test_an_unassigned_tickets_warning_reaches_somebody(ticket_in: Walk, t0: datetime) -> None:
    ticket = ticket_in(at=t0)
    sweep(at=t0 + 18 * HOUR)
    assert told(ticket, "repair.warn") == {"bo"}


def test_after_the_last_rung_the_breach_is_told_every_day(
    ticket_in: Walk, manager_mei: User, t0: datetime
) -> None:
    ticket = ticket_in(at=t0)
    for day in range(1, 5):
        sweep(at=t0 + 30 * HOUR + day * DAY)
    daily = Timer.objects.filter(case_id=ticket.pk, stage="respond", step__startswith="daily")
    assert daily.filter(state="fired").count() == 4
    assert daily.filter(state="armed").count() == 1


def test_days_that_nothing_ran_are_told_once_not_one_by_one(
    ticket_in: Walk, manager_mei: User, t0: datetime
) -> None:
    ticket = ticket_in(at=t0)
    sweep(at=t0 + 9 * DAY)
    sweep(at=t0 + 9 * DAY)
    daily = Timer.objects.filter(case_id=ticket.pk, stage="respond", step__startswith="daily", state="fired")
    assert daily.count() == 1


def test_sweeping_twice_tells_once(ticket_in: Walk, t0: datetime) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    sweep(at=t0 + 18 * HOUR)
    before = Message.objects.count()
    assert sweep(at=t0 + 18 * HOUR) == 0
    assert (Message.objects.count(), ticket.events().filter(action="clock.warn").count()) == (before, 1)


def test_a_hold_moves_every_deadline_by_exactly_the_paused_time(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.contact(ticket, note="约好了", by=technician_chen, at=t0 + HOUR)
    actions.hold(ticket, reason="parts", resume_at=t0 + 4 * DAY, by=technician_chen, at=t0 + 2 * HOUR)
    actions.resume(ticket, by=technician_chen, at=t0 + 7 * HOUR)
    assert ticket.complete_due_at == clock(ticket, "complete").due_at == t0 + 53 * HOUR
    assert ticket.status == Status.CONTACTED


def test_nothing_is_told_while_a_clock_is_paused(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + 5 * DAY, by=technician_chen, at=t0 + HOUR)
    sweep(at=t0 + 4 * DAY)
    assert not Timer.objects.filter(case_id=ticket.pk, state="fired").exists()
    assert not Ticket.objects.overdue(t0 + 4 * DAY).exists()


def test_a_hold_ends_by_itself_and_the_program_is_named_as_the_actor(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="owner_absent", resume_at=t0 + 2 * DAY, by=technician_chen, at=t0 + HOUR)
    sweep(at=t0 + 2 * DAY)
    ticket.refresh_from_db()
    assert ticket.status == Status.DISPATCHED
    assert ticket.events().get(action="resume").by is None
    assert ticket.respond_due_at == t0 + 24 * HOUR + (2 * DAY - HOUR)


def test_a_second_hold_arms_a_second_end(ticket_in: Walk, technician_chen: User, t0: datetime) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    for day in (1, 3):
        actions.hold(
            ticket, reason="parts", resume_at=t0 + (day + 1) * DAY, by=technician_chen, at=t0 + day * DAY
        )
        sweep(at=t0 + (day + 1) * DAY)
        ticket.refresh_from_db()
    assert ticket.events().filter(action="resume").count() == 2


def test_raising_the_urgency_after_three_hours_does_not_give_three_hours_back(
    ticket_in: Walk, agent_li: User, t0: datetime
) -> None:
    ticket = ticket_in(at=t0)
    actions.classify(ticket, trade="plumbing", urgency="emergency", by=agent_li, at=t0 + 3 * HOUR)
    assert ticket.respond_due_at == t0 + 10 * MINUTE
    assert clock(ticket, "arrive").due_at == t0 + 30 * MINUTE


def test_a_lowered_urgency_keeps_the_pauses_and_drops_the_arrival(
    ticket_in: Walk, supervisor_bo: User, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0, urgency="emergency")
    actions.hold(ticket, reason="owner_request", resume_at=t0 + DAY, by=technician_chen, at=t0 + 2 * MINUTE)
    actions.resume(ticket, by=technician_chen, at=t0 + 2 * HOUR + 2 * MINUTE)
    actions.classify(ticket, trade="plumbing", urgency="normal", by=supervisor_bo, at=t0 + 3 * HOUR)
    assert ticket.respond_due_at == t0 + 26 * HOUR
    assert clock(ticket, "arrive").cancelled_at == t0 + 3 * HOUR


def test_correcting_only_the_trade_leaves_the_clocks_alone(
    ticket_in: Walk, agent_li: User, t0: datetime
) -> None:
    ticket = ticket_in(at=t0, urgency="normal")
    actions.classify(ticket, trade="electrical", urgency="normal", by=agent_li, at=t0 + HOUR)
    assert not ticket.events().filter(action="clock.retargeted").exists()


def test_an_agreed_later_day_moves_the_completion_to_its_end(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.contact(ticket, note="约好了", by=technician_chen, at=t0 + HOUR)
    start = t0 + 6 * DAY
    actions.schedule(ticket, start=start, end=start + HOUR, by=technician_chen, at=t0 + 2 * HOUR)
    local = (start + HOUR).astimezone(timezone.get_default_timezone())
    ends = local.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    assert ticket.complete_due_at == ends


def test_an_earlier_appointment_does_not_shorten_the_promise(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.contact(ticket, note="约好了", by=technician_chen, at=t0 + HOUR)
    actions.schedule(ticket, start=t0 + 3 * HOUR, end=t0 + 4 * HOUR, by=technician_chen, at=t0 + HOUR)
    assert ticket.complete_due_at == t0 + 48 * HOUR


def test_a_rework_starts_new_clocks_and_keeps_the_old_figures(
    ticket_in: Walk, resident_wang: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.COMPLETED)
    first = ticket.first_completed_at
    actions.rework(ticket, reason="又漏了", by=resident_wang)
    assert clock(ticket, "complete", 1).met_at is not None
    assert clock(ticket, "complete", 2).met_at is None
    assert (ticket.completed_at, ticket.first_completed_at) == (None, first)


def test_a_cancelled_ticket_owes_nothing(ticket_in: Walk) -> None:
    ticket = ticket_in(Status.CANCELLED)
    assert ticket.next_due_at is None
    assert not Timer.objects.filter(case_id=ticket.pk, state="armed").exists()
    assert not clock(ticket, "respond").is_breached(timezone.now() + 30 * DAY)


def test_a_breach_is_a_fact_of_timestamps_even_if_no_worker_ever_ran(ticket_in: Walk, t0: datetime) -> None:
    ticket = ticket_in(at=t0)
    assert Ticket.objects.overdue(timezone.now()).get() == ticket
    assert clock(ticket, "respond").is_breached(timezone.now())


def test_a_breach_that_nobody_was_told_of_is_told_although_the_step_came_first(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    """All workers were down across the deadline, and a person was quicker than the first sweep after that."""
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.contact(ticket, note="终于联系上了", by=technician_chen, at=t0 + 30 * HOUR)
    sweep(at=t0 + 30 * HOUR)
    assert told(ticket, "repair.breach") == {"bo"}
