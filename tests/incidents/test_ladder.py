"""A ladder never ends in nobody, and never in somebody who left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, Membership, Role, User
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.incidents.queries.ladder import CLIMB, Chain, chains
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Policy, Rung, Told
from servicecenter.sla.sweep import sweep
from tests.conftest import Walk, make_staff

HOUR = timedelta(hours=1)
WORKER, IN_CHARGE, ON_DUTY, ELSEWHERE = 1, 2, 3, 99
NUMBERS = {Told.AGENT: 2, Told.DUTY: 3, Told.SUPERVISOR: 4, Told.MANAGER: 5, Told.ADMIN: 6}


def told(ticket: Ticket, event: str) -> set[str]:
    messages = Message.objects.filter(case_id=ticket.pk, work="repair", event=event)
    return set(messages.values_list("recipient__username", flat=True))


@pytest.fixture
def t0() -> datetime:
    return datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.mark.parametrize("rung", Told.values)
def test_whoever_is_missing_somebody_is_told_and_it_is_the_next_one_up(rung: str) -> None:
    """Every combination of a technician and five rungs that may be there or not."""
    for has_worker, *there in product((True, False), repeat=1 + len(CLIMB)):
        present = {each for each, is_there in zip(CLIMB, there, strict=True) if is_there}
        staff = {each: [NUMBERS[Told(each)]] for each in present - {Told.DUTY.value}}
        if has_worker:
            staff[Role.TECHNICIAN] = [WORKER]
        if Told.DUTY in present:
            # Whoever is on duty works there.
            staff.setdefault(Role.SECURITY, []).append(ON_DUTY)
        shifts = [DutyShift(user_id=ON_DUTY, kind=DutyKind.SECURITY)] if Told.DUTY in present else []
        people = Chain(staff, shifts, [ELSEWHERE]).people(rung, work="repair", worker=(WORKER, IN_CHARGE))
        above = CLIMB[CLIMB.index(Told.DUTY if rung == Told.WORKER else rung) :]
        next_up = next((NUMBERS[Told(each)] for each in above if each in present), ELSEWHERE)
        expected = [next_up]
        if rung == Told.WORKER:
            agent = [IN_CHARGE] if Told.AGENT in present else []
            duty = [ON_DUTY] if Told.DUTY in present else []
            expected = ([WORKER, *agent] if has_worker else [*agent, *duty]) or expected
        assert people == expected, (rung, has_worker, present)


def test_the_duty_that_fits_the_work_answers_first() -> None:
    shifts = [DutyShift(user_id=7, kind=DutyKind.FRONT_DESK), DutyShift(user_id=8, kind=DutyKind.ENGINEERING)]
    chain = Chain({}, shifts, [])
    assert (chain.on_duty("repair"), chain.on_duty("promise")) == ([8], [7])


def test_a_technician_who_left_or_moved_is_not_told(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    first, second = ticket_in(Status.DISPATCHED, at=t0), ticket_in(Status.DISPATCHED, at=t0)
    Membership.objects.filter(user=technician_chen).delete()
    sweep(at=t0 + 18 * HOUR)
    assert told(first, "repair.warn") == told(second, "repair.warn") == {"li"}
    User.objects.filter(pk=technician_chen.pk).update(is_active=False)
    third = ticket_in(Status.ACCEPTED, at=t0)
    sweep(at=t0 + 19 * HOUR)
    assert told(third, "repair.warn") == {"li"}


def test_a_repair_that_nobody_has_is_told_to_the_engineer_on_duty(
    ticket_in: Walk, yangguang: Community, technician_he: User, t0: datetime
) -> None:
    DutyShift.objects.create(
        community=yangguang, user=technician_he, kind="engineering", starts_at=t0, ends_at=t0 + 24 * HOUR
    )
    ticket = ticket_in(at=t0)
    sweep(at=t0 + 18 * HOUR)
    assert told(ticket, "repair.warn") == {"he"}


def test_a_community_that_lost_everybody_is_told_to_an_administrator_elsewhere(
    ticket_in: Walk, yangguang: Community, binjiang: Community, t0: datetime
) -> None:
    make_staff("operations", Role.ADMIN, binjiang)
    ticket = ticket_in(at=t0)
    Membership.objects.filter(community=yangguang).delete()
    sweep(at=t0 + 30 * HOUR)
    assert told(ticket, "repair.breach") == told(ticket, "repair.escalate") == {"operations"}


def test_verify_names_a_community_whose_deadlines_nobody_would_hear_of(yangguang: Community) -> None:
    about = next(each for each in every_invariant() if "told to nobody" in each.sentence)
    assert broken(about) == (1, [yangguang.pk])
    make_staff("gone", Role.SUPERVISOR, yangguang)
    assert broken(about) == (0, [])


def test_the_chains_of_any_number_of_communities_cost_three_queries(
    yangguang: Community, binjiang: Community, admin_gu: User, agent_li: User
) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = chains([yangguang.pk, binjiang.pk], datetime.now(UTC))
        assert found[yangguang.pk].people("agent", work="repair") == [agent_li.pk]
    assert len(asked) == 3


def test_a_rung_hands_its_channel_on_to_the_message(
    ticket_in: Walk, yangguang: Community, t0: datetime
) -> None:
    policy = Policy.objects.create(
        work="repair", community=yangguang, urgency="normal", stage="respond", target_seconds=3600, since=t0
    )
    Rung.objects.lay(policy, [{"after": 0, "to": "supervisor", "channel": "sms"}])
    ticket = ticket_in(at=t0)
    sweep(at=t0 + HOUR)
    message = Message.objects.get(case_id=ticket.pk, event="repair.breach")
    assert message.channels == ["sms"]
    assert Message.objects.get(case_id=ticket.pk, event="repair.warn").channels == []
