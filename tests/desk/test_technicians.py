"""Whom to send: the best fit first."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import actions
from servicecenter.accounts.models import Community, User
from servicecenter.desk.queries.technicians import candidates
from tests.conftest import Walk, make_staff


def test_trained_for_the_trade_goes_before_everybody_else(
    yangguang: Community, technician_chen: User, technician_he: User
) -> None:
    User.objects.filter(pk=technician_he.pk).update(trades=["plumbing"])
    other = make_staff("lin", "technician", yangguang)
    User.objects.filter(pk=other.pk).update(trades=["lift"])
    found = candidates([yangguang.pk], "plumbing", timezone.now())
    assert [each.user for each in found] == [technician_he, technician_chen, other]
    assert [each.trained for each in found] == [True, None, False]


def test_among_equals_the_least_busy_goes_first(
    yangguang: Community, ticket_in: Walk, technician_chen: User, technician_he: User
) -> None:
    ticket_in("dispatched")
    found = candidates([yangguang.pk], "plumbing", timezone.now())
    assert [(each.user, each.open_jobs) for each in found] == [(technician_he, 0), (technician_chen, 1)]


def test_a_certified_trade_marks_those_without_a_certificate(
    yangguang: Community, technician_chen: User, technician_he: User
) -> None:
    User.objects.filter(pk=technician_he.pk).update(trades=["electrical"])
    found = candidates([yangguang.pk], "electrical", timezone.now())
    assert [(each.user, each.lacks_certificate) for each in found] == [
        (technician_he, False),
        (technician_chen, True),
    ]
    assert not any(each.lacks_certificate for each in candidates([yangguang.pk], "plumbing", timezone.now()))


def test_the_load_of_today_is_shown(yangguang: Community, ticket_in: Walk, technician_chen: User) -> None:
    now = timezone.now()
    ticket_in("on_site")
    ticket_in("completed")
    visit = ticket_in("contacted", urgency="emergency")
    actions.schedule(visit, start=now, end=now + timedelta(minutes=30), by=technician_chen)
    (chen,) = candidates([yangguang.pk], "plumbing", now)
    assert (chen.open_jobs, chen.emergencies, chen.visits_today, chen.done_today) == (2, 1, 1, 1)
    assert chen.on_site


def test_only_active_technicians_of_the_community_are_listed(
    yangguang: Community,
    technician_chen: User,
    technician_he: User,
    technician_binjiang: User,
    agent_li: User,
) -> None:
    User.objects.filter(pk=technician_he.pk).update(is_active=False)
    assert [each.user for each in candidates([yangguang.pk], "lift", timezone.now())] == [technician_chen]


def test_two_queries_for_any_number_of_technicians(yangguang: Community) -> None:
    for number in range(5):
        make_staff(f"t{number}", "technician", yangguang)
    with CaptureQueriesContext(connection) as asked:
        assert len(candidates([yangguang.pk], "gas", timezone.now())) == 5
    assert len(asked) == 2
